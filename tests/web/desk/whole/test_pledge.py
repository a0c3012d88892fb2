"""The whole life of a pledge in two real browsers: its maker writes it on the public pages; staff send
it back, approve it, make sure of it, publish it and follow its steps at the desk.
"""

import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from browser import NEEDS_BROWSER, tab
from fakes.base import free_port
from fakes.mail import PostOffice, text_of
from helpers import at
from mailing.served import services_in
from mailing.writer import CAMPAIGN, TYPED
from playwright.async_api import Page, expect

from bot.config import Web
from bot.jobs.services import Services
from bot.model.staff import Member, StaffRole
from bot.rules.alerts import PledgeTask

pytestmark = [
    pytest.mark.slow,
    NEEDS_BROWSER,
    pytest.mark.filterwarnings("ignore:.*login_data:DeprecationWarning"),
]

FIRST = at("2021-03-10T10:00")
PROMPTED = at("2021-04-06T10:00")
ANNA = Member(name="anna", roles=frozenset({StaffRole.APPROVER}))
ADDRESS = "acme.trains@gmail.com"
"""The maker's; anybody can have one there, so that it proves nothing."""

FILM = "https://acme.example/film"
BEFORE, AFTER = "Train 40 teachers by June 2021", "Train 40 teachers in Kwale"
ELSEWHERE = ("links", "pictures")
"""Jobs that ask the world about links, or draw cards that no page here shows."""


@dataclass
class Life:
    """The browsers of a maker and of a member of staff, on a clock of its own."""

    services: Services
    office: PostOffice
    lives: Any
    maker: Page
    anna: Page
    enter: Any
    #: what time it is, in the servers too
    clock: list[datetime]

    @property
    def now(self):
        """What time it is."""
        return self.clock[0]

    async def until(self, now):
        """Let time pass, and what is due in it leave."""
        self.clock[0] = now
        await self.lives(self.services, now, without=ELSEWHERE)

    async def comes_in(self):
        """Anna opens the desk anew, as after a night."""
        origin = self.services.settings.web.public_url
        await self.enter(self.anna, self.services, ANNA, self.now, origin)

    async def letter(self):
        """What the newest letter to the maker says, once all that is due has left."""
        await self.until(self.now + timedelta(minutes=1))
        return text_of(self.office.to(ADDRESS)[-1])

    async def follows(self, where):
        """The maker opens a link of the newest letter, and presses its button."""
        [path] = re.findall(rf"http://\S+(/{where}/\S+)", await self.letter())[:1]
        await self.maker.goto(path)
        await self.maker.get_by_role("main").get_by_role("button").first.press("Enter")


@asynccontextmanager
async def living(services, office, lives, enter):
    """A maker who has opened nothing yet, and Anna, who has a link to the desk."""
    origin, clock = services.settings.web.public_url, [FIRST]
    async with (
        tab(services, lambda: clock[0], port=int(origin.rpartition(":")[2])) as maker,
        await maker.context.browser.new_context(base_url=origin) as profile,
    ):
        yield Life(services, office, lives, maker, await profile.new_page(), enter, clock)


@pytest.fixture
def services(tmp_path, library, office):
    """The shipped campaign of a year with a mail server, and one member of staff."""
    made = services_in(tmp_path, library, office, answer=30.0)
    web = Web(public_url=f"http://127.0.0.1:{free_port()}", listen="127.0.0.1:0")
    yield replace(made, settings=replace(made.settings, web=web, members=(ANNA,)))
    made.store.close()


async def writes(life):
    """The maker fills the form in, looks it over, sends it, and submits it by the letter."""
    maker = life.maker
    await maker.goto(f"/en/{CAMPAIGN}/pledge?age=yes&for=organization")
    typed = {**TYPED, "q-communicate": "With posts", "address": ADDRESS}
    for name in (
        "organisation",
        "country",
        "q-name",
        "q-how",
        "q-contribution",
        "q-communicate",
        "address",
    ):
        await maker.locator(f"[name={name}]").fill(typed[name])
    await maker.locator("select[name=group]").select_option("company")
    await maker.locator("[name=agree]").check()
    await maker.locator("[name=nudges]").check()
    await maker.locator("button[value=look]").press("Enter")
    await maker.locator("button[value=send]").press("Enter")
    await expect(maker).to_have_url(re.compile("sent=yes"))
    await life.follows("pledge")
    await expect(maker.get_by_text("Your pledge is submitted.")).to_be_visible()


async def opens(anna, name):
    """From the menu to the pledge that waits."""
    await (
        anna.get_by_role("navigation", name="The desk")
        .get_by_role("link", name="Pledges")
        .press("Enter")
    )
    waits = anna.get_by_role("region", name="What waits for you")
    await waits.get_by_role("link", name=name).press("Enter")
    await expect(anna.get_by_role("heading", level=1)).to_have_text(name)


def told(page):
    return page.get_by_role("status")


