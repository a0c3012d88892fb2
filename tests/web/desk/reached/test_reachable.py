"""The desk without a mouse and without a screen: what a keyboard reaches, what a reader speaks.

It needs Debian's chromium (or one that CHROMIUM names); without it these tests are skipped.
"""

import os
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from browser import NEEDS_BROWSER, tab, tab_to
from fakes.base import free_port
from playwright.async_api import expect

from bot.jobs.staff import logins
from tests.web.desk.sending.test_in_browser import NINE, services

__all__ = ["services"]  # the fixture

pytestmark = [pytest.mark.slow, NEEDS_BROWSER]

FOCUSED = """() => {
  const e = document.activeElement;
  delete e.dataset.unseen;
  return [e !== document.body, getComputedStyle(e).outlineStyle, e.outerHTML.slice(0, 200)];
}"""
"""Notes that what has the focus was reached, and tells how it looks."""

TREES = {"today": "", "post": "posts/1-1-0", "edit": "posts/1-1-0/edit", "outbox": "outbox"}


@asynccontextmanager
async def desk(services, **context):
    """A page of the browser at the desk of anna."""
    port = free_port()
    member = services.team.called("anna")
    way_in = logins.link(services, member, member.actor, NINE, f"http://127.0.0.1:{port}")
    async with tab(services, NINE, port=port, **context) as page:
        await page.goto(way_in)
        await page.get_by_role("button").press("Enter")
        await page.wait_for_url("**/desk/")
        yield page


@pytest.mark.parametrize("path", list(TREES.values()))
async def test_a_keyboard_reaches_everything_and_shows_where_it_is(services, path):
    async with desk(services) as page:
        await page.goto(f"/desk/{path}")
        await page.evaluate(
            "document.querySelectorAll('details').forEach(each => { each.open = true })"
        )
        wanted = "a[href], button, input:not([type=hidden]), select, textarea, summary"
        # one of several radio buttons takes the focus for all
        await page.evaluate(
            "wanted => [...document.querySelectorAll(wanted)].filter(e => e.checkVisibility()"
            " && !e.disabled && !(e.type === 'radio' && !e.checked))"
            ".forEach(e => { e.dataset.unseen = '' })",
            wanted,
        )
        first = await tab_to(page, "a[href='#main']")
        assert (await first.bounding_box())["y"] >= 0, "the skip link comes into view"
        for _ in range(await page.locator("[data-unseen]").count() + 5):
            shown, outline, what = await page.evaluate(FOCUSED)
            assert not shown or outline not in ("none", ""), what
            await page.keyboard.press("Tab")
        left = page.locator("[data-unseen]")
        assert await left.evaluate_all("all => all.map(e => e.outerHTML)") == []


async def test_everything_is_held_and_released_by_keyboard_alone(services):
    async with desk(services) as page:
        for pick in ("a[href='/desk/hold']", "button.stop"):
            await tab_to(page, pick)
            async with page.expect_navigation():
                await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("Nothing of it leaves")
    assert [str(hold.scope) for hold in services.store.holds.all()] == ["everything"]


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_what_a_screen_reader_meets_stays_as_it_is(services, language):
    """Role and name of all that is there, in order; `UPDATE=1` writes it anew."""
    async with desk(services, locale=language, java_script_enabled=False) as page:
        for name, path in TREES.items():
            await page.goto(f"/desk/{path}")
            tree = await page.locator("main").aria_snapshot()
            file = Path(__file__).parent / f"{name}-{language}.txt"
            if os.environ.get("UPDATE"):
                file.write_text(f"{tree}\n", "utf-8")
            assert file.read_text("utf-8") == f"{tree}\n", name
