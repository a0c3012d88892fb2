"""The desk over a real socket, with somebody of each role."""

import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import unescape

import aiohttp
import house
import pytest
from tree import TOP

from bot.config import Web
from bot.files.frozen import read_files
from bot.jobs.staff import logins
from bot.model.staff import Member, StaffRole
from bot.render import Renderer
from bot.web import build
from bot.web.server import Server

NOW = datetime(2021, 5, 1, 9, 30, tzinfo=UTC)
"""When everything is read and pressed, unless a test says otherwise."""

ORIGIN = "https://campaign.example"

MEMBERS = tuple(
    Member(
        name=role.value,
        telegram=100 + number,
        email=f"{role.value}@example.org",
        roles=frozenset({role}),
    )
    for number, role in enumerate(StaffRole)
)


def staffed(services, public_url=ORIGIN, members=MEMBERS):
    """The services with these members of staff, and the shipped words below their own."""
    settings = replace(
        services.settings,
        members=members,
        web=Web(public_url=public_url, listen="127.0.0.1:0"),
    )
    library = replace(services.library, files=read_files((*services.library.roots[:1], TOP)))
    renderer = Renderer(library.files, library.campaigns)
    return replace(services, settings=settings, library=library, renderer=renderer)


@pytest.fixture
def services(tmp_path):
    made = house.services(
        tmp_path,
        house.campaign(house.action("deed", post=True)),
        channels=(house.channel("telegram", review=True),),
    )
    services = staffed(made)
    yield services
    services.store.close()


@dataclass
class Told:
    """An answer of the desk."""

    status: int
    text: str
    headers: aiohttp.typedefs.LooseHeaders
    where: str

    @property
    def words(self):
        """What stands on the page, without its marks."""
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", self.text))).strip()

    @property
    def token(self):
        return re.search(r'name="token" value="(\w+)"', self.text)[1]


class Seat:
    """A browser at the desk; `now` is the clock of the server."""

    def __init__(self, services, session, clock):
        self.services, self.clock = services, clock
        self._session, self._cookie = session, ""
        self.token = ""

    async def enter(self, name):
        """Come in by a link, as the member of this name."""
        member = self.services.team.called(name)
        url = logins.link(self.services, member, member.actor, self.clock[0])
        told = await self.posts(url.removeprefix(ORIGIN))
        self._cookie = told.headers["set-cookie"].partition(";")[0]
        page = await self.gets("/desk/")
        page = await self.gets(page.where) if page.where else page
        self.token = page.token
        return page

    async def gets(self, path, **headers):
        return await self._ask("GET", path, headers=headers)

    async def gets_bytes(self, path):
        """Return what a path gives, as it comes."""
        async with self._session.get(path, headers={"cookie": self._cookie}) as answer:
            return await answer.read()

    async def posts(self, path, fields=None, **headers):
        given = {"token": self.token, **(fields or {})} if self.token else fields or {}
        return await self._ask("POST", path, data=given, headers=headers)

    async def sends(self, path, body, **headers):
        """Send these very bytes."""
        return await self._ask("POST", path, data=body, headers=headers)

    async def asks(self, method, path, fields):
        """Ask in this way, with a form."""
        return await self._ask(method, path, data=fields, headers={})

    async def picture(self, path):
        """The bytes of a picture that is there."""
        sent = {"cookie": self._cookie}
        async with self._session.get(path, allow_redirects=False, headers=sent) as answer:
            assert answer.status == 200
            return await answer.read()

    async def _ask(self, method, path, *, headers, **given):
        sent = {"cookie": self._cookie, "sec-fetch-site": "same-origin"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        async with self._session.request(
            method, path, allow_redirects=False, headers=sent, **given
        ) as answer:
            return Told(
                answer.status,
                (await answer.read()).decode("utf-8", "replace"),
                answer.headers,
                answer.headers.get("location", ""),
            )


@asynccontextmanager
async def desk_of(services, now=NOW):
    """Yield a function that sits somebody down at the desk, by name; nobody for None."""
    clock = [now]
    server = Server(build(lambda: services, lambda: clock[0]), "127.0.0.1:0")
    await server.start()
    try:
        async with aiohttp.ClientSession(
            f"http://127.0.0.1:{server.port}", cookie_jar=aiohttp.DummyCookieJar()
        ) as session:

            async def sit(name=None):
                seat = Seat(services, session, clock)
                if name is not None:
                    await seat.enter(name)
                return seat

            yield sit
    finally:
        await server.stop()


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    """What goes on by itself ends after its first event."""
    monkeypatch.setattr("bot.web.desk.live.LASTS", 0.0)


@pytest.fixture
def with_staff():
    """A function that gives services some members of staff."""
    return staffed


@pytest.fixture
def desk():
    """A context that gives a function which sits somebody down at the desk of some services."""
    return desk_of
