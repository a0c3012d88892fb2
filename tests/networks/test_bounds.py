"""The bounds on exchanges with servers: over real sockets, plain and with TLS, byte by byte, without
end, packed, and cut in the middle.
"""

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
import requests
import tls
from clocks.undisturbed import undisturbed

from bot.networks.common.bounds import API, PAGE, Bounds
from bot.networks.common.httpx import Client
from bot.networks.common.httpx import TooMuch as HttpxTooMuch
from bot.networks.common.requests import Adapter, TooMuch, never_left

BOUNDS = Bounds(connect=2.0, answer=0.3, total=1.0, most=100_000)
BOMB = gzip.compress(b"a" * 50_000_000)
HEAD = b"HTTP/1.1 200 OK\r\n"

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Key and certificate of 127.0.0.1, in one file."""
    return tls.make(tmp_path_factory.mktemp("tls"))


@asynccontextmanager
async def served(talk: Talk, folder=None):
    """A server that talks so with everybody, after it has read what was asked."""
    context = None if folder is None else tls.context(folder)

    async def serve(reader, writer):
        try:
            await reader.readuntil(b"\r\n\r\n")
            await talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    yield f"{'https' if folder else 'http'}://127.0.0.1:{port}/"
    server.close()


async def asked(url: str, folder=None, **options) -> requests.Response:
    def ask() -> requests.Response:
        with requests.Session() as session:
            for scheme in ("http://", "https://"):
                session.mount(scheme, Adapter(BOUNDS))
            verify = str(folder / "cert.pem") if folder else True
            return session.post(url, data="a post", verify=verify, **options)

    return await asyncio.to_thread(ask)


async def failure(url: str, folder=None) -> requests.RequestException:
    began = undisturbed()
    with pytest.raises(requests.RequestException) as caught:
        await asked(url, folder)
    assert undisturbed() - began < 3
    return caught.value


async def drips_its_head(reader, writer):
    writer.write(HEAD + b"X-Slow: ")
    while True:
        writer.write(b"a")
        await writer.drain()
        await asyncio.sleep(0.05)


async def drips_its_body(reader, writer):
    writer.write(HEAD + b"\r\n")
    await drips_its_head(reader, writer)


async def says_to_go_on_for_ever(reader, writer):
    while True:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


async def talks_for_ever(reader, writer):
    writer.write(HEAD + b"\r\n")
    while not writer.is_closing():
        writer.write(b"a" * 65_536)
        await writer.drain()
        await asyncio.sleep(0)


async def says_something_packed(reader, writer):
    head = f"Content-Encoding: gzip\r\nContent-Length: {len(BOMB)}\r\n\r\n"
    writer.write(HEAD + head.encode() + BOMB)
    await writer.drain()


async def breaks_off(reader, writer):
    writer.write(HEAD + b"Content-Length: 5000\r\n\r\nabc")
    await writer.drain()
    writer.transport.abort()


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "TLS"])
@pytest.mark.parametrize(
    ("talk", "kind"),
    [
        (drips_its_head, requests.ReadTimeout),
        (drips_its_body, requests.ReadTimeout),
        (says_to_go_on_for_ever, requests.ReadTimeout),
        (talks_for_ever, TooMuch),
        (says_something_packed, TooMuch),
        (breaks_off, requests.RequestException),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_what_may_have_arrived_is_never_said_not_to_have_left(
    certificate, secure, talk, kind
):
    folder = certificate if secure else None
    async with served(talk, folder) as url:
        error = await failure(url, folder)
    assert isinstance(error, kind), repr(error)
    assert not never_left(error)


async def test_a_server_that_never_ends_its_greeting_got_nothing():
    async def silent(reader, writer):
        await asyncio.sleep(20)

    async with served(silent) as url:
        error = await failure(url.replace("http:", "https:"))
    assert never_left(error)


async def test_a_certificate_that_nobody_knows_gets_nothing(certificate):
    async with served(breaks_off, certificate) as url:
        error = await failure(url)
    assert isinstance(error, requests.exceptions.SSLError)
    assert never_left(error)


async def test_a_connection_that_is_used_again_is_watched_too(certificate):
    times = 0

    async def well_then_slow(reader, writer):
        nonlocal times
        times += 1
        writer.write(HEAD + b"Content-Length: 2\r\n\r\nok")
        await reader.readuntil(b"\r\n\r\n")
        await drips_its_head(reader, writer)

    def ask(url):
        with requests.Session() as session:
            session.mount("https://", Adapter(BOUNDS))
            verify = str(certificate / "cert.pem")
            assert session.get(url, verify=verify).text == "ok"
            began = undisturbed()
            with pytest.raises(requests.ReadTimeout):
                session.get(url, verify=verify)
            return undisturbed() - began

    async with served(well_then_slow, certificate) as url:
        assert await asyncio.to_thread(ask, url) < 3
    assert times == 1


async def test_nothing_of_a_page_is_read_but_its_head():
    async with served(talks_for_ever) as url:

        def ask():
            with requests.Session() as session:
                session.mount("http://", Adapter(PAGE))
                return session.get(url)

        answer = await asyncio.to_thread(ask)
    assert answer.status_code == 200
    assert answer.content == b""


@pytest.mark.parametrize(
    ("talk", "kind"),
    [
        (drips_its_head, httpx.ReadTimeout),
        (drips_its_body, httpx.ReadTimeout),
        (talks_for_ever, HttpxTooMuch),
        (says_something_packed, HttpxTooMuch),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_the_other_library_keeps_within_them_too(talk, kind):
    began = undisturbed()
    async with served(talk) as url, Client(BOUNDS) as client:
        with pytest.raises(kind):
            await client.get(url)
    assert undisturbed() - began < 3


async def test_an_answer_within_the_bounds_is_whole_however_it_is_packed():
    async def packed(reader, writer):
        body = gzip.compress(b"well " * 1_000)
        head = f"Content-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(HEAD + head.encode() + body)
        await writer.drain()

    async with served(packed) as url, Client(BOUNDS) as client:
        assert (await asked(url)).text == "well " * 1_000
        assert (await client.get(url)).text == "well " * 1_000


def test_a_picture_gets_time_for_a_slow_line():
    assert API.seconds() == 60
    assert API.seconds(5_000_000) == 110
