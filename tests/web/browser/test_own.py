"""The pages on which a pledge's maker pauses and looks after its editors, in a real browser and by
keyboard.
"""

import os
import shutil
from datetime import date

import house
import pytest
from axe_playwright_python.async_playwright import Axe
from fakes.base import free_port
from playwright.async_api import async_playwright, expect
from pledging.publishing import MOMENT, NOW, publish, publishing

from bot.jobs.people import joining
from bot.model.pledge import JourneyState
from bot.web import build
from bot.web.server import Server

BROWSER = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="no chromium on this machine"),
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


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


async def faults(page):
    """What axe finds, and whether something stands beside the page."""
    results = await Axe().run(page, options={"runOnly": WCAG})
    found = [(each["id"], each["nodes"][0]["html"]) for each in results.response["violations"]]
    wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*found, *(["too wide"] if wide else [])]


FOCUSED = """() => {
    const here = document.activeElement;
    const seen = getComputedStyle(here).outlineStyle !== "none";
    return [here.id, here.textContent.trim(), seen];
}"""


async def by_keyboard(page, name, key):
    """Go on by Tab to what has this id or text, where the focus must be seen, and press a key."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        number, text, seen = await page.evaluate(FOCUSED)
        assert seen, f"the focus on {text or number!r} can't be seen"
        if name in (number, text):
            await page.keyboard.press(key)
            return
    raise AssertionError(f"no key leads to {name!r}")


async def test_a_maker_pauses_and_hands_over_on_a_small_screen(services):
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    server = Server(build(lambda: services, lambda: NOW, origin), f"127.0.0.1:{port}")
    await server.start()
    try:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=BROWSER, args=["--no-sandbox"]
            )
            tab = await browser.new_context(viewport={"width": 360, "height": 800}, base_url=origin)
            cookie = {"name": "drumbeat-mine", "value": "s" * 43, "url": origin}
            await tab.add_cookies([cookie])
            page = await tab.new_page()
            await page.goto("/en/mine/1")
            assert await faults(page) == []
            async with page.expect_navigation():
                await by_keyboard(page, "Pause, go on, ask for help", "Enter")
            assert await faults(page) == []
            await page.get_by_label("Or until a day that you choose").fill("2021-06-30")
            await page.keyboard.press("Enter")
            await expect(page.get_by_role("status")).to_contain_text("Paused until")
            assert services.store.pledges.get(1).journey is JourneyState.PAUSED
            assert services.store.pledges.get(1).until == date(2021, 6, 30)
            await page.goto("/en/mine/1/editors")
            assert await faults(page) == []
            await page.get_by_role("button", name="Make a link for one person").click()
            await expect(page.get_by_role("status")).to_contain_text("t.me/campaign_bot")
            await page.reload()
            await by_keyboard(
                page, await page.get_by_role("radio").first.get_attribute("id"), "Space"
            )
            await page.keyboard.press("Tab")
            await page.keyboard.press("Space")
            await by_keyboard(page, "Make them the focal point", "Enter")
            await expect(page.get_by_role("status")).to_contain_text("Handed over")
            assert await faults(page) == []
            await browser.close()
    finally:
        await server.stop()
    assert services.store.editors.focal(1) != 1
