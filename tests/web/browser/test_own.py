"""The pages on which a pledge's maker pauses and looks after its editors, in a real browser and by
keyboard.
"""

from datetime import date

import house
import pytest
from browser import NEEDS_BROWSER, faults, tab, tab_to
from playwright.async_api import expect
from pledging.publishing import MOMENT, NOW, publish, publishing

from bot.jobs.people import joining
from bot.model.pledge import JourneyState

pytestmark = [
    pytest.mark.slow,
    NEEDS_BROWSER,
]


@pytest.fixture
def services(tmp_path, library):
    """A published pledge with two editors, and an open visit of its focal point."""
    with publishing(tmp_path, library) as made:
        pledge, store = publish(made), made.store
        focal = store.editors.focal(pledge)
        store.people.add([house.person(8)])
        store.editors.add(pledge, store.people.find(1, "1008"), MOMENT)
        joining.remember(store, "campaign_bot")
        store.visits.open(store.visits.ask(focal, MOMENT), "s" * 43, MOMENT, 2 * MOMENT)
        yield made


async def judge(page):
    """Let axe look at the page, which is no wider than the screen."""
    assert await faults(page) == {}
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")


async def test_a_maker_pauses_and_hands_over_on_a_small_screen(services):
    async with tab(services, NOW, width=360) as page:
        await page.goto("/en/mine")
        cookie = {"name": "drumbeat-mine", "value": "s" * 43, "url": page.url}
        await page.context.add_cookies([cookie])
        await page.goto("/en/mine/1")
        await judge(page)
        async with page.expect_navigation():
            await (await tab_to(page, "a[href$='/journey']")).press("Enter")
        await judge(page)
        await page.get_by_label("Or until a day that you choose").fill("2021-06-30")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("Paused until")
        assert services.store.pledges.get(1).journey is JourneyState.PAUSED
        assert services.store.pledges.get(1).until == date(2021, 6, 30)
        await page.goto("/en/mine/1/editors")
        await judge(page)
        await page.get_by_role("button", name="Make a link for one person").click()
        await expect(page.get_by_role("status")).to_contain_text("t.me/campaign_bot")
        await page.reload()
        await (await tab_to(page, "[type=radio]")).press("Space")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Space")
        await (await tab_to(page, "button[value=hand]")).press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("Handed over")
        await judge(page)
    assert services.store.editors.focal(1) != 1
