"""The desk over a real socket, with somebody of each role."""

import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import unescape

import aiohttp
import house
import orchard
import pytest
from tree import TOP

from bot.config import Safeguarding, Web
from bot.files.frozen import read_files
from bot.jobs.machines import suggestions, tokens
from bot.jobs.planning import plan
from bot.jobs.staff import clearances, logins
from bot.model import Audience
from bot.model.counting import Asking
from bot.model.share import Candidate
from bot.model.staff import Member, StaffRole
from bot.model.staff.clearance import Subject
from bot.model.staff.machines import TokenScope
from bot.render import Renderer
from bot.times import epoch, from_epoch
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

ALL = Member(
    name="ada", email="ada@example.org", roles=frozenset({StaffRole.ADMIN, StaffRole.SAFEGUARDING})
)
"""Somebody who sees each page."""


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


@pytest.fixture
def filled(services):
    """Services with something on each page, and somebody who sees all of them."""
    settings = replace(
        services.settings,
        members=(*MEMBERS, ALL),
        safeguarding=Safeguarding(name="Ana", contact=77, retention=30),
    )
    services = replace(services, settings=settings)
    store = services.store
    plan.run(services, NOW - timedelta(days=1))
    store.inbox.flag(1, "", "KE", "en", "<i>Help</i>", epoch(NOW))
    store.people.add([house.person(1)])
    person = store.people.first(Audience.INDIVIDUAL)
    row = Candidate(
        network="mastodon",
        uri="https://m.example/1",
        post="1",
        url="https://m.example/@acme/1",
        author="acme@m.example",
        pledge=orchard.add_pledge(services, person, name='<b>A "name"'),
        text="We planted <b>",
        media=True,
        posted=from_epoch(1),
        channel=None,
    )
    store.amplify.add([row], 1)
    asking = Asking(
        uri="https://m.example/2",
        post="2",
        place="m.example",
        url="https://m.example/@somebody/2",
        text="How <b>?",
        language="en",
        posted=NOW,
    )
    store.asked.add("mastodon", [asking], epoch(NOW))
    for member in (ALL, MEMBERS[1]):
        tokens.make(services, member, "<i>", [TokenScope.READ], None, member.actor, NOW)
    suggestions.wording(services, "1-1-0", "A <b> text", "<i>", ALL.actor, NOW)
    suggestions.translation(services, "trees", "deed", "en", "x" * 99, "", ALL.actor, NOW)
    clearances.ask(services, Subject(pledge=row.pledge), 'The <b> "office"', ALL.actor, NOW)
    return services


def somewhere(page):
    """The address of a page, with numbers of things that there are not."""
    return re.sub(r"{(\w+)}", lambda part: "9-9-0" if part[1] == "key" else "1", page.path)


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
