"""Rooms: a name is an address, each room a service of its own, and a webhook's address is seen by
nobody.
"""

import asyncio
import json
import logging
import re
import socket
import sys
from dataclasses import replace

import pytest
from aiohttp import web
from apprise.manager_plugins import NotificationManager
from clocks.undisturbed import undisturbed
from fakes.base import IMPATIENT, FakeServer, Trouble, channel, free_port, message
from fakes.rooms import OLD, TOKEN, Fake

from bot import networks
from bot.errors import AccountRefused, Blocked, Refused, TryLater, Unanswered
from bot.jobs.operations import alarms
from bot.model import Letter, Secret
from bot.networks.rooms.network import Network
from bot.networks.rooms.services import SERVICES
from bot.text import isolates

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


def rooms(urls, account="our-rooms", bounds=IMPATIENT):
    impatient = type("Network", (Network,), {"BOUNDS": bounds})
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


async def test_a_link_in_a_right_to_left_text_arrives_without_a_mark_against_it(services):
    network = rooms(f"acme = mmost://{services.host}/{MATTERMOST}\n")
    await network.send(
        to("acme", isolates("انظر https://example.org/a الآن (https://example.org/b)"))
    )
    [(_, taken)] = services.taken
    assert re.findall(r"https?://\S+", taken["text"]) == [
        "https://example.org/a",
        "https://example.org/b)",
    ]
    assert "\u2068 https://example.org/a \u2069" in taken["text"], "it keeps its direction"


PARAGRAPHS = "\n\n".join(
    f"{number} " + "Ask them for the report. " * 36 + f"https://example.org/{number}"
    for number in range(6)
)


async def test_a_text_longer_than_its_room_takes_comes_whole_in_several_messages(services):
    network = rooms(
        f"acme = mmost://{services.host}/{MATTERMOST}\nunion = ntfy://{services.host}/{TOPIC}\n"
    )
    assert 4_000 < len(PARAGRAPHS) < 7_800
    await network.send(to("acme", PARAGRAPHS, "Step of May"))
    texts = [body["text"] for _, body in services.taken]
    assert len(texts) == 2
    assert all(len(text) <= 4_000 for text in texts), "the title of the first counts too"
    assert "\n\n".join(texts) == f"Step of May\r\n{PARAGRAPHS}", "broken between paragraphs"
    services.taken.clear()
    await network.send(to("union", PARAGRAPHS, "Step of May"))
    [(_, body)] = services.taken
    assert body["message"] == PARAGRAPHS, "each room has a limit of its own"
    assert network.limits.length == 4_000, "what every room takes"
    assert network.told_limits == network.limits


async def test_a_text_of_too_many_messages_is_refused_with_the_rooms_own_limit(services):
    network = rooms(f"acme = mmost://{services.host}/{MATTERMOST}\n")
    with pytest.raises(
        Refused,
        match="the text for the room acme counts 20008; Mattermost takes 4000 in a message, and more"
        " than 5 messages are too many",
    ):
        await network.send(to("acme", "a" * 20_001, "Title"))
    assert services.hits == 0, "nothing of it was sent"


async def test_a_room_that_has_only_the_first_message_of_a_text_is_uncertain(fake):
    network = fake.build(Network)
    text = "\n\n".join(["a" * 30_000] * 2)
    fake.tell(Trouble.TOO_MANY)
    with pytest.raises(TryLater):
        await network.send(fake.message(text))
    assert fake.texts == []
    answer, fake.answer = fake.answer, None

    async def once(request):
        reply = await answer(request)
        fake.tell(Trouble.BROKEN)
        return reply

    fake.answer = once
    with pytest.raises(
        Unanswered, match="the room acme has the first 1 message of this text, and not the rest"
    ):
        await network.send(fake.message(text))
    assert len(fake.texts) == 1


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


# services and servers


@pytest.mark.parametrize(
    ("address", "service"),
    [
        ("syslog://", "Syslog"),
        ("rsyslog://127.0.0.1", "Remote Syslog"),
        ("irc://chat.example/#room", "IRC"),
        ("mqtt://broker.example/topic", None),
        ("twilio://AC" + "a" * 32 + ":" + "b" * 32 + "@15551234567/15557654321", "Twilio"),
    ],
)
async def test_only_services_on_which_rooms_are_are_taken(address, service, caplog):
    network = rooms(f"acme = {address}\n")
    with pytest.raises(AccountRefused, match="names no room that can be used"):
        await network.probe()
    [told] = network.remarks
    assert told in caplog.text
    assert "line 1 (acme) of DRUMBEAT_OUR_ROOMS_URLS is " in told
    expected = f"is an address of {service}, where no rooms are" if service else "is no address"
    assert expected in told


@pytest.mark.parametrize(
    "address",
    [
        "discord://" + "1" * 18 + "/" + "a" * 68,
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general",
        "tgram://123456789:" + "a" * 35 + "/-100123",
        "workflow://host.example/workflowid/signature",
    ],
)
@pytest.mark.parametrize("file", ["/etc/passwd", "http://169.254.169.254/latest"])
async def test_a_room_whose_address_names_a_file_for_its_texts_is_not_taken(address, file):
    network = rooms(f"acme = {address}\nfine = {address}\nworse = {address}?template={file}\n")
    assert "in 2 rooms" in await network.probe()
    [told] = network.remarks
    assert told == (
        "line 3 (worse) of DRUMBEAT_OUR_ROOMS_URLS names a file with template=, which would be read"
        " on this machine and sent to the room; take that part out; this room can't be reached"
    )


