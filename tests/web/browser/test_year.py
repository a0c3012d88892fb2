"""A whole year of a pledge, by mail and browser alone: no chat, and nothing but what a letter or a page leads to."""

import json
import re
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from browser import NEEDS_BROWSER, faults, tab
from fakes.base import free_port
from fakes.mail import text_of
from helpers import at
from mailing.served import leave, services_in
from mailing.writer import ADDRESS, CAMPAIGN, TYPED, everything
from strict_mail import mail_server

from bot.cli.pledges import deciding, pledges, results
from bot.config import Web
from bot.jobs.planning import plan
from bot.jobs.pledges import journeys
from bot.model.pledge import JourneyState, PledgeState

pytestmark = [
    pytest.mark.slow,
    NEEDS_BROWSER,
    pytest.mark.filterwarnings("ignore:.*login_data:DeprecationWarning"),
]
PUBLIC = f"/en/{CAMPAIGN}/pledges/1"


class Year:
    """A maker with a browser and a mailbox, and a clock that goes when it is told to."""

    def __init__(self, services, office, page, clock, command):
        self.services, self.office, self.page, self.clock = services, office, page, clock
        self.command, self.read = command, 0

    async def on(self, day):
        """Let a day come, with all that leaves on it; return the letters that are new, as text."""
        self.clock["now"] = at(day)
        plan.run(self.services, self.clock["now"])
        journeys.run(self.services, self.clock["now"])
        return await self.letters()

    async def letters(self):
        await leave(self.services, self.clock["now"])
        new, self.read = self.office.taken[self.read :], len(self.office.taken)
        assert {path for taken in new for path in taken.recipients} <= {ADDRESS}
        return [text_of(taken.mail) for taken in new]

    async def follow(self, letter, purpose):
        """Open a link of a letter."""
        await self.page.goto(re.search(rf"http://127\.0\.0\.1:\d+/{purpose}\S*", letter)[0])

    async def visit(self, letter, place):
        """Go by a letter's link to a place of My pledge, over the one-time letter where needed."""
        await self.follow(letter, place)
        await self.page.get_by_label("e-mail").fill(ADDRESS)
        await self.press("Send me the link")
        [opening] = await self.letters()
        await self.follow(opening, "mine/")
        await self.press("Open my pledge")
        assert self.page.url.endswith("/en/mine")

    async def press(self, name):
        async with self.page.expect_navigation():
            await self.page.get_by_role("button", name=name, exact=True).click()

    async def go(self, name):
        async with self.page.expect_navigation():
            await self.page.get_by_role("link", name=name).first.click()

    async def take(self, name):
        """Take a file away; return its name and its first bytes."""
        async with self.page.expect_download() as coming:
            await self.page.get_by_role("link", name=name).click()
        download = await coming.value
        return download.suggested_filename, begins(await download.path())

    def staff(self, *words):
        """What staff do at the command line; return what it says."""
        code, out, err = self.command("pledges", *words)
        assert code == 0, err
        return out

    async def judge(self):
        """Let axe look at the page, on a phone."""
        assert await faults(self.page) == {}, self.page.url
        assert await self.page.evaluate("document.documentElement.scrollWidth") <= 360

    async def status(self, path):
        answer = await self.page.goto(path)
        return answer.status

    @property
    def pledge(self):
        return self.services.store.pledges.get(1)


def begins(path):
    return Path(path).read_bytes()[:4]


CONFIG = """
active = ["endchildlabour2021"]
database = "test.db"
[web]
public_url = "{origin}"
[privacy]
controller = "The Secretariat"
contact = "privacy@example.org"
[channels.mail]
network = "apprise"
language = "en"
posts = false
nudges = true
"""


@asynccontextmanager
async def living(folder, library, command):
    port, clock = free_port(), {"now": at("2021-02-01T10:00")}
    origin = f"http://127.0.0.1:{port}"
    (folder / "config.toml").write_text(CONFIG.format(origin=origin), "utf-8")
    async with mail_server() as office:
        built = services_in(folder, library, office, answer=30.0)
        web = Web(public_url=origin, listen=f"127.0.0.1:{port}")
        services = replace(built, settings=replace(built.settings, web=web))
        try:
            async with tab(services, lambda: clock["now"], port=port, width=360) as page:
                page.set_default_timeout(8_000)
                yield Year(services, office, page, clock, command)
        finally:
            services.store.close()


async def test_a_year_by_mail_and_browser_alone(tmp_path, library, command, monkeypatch):
    async with living(tmp_path, library, command) as year:
        for module in (deciding, pledges, results):
            monkeypatch.setattr(module, "now_of", lambda _: year.clock["now"])
        await makes(year)
        await is_published(year)
        await tells_by_letters(year)
        await pauses_and_is_back(year)
        await scales_up(year)
        await ends(year)
        for moment in ("2021-11-04T10:00", "2021-12-02T10:00"):
            assert await year.on(moment) == [], "who has left is written to no more"


