"""The gate before the pages: what strangers may take of us, over real sockets."""

import asyncio
import logging
import math
import resource
import socket
import time
from contextlib import AsyncExitStack, asynccontextmanager
from ipaddress import ip_network
from pathlib import Path

import orchard
import pytest
from clocks.undisturbed import undisturbed
from orchard import at

from bot import gate
from bot.gate import Bounds
from bot.jobs.texts import letters
from bot.rules.tokens import Purpose
from bot.web import build
from bot.web.server import Server

NOW = at("2021-03-04T10:00")
LOST = b"GET /nothing HTTP/1.1\r\nHost: pages.example\r\n"
END = b"\r\n"


@pytest.fixture
def services(tmp_path):
    built = orchard.services(tmp_path)
    yield built
    built.store.close()


@asynccontextmanager
async def pages(services, **bounds):
    """Connects to the pages; the server is the real one."""
    server = Server(build(lambda: services, lambda: NOW), "127.0.0.1:0", Bounds(**bounds))
    await server.start()
    async with AsyncExitStack() as stack:

        async def connect(source="127.0.0.1"):
            stream = await asyncio.open_connection("127.0.0.1", server.port, local_addr=(source, 0))
            stack.callback(stream[1].close)
            return Stranger(*stream)

        yield connect
    await server.stop()


