"""The public pages over a real socket, of the shipped campaigns and a database in memory."""

from contextlib import asynccontextmanager
from types import SimpleNamespace

import aiohttp
import house
import pytest

from bot.web import build
from bot.web.server import Server

_TEXTS = ("text/", "application/json", "application/xml", "application/atom", "image/svg")


@pytest.fixture
def shown(tmp_path, library):
    """Services that only show, of the campaign that goes on every year."""
    services = house.shown(tmp_path, library, "endchildlabour")
    yield services
    services.store.close()


@pytest.fixture
def asked():
    """A context in which a function asks for a path: it gives status, text, content and headers."""
    return _asked


@asynccontextmanager
async def _asked(services, now):
    application = build(lambda: services, lambda: now, "https://campaign.example")
    server = Server(application, "127.0.0.1:0")
    await server.start()
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as session:

            async def ask(path):
                async with session.get(path, allow_redirects=False) as answer:
                    content = await answer.read()
                    is_text = answer.content_type.startswith(_TEXTS)
                    return SimpleNamespace(
                        status=answer.status,
                        text=content.decode() if is_text else "",
                        content=content,
                        headers=answer.headers,
                    )

            yield ask
    finally:
        await server.stop()