@pytest.mark.parametrize("scheme", sorted(SERVICES))
def test_each_service_of_the_list_is_asked_within_our_bounds(scheme):
    kind = NotificationManager()[scheme]
    modules = [sys.modules[each.__module__] for each in kind.__mro__]
    assert any(hasattr(module, "requests") for module in modules), "it is asked in another way"


def strict(urls):
    """Rooms of an operator who names no range of their own network."""
    impatient = type("Network", (Network,), {"BOUNDS": IMPATIENT})
    return impatient(replace(channel("rooms"), private=()), {"urls": Secret(urls)})


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.1", "[::1]", "169.254.169.254"])
async def test_a_room_inside_the_own_network_is_not_taken(host):
    network = strict(f"acme = json://{host}:8080/hook\n")
    with pytest.raises(AccountRefused):
        await network.probe()
    [told] = network.remarks
    assert "leads to a server inside our own network" in told
    assert "[servers] private" in told


async def test_a_room_whose_name_leads_into_the_own_network_gets_nothing(fake, monkeypatch):
    real, port = socket.getaddrinfo, fake.url.rpartition(":")[2]
    monkeypatch.setattr(  # the names of the world
        socket,
        "getaddrinfo",
        lambda host, *args, **more: real(
            "127.0.0.1" if host == "acme.example" else host, *args, **more
        ),
    )
    network = strict(f"acme = json://acme.example:{port}/hooks/{TOKEN}\n")
    with pytest.raises(
        Refused, match=r"it leads to a server inside our own network; name the range"
    ):
        await network.send(to("acme"))
    assert fake.hits == 0


async def test_a_room_gets_no_text_where_its_server_sends_us_elsewhere(fake):
    fake.tell(Trouble.REDIRECT)
    host = fake.url.removeprefix("http://")
    network = rooms(f"acme = json://{host}/hooks/{TOKEN}?redirect=yes\n")
    with pytest.raises(Refused):
        await network.send(to("acme"))
    assert fake.hits == 1, "whatever the address says"


class Synapse(FakeServer):
    """A Matrix homeserver as Synapse 1.120 answers: logins per address are limited, and the answer
    says for how long. Left out: everything but login, joining and sending.
    """

    def __init__(self):
        super().__init__()
        self.limited = False
        self.asked: list[str] = []

    async def answer(self, request):
        path = request.path
        self.asked.append(path)
        if path.endswith("/login"):
            if self.limited:
                body = {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests"}
                return web.json_response(
                    body | {"retry_after_ms": 333_000}, status=429, headers={"Retry-After": "333"}
                )
            return web.json_response(
                {"access_token": "syt_token", "user_id": "@ours:chat.example", "device_id": "D"}
            )
        if path.endswith("/logout"):
            return web.json_response({})
        if "/join/" in path or path.endswith("/join"):
            return web.json_response({"room_id": "!room:chat.example"})
        if "/send/" in path and request.headers.get("Authorization") == "Bearer syt_token":
            self.texts.append((await request.json())["body"])
            return web.json_response({"event_id": "$1"})
        return web.json_response({"errcode": "M_UNRECOGNIZED", "error": "?"}, status=404)


@pytest.mark.parametrize(
    "said", ['{"retry_after_ms": 1' + "0" * 400 + "}", "[" * 100_000, '{"retry_after": NaN}', "{}"]
)
async def test_a_time_to_wait_that_is_no_number_of_seconds_is_a_minute_or_less(said):
    async def limited(request):
        return web.Response(text=said, status=429, content_type="application/json")

    async with FakeServer() as server:
        server.answer = limited
        network = rooms(f"acme = json://{server.url.removeprefix('http://')}/room\n")
        with pytest.raises(TryLater) as raised:
            await network.send(to("acme"))
        assert 1.0 <= raised.value.wait <= 60.0
        await network.close()


async def test_a_login_limit_is_waited_for_as_told_and_not_within_the_call():
    async with Synapse() as synapse:
        host = synapse.url.removeprefix("http://")
        network = rooms(
            f"acme = matrix://ours:SecretPassword@{host}/!room:chat.example\n",
            bounds=replace(
                IMPATIENT, total=10.0
            ),  # the plugin takes half a second for each request
        )
        synapse.limited = True
        began = undisturbed()
        with pytest.raises(TryLater) as caught:
            await network.send(to("acme"))
        assert type(caught.value) is TryLater
        assert caught.value.wait == 333
        assert undisturbed() - began < 3
        assert [path for path in synapse.asked if path.endswith("/login")] == [
            "/_matrix/client/v3/login"
        ], "it is asked once, and not again before its time"
        synapse.limited = False
        await network.send(to("acme", "Good morning!"))
        assert synapse.texts == ["Good morning!"]
        await asyncio.sleep(0.6)
        await network.close()
        assert synapse.asked[-1] == "/_matrix/client/v3/logout"
        await network.close()


async def test_an_alarm_logs_out_again_where_it_has_logged_in():
    async with Synapse() as synapse:
        host = synapse.url.removeprefix("http://")
        url = Secret(f"matrix://ours:SecretPassword@{host}/!room:chat.example")
        assert await alarms._sent(url, ["the disk is full"]) is None
        assert "the disk is full" in synapse.texts[0]
        assert synapse.asked[-1] == "/_matrix/client/v3/logout"
        assert sum(path.endswith("/logout") for path in synapse.asked) == 1


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
