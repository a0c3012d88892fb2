"""`drumbeat mcp` in a process of its own, asked by the SDK's own client: every tool once, a line in
the log for each call, and nothing of people.
"""

import getpass
import json
import sys
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta

import house
import pytest
from mcp import Client, StdioServerParameters
from tree import TOP

from bot import networks
from bot.config import variable
from bot.errors import StoreError
from bot.mcp.server import Server
from bot.mcp.tools import Tools
from bot.model import Audience, Occurrence, State
from bot.model.counting import Reactions, Reading, Sample
from bot.model.outbox import Result
from bot.model.person import NewPerson
from bot.model.staff import Actor, Member, StaffRole
from bot.model.staff.audit import Verb
from bot.store import Store
from bot.times import DAY, epoch

pytestmark = pytest.mark.process

NOW = datetime.now(UTC)
CAMPAIGN, ACTION = "endchildlabour2021", "world-day"
PERSON = "1234567890123"
CONFIG = f"""
active = ["{CAMPAIGN}"]
[channels.x]
network = "x"
language = "en"
[staff.anna]
login = "anna"
roles = ["writer"]
"""


TODAY = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
SAMPLE = Sample(
    tag="#endchildlabour2021",
    network="mastodon",
    source="one.example",
    query="GET /api/v1/tags/endchildlabour2021",
    start=TODAY - timedelta(days=2),
    end=TODAY - timedelta(days=1),
    resolution=86_400,
    reposts=False,
    collected=TODAY,
    uses=4321,
)


def an_occurrence(day):
    return Occurrence(
        campaign=CAMPAIGN,
        action=ACTION,
        audience=Audience.INDIVIDUAL,
        slot=int(f"{day:%Y%m}"),
        day=day,
        grace=timedelta(hours=12),
        nudge=True,
        post=True,
        named=True,
    )


def leaves(store, channel):
    """A post of June 2021 that left, and that 8765 people liked."""
    at = epoch(datetime(2021, 6, 12, 9, tzinfo=UTC))
    left = store.plan.add(an_occurrence(date(2021, 6, 12)))
    store.intake.add_post(left, channel, State.QUEUED, at, at + 3600)
    [row] = store.outbox.claim(channel, at, 1, store.holds.current())
    store.outbox.settle([Result(row, State.SENT, receipt="77")], at)
    store.results.add(row.key, Reading(age=1, at=at + DAY, reactions=Reactions(likes=8765)))


@pytest.fixture
def files(tmp_path):
    """Settings, and a database with a post to come, somebody who hears of it, a post that left, and
    a count.
    """
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    database = tmp_path / "live.db"
    house.begin(database)
    store = Store(database)
    channel = store.channels.ensure([house.channel("x", network="x")])["x"]
    store.people.add([NewPerson(**{**vars(house.person()), "address": PERSON})])
    store.inbox.flag(channel, "77", "KE", "en", f"Danger at {PERSON}", epoch(NOW))
    occurrence = store.plan.add(an_occurrence((NOW + timedelta(days=2)).date()))
    due = epoch(NOW + timedelta(days=2))
    store.intake.add_post(occurrence, channel, State.PLANNED, due, due + 3600)
    [person] = store.database.column("SELECT id FROM person")
    assert store.intake.add_nudge(occurrence, channel, person, due, due + 3600)
    store.samples.add([SAMPLE])
    leaves(store, channel)
    store.close()
    return database, f"{occurrence}-{channel}-0"


@asynccontextmanager
async def client_of(database, name):
    command = ["-m", "bot", "mcp", "--as", name]
    at = ["--config", str(database.parent / "config.toml"), "--db", str(database)]
    server = StdioServerParameters(
        command=sys.executable,
        args=[*command, *at],
        cwd=database.parent,
        env={"PYTHONPATH": str(TOP)},
    )
    async with Client(server) as client:
        yield client


