"""A real browser on pages that a real server serves, for tests of what people see and press."""

import os
import shutil
from contextlib import asynccontextmanager

import pytest
from axe_playwright_python.async_playwright import Axe
from fakes.base import free_port
from playwright.async_api import Browser, Playwright, async_playwright

from bot.web import build
from bot.web.server import Server

BROWSER = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
NEEDS_BROWSER = pytest.mark.skipif(BROWSER is None, reason="no chromium on this machine")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


_open: list[tuple[Playwright, Browser]] = []


async def _browser() -> Browser:
    """The browser of this worker, which is opened once; each test has a profile of its own in it."""
    if not _open or not _open[-1][1].is_connected():
        driver = await async_playwright().start()
        browser = await driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        _open.append((driver, browser))
    return _open[-1][1]


async def close() -> None:
    """End the browser, once no test wants it any more."""
    while _open:
        driver, browser = _open.pop()
        await browser.close()
        await driver.stop()


@asynccontextmanager
async def tab(services, now, *, width=1280, port=None, **context):
    """A page of the browser; `now` is what time it is there, or returns it."""
    port = port or free_port()
    origin = f"http://127.0.0.1:{port}"
    clock = now if callable(now) else lambda: now
    server = Server(build(lambda: services, clock, origin), f"127.0.0.1:{port}")
    await server.start()
    try:
        profile = await (await _browser()).new_context(
            viewport={"width": width, "height": 900}, base_url=origin, **context
        )
        async with profile:
            yield await profile.new_page()
    finally:
        await server.stop()


async def faults(page, **options):
    """What axe finds on the page as it is, by rule, with the elements."""
    results = await Axe().run(page, options={"runOnly": WCAG, **options})
    return {
        each["id"]: [node["html"][:200] for node in each["nodes"]]
        for each in results.response["violations"]
    }


async def tab_to(page, pick):
    """Press Tab until what is picked has the focus, and is seen to have it."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        focus = page.locator(":focus")
        if await focus.evaluate("(e, pick) => e.matches(pick)", pick):
            outline = await focus.evaluate("e => getComputedStyle(e).outlineStyle")
            assert outline not in ("none", ""), pick
            return focus
    raise AssertionError(f"the keyboard doesn't reach {pick}")
