"""Every exchange with every network ends, and no answer is read without end: a server that answers
byte by byte, and one whose answer never ends, at each of them, over real sockets.

Networks and what can be asked of them are found, so that a new one is tried too. Collectors stand in
`test_usage.py`, mail servers in `mail/`, proxies in `common/test_proxies.py`, what others ask of us
in `tests/web/test_gate.py`.
"""

import asyncio
import inspect
from datetime import UTC, datetime, timedelta

import pytest
from clocks.undisturbed import undisturbed
from fakes import amplify
from fakes.base import IMPATIENT, Trouble
from fakes.troubles import NAMES, fake_of

from bot import networks
from bot.errors import NetworkError
from bot.jobs.operations import alarms
from bot.jobs.texts.links import pages
from bot.model import Secret
from bot.networks.base import Network

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*login_data:DeprecationWarning"),
]

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)

ENDS = 8.0
"""Seconds: some exchanges are several calls, each with `IMPATIENT`'s one."""

MOST = 32 * 2**20
"""Bytes of an endless answer: what the bounds allow, and what sockets hold."""

OWN = {"send", "find", "delete", "probe", "reactions"}
"""What is asked about messages of our own."""

OTHERS = {"seen", "boost", "unboost", "quote", "stands"}
"""What is asked about posts of others."""

OFFLINE = {"idle", "close"}
"""Asks nothing of the network."""

SERVERS = {"mastodon": amplify.Mastodon, "bluesky": amplify.Bluesky, "x": amplify.X}
"""Those with posts of others."""

ADD = {
    "mastodon": lambda fake: fake.add_other(NOW - HOUR, "#Tag", author="ada@social.example"),
    "bluesky": lambda fake: fake.add(NOW - HOUR, "#Tag", author="ada.example"),
    "x": lambda fake: fake.add_other(NOW - HOUR, "ada", "We plant #Tag"),
}
"""Lets somebody post there."""

AUTHORS = {
    "mastodon": ("ada@social.example",),
    "bluesky": ("ada.example",),
    "x": ("ada",),
}


def hanging(kind):
    """A fake that goes on as `trouble` says in every answer, once it is told to."""

    class Hanging(kind):
        trouble = None
        begun = 0

        async def _handle(self, request):
            if self.trouble is None or request.path.endswith(self.aside or ("\0",)):
                return await super()._handle(request)
            self.begun += 1
            await (self._drip if self.trouble is Trouble.DRIPPING else self._flood)(request)
            return self._drop(request)

    return Hanging()


def can(name, exchange):
    """Whether the network asks something by this."""
    kind, fake = networks.load(name), fake_of(name)
    if exchange == "probe":
        return fake.probes and name != "dry"
    return name != "dry" and getattr(kind, exchange) is not getattr(Network, exchange)


def pairs(exchanges, names):
    return [(name, each) for name in names for each in sorted(exchanges) if can(name, each)]


def test_no_exchange_is_left_out():
    asked = {name for name, _ in inspect.getmembers(Network, inspect.iscoroutinefunction)}
    assert asked == OWN | OTHERS | OFFLINE
    assert {name for name in NAMES if networks.load(name).AMPLIFIES} == SERVERS.keys()
    assert {name for name, each in pairs(OWN, NAMES) if each == "send"} == {*NAMES} - {"dry"}


async def ends(fake, network, call):
    """Let the call fail, whatever the server says; return after how many seconds it does."""
    began = undisturbed()
    try:
        with pytest.raises(NetworkError):
            await call
        took = undisturbed() - began
        assert fake.begun > 0, "the server was asked"
        assert fake.flooded < MOST
    finally:
        await network.close()
    return took


@pytest.mark.parametrize("trouble", [Trouble.DRIPPING, Trouble.ENDLESS])
@pytest.mark.parametrize(("name", "exchange"), pairs(OWN, NAMES))
async def test_what_is_asked_about_our_own_ends(name, exchange, trouble):
    async with hanging(fake_of(name)) as fake:
        network = fake.build(networks.load(name))
        calls = {
            "send": lambda: network.send(fake.message("Once.")),
            "find": lambda: network.find(fake.message("Where am I?", occurrence=9)),
            "probe": network.probe,
        }
        if exchange == "delete":
            receipt = await network.send(fake.message("Taken back."))
            calls["delete"] = lambda: network.delete(receipt, None)
        if exchange == "reactions":
            liked = await network.send(fake.message("Do you like it?"))
            calls["reactions"] = lambda: network.reactions([liked.id])
        fake.trouble = trouble
        assert await ends(fake, network, calls[exchange]()) < ENDS


@pytest.mark.parametrize("trouble", [Trouble.DRIPPING, Trouble.ENDLESS])
@pytest.mark.parametrize(("name", "exchange"), pairs(OTHERS, SERVERS))
async def test_what_is_asked_about_others_ends(name, exchange, trouble):
    async with hanging(SERVERS[name]) as fake:
        network = fake.build(networks.load(name))
        ADD[name](fake)
        tags, since = ("#Tag",), NOW - 2 * HOUR
        [post] = await network.seen(tags, AUTHORS[name], since)
        calls = {
            "seen": lambda: network.seen(tags, AUTHORS[name], since),
            "boost": lambda: network.boost(post, NOW),
            "quote": lambda: network.quote(fake.message("Look."), post),
            "stands": lambda: network.stands(post),
        }
        if exchange == "unboost":
            receipt = await network.boost(post, NOW)
            calls["unboost"] = lambda: network.unboost(receipt)
        fake.trouble = trouble
        assert await ends(fake, network, calls[exchange]()) < ENDS


async def slow_head(reader, writer):
    """Begins its answer, and never ends the first of its headers."""
    try:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not writer.is_closing():
            writer.write(b"a")
            await writer.drain()
            await asyncio.sleep(0.05)
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


@pytest.fixture
async def slow():
    """The address of a server that answers byte by byte."""
    server = await asyncio.start_server(slow_head, "127.0.0.1", 0)
    yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


async def test_a_link_whose_page_answers_byte_by_byte_is_given_up(slow, monkeypatch):
    monkeypatch.setattr(pages, "PAGE", IMPATIENT)
    began = undisturbed()
    wrong = await asyncio.to_thread(pages.asker(["127.0.0.0/8"]), f"http://{slow}/")
    assert "doesn't answer within 1 s" in wrong
    assert undisturbed() - began < ENDS


async def test_a_heartbeats_page_that_answers_byte_by_byte_is_given_up(slow, monkeypatch):
    monkeypatch.setattr(alarms, "PATIENCE", 1.0)
    began = undisturbed()
    wrong = await alarms._get(Secret(f"http://{slow}/beat"))
    assert wrong is not None
    assert "Timeout" in wrong
    assert undisturbed() - began < ENDS


async def test_a_road_for_alarms_that_answers_byte_by_byte_is_given_up(slow, monkeypatch):
    monkeypatch.setattr(alarms, "API", IMPATIENT)
    began = undisturbed()
    assert await alarms._sent(Secret(f"json://{slow}/alarms"), ["Look."]) is not None
    assert undisturbed() - began < ENDS
