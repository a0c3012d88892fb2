"""Whether people reach the pages, as `doctor` sees it: real servers, real certificates."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import orchard
import pytest
import tls
from aiohttp import web as aio
from fakes.base import free_port

from bot.jobs.operations import reachable
from bot.jobs.operations.findings import Level
from bot.web import build
from bot.web.server import Server

pytestmark = pytest.mark.slow


@pytest.fixture
def services(tmp_path):
    built = orchard.services(tmp_path)
    yield built
    built.store.close()


def settings(services, port, public_url=None):
    web = replace(
        services.settings.web,
        listen=f"127.0.0.1:{port}",
        public_url=public_url or f"http://127.0.0.1:{port}",
    )
    return replace(services.settings, web=web)


async def found(given):
    findings = await asyncio.to_thread(reachable.pages, given)
    return [(finding.level, finding.message) for finding in findings]


@asynccontextmanager
async def other(answer, ssl=None):
    """A server that isn't drumbeat."""
    app = aio.Application()
    app.router.add_get("/healthz", answer)
    runner = aio.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await aio.TCPSite(runner, "127.0.0.1", 0, ssl_context=ssl).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


async def test_without_web_there_is_nothing_to_look_at(services):
    assert await found(replace(services.settings, web=None)) == []


async def test_pages_that_people_reach_without_tls_are_told_so(services):
    port = free_port()
    server = Server(build(lambda: services, lambda: orchard.at("2021-03-04")), f"127.0.0.1:{port}")
    await server.start()
    listening, public = await found(settings(services, port))
    await server.stop()
    assert listening == (Level.OK, "something listens there")
    assert public[0] is Level.NOTE
    assert "without TLS" in public[1]


async def test_where_nothing_listens_both_are_told(services):
    listening, public = await found(settings(services, free_port()))
    assert listening[0] is Level.NOTE
    assert "`drumbeat run` does" in listening[1]
    assert public[0] is Level.PROBLEM
    assert "can't be reached" in public[1]


@pytest.mark.parametrize(
    "answer",
    [aio.Response(text="hello"), aio.Response(status=404), aio.json_response([1])],
    ids=["a page", "404", "a list"],
)
async def test_another_server_at_the_public_address_is_a_problem(services, answer):
    async def speaks(_request):
        return aio.Response(body=answer.body, status=answer.status, headers=answer.headers)

    async with other(speaks) as port:
        _, (level, message) = await found(settings(services, port))
    assert level is Level.PROBLEM
    assert "not as drumbeat does" in message
    assert f"pass this address on to 127.0.0.1:{port}" in message


async def test_a_drumbeat_that_cant_read_its_database_is_a_problem(services):
    async def ill(_request):
        return aio.json_response({"status": "the database can't be read"}, status=503)

    async with other(ill) as port:
        _, (level, message) = await found(settings(services, port))
    assert (level, message) == (
        Level.PROBLEM,
        "drumbeat answers there, but can't read its database",
    )


async def test_a_certificate_that_nobody_trusts_is_a_problem(services, tmp_path):
    async def well(_request):
        return aio.json_response({"status": "ok"})

    folder = tls.make(tmp_path)
    async with other(well, tls.context(folder)) as port:
        given = settings(services, port, f"https://127.0.0.1:{port}")
        _, (level, message) = await found(given)
    assert level is Level.PROBLEM
    assert "certificate is not trusted" in message


async def test_a_certificate_that_is_trusted_is_well(services, tmp_path, monkeypatch):
    async def well(_request):
        return aio.json_response({"status": "ok"})

    folder = tls.make(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(folder / "cert.pem"))
    async with other(well, tls.context(folder)) as port:
        given = settings(services, port, f"https://127.0.0.1:{port}")
        _, (level, message) = await found(given)
    assert (level, message) == (Level.OK, "people reach the pages, and trust the certificate")
