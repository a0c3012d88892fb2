"""Holds, outbox and waves in a real browser, on a small screen."""

from dataclasses import replace
from datetime import UTC, datetime

import house
import pytest
from browser import NEEDS_BROWSER, faults, tab
from fakes.base import free_port
from playwright.async_api import expect

from bot.jobs.planning import plan
from bot.jobs.staff import logins
from bot.model.outbox.broadcasts import Pace
from bot.model.staff import Member
from bot.web.desk import live

pytestmark = [pytest.mark.slow, NEEDS_BROWSER]

NINE = datetime(2021, 5, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def services(tmp_path, with_staff):
    """A post and messages to three people that are due, of which one has left."""
    made = with_staff(
        house.services(
            tmp_path,
            house.campaign(house.action("deed", post=True)),
            channels=(house.channel("telegram"),),
        ),
        members=(Member(name="anna"),),
    )
    made.store.people.add([house.person(n) for n in (1, 2, 3)])
    plan.run(made, NINE)
    made.store.database.execute("UPDATE delivery SET state = 5 WHERE recipient = 1")
    made = replace(made, dry={}, settings=replace(made.settings, web=None))
    yield made
    made.store.close()


async def judge(page):
    """Let axe look at the page, which is no wider than the screen."""
    assert await faults(page) == {}
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")


async def test_a_phone_holds_releases_decides_and_watches(services, monkeypatch):
    monkeypatch.setattr(live, "EVERY", 0.2)
    monkeypatch.setattr(live, "LASTS", 2.0)
    monkeypatch.setattr("bot.store.planning.progress.KEPT", 0)
    port = free_port()
    member = services.team.called("anna")
    origin = f"http://127.0.0.1:{port}"
    way_in = logins.link(services, member, member.actor, NINE, origin)
    async with tab(services, NINE, width=360, port=port) as page:
        await page.goto(way_in)
        await page.get_by_role("button", name="Open the desk").click()
        # two taps
        await page.get_by_role("link", name="Hold everything").click()
        await judge(page)
        await page.get_by_role("button", name="Hold everything now").click()
        await expect(page.get_by_role("status")).to_contain_text("Nothing of it leaves")
        assert [str(hold.scope) for hold in services.store.holds.all()] == ["everything"]
        await judge(page)
        await page.get_by_role("link", name="Let it go on: Everything").click()
        await judge(page)
        await page.get_by_role("button", name="Let it go on").click()
        await expect(page.get_by_role("status")).to_contain_text("It goes on.")
        await page.goto("/desk/outbox")
        await judge(page)
        caption = page.locator("caption")
        assert await caption.evaluate("e => e.offsetWidth > e.offsetHeight")
        await page.get_by_role("checkbox", name="T", exact=True).check()
        await page.get_by_role("button", name="Cancel").click()
        await judge(page)
        await page.get_by_role("button", name="Yes, cancel them (1)").click()
        await expect(page.get_by_role("status")).to_contain_text("will not go out")
        # live, until it is paused
        await page.get_by_role("link", name="Waves to people").click()
        await expect(page.get_by_text("1 of 3 have left")).to_be_visible()
        await judge(page)
        services.store.database.execute("UPDATE delivery SET state = 5 WHERE recipient = 2")
        await expect(page.get_by_text("2 of 3 have left")).to_be_visible()
        await page.get_by_role("button", name="Pause").click()
        services.store.database.execute("UPDATE delivery SET state = 5 WHERE recipient = 3")
        # who comes back to the page finds it paused
        await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        await page.wait_for_timeout(600)
        await expect(page.get_by_text("2 of 3 have left")).to_be_visible()
        said = page.get_by_role("status")
        await expect(said).to_contain_text("2 messages have still to leave")
        await page.get_by_role("button", name="Go on").click()
        await expect(page.get_by_text("3 of 3 have left")).to_be_visible()
        # who hears the page is told once a minute, not of each message
        await expect(said).to_contain_text("2 messages have still to leave")
        await page.evaluate("const now = Date.now; Date.now = () => now() + 61_000")
        await expect(said).not_to_contain_text("2 messages")
        await page.context.clear_cookies()
        await expect(said).to_contain_text("The list goes on no longer by itself.")
        await expect(page.get_by_role("button", name="Pause")).to_be_hidden()


async def test_a_phone_gives_people_another_hour_other_words_and_skips_it(services):
    port = free_port()
    member = services.team.called("anna")
    way_in = logins.link(services, member, member.actor, NINE, f"http://127.0.0.1:{port}")
    async with tab(services, NINE, width=390, port=port) as page:
        await page.goto(way_in)
        await page.get_by_role("button", name="Open the desk").click()
        await page.goto("/desk/calendar")
        await page.get_by_role("link", name="to individuals on telegram").click()
        await judge(page)
        await page.get_by_role("link", name="Give it another hour").click()
        await judge(page)
        await page.get_by_label("Not before this day and hour").fill("2021-05-02T15:00")
        await page.get_by_label("Each person’s own clock, wherever they are").press("Space")
        await page.get_by_role("button", name="Give it this hour").press("Enter")
        await expect(
            page.get_by_text("Nothing of it leaves before 2 May 2021, 15:00")
        ).to_be_visible()
        await judge(page)
        await page.get_by_role("link", name="Change the wording").click()
        await judge(page)
        await page.get_by_label("The wording for telegram").fill("Hello https://other.example")
        await expect(page.get_by_text("It leads to a site that is not")).to_be_visible()
        await expect(page.locator("#posts")).to_contain_text("Hello https://other.example")
        await judge(page)
        await page.get_by_role("button", name="Keep it").press("Enter")
        await page.get_by_role("button", name="Keep it so").press("Enter")
        await expect(page.get_by_text("It waits for approval: until then")).to_be_visible()
        await judge(page)
        await page.get_by_role("button", name="Approve").press("Enter")
        await expect(page.get_by_text("Approved by anna")).to_be_visible()
        await page.get_by_text("Skip it", exact=True).press("Enter")
        await judge(page)
        await page.get_by_role("button", name="Skip it on telegram").press("Enter")
        await expect(page.get_by_role("button", name="Send it after all")).to_be_visible()
        await judge(page)
    assert services.store.broadcasts.find(1, 1).pace is Pace.CANCELLED
