"""Somebody who has made a pledge on the public pages: their letters, and their browser."""

import re
from contextlib import asynccontextmanager
from datetime import timedelta

from fakes.mail import text_of
from helpers import at

from bot.web.visit import COOKIE
from mailing.served import leave
from mailing.writer import ADDRESS, site

NOW = at("2021-03-04T10:00")
OWN = {"sec-fetch-site": "same-origin"}
PLEDGE = "/en/mine/1"


def mark(page):
    """The mark of the answers that a page shows; '' where it shows none to change."""
    seen = re.search(r'name="seen" value="(\w+)"', page.raw)
    return seen[1] if seen else ""


class Maker:
    """Somebody with a pledge, their letters and their browser."""

    def __init__(self, services, office, the, clock):
        self.services, self.office, self.the, self.clock = services, office, the, clock
        self.cookie = {}

    async def letter(self):
        """The path in the newest letter to them."""
        await leave(self.services, self.clock["now"])
        told = text_of(self.office.to(ADDRESS)[-1])
        return re.search(r"https://pages\.example(/(?:pledge|mine)/\S+)", told)[1]

    async def asks(self, address=ADDRESS, page="/en/mine"):
        return await self.the.ask(page, "POST", data={"address": address}, headers=OWN)

    async def open(self):
        """Ask for the letter, use its link, and keep the cookie."""
        assert (await self.asks()).status == 303
        opened = await self.the.ask(await self.letter(), "POST", headers=OWN)
        assert opened.status == 303
        self.keep(opened)
        return opened

    def keep(self, answer):
        self.cookie = {COOKIE: re.search(rf"{COOKIE}=([^;]+)", answer.headers["set-cookie"])[1]}

    def sees(self, path=PLEDGE):
        return self.the.ask(path, headers={"cookie": f"{COOKIE}={self.cookie[COOKIE]}"})

    def file(self, path):
        """What they take away: its bytes."""
        cookie = f"{COOKIE}={self.cookie[COOKIE]}"
        return self.the.ask(path, binary=True, headers={"cookie": cookie})

    async def sends(self, path=PLEDGE, headers=OWN, **form):
        """What they send from a page as it is now; with `seen` from one that they opened before."""
        if "seen" not in form and form.get("do") in ("save", "keep", "finish"):
            form |= {"seen": mark(await self.sees(path))}
        cookie = {"cookie": f"{COOKIE}={self.cookie[COOKIE]}"}
        return await self.the.ask(path, "POST", data=form, headers={**headers, **cookie})

    @property
    def pledge(self):
        return self.services.store.pledges.get(1)


@asynccontextmanager
async def making(services, office, **changed):
    """Somebody who has submitted a pledge by a page."""
    clock = {"now": NOW}
    async with site(services, lambda: clock["now"]) as the:
        maker = Maker(services, office, the, clock)
        assert (await the.send(**changed)).status == 303
        submitted = await the.ask(await maker.letter(), "POST", data={"answer": "yes"})
        assert submitted.status == 200
        clock["now"] += timedelta(minutes=5)
        yield maker