async def test_every_tool_answers_each_call_is_logged_and_nothing_of_people_is_told(files):
    database, post = files
    here = {"campaign": CAMPAIGN}
    calls = {
        "campaigns": {},
        "calendar": {**here, "language": "fr"},
        "texts": {**here, "action": ACTION, "language": "es"},
        "posts": {},
        "status": {},
        "samples": here,
        "results": {**here, "month": "2021-06"},
        "propose_wording": {"post": post, "text": "Another text", "why": "It is shorter"},
        "propose_translation": {**here, "action": ACTION, "language": "fr", "text": "Bonjour"},
    }
    async with client_of(database, "anna") as client:
        assert [tool.name for tool in (await client.list_tools()).tools] == list(calls)
        told = {name: await client.call_tool(name, given) for name, given in calls.items()}
        wrong = await client.call_tool("texts", {**here, "action": "nothing"})
        far = await client.call_tool("posts", {"after": f"{10**20}-1-1"})
        long = await client.call_tool("propose_wording", {"post": post, "text": "x" * 999})
        strange = await client.call_tool("approve", {"post": post})
    assert [name for name, answer in told.items() if answer.is_error] == []
    said = {name: answer.structured_content for name, answer in told.items()}
    assert CAMPAIGN in {each["campaign"] for each in said["campaigns"]["campaigns"]}
    assert said["calendar"]["actions"]
    assert {each["language"] for each in said["texts"]["texts"]} == {"es"}
    assert [each["post"] for each in said["posts"]["posts"]] == [post]
    assert said["status"]["posts"] == {"planned": 1}
    assert '"uses": 4321' in json.dumps(said["samples"])
    [result] = said["results"]["posts"]
    assert result["date"] == "2021-06-12"
    assert '"likes": 8765' in json.dumps(result)
    assert said["propose_wording"]["suggestion"] == 1
    assert wrong.is_error
    assert "no action of" in wrong.content[0].text
    assert "give the `next`" in far.content[0].text
    assert "counts 999" in long.content[0].text
    assert strange.is_error
    assert PERSON not in json.dumps([answer.model_dump(mode="json") for answer in told.values()])
    assert "Danger" not in json.dumps(said)

    store = Store(database)
    begun, *deeds = [(deed.verb, deed.by) for deed in reversed(store.audit.read())]
    assert begun == ("mcp.started", getpass.getuser())
    assert {by for _, by in deeds} == {"member anna"}
    verbs = [verb for verb, _ in deeds]
    assert [verb for verb in verbs if verb.startswith("mcp.")] == [
        *(f"mcp.{name.removeprefix('propose_')}" for name in calls),
        "mcp.texts",
        "mcp.posts",
        "mcp.wording",
        "mcp.unknown",
    ]
    assert verbs.count("suggestion.made") == 2
    states = "SELECT state FROM delivery WHERE recipient = 0 ORDER BY due"
    assert list(map(State, store.database.column(states))) == [State.SENT, State.PLANNED]
    store.close()


@pytest.mark.parametrize(
    ("roles", "tool", "why"),
    [
        ({StaffRole.READER}, "propose_wording", "not among what the role"),
        ({StaffRole.SAFEGUARDING}, "status", "not among what the role"),
        (None, "status", "works with the bot no longer"),
    ],
)
async def test_what_the_member_may_not_do_now_no_program_does(tmp_path, roles, tool, why):
    services = house.services(tmp_path, house.campaign(house.action(post=True)))
    if roles is not None:
        services.store.members.put(Member(name="rita", roles=frozenset(roles)), epoch(NOW))
    tools = Tools(services, services.store, "rita", lambda: NOW)
    async with Client(Server(tools)) as client:
        answer = await client.call_tool(tool, {"post": "1-1-0", "text": "Else"})
    assert answer.is_error
    assert why in answer.content[0].text
    assert services.store.suggestions.undecided() == []
    services.store.close()


def test_without_its_package_or_for_nobody_a_sentence_says_so(command, files, monkeypatch):
    database, _ = files
    at = ("--config", database.parent / "config.toml", "--db", database)
    assert "no member of staff is called 'ana'" in command("mcp", "--as", "ana", *at)[2]
    monkeypatch.setattr("bot.cli.staff.mcp.find_spec", lambda _: None)
    code, _, err = command("mcp", "--as", "anna", *at)
    assert code == 1
    assert "pip install 'drumbeat[mcp]'" in err


def test_it_has_no_secret_of_a_network_and_reads_where_it_can_change_nothing(
    command, files, monkeypatch
):
    database, _ = files
    for field in networks.load("x").SECRETS:
        monkeypatch.setenv(variable("x", field), "hunter2")
    held = []

    async def serve(tools):
        held.append({name: each.secrets for name, each in tools.services.networks.items()})
        with pytest.raises(StoreError, match="readonly"):
            tools.services.store.audit.note(Actor("anna"), Verb.MCP_STATUS, 1)

    monkeypatch.setattr("bot.mcp.server.serve", serve)
    at = ("--config", database.parent / "config.toml", "--db", database)
    assert command("mcp", "--as", "anna", *at)[0] == 0
    assert held == [{"x": {}}]
