"""What the small scripts of pages do in a real browser: colours, narrowing a list, copying; that
nothing of it stands there without them; and what is printed.
"""

from datetime import UTC, datetime

import house
import pytest
from browser import NEEDS_BROWSER, faults, tab

from bot.web.public.view import STATIC

pytestmark = [
    pytest.mark.slow,
    NEEDS_BROWSER,
]
NOW = datetime(2021, 6, 12, 10, tzinfo=UTC)
CAMPAIGN = "endchildlabour2021"
PAPER = "getComputedStyle(document.querySelector('header')).backgroundColor"
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(27, 33, 43)"


@pytest.fixture
def services(tmp_path, library):
    opened = house.shown(tmp_path, library, CAMPAIGN)
    yield opened
    opened.store.close()


async def test_colours_are_chosen_in_the_footer_and_kept_without_a_cookie(services):
    async with tab(services, NOW, width=360, color_scheme="light") as page:
        await page.goto(f"/en/{CAMPAIGN}/")
        assert await page.evaluate(PAPER) == LIGHT
        await page.get_by_label("Colours").focus()
        await page.keyboard.type("Dark")
        assert await page.evaluate(PAPER) == DARK
        assert await faults(page) == {}
        await page.goto(f"/en/{CAMPAIGN}/partners", wait_until="commit")
        await page.wait_for_selector("header", state="attached")
        assert await page.evaluate(PAPER) == DARK, "before the page is whole"
        assert await page.get_by_label("Colours").input_value() == "dark"
        assert await page.context.cookies() == []
        await page.emulate_media(media="print")
        assert await page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
        await page.emulate_media(media="screen", color_scheme="dark")
        await page.get_by_label("Colours").select_option("")
        assert await page.evaluate(PAPER) == DARK, "as on the device"
        await page.get_by_label("Colours").select_option("light")
        assert await page.evaluate(PAPER) == LIGHT


@pytest.mark.parametrize("scripts", [True, False])
async def test_who_leaves_in_a_hurry_is_gone_and_back_does_not_lead_to_the_page(services, scripts):
    async with tab(services, NOW, width=360, java_script_enabled=scripts) as page:
        elsewhere = "https://www.wikipedia.org/"
        await page.route(f"{elsewhere}**", lambda route: route.fulfill(body="All of it."))
        await page.goto("/en/")
        await page.goto("/en/danger")
        await page.mouse.wheel(0, 400)
        await page.get_by_role("link", name="Leave this page now").click()
        await page.wait_for_url(elsewhere)
        await page.go_back()
        assert page.url.endswith("/en/" if scripts else "/en/danger")


async def test_a_list_is_narrowed_whatever_the_accents_and_says_how_much_is_left(services):
    async with tab(services, NOW, width=360) as page:
        await page.goto(f"/fr/{CAMPAIGN}/countries")
        field = page.get_by_label("Tapez pour réduire la liste")
        await field.fill("COTE d'iv")
        [country] = await page.locator(".columns li:visible").all_inner_texts()
        assert country.startswith("Côte d’Ivoire")
        await page.get_by_text("Éléments affichés\u00a0: 1 sur 21").wait_for()
        assert await faults(page) == {}
        await field.fill("zzz")
        await page.get_by_text("Rien ici ne contient ces mots.").wait_for()
        await page.goto(f"/en/{CAMPAIGN}/partners")
        await page.get_by_label("Narrow the list").fill("netherlands")
        assert await page.locator("h2:visible").all_inner_texts() == ["Netherlands"]
        await page.get_by_label("Narrow the list").fill("")
        assert await page.locator("section:visible").count() > 10


async def test_a_text_with_its_hashtags_is_copied_as_it_stands(services):
    allowed = ["clipboard-read", "clipboard-write"]
    async with tab(services, NOW, width=360, permissions=allowed, forced_colors="active") as page:
        await page.goto(f"/en/{CAMPAIGN}/actions/world-day")
        button = page.get_by_role("button", name="Copy the text").first
        await button.focus()
        assert await button.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
        assert (await button.bounding_box())["height"] >= 24
        await page.keyboard.press("Enter")
        await page.get_by_text("Copied.").wait_for()
        text = await page.evaluate("navigator.clipboard.readText()")
        assert text == await page.locator("blockquote").first.inner_text()
        assert "#" in text
        assert await faults(page) == {}
        await page.goto(f"/en/{CAMPAIGN}/calendar")
        await page.get_by_role("button", name="Copy the address").first.click()
        await page.get_by_text("Copied.").wait_for()
        address = await page.evaluate("navigator.clipboard.readText()")
        assert address.endswith(f"/en/{CAMPAIGN}/calendar-individual.ics")


async def test_without_scripts_nothing_stands_there_that_does_nothing(services):
    async with tab(services, NOW, width=360, java_script_enabled=False) as page:
        for path in ("partners", "calendar", "actions/world-day"):
            await page.goto(f"/en/{CAMPAIGN}/{path}")
            assert await page.locator("#narrow:visible, #theme:visible, .copy:visible").count() == 0
            assert await page.locator("main a:visible").count() > 0


def test_scripts_are_small():
    sizes = {name: len(content) for name, content in STATIC.items() if name.endswith(".js")}
    assert {"theme.js", "filter.js", "copy.js", "leave.js"} == set(sizes)
    assert max(sizes.values()) < 3_000
