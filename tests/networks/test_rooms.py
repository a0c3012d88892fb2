"""Rooms: a name is an address, each room a service of its own, and a webhook's address is seen by
nobody.
"""

import json
import logging
from dataclasses import replace

import pytest
from aiohttp import web
from fakes.base import IMPATIENT, FakeServer, Trouble, channel, free_port, message
from fakes.rooms import OLD, TOKEN, Fake

from bot import networks
from bot.errors import AccountRefused, Blocked, Refused, TryLater
from bot.model import Letter, Secret
from bot.networks.rooms.network import Network

pytestmark = pytest.mark.slow

MATTERMOST = "3ccdd113474722377935511fc85d3dd4"
TOPIC = "acme-campaign-prompts"


class Services(FakeServer):
    """A Mattermost webhook and an ntfy server, each as strict about its own request as the real
    one.
    """

    def __init__(self):
        super().__init__()
        self.taken: list[tuple[str, dict]] = []

    @property
    def host(self):
        return self.url.removeprefix("http://")

    def refusal(self, status):
        return web.json_response({"id": "error", "message": "no"}, status=status)

    async def answer(self, request):
        body = json.loads(await request.text())
        if request.path == f"/hooks/{MATTERMOST}":
            if not body.get("text") or len(body["text"]) > 4_000:
                return self.refusal(400)
            self.taken.append(("mattermost", body))
            return web.Response(text="ok")
        if request.path == "/" and body.get("topic") == TOPIC:
            if not body.get("message"):
                return self.refusal(400)
            self.taken.append(("ntfy", body))
            return web.json_response({"id": "x", "event": "message", "topic": TOPIC})
        return self.refusal(404)


@pytest.fixture
async def services():
    async with Services() as fake:
        yield fake


@pytest.fixture
async def fake():
    async with Fake() as fake:
        yield fake


def rooms(urls, account="our-rooms"):
    impatient = type("Network", (Network,), {"BOUNDS": IMPATIENT})
    return impatient(replace(channel("rooms"), account=account), {"urls": Secret(urls)})


def to(name, text="Good morning!", subject=""):
    sent = message(text, address=name, recipient=1)
    return replace(sent, letter=Letter(subject=subject, reply_to=None)) if subject else sent


async def test_each_room_gets_what_is_for_it_in_its_services_own_way(services):
    network = rooms(
        f"acme = mmost://{services.host}/{MATTERMOST}\nunion = ntfy://{services.host}/{TOPIC}\n"
    )
    await network.send(to("acme", "Do the step.", "Step of May"))
    receipt = await network.send(to("union", "Do the step.", "Step of May"))
    (first, one), (second, other) = services.taken
    assert (first, second) == ("mattermost", "ntfy")
    assert one["text"] == "Step of May\r\nDo the step.", (
        "no field for a title: it stands above the text"
    )
    assert (other["title"], other["message"]) == ("Step of May", "Do the step.")
    assert (receipt.id, receipt.url) == ("rooms:7-1-1", None)


async def test_a_text_may_be_as_long_as_the_rooms_own_service_takes_title_included(services):
    network = rooms(
        f"acme = mmost://{services.host}/{MATTERMOST}\nunion = ntfy://{services.host}/{TOPIC}\n"
    )
    await network.send(to("acme", "a" * 4_000))
    with pytest.raises(
        Refused, match="the text for the room acme counts 4001, but 4000 is the most"
    ):
        await network.send(to("acme", "a" * 3_994, "Title"))
    await network.send(to("union", "a" * 4_001, "Title"))
    assert [name for name, _ in services.taken] == ["mattermost", "ntfy"]
    assert network.limits.length == 4_000, "what every room takes"


async def test_what_one_room_answers_is_nobody_elses_matter(fake):
    network = fake.build(Network)
    with pytest.raises(
        Blocked,
        match=(
            r"error=410; the room gone-away takes nothing from us any more: ask for a new webhook"
            r" .* DRUMBEAT_OUR_ROOMS_URLS"
        ),
    ):
        await network.send(fake.message(address="gone-away"))
    fake.tell(Trouble.TOO_MANY)
    with pytest.raises(TryLater) as caught:
        await network.send(fake.message("Hello."))
    assert type(caught.value) is TryLater, "the others need not rest"
    await network.send(fake.message("Hello."))
    assert fake.texts == ["Hello."]
    assert Network.APART


async def test_an_unknown_room_names_the_variable_to_mend(fake):
    network = fake.build(Network)
    with pytest.raises(
        Refused,
        match=(
            r"our-rooms: DRUMBEAT_OUR_ROOMS_URLS has no room called 'union' that can be used; add"
            r" its line there, then SIGHUP"
        ),
    ) as caught:
        await network.send(fake.message(address="union"))
    assert type(caught.value) is Refused
    with pytest.raises(Refused, match="rooms get no posts"):
        await network.send(message("To all."))
    assert fake.hits == 0