async def sends_back(life):
    anna = life.anna
    await expect(anna.get_by_role("link", name="Pledges that wait for you: 1")).to_be_visible()
    await opens(anna, BEFORE)
    await anna.get_by_label("Why it goes back").fill("Which district?")
    await anna.get_by_role("button", name="Send it back").press("Enter")
    await expect(told(anna)).to_have_text("Sent back; its editors read your reason.")
    assert "Which district?" in await life.letter()


async def mends(life):
    """The maker reads why, changes the name and submits it again."""
    maker = life.maker
    await maker.goto("/en/mine")
    await maker.locator("[name=address]").fill(ADDRESS)
    await maker.get_by_role("button", name="Send me the link").press("Enter")
    await expect(maker).to_have_url(re.compile("sent=yes"))
    await life.follows("mine")
    await maker.get_by_role("link", name=BEFORE).press("Enter")
    await expect(maker.get_by_text("Which district?")).to_be_visible()
    await maker.get_by_label("What is the name of your").fill(AFTER)
    await maker.get_by_role("button", name="Save and submit").press("Enter")
    await expect(told(maker)).to_have_text("Saved.")


async def publishes(life):
    """Approved, made sure of and made public, one after the other."""
    anna = life.anna
    await opens(anna, AFTER)
    await anna.get_by_role("button", name="Approve it as it stands here").press("Enter")
    await expect(told(anna)).to_have_text("Approved as you read it.")
    public = anna.get_by_role("button", name="Make it public")
    await expect(public).to_have_count(0)
    await anna.get_by_label("What you saw").fill("A letter with their seal")
    await anna.get_by_role("button", name="Note that it comes from them").press("Enter")
    await expect(told(anna)).to_have_text("It is noted that it comes from them.")
    await public.press("Enter")
    await expect(told(anna)).to_have_text("Everybody can see it from now on.")
    assert f"/en/{CAMPAIGN}/pledges/1" in await life.letter()
    await anna.get_by_role("link", name="its page").press("Enter")
    await expect(anna.get_by_role("heading", level=1)).to_have_text(AFTER)
    await expect(anna.get_by_text("has made sure who made this pledge")).to_be_visible()


async def tells(life):
    """The monthly letter comes, and the maker tells of the step by its link."""
    await life.until(PROMPTED)
    path = re.search(r"http://\S+(/report/\S+)", await life.letter())[1]
    await life.maker.goto(path)
    await life.maker.get_by_label("Link (you may leave it empty)").fill(FILM)
    await life.maker.get_by_role("button", name="Done").press("Enter")
    await expect(life.maker.get_by_role("heading", level=1)).to_contain_text("Thank you")


async def sees_the_step(life):
    """Staff see on the board how far it is, and on its page what was done."""
    anna = life.anna
    await life.comes_in()
    await board(anna, "under way")
    await expect(anna.get_by_role("row", name=f"{AFTER} ACME public under way 1")).to_be_visible()
    await anna.get_by_role("link", name=AFTER).press("Enter")
    step = anna.get_by_role("region", name="Steps done").get_by_role("listitem")
    await expect(step).to_contain_text(FILM)


async def board(anna, journey):
    """Choose on the board whose journey is to be seen."""
    menu = anna.get_by_role("navigation", name="The desk")
    await menu.get_by_role("link", name="Pledges").press("Enter")
    await anna.get_by_label("Journey", exact=True).select_option(journey)
    await anna.get_by_role("button", name="Show").press("Enter")
    await expect(anna).to_have_url(re.compile("journey="))


async def falls_silent(life):
    """Two prompts, a reminder of each and a question stay without an answer."""
    for day in ("05-05", "05-17", "06-01", "06-12", "06-23", "07-04"):
        await life.until(at(f"2021-{day}T10:00"))
    [task] = [each for each in life.services.store.alerts.current() if each.kind == PledgeTask.kind]
    await life.comes_in()
    await board(life.anna, "silent")
    await life.anna.get_by_role("link", name=AFTER).press("Enter")
    await life.anna.get_by_role("button", name="We got in touch: close its tasks").press("Enter")
    await expect(told(life.anna)).to_have_text("Its tasks are closed.")
    assert task not in life.services.store.alerts.current()


DEEDS = ["rejected", "approved", "verified", "published", "attended"]
"""What the log keeps of Anna's decisions, in their order."""


async def test_from_the_form_to_its_steps_and_its_silence(services, office, lives, enter):
    async with living(services, office, lives, enter) as life:
        await writes(life)
        await life.comes_in()
        await sends_back(life)
        await mends(life)
        await publishes(life)
        await tells(life)
        await sees_the_step(life)
        await falls_silent(life)
    deeds = [each for each in services.store.audit.read() if each.by == "member anna"]
    decided = [each for each in reversed(deeds) if each.verb.startswith("pledge.")]
    assert [each.verb for each in decided] == [f"pledge.{deed}" for deed in DEEDS]
    assert {each.object for each in decided} == {"1"}
