"""The API for programs of staff: what a token reads and proposes, and what it never does."""

import asyncio
import json
import re
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import product
from types import SimpleNamespace

import aiohttp
import house
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator
from schemathesis.checks import positive_data_acceptance

from bot.config import Web
from bot.errors import UsageError
from bot.jobs.machines import tokens
from bot.jobs.planning import plan
from bot.jobs.staff import posting
from bot.model import DeliveryKey, State
from bot.model.staff.machines import TokenScope
from bot.times import epoch, iso
from bot.web import build
from bot.web.machines.entrance import MOST, MOST_BYTES
from bot.web.machines.operations import OPERATIONS
from bot.web.server import Server
from tests.web.desk.conftest import NOW, ORIGIN, staffed

pytestmark = pytest.mark.slow

READ, WRITE = TokenScope
MODES = list(schemathesis.GenerationMode)
PLAIN = [("GET /status", schemathesis.GenerationMode.NEGATIVE)]
"""There is nothing to say wrongly where nothing can be said."""

DUE = iso(NOW + timedelta(days=2))
POST = {"text": "Plant a tree #Tag", "channels": ["telegram"], "due": DUE}


@pytest.fixture
def services(tmp_path):
    """A channel whose posts go out without a look, and somebody who hears of them."""
    made = house.services(
        tmp_path,
        house.campaign(house.action("deed", post=True)),
        channels=(house.channel("telegram"), house.channel("other", network="dry")),
    )
    services = staffed(made)
    services.store.people.add([house.person(1)])
    yield services
    services.store.close()


def token(services, name="writer", scopes=(READ, WRITE)):
    member = services.team.called(name)
    return tokens.make(services, member, "tests", scopes, None, member.actor, NOW)[1]


def as_described(document, method, path, answer):
    """The answer is one that the document says there is, where it has this address."""
    address = re.sub(r"^/posts/[0-9-]+$", "/posts/{id}", path.partition("?")[0])
    operation = document["paths"].get(address, {}).get(method.lower())
    if operation is None:
        return
    described = operation["responses"][str(answer.status)]
    assert ("content" in described) == bool(answer.text)
    for kind, content in described.get("content", {}).items():
        assert answer.headers["content-type"] == kind
        whole = {**content["schema"], "components": document["components"]}
        Draft202012Validator(whole).validate(answer.said)


@asynccontextmanager
async def api(services, secret="", now=NOW):
    """Asks for a path below /api/ with a token: gives status, headers and what the JSON says, once
    it is seen to be as the document has it.
    """
    server = Server(build(lambda: services, lambda: now, ORIGIN), "127.0.0.1:0")
    await server.start()
    base = f"http://127.0.0.1:{server.port}/api"
    try:
        async with aiohttp.ClientSession() as session:
            async with session.get(f"{base}/staff/openapi.json") as given:
                document = await given.json()

            async def ask(path, method="GET", sent=None, key="", **headers):
                given = {"authorization": f"Bearer {secret}"} if secret else {}
                given |= {"idempotency-key": key} if key else {}
                given |= {"content-type": "application/json"} if sent is not None else {}
                data = sent if isinstance(sent, bytes | None) else json.dumps(sent)
                async with session.request(
                    method, f"{base}{path}", data=data, headers=given | headers
                ) as answer:
                    content = await answer.read()
                    came = SimpleNamespace(
                        status=answer.status,
                        headers=answer.headers,
                        said=json.loads(content) if content else None,
                        text=content.decode(),
                    )
                as_described(document, method, path, came)
                return came

            ask.base = base
            yield ask
    finally:
        await server.stop()


