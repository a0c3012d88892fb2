"""The pages that `test_browser.py` passes by, in a real browser: lists, facts, figures, the year, a
certificate, an empty wall, an archive; and by keyboard alone, looking for a pledge and telling that
a child is in danger.
"""

import os
import shutil
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.async_playwright import Axe
from fakes.base import free_port
from playwright.async_api import async_playwright
from pledging.filling import fill
from pledging.publishing import CAMPAIGN, publish, publishing
from stage import SAFEGUARDING
from tree import languages

from bot.jobs.people import joining
from bot.model.counting import Sample
from bot.web import build
from bot.web.server import Server

BROWSER = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="no chromium on this machine"),
]
NOW = datetime(2021, 6, 12, 10, tzinfo=UTC)
AFTER = datetime(2022, 6, 12, 10, tzinfo=UTC)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = ("stories", "facts", "figures", "review", "pledges/1/certificate")
LISTS = ("partners", "countries", "calendar/country", "actions/quick-share")


@pytest.fixture
def services(tmp_path, library):
    """The campaign with something on each of its pages, and a contact for what is told."""
    with publishing(tmp_path, library) as made:
        fill(made, publish(made))
        joining.remember(made.store, "campaign_bot")
        start = NOW - timedelta(days=9)
        made.store.samples.add(
            Sample(
                tag="#endchildlabour2021",
                network="mastodon",
                source="mastodon.example",
                query="the tag",
                start=start + timedelta(days=n),
                end=start + timedelta(days=n + 1),
                resolution=86_400,
                reposts=False,
                collected=NOW,
                uses=30 + n,
                blind=("posts that are not public",),
            )
            for n in range(9)
        )
        yield replace(made, settings=replace(made.settings, safeguarding=SAFEGUARDING))


@asynccontextmanager
async def browsing(services, now=NOW, width=1280, **context):
    """A page of the browser."""
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    server = Server(build(lambda: services, lambda: now, origin), f"127.0.0.1:{port}")
    await server.start()
    try:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=BROWSER, args=["--no-sandbox"]
            )
            tab = await browser.new_context(
                viewport={"width": width, "height": 900}, base_url=origin, **context
            )
            yield await tab.new_page()
            await browser.close()
    finally:
        await server.stop()


async def violations(page, paths):
    """What axe says of pages, by path and rule."""
    axe, wrong = Axe(), {}
    for path in paths:
        answer = await page.goto(path)
        assert answer.status == 200, path
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        results = await axe.run(page, options={"runOnly": WCAG})
        wrong |= {
            f"{path}: {violation['id']}": [node["html"][:200] for node in violation["nodes"]]
            for violation in results.response["violations"]
        }
    return wrong


@pytest.mark.parametrize(
    ("language", "scheme", "lists"),
    [
        ("es", "dark", ()),
        *(
            pytest.param(language, scheme, LISTS, marks=pytest.mark.long)
            for language in languages()
            for scheme in ("light", "dark")
        ),
    ],
)
async def test_axe_has_nothing_to_say_of_what_data_and_pledges_show(
    services, language, scheme, lists
):
    async with browsing(services, width=360, color_scheme=scheme) as page:
        paths = [f"/{language}/{CAMPAIGN}/{path}" for path in (*PAGES, *lists)]
        assert await violations(page, paths) == {}


async def test_axe_has_nothing_to_say_of_an_archive_and_of_an_empty_wall(services, library):
    perennial = replace(services, active=(library.campaigns["endchildlabour"],))
    async with browsing(perennial, AFTER, width=360) as page:
        wall = "/fr/endchildlabour/pledges"
        assert await violations(page, [f"/fr/{CAMPAIGN}/", "/fr/endchildlabour/", wall]) == {}


async def tab_to(page, pick):
    """Press Tab until what is picked has the focus, and is seen to have it."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        focus = page.locator(":focus")
        if await focus.evaluate("(e, pick) => e.matches(pick)", pick):
            outline = await focus.evaluate("e => getComputedStyle(e).outlineStyle")
            assert outline not in ("none", ""), pick
            return
    raise AssertionError(f"the keyboard doesn't reach {pick}")


async def press(page, key="Enter"):
    async with page.expect_navigation():
        await page.keyboard.press(key)


async def test_a_pledge_is_looked_for_by_keyboard_alone(services):
    publish(services, name="Plant trees", topics="policy")
    async with browsing(services) as page:
        await page.goto(f"/en/{CAMPAIGN}/")
        await tab_to(page, "nav a[href$='/pledges']")
        await press(page)
        await tab_to(page, "#q")
        await page.keyboard.type("teachers")
        await tab_to(page, "#topic")
        await page.keyboard.type("Educ")
        await tab_to(page, "form button")
        await press(page)
        assert await page.locator("article.card h2").count() == 1
        await tab_to(page, "h2 a[href$='/pledges/1']")
        await press(page)
        assert await page.locator("h1").inner_text() == "Train 40 teachers"


async def test_that_a_child_is_in_danger_is_told_by_keyboard_alone(services):
    async with browsing(services) as page:
        await page.goto(f"/en/{CAMPAIGN}/")
        await tab_to(page, ".help a")
        await press(page)
        await page.keyboard.press("Tab")
        leave = page.locator(":focus")
        assert await leave.inner_text() == "Leave this page now", "the first that is reached"
        await tab_to(page, "summary")
        await page.keyboard.press("Enter")
        await tab_to(page, "a.call")
        await tab_to(page, "#text")
        await page.keyboard.type("He is nine, and works at night.")
        await tab_to(page, "form button")
        await press(page)
        assert await page.get_by_role("status").is_visible()
        assert await page.locator("#text").input_value() == ""
