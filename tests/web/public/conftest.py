"""The public pages over a real socket, of the shipped campaigns and a database in memory."""

import re
from contextlib import asynccontextmanager
from html import unescape
from types import SimpleNamespace
from urllib.parse import urljoin, urlsplit

import aiohttp
import house
import pytest
from tree import languages, walked

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

            async def ask(path, data=None, **headers):
                method = "GET" if data is None else "POST"
                given = {"data": data, "headers": headers, "allow_redirects": False}
                async with session.request(method, path, **given) as answer:
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


@pytest.fixture
def crawled():
    """A function that follows every link of ours from a page on: answers by path."""
    return _crawled


def _own_links(page, at):
    """The paths of our own to which a page leads, without what stands behind '#'."""
    addresses = (unescape(a) for a in re.findall(r'(?:href|src|action)="([^"]*)"', page))
    for address in addresses:
        whole = urlsplit(urljoin(f"https://campaign.example{at}", address))
        if whole.netloc == "campaign.example":
            yield f"{whole.path}?{whole.query}" if whole.query else whole.path


def _is_cheap(link, begin, *, feeds):
    """Whether a link is asked for: calendars, cards and documents, which take long, in one language
    at most.
    """
    return not link.endswith((".ics", ".png", ".pdf", ".docx")) or (
        feeds and link.startswith(begin)
    )


async def _crawled(ask, begin, *, feeds=False):
    """All that can be reached from a page, by path, each asked once, in the languages that are walked; calendars and cards, which take long, with
    `feeds`, and only those below the page.
    """
    pages, ahead = {}, [begin]
    away = set(languages()) - set(walked()) - {begin.split("/")[1]}
    while ahead:
        path = ahead.pop()
        if path not in pages:
            pages[path] = answer = await ask(path)
            if "text/html" in answer.headers.get("content-type", ""):
                links = [
                    each for each in _own_links(answer.text, path) if each.split("/")[1] not in away
                ]
                ahead.extend(link for link in links if _is_cheap(link, begin, feeds=feeds))
    return pages