async def test_every_answer_is_as_the_document_says_whatever_is_asked(services):
    bearer = {"Authorization": f"Bearer {token(services)}"}

    def play(base, document):
        schema = schemathesis.openapi.from_dict(document)
        played = []
        for operation, mode in product((o.ok() for o in schema.get_all_operations()), MODES):
            if (operation.label, mode) in PLAIN:
                continue
            played.append((operation.label, mode))

            @given(case=operation.as_strategy(generation_mode=mode))
            @settings(
                max_examples=8,
                deadline=None,
                database=None,
                derandomize=True,
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            def obeys(case):
                # what fits its shape may name no channel of ours, or a day that is past
                case.call_and_validate(
                    base_url=base, headers=bearer, excluded_checks=[positive_data_acceptance]
                )

            obeys()
        return played

    async with api(services) as ask:
        document = (await ask("/staff/openapi.json")).said
        assert document.pop("security") == [{"token": []}]  # of tokens a test of its own tells
        played = await asyncio.to_thread(play, ask.base, document)
    assert played == [
        what
        for each in OPERATIONS
        for mode in MODES
        if (what := (f"{each.method} /{each.path}", mode)) not in PLAIN
    ]


async def test_what_a_program_proposes_waits_though_its_channel_asks_for_no_look(services):
    async with api(services, token(services)) as ask:
        made = await ask("/posts", "POST", POST, key="one")
        [post] = made.said["posts"]
        assert (made.status, post["state"], post["own"]) == (201, "awaiting_approval", True)
        whole = await ask(f"/posts/{post['id']}")
        assert whole.said["texts"] == ["Plant a tree #Tag"]
        listed = (await ask("/posts?state=awaiting_approval&channel=telegram&campaign=trees")).said[
            "posts"
        ]
        assert listed == [post]
        assert (await ask("/posts?day=2021-05-03")).said["posts"] == [post]
        assert (await ask("/posts?day=2021-05-04")).said["posts"] == []
        assert (await ask("/posts?campaign=others")).said["posts"] == []
        numbers = (await ask("/status")).said
        assert numbers["posts"] == {"awaiting_approval": 1}
        assert numbers["channels"] == {"live": 2}
    key = DeliveryKey(*map(int, post["id"].split("-")))
    writer, approver = (services.team.called(name).actor for name in ("writer", "approver"))
    with pytest.raises(UsageError, match="somebody else must approve"):
        posting.let_go(services, key, writer, NOW)
    posting.let_go(services, key, approver, NOW)
    deeds = [(deed.verb, deed.by) for deed in services.store.audit.read()]
    assert ("token.posted", "member writer") in deeds


async def test_what_is_sent_twice_is_done_once_and_a_name_stands_for_one_thing(services):
    secret, other = token(services), token(services, "approver")
    async with api(services, secret) as ask:
        first = await ask("/posts", "POST", POST, key="one")
        again = await ask("/posts", "POST", POST, key="one")
        assert (again.status, again.said) == (200, first.said)
        changed = await ask("/posts", "POST", {**POST, "text": "Else"}, key="one")
        assert changed.status == 422
        assert "Idempotency-Key" in changed.said["detail"]
    async with api(services, other) as ask:  # a name is the token's own
        assert (await ask("/posts", "POST", POST, key="one")).status == 201
    async with api(services, secret, NOW + timedelta(hours=25)) as ask:
        assert (await ask("/posts", "POST", POST, key="one")).status == 201
    assert services.store.requests.expire(epoch(NOW + timedelta(hours=26)), None) == 1


async def test_posts_come_page_by_page(services):
    async with api(services, token(services)) as ask:
        for number in range(51):
            await ask("/posts", "POST", POST, key=f"n{number}")
        page = (await ask("/posts")).said
        rest = (await ask(f"/posts?after={page['next']}")).said
    ids = [post["id"] for post in (*page["posts"], *rest["posts"])]
    assert (len(page["posts"]), rest["next"]) == (50, None)
    assert len(set(ids)) == 51


async def test_a_program_takes_back_only_what_waits_and_is_its_members(services):
    mine, theirs = token(services), token(services, "approver")
    async with api(services, mine) as ask:
        [post] = (await ask("/posts", "POST", POST, key="one")).said["posts"]
    async with api(services, theirs) as ask:
        assert (await ask(f"/posts/{post['id']}", "DELETE")).status == 403
    async with api(services, mine) as ask:
        assert (await ask(f"/posts/{post['id']}", "DELETE")).status == 204
        assert (await ask(f"/posts/{post['id']}", "DELETE")).status == 409
        assert (await ask("/posts/9-1-0", "DELETE")).status == 404
        [post] = (await ask("/posts", "POST", POST, key="two")).said["posts"]
        key = DeliveryKey(*map(int, post["id"].split("-")))
        posting.let_go(services, key, services.team.called("approver").actor, NOW)
        late = await ask(f"/posts/{post['id']}", "DELETE")
        assert (late.status, "it is planned: ask staff" in late.said["detail"]) == (409, True)
    assert services.store.listing.entry(key).state is State.PLANNED


@pytest.mark.parametrize(
    ("sent", "status", "says"),
    [
        (b"{", 400, "body"),
        ({**POST, "more": 1}, 422, "more"),
        ({**POST, "text": ""}, 422, "text"),
        ({**POST, "text": "a\0b"}, 422, "text"),
        ({**POST, "text": "x" * 9_000}, 422, "telegram"),
        ({**POST, "channels": ["quince"]}, 422, "there are other, telegram"),
        ({**POST, "channels": ["telegram", "other"]}, 422, "two accounts"),
        ({**POST, "due": iso(NOW - timedelta(hours=1))}, 422, "due"),
        ({**POST, "due": "2021-05-03T09:00:00"}, 422, "due"),
        ({**POST, "language": "fr"}, 422, "posts in en"),
        (b" " * (MOST_BYTES + 1), 413, "bytes"),
    ],
)
async def test_what_is_wrong_is_a_problem_and_nothing_is_made(services, sent, status, says):
    async with api(services, token(services)) as ask:
        answer = await ask("/posts", "POST", sent, key="one")
        nothing = (await ask("/posts")).said["posts"]
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
    assert says in answer.said["detail"]
    assert "quince" not in answer.text
    assert nothing == []


async def test_without_a_name_of_its_own_or_as_another_type_nothing_is_taken(services):
    async with api(services, token(services)) as ask:
        assert (await ask("/posts", "POST", POST)).status == 400
        assert (await ask("/posts", "POST", POST, **{"content-type": "text/plain"})).status == 415
        patched = await ask("/posts", "PATCH")
    assert (patched.status, patched.headers["allow"]) == (405, "GET, POST")


async def test_who_may_not_is_told_by_401_403_and_429(services):
    reader = token(services, "reader", (READ,))
    member = services.team.called("writer")
    async with api(services) as ask:
        none = await ask("/posts")
        wrong = await ask("/posts", authorization="Bearer drumbeat_nothing")
        assert [none.status, wrong.status] == [401, 401]
        assert none.headers["www-authenticate"] == "Bearer"
    async with api(services, reader) as ask:
        assert (await ask("/posts", "POST", POST, key="one")).status == 403
    demoted = replace(member, roles=services.team.called("reader").roles)
    secret = token(services)
    lower = replace(services, settings=replace(services.settings, members=(demoted,)))
    async with api(lower, secret) as ask:
        assert (await ask("/posts")).status == 200
        assert (await ask("/posts", "POST", POST, key="one")).status == 403
        for _ in range(MOST - 2):
            last = await ask("/status")
        assert last.status == 200
        often = await ask("/status")
        assert (often.status, often.headers["retry-after"]) == (429, "60")


async def test_where_a_token_could_be_overheard_none_is_taken(services):
    web = Web(public_url="http://campaign.example", listen="0.0.0.0:8080")
    exposed = replace(services, settings=replace(services.settings, web=web))
    async with api(exposed, token(services)) as ask:
        answer = await ask("/status")
    assert (answer.status, answer.headers["content-type"]) == (403, "application/problem+json")
    assert "write https://" in answer.said["detail"]
    [kept] = services.store.tokens.all("writer")
    assert kept.used is None


async def test_no_page_of_any_site_may_read_it_and_nothing_of_people_stands_in_it(services):
    [address] = services.store.database.column("SELECT address FROM person")
    services.store.inbox.flag(1, address, "KE", "en", "The child next door", epoch(NOW))
    plan.run(services, NOW)
    nudges = services.store.database.rows(
        "SELECT occurrence, channel, recipient FROM delivery WHERE recipient > 0"
    )
    [nudge] = ["-".join(map(str, row)) for row in nudges]
    async with api(services, token(services)) as ask:
        await ask("/posts", "POST", POST, key="one")
        answers = [await ask(path) for path in ("/posts", "/posts/1-1-0", "/status")]
        people = await ask(f"/posts/{nudge}")
        assert nudge not in [post["id"] for post in answers[0].said["posts"]]
        assert [answer.status for answer in answers] == [200, 200, 200]
        assert sum(answers[2].said["posts"].values()) == len(answers[0].said["posts"])
        options = await ask("/posts", "OPTIONS", origin="https://elsewhere.example")
    for answer in (*answers, people, options):
        assert "access-control-allow-origin" not in answer.headers
        assert answer.headers["cache-control"] == "no-store"
        assert address not in answer.text
        assert "next door" not in answer.text
        assert "writer" not in answer.text
    assert people.status == 404


async def test_a_campaign_may_be_called_as_an_address_of_this(services):
    campaign = replace(services.active[0], id="posts", actions=())
    library = replace(services.library, campaigns={"posts": campaign})
    async with api(replace(services, library=library, active=(campaign,))) as ask:
        assert (await ask("/posts/facts.json")).status == 200
        assert (await ask("/posts")).status == 401