WRONG = """
# Slack of ACME
acme = json://{host}/hooks/{token}
slack://TokenThatIsSecret1/TokenThatIsSecret2/TokenThatIsSecret3
UNION=json://{host}/hooks/SecretOfTheUnion
union = nothing://SecretOfNothing/abc
twice = json://{host}/hooks/SecretTwiceTheFirst
press = mailto://ours:SecretPassword@mail.example?to=press@acme.example
twice = json://{host}/hooks/SecretTwiceTheOther
broken = slack://
http://[SecretOfNoAddress = x
"""


async def test_wrong_lines_are_told_by_number_and_name_and_never_by_address(
    services, heard, caplog
):
    with caplog.at_level(logging.WARNING):
        network = rooms(WRONG.format(host=services.host, token="0123456789Secret"), account="rooms")
    said = [
        record.getMessage()
        for record in caplog.records
        if record.name == "bot.networks.rooms.network"
    ]
    assert [line.partition(" of ")[0] for line in said] == [
        "our-rooms: line 4",
        "our-rooms: line 5",
        "our-rooms: line 6 (union)",
        "our-rooms: line 7 (twice)",
        "our-rooms: line 8 (press)",
        "our-rooms: line 9 (twice)",
        "our-rooms: line 10 (broken)",
        "our-rooms: line 11",
    ]
    assert (
        "of DRUMBEAT_ROOMS_URLS is no address that Apprise knows; see its wiki; this room can't be"
        " reached" in said[2]
    )
    assert "has the name twice, as another has; give each its own" in said[3]
    assert "is an e-mail address" in said[4]
    assert "write it as name = address" in said[0]
    assert (
        await network.probe()
        == "in 1 room (JSON 1), which can only be tried by sending; lines 4, 5, 6, 7, 8, 9, 10, 11"
        " can't be used"
    )
    for name in ("twice", "press", "broken"):
        with pytest.raises(Refused, match="no room called"):
            await network.send(to(name))
    assert "Secret" not in "".join(heard).replace("(secret)", "").replace("Secret(…)", "")
    assert services.hits == 0


async def test_without_any_room_that_can_be_used_nothing_is_lost_but_waits(heard):
    network = rooms("# nobody yet\n")
    for call in (network.probe(), network.send(to("acme"))):
        with pytest.raises(
            AccountRefused,
            match=(
                "DRUMBEAT_OUR_ROOMS_URLS names no room that can be used; write lines like acme ="
                " slack://…"
            ),
        ):
            await call


async def test_no_piece_of_an_address_is_ever_logged_or_told(fake, services, heard):
    logging.getLogger("apprise").setLevel(1)
    network = fake.build(Network)
    other = rooms(
        f"acme = mmost://{services.host}/{MATTERMOST}\nunion ="
        f" ntfy://ours:NtfyPassword1@{services.host}/{TOPIC}-2\n"
    )
    await network.send(fake.message())
    await other.send(to("acme"))
    for trouble in (Trouble.UNAUTHORIZED, Trouble.SILENT, Trouble.DROPPED_BEFORE, Trouble.BROKEN):
        fake.tell(trouble)
        with pytest.raises(Exception, match="our-rooms: JSON") as caught:
            await network.send(fake.message())
        heard.append(repr(caught.value))
    with pytest.raises(Blocked) as caught:
        await other.send(to("union"))
    heard += [repr(caught.value), repr(network.secrets), str(vars(network).get("_variable"))]
    log = "".join(heard)
    assert "error=401" in log
    for secret in (
        TOKEN,
        OLD,
        MATTERMOST,
        "NtfyPassword1",
        f"{TOPIC}-2",
        "json://",
        "mmost://",
        "ntfy://",
    ):
        assert secret not in log, secret


async def test_a_server_that_is_not_there_is_tried_again_and_pauses_nobody():
    network = rooms(f"acme = json://127.0.0.1:{free_port()}/hook")
    with pytest.raises(TryLater):
        await network.send(to("acme"))


@pytest.mark.parametrize(
    ("given", "name"),
    [("acme", "acme"), ("ACME-2", "acme-2"), ("7", "7"), ("a" * 41, "a" * 41), ("a" * 42, None), ("-acme", None), ("a b", None), ("", None),
     ("ana@acme.example", None), ("slack://a/b/c", None), ("acmé", None), ("gone-5", None), ("gone-5-days", "gone-5-days"), ("gone-away", "gone-away")],
)  # fmt: skip
def test_the_shape_of_a_rooms_name(given, name):
    assert Network.address(given) == name


def test_the_rooms_there_are_can_be_listed_without_apprise():
    secret = {
        "urls": Secret(
            "acme = slack://a/b/c\n# union = x\nunion=x\nnonsense\ntwice = a\ntwice = b\n"
        )
    }
    assert Network.reaches(secret) == ["acme", "union"]


def test_a_channel_of_rooms_that_also_posts_is_a_problem():
    found = networks.problems(
        [channel("rooms"), replace(channel("rooms"), name="quiet", posts=False)], "config.toml"
    )
    assert [str(problem) for problem in found] == [
        "config.toml: channels.our-rooms.posts: rooms carries no posts to everyone, only what is"
        " for single people; write posts = false"
    ]
