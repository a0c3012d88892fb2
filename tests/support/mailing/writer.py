"""Somebody who makes a pledge on the public pages: what they type, and a browser without a script
that sends it over a real socket.
"""

import re
from contextlib import asynccontextmanager
from html import unescape
from types import SimpleNamespace

import aiohttp
import orchard
from cluster import tables

from bot.web import build
from bot.web.server import Server

CAMPAIGN = "endchildlabour2021"
PAGE = f"/en/{CAMPAIGN}/pledge"
ADDRESS = "press@acme.example"
TYPED = {
    "age": "yes",
    "for": "organization",
    "organisation": "ACME",
    "group": "company",
    "country": "Kenya",
    "q-name": "Train 40 teachers by June 2021",
    "q-how": "By courses.\r\nTwo a month.",
    "q-contribution": "It helps.",
    "q-communicate": "With posts",
    "q-website": "https://acme.example/teachers",
    "t-topics-education": "yes",
    "accounts": "x.com/acme",
    "address": ADDRESS,
    "agree": "yes",
    "website": "",
}
"""The form as somebody at an organisation fills it in."""

ALONE = {
    key: text for key, text in TYPED.items() if key not in ("organisation", "group", "accounts")
} | {"for": "individual"}
"""The form of somebody who makes a pledge of their own."""


@asynccontextmanager
async def site(services, clock, *, letters=True):
    """Asks for paths (`ask`), sends the form (`send`), and what stands in hidden fields (`kept`)."""
    server = Server(build(lambda: services, clock, orchard.PUBLIC, letters=letters), "127.0.0.1:0")
    await server.start()
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as session:

            async def ask(path=PAGE, method="GET", *, binary=False, **given):
                async with session.request(method, path, allow_redirects=False, **given) as answer:
                    if binary:
                        content = await answer.read()
                        return SimpleNamespace(
                            status=answer.status, content=content, headers=answer.headers
                        )
                    # line ends as a browser reads them
                    raw = (await answer.text()).replace("\r\n", "\n")
                    return SimpleNamespace(
                        status=answer.status, raw=raw, text=unescape(raw), headers=answer.headers
                    )

            async def send(typed=TYPED, do="send", page=PAGE, headers=None, **changed):
                own = {"sec-fetch-site": "same-origin"} if headers is None else headers
                sent = {**typed, **changed, "do": do}
                return await ask(page, "POST", data=sent, headers=own)

            yield SimpleNamespace(ask=ask, send=send)
    finally:
        await server.stop()


def kept(answer):
    """Return what a page keeps in hidden fields, as the browser sends it again."""
    hidden = re.findall(r'<input type="hidden" name="(.*?)" value="(.*?)">', answer.raw, re.DOTALL)
    return {unescape(name): unescape(value) for name, value in hidden}


def everything(services):
    """Return all rows of the database, of either kind, as text."""
    database = services.store.database
    rows = (row for name in tables(database) for row in database.rows(f"SELECT * FROM {name}"))
    return "\n".join(map(str, map(tuple, rows)))