async def makes(year):
    page = year.page
    await page.goto(f"/en/{CAMPAIGN}/pledge?age=yes&for=organization&by=mail")
    for name in ("organisation", "country", "q-name", "q-how", "q-contribution", "address"):
        await page.locator(f"[name={name}]").fill(TYPED[name])
    await page.locator("[name=q-communicate]").fill("With posts")
    await page.locator("select[name=group]").select_option("company")
    for box in ("agree", "nudges"):
        await page.locator(f"[name={box}]").check()
    await page.locator("button[value=look]").click()
    await page.locator("button[value=send]").click()
    await page.wait_for_url("**sent=yes")
    [letter] = await year.letters()
    await year.follow(letter, "pledge/")
    await year.press("Submit the pledge")
    assert year.pledge.state is PledgeState.SUBMITTED


async def is_published(year):
    assert await year.status(PUBLIC) == 404
    mark = json.loads(year.staff("report", "1", "--json"))["mark"]
    year.staff("approve", "1", mark)
    assert PUBLIC in year.staff("publish", "1")
    told = await year.letters()
    assert any(re.search(r"/en/mine/1$", letter, re.MULTILINE) for letter in told), told
    assert await year.status(PUBLIC) == 200


async def tells_by_letters(year):
    [letter] = await year.on("2021-02-03T10:00")
    await year.follow(letter, "report/")
    await year.page.get_by_label("Link").fill("https://acme.example/february")
    await year.press("Done")
    [letter] = await year.on("2021-03-03T10:00")
    await year.visit(letter, "en/mine/1#s-prompt-march-")
    async with year.page.expect_navigation():
        await year.page.locator("li a[href*='#s-prompt-march']").click()
    march = year.page.locator(f"id={year.page.url.partition('#')[2]}")
    await march.fill("https://acme.example/march")
    async with year.page.expect_navigation():
        await march.press("Enter")
    links = {report.link for report in year.services.store.journeys.reports(1)}
    assert links == {"https://acme.example/february", "https://acme.example/march"}


async def pauses_and_is_back(year):
    await year.go("Pause, go on, ask for help")
    await year.page.get_by_label("Or until a day that you choose").fill("2021-06-20")
    await year.press("Pause until that day")
    assert year.pledge.journey is JourneyState.PAUSED
    for day in ("2021-04-06T10:00", "2021-05-05T10:00", "2021-06-01T10:00"):
        assert await year.on(day) == []
    await year.on("2021-06-21T10:00")
    assert year.pledge.journey is JourneyState.ACTIVE
    [letter] = await year.on("2021-07-06T10:00")
    await year.visit(letter, "en/mine/1#survey")
    async with year.page.expect_navigation():
        await year.page.locator("a[href$='#survey']").click()
    assert await year.page.get_by_text("What are we doing right?").is_visible()
    await year.judge()


async def scales_up(year):
    [letter] = await year.on("2021-10-05T10:00")
    await year.visit(letter, "en/mine/1/scale-up")
    await year.judge()
    await year.go("The scale-up questionnaire")
    await year.judge()
    await year.page.get_by_label("Who will be responsible").fill("The head of training")
    await year.press("Save and go on later")
    assert await year.page.get_by_role("status").is_visible()
    await year.press("That is all: finish")
    year.staff(
        "scale-up", "1", "--approve", json.loads(year.staff("scale-up", "1", "--json"))["mark"]
    )
    assert any("page" in letter for letter in await year.letters())
    await year.page.goto(PUBLIC)
    for told in ("The head of training", "Train 40 teachers by June 2021"):
        assert await year.page.get_by_text(told).first.is_visible()
    await year.page.goto("/en/mine/1")
    assert await year.take("Your scale-up strategy: As a Word file") == (
        "scaling-up.docx",
        b"PK\x03\x04",
    )
    assert await year.take("The certificate: As a PDF") == ("certificate-1.pdf", b"%PDF")


async def ends(year):
    page = year.page
    await page.locator("form:has(button[value=end]) [name=sure]").check()
    await year.press("Withdraw it")
    assert year.pledge.state is PledgeState.WITHDRAWN
    assert await year.status(PUBLIC) == 410
    await page.goto("/en/mine")
    await page.get_by_label("Yes, delete everything").check()
    await year.press("Delete everything about me")
    assert await page.get_by_role("heading", name="Everything about you is deleted").is_visible()
    assert await year.status("/en/mine/1") == 200
    assert page.url.endswith("/en/mine")
    assert ADDRESS not in everything(year.services)