class Stranger:
    """Somebody who connects, and what they are told."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    def say(self, data):
        self.writer.write(data)

    async def heard(self):
        """All that comes until the connection ends."""
        try:
            async with asyncio.timeout(60):
                return await self.reader.read()
        except ConnectionResetError:
            return b""

    async def status(self):
        """The status of the answer; 0 where the connection ends without one."""
        return status(await self.heard())

    async def drips(self, data, pause=0.05):
        """Says a byte at a time until the connection ends; gives the seconds that this took, but
        infinity where it came to the end of all, and the status of the answer.
        """
        began, hearing = time.monotonic(), asyncio.create_task(self.heard())
        for byte in data:
            if hearing.done():
                break
            self.writer.write(bytes([byte]))
            await asyncio.sleep(pause)
        else:
            began = -math.inf
        return time.monotonic() - began, status(await hearing)

    async def floods(self, data):
        """Says it again and again; raises `ConnectionError` once the connection is gone."""
        async with asyncio.timeout(60):
            while True:
                self.writer.write(data)
                await self.writer.drain()


def status(answer):
    return int(answer.split(b" ")[1]) if answer else 0


def leaving(services, person):
    where = letters.link(services, Purpose.UNSUBSCRIBE, person, now=NOW.timestamp())
    return where.removeprefix(orchard.PUBLIC).encode()


def posting(services, person, *headers):
    """The head of a request whose body never ends, for a page that wants one."""
    lines = (b"Host: pages.example", b"Content-Length: 5000", *headers)
    return b"POST " + leaving(services, person) + b" HTTP/1.1\r\n" + b"\r\n".join(lines) + END * 2


async def test_what_is_asked_is_answered_and_the_connection_ends(services):
    async with pages(services) as connect:
        stranger = await connect()
        stranger.say(LOST + END + LOST + END)
        answer = await stranger.heard()
    assert answer.count(b"HTTP/1.1 404") == 1
    assert b"\r\nconnection: close\r\n" in answer
    assert answer.endswith(b"</html>")


async def test_a_head_that_comes_in_pieces_is_read(services):
    async with pages(services) as connect:
        stranger = await connect()
        _, status = await stranger.drips(LOST + END, pause=0.001)
        assert status == 404


@pytest.mark.parametrize("said", [b"", LOST])
async def test_a_head_that_never_ends_is_told_and_closed_in_its_time(services, said):
    async with pages(services, head_seconds=0.5) as connect:
        stranger = await connect()
        stranger.say(said)
        seconds, status = await stranger.drips(b"X-Long: " + b"x" * 200)
        assert 0.3 < seconds < math.inf, "bytes that keep coming win no time"
        assert status == 408


async def test_a_body_that_never_ends_is_closed_in_its_time_and_does_nothing(services, caplog):
    person = orchard.add_contact(services)
    with caplog.at_level(logging.WARNING):
        async with pages(services, seconds=1.0) as connect:
            stranger = await connect()
            stranger.say(posting(services, person))
            seconds, status = await stranger.drips(b"a" * 200)
            assert 0.5 < seconds < math.inf
            assert status == 0
            again = await connect()
            again.say(LOST + END)
            assert await again.status() == 404
    assert services.store.contacts.get(person) is not None
    assert [record.getMessage() for record in caplog.records] == []


@pytest.mark.parametrize(("headers", "status"), [(100, 404), (101, 431), (3_000, 431)])
async def test_more_headers_than_anybody_needs_are_refused(services, headers, status):
    async with pages(services) as connect:
        stranger = await connect()
        stranger.say(LOST + b"a:b\r\n" * (headers - 1) + END)
        assert await stranger.status() == status


@pytest.mark.parametrize(("size", "status"), [(15_000, 404), (17_000, 431), (60_000, 431)])
async def test_a_header_larger_than_anybody_needs_is_refused(services, size, status):
    async with pages(services) as connect:
        stranger = await connect()
        stranger.say(LOST + b"Cookie: " + b"c" * size + END * 2)
        assert await stranger.status() == status


async def test_a_first_line_larger_than_anybody_needs_is_refused(services):
    async with pages(services) as connect:
        stranger = await connect()
        stranger.say(b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: pages.example\r\n\r\n")
        assert await stranger.status() == 431


async def test_of_a_header_without_end_no_more_is_read(services):
    async with pages(services) as connect:
        stranger = await connect()
        stranger.say(LOST + b"Cookie: ")
        began = undisturbed()
        with pytest.raises(ConnectionError):
            await stranger.floods(b"c" * 10_000)
        assert undisturbed() - began < 5


@pytest.mark.parametrize("said", [b"\r\n\r\n", b"nonsense\r\n\r\n", b"\x16\x03\x01\r\n\r\n"])
async def test_what_is_no_request_is_told_so(services, said):
    async with pages(services) as connect:
        stranger = await connect()
        stranger.say(said)
        assert await stranger.status() == 400


NONSENSE = {
    "line": b"nonsense\r\n\r\n",
    "header": LOST + b"bad header\r\n\r\n",
    "length": LOST + b"Content-Length: many\r\n\r\n",
    "chunk": LOST.replace(b"GET", b"POST") + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    "upgrade": LOST + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
    "version": LOST.replace(b"1.1", b"9.9") + END,
}


@pytest.mark.parametrize("said", NONSENSE.values(), ids=NONSENSE)
async def test_what_strangers_say_fills_no_log(services, caplog, said):
    async with pages(services) as connect:
        stranger = await connect()
        stranger.say(said)
        assert 400 <= await stranger.status() < 500
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING] == []


async def test_an_upgrade_to_another_protocol_does_not_lead_past_the_bounds(services):
    async with pages(services, seconds=1.0) as connect:
        stranger = await connect()
        stranger.say(
            LOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        assert await stranger.status() == 404


async def test_silent_connections_put_out_each_other_and_whoever_asks_is_answered(services):
    async with pages(services, connections=8) as connect:
        silent = [await connect() for _ in range(50)]
        for _ in range(3):
            asking = await connect()
            asking.say(LOST + END)
            assert await asking.status() == 404
        left = [stranger for stranger in silent if not stranger.reader.at_eof()]
        assert len(left) <= 8
        assert left == silent[len(silent) - len(left) :], "the oldest went first"


async def test_whoever_has_asked_makes_room_for_nobody(services):
    person = orchard.add_contact(services)
    async with pages(services, connections=4) as connect:
        asking = [await connect() for _ in range(4)]
        for stranger in asking:
            stranger.say(posting(services, person))
        await asyncio.sleep(0.3)
        late = await connect()
        late.say(LOST + END)
        assert await late.status() == 503
        assert not any(stranger.reader.at_eof() for stranger in asking)
        asking[0].say(b"x" * 5_000)
        assert await asking[0].status() == 200, "the page for which they had asked"


async def test_a_full_gate_is_told_in_the_log_once(services, caplog):
    with caplog.at_level(logging.WARNING):
        async with pages(services, connections=4) as connect:
            strangers = [await connect() for _ in range(12)]
            await strangers[0].heard()
    told = [record.getMessage() for record in caplog.records if record.name == "bot.gate"]
    assert told == ["all 4 places for connections are taken; who waits without asking makes room"]


# how many of one address


async def refused(connect, source="127.0.0.1", head=LOST + END):
    stranger = await connect(source)
    stranger.say(head)
    return await stranger.status() == 429


async def test_one_address_has_so_many_connections_and_others_theirs(services):
    async with pages(services, each=3, proxies=()) as connect:
        silent = [await connect() for _ in range(3)]
        assert await refused(connect)
        assert not await refused(connect, "127.0.0.2")
        silent[0].writer.close()
        await asyncio.sleep(0.2)
        assert not await refused(connect), "who leaves makes room"


async def test_who_has_as_many_as_they_may_puts_nobody_out(services):
    async with pages(services, connections=4, each=3, proxies=()) as connect:
        other = await connect("127.0.0.2")
        silent = [await connect() for _ in range(3)]
        for _ in range(5):
            assert await refused(connect)
        assert not any(stranger.reader.at_eof() for stranger in (other, *silent))
        other.say(LOST + END)
        assert await other.status() == 404


async def test_a_proxy_has_no_bound_of_its_own(services):
    async with pages(services, each=3) as connect:
        for _ in range(10):
            await connect()
        assert not await refused(connect)


def forwarded(*lines):
    return LOST + b"".join(b"X-Forwarded-For: " + line + END for line in lines) + END


async def test_behind_a_proxy_each_client_has_so_many_and_others_theirs(services):
    person = orchard.add_contact(services)
    async with pages(services, each=2) as connect:
        for _ in range(2):
            asking = await connect()
            asking.say(posting(services, person, b"x-forwarded-for: 198.51.100.7"))
        await asyncio.sleep(0.3)
        assert await refused(connect, head=forwarded(b"198.51.100.7"))
        assert await refused(connect, head=forwarded(b"192.0.2.1, 198.51.100.7"))
        assert await refused(connect, head=forwarded(b"192.0.2.1", b" 198.51.100.7 "))
        assert await refused(connect, head=forwarded(b"::ffff:198.51.100.7"))
        assert not await refused(connect, head=forwarded(b"198.51.100.8"))
        assert not await refused(connect, head=forwarded(b"198.51.100.7, 192.0.2.1")), (
            "what stands before the last was said by the client"
        )
        assert not await refused(connect, head=forwarded(b"nonsense"))


async def test_a_stranger_is_not_believed_whom_they_come_for(services):
    async with pages(services, each=1, proxies=()) as connect:
        await connect()
        assert await refused(connect, head=forwarded(b"198.51.100.7"))


async def test_a_network_of_ipv6_counts_as_one_client(services):
    person = orchard.add_contact(services)
    async with pages(services, each=1) as connect:
        asking = await connect()
        asking.say(posting(services, person, b"X-Forwarded-For: 2001:db8:1:1::1"))
        await asyncio.sleep(0.3)
        assert await refused(connect, head=forwarded(b"2001:db8:1:1:ffff::2"))
        assert not await refused(connect, head=forwarded(b"2001:db8:1:2::1"))


async def test_a_proxy_elsewhere_is_believed_once_it_is_named(services):
    async with pages(services, each=1, proxies=(ip_network("127.0.0.2"),)) as connect:
        for _ in range(3):
            await connect("127.0.0.2")
        assert not await refused(connect, "127.0.0.2")
        await connect()
        assert await refused(connect)


# descriptors


@pytest.mark.parametrize(
    ("limit", "places"),
    [(64, 8), (1024, 128), (10, 4), (1_048_576, 200), (resource.RLIM_INFINITY, 200)],
)
def test_a_gate_takes_an_eighth_of_the_descriptors(limit, places):
    assert gate.share_of(limit) == places
    assert Bounds(connections=places).backlog <= max(4, places // 4)


def descriptors():
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_a_burst_of_connections_never_holds_many_more_than_there_are_places(services):
    async with pages(services, connections=8) as connect:
        before, strangers, most = descriptors(), [], 0
        for _ in range(20):
            strangers += await asyncio.gather(*(connect() for _ in range(10)))
            most = max(most, descriptors() - before - len(strangers))
        assert most <= 8 + 4 * Bounds(connections=8).backlog


async def test_the_pages_end_though_strangers_are_silent(services):
    server = Server(build(lambda: services, lambda: NOW), "127.0.0.1:0")
    await server.start()
    with socket.create_connection(("127.0.0.1", server.port)):
        await asyncio.sleep(0.1)
        began = undisturbed()
        await server.stop()
        assert undisturbed() - began < 3
