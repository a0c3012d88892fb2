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
