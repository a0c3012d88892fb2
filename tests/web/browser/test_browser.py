"""The public pages in a real browser: what a person sees, reaches by keyboard, and hears.

It needs Debian's chromium (or one that CHROMIUM names); without it these tests are skipped.
"""

import os
import re
from collections.abc import Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import house
import pytest
from browser import NEEDS_BROWSER, faults, tab
from pledging.filling import fill
from pledging.publishing import publish, publishing
from tree import TOP, languages

from bot.library import read, shipped_root

pytestmark = [
    pytest.mark.slow,
    NEEDS_BROWSER,
]
WORLD_DAY = datetime(2021, 6, 12, 10, tzinfo=UTC)
CAMPAIGN = "endchildlabour2021"
PATHS = (
    "",
    "about",
    "danger",
    f"{CAMPAIGN}/",
    f"{CAMPAIGN}/calendar",
    f"{CAMPAIGN}/calendar/individual/2021-06",
    f"{CAMPAIGN}/actions/world-day",
    f"{CAMPAIGN}/actions/nothing",
)
PLEDGE = (
    f"{CAMPAIGN}/pledges",
    f"{CAMPAIGN}/pledges?topic=policy",
    f"{CAMPAIGN}/pledges/1",
    f"{CAMPAIGN}/pledges/1/year",
)
TREES = {
    "action": f"{CAMPAIGN}/actions/world-day",
    "month": f"{CAMPAIGN}/calendar/individual/2021-06",
    "danger": "danger",
}


def in_long(*values):
    """A case that is played with `--long` alone: others show the same faults."""
    return pytest.param(*values, marks=pytest.mark.long)


_SHORT = (("en", "light"), ("fr", "dark"), ("ar", "light"))
LOOKS = [
    *_SHORT,
    *(
        in_long(language, scheme)
        for language in (*languages(), "ar")
        for scheme in ("light", "dark")
        if (language, scheme) not in _SHORT
    ),
]
"""Languages and colours in which pages are looked at."""


@pytest.fixture(scope="module")
def with_arabic(tmp_path_factory):
    """A root whose content/ar has pages: the direction is real, the words stand in for others."""
    root = tmp_path_factory.mktemp("arabic")
    folder = root / "content" / "ar"
    folder.mkdir(parents=True)
    english = (shipped_root() / "content" / "en" / "public.toml").read_text("utf-8")
    (folder / "public.toml").write_text(english, "utf-8")
    return root


@pytest.fixture
def services(tmp_path, with_arabic) -> Iterator:
    library, problems = read([with_arabic, shipped_root()])
    assert problems == []
    opened = house.shown(tmp_path, library, CAMPAIGN, roots=(with_arabic,))
    yield opened
    opened.store.close()


@pytest.fixture
def with_pledge(tmp_path, with_arabic) -> Iterator:
    """Services with a pledge of which all is told that its page can tell."""
    library, problems = read([with_arabic, shipped_root()])
    assert problems == []
    with publishing(tmp_path, library) as made:
        fill(made, publish(made))
        yield made


@asynccontextmanager
async def browsing(services, width=1280, **context):
    """A page of the browser, and the addresses that it asked for."""
    async with tab(services, WORLD_DAY, width=width, **context) as page:
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        yield page, asked


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
async def test_axe_has_nothing_to_say(services, language, scheme):
    assert await violations(services, language, scheme, PATHS) == {}


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
async def test_axe_has_nothing_to_say_of_a_pledge_and_its_year(with_pledge, language, scheme):
    assert await violations(with_pledge, language, scheme, PLEDGE) == {}


async def test_the_year_of_a_pledge_is_reached_and_left_by_links(with_pledge):
    async with browsing(with_pledge, 360) as (page, _):
        await page.goto(f"/en/{CAMPAIGN}/pledges")
        await page.get_by_role("link", name="Train 40 teachers").click()
        await page.get_by_role("link", name="Its year, month by month").click()
        assert await page.get_by_role("heading", name="March 2021").is_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
        await page.get_by_role("link", name="The whole pledge").click()
        assert page.url.endswith(f"/en/{CAMPAIGN}/pledges/1")


async def violations(services, language, scheme, paths):
    """What axe says of pages, by path and rule."""
    wrong = {}
    async with browsing(services, color_scheme=scheme) as (page, _):
        for path in paths:
            await page.goto(f"/{language}/{path}")
            wrong |= {f"{path}: {rule}": where for rule, where in (await faults(page)).items()}
    return wrong


@pytest.mark.parametrize(
    ("language", "width"),
    [
        *(("fr", 320), ("ar", 360), ("ar", 640), ("fr", 1280)),
        *(in_long(*each) for each in (("ar", 320), ("fr", 360), ("fr", 640), ("ar", 1280))),
    ],
)
async def test_nothing_is_wider_than_the_screen(services, language, width):
    async with browsing(services, width) as (page, _):
        for path in PATHS:
            await page.goto(f"/{language}/{path}")
            wide = await page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, path


async def test_nothing_is_asked_of_another_server_and_nothing_fails(services):
    said = []
    async with browsing(services) as (page, asked):
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        for path in PATHS[:-1]:
            await page.goto(f"/en/{path}")
        origin = page.url.partition("/en/")[0]
        assert {url for url in asked if not url.startswith(f"{origin}/")} == set()
    assert said == []


async def test_a_keyboard_reaches_everything_and_shows_where_it_is(services):
    async with browsing(services) as (page, _):
        await page.goto(f"/en/{CAMPAIGN}/actions/world-day")
        await page.keyboard.press("Tab")
        first = page.locator(":focus")
        assert await first.get_attribute("href") == "#main"
        box = await first.bounding_box()
        assert box is not None
        assert box["y"] >= 0, "the skip link comes into view"
        links = await page.locator("a[href], button:visible, select:visible").count()
        seen = {await first.inner_text()}
        for _ in range(links - 1):
            await page.keyboard.press("Tab")
            focus = page.locator(":focus")
            outline = await focus.evaluate("e => getComputedStyle(e).outlineStyle")
            assert outline not in ("none", ""), await focus.inner_text()
            seen.add(await focus.inner_text())
        everything = {
            text for text in await page.locator("a[href]").all_inner_texts() if text.strip()
        }
    assert everything <= seen


async def test_from_the_first_page_to_a_shared_text_by_keyboard_alone(services):
    async with browsing(services) as (page, _):
        await page.goto("/en/")
        for label in ("International Year for the Elimination", "Mark World Day Against"):
            for _ in range(40):
                await page.keyboard.press("Tab")
                text = await page.locator(":focus").inner_text()
                if text.startswith(label):
                    break
            assert text.startswith(label)
            async with page.expect_navigation():
                await page.keyboard.press("Enter")
        assert page.url.endswith("/actions/world-day")
        share = page.get_by_role("link", name="Bluesky").first
        assert "text=" in (await share.get_attribute("href"))


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_what_a_screen_reader_meets_stays_as_it_is(services, language):
    """Role and name of all that is there, in order; `UPDATE=1` writes it anew."""
    async with browsing(services, java_script_enabled=False) as (page, _):
        for name, path in TREES.items():
            await page.goto(f"/{language}/{path}")
            whole = await page.locator("main").aria_snapshot()
            tree = re.sub(r"127\.0\.0\.1%3A\d+", "campaign.example", whole)  # in what is shared
            file = Path(__file__).parent / f"{name}-{language}.txt"
            if os.environ.get("UPDATE"):
                file.write_text(f"{tree}\n", "utf-8")
            assert file.read_text("utf-8") == f"{tree}\n", name


async def test_the_page_turns_round_in_arabic(services):
    async with browsing(services) as (page, _):
        await page.goto(f"/ar/{CAMPAIGN}/")
        box = await page.locator("h1").bounding_box()
        align = await page.locator("h1").evaluate("e => getComputedStyle(e).direction")
    assert align == "rtl"
    assert box is not None


async def test_the_grid_is_a_table_with_its_days_as_headers_and_a_list_beside_it(services):
    async with browsing(services) as (page, _):
        await page.goto(f"/en/{CAMPAIGN}/calendar/individual/2021-06")
        assert await page.get_by_role("columnheader").count() == 7
        assert await page.get_by_role("table").get_by_role("link").count() == 2
        assert await page.locator(".entries").get_by_role("link").count() == 2
    async with browsing(services, 360) as (page, _):
        await page.goto(f"/en/{CAMPAIGN}/calendar/individual/2021-06")
        assert await page.get_by_role("table").count() == 0, "a list alone on a phone"
        assert await page.locator(".entries").get_by_role("link").count() == 2


def test_ci_brings_the_browser():
    assert "chromium" in (TOP / ".ci" / "run").read_text("utf-8")


CONDITIONS = {
    "forced colours": {"forced_colors": "active", "color_scheme": "dark"},
    # what a browser makes of a window of 1280 pixels
    "zoom of 200 %": {"width": 640, "device_scale_factor": 2},
}
OUTSIDE = """
() => [...document.querySelectorAll('a, button, input, select, h1, h2, p, li, th, td')]
  .filter(e => e.checkVisibility() && !e.closest('.skip, .trap'))
  .map(e => [e, e.getBoundingClientRect()])
  .filter(([e, box]) => box.width && (box.left < -1 || box.right > innerWidth + 1
    || (getComputedStyle(e).overflowX !== 'visible' && e.scrollWidth > e.clientWidth + 1
        && e.tagName !== 'INPUT' && e.tagName !== 'SELECT')))
  .map(([e]) => e.outerHTML.slice(0, 120))
"""


@pytest.fixture
def pledged(tmp_path, library):
    """Services with a public pledge, and so with a form on the wall."""
    with publishing(tmp_path, library) as made:
        publish(made)
        yield made


@pytest.mark.parametrize("condition", CONDITIONS)
async def test_axe_has_nothing_to_say_under_other_conditions(pledged, condition):
    # forced colours are the reader's own, and axe reads those that the page would have
    contrast = {"color-contrast": {"enabled": not condition.startswith("forced")}}
    wrong = {}
    async with browsing(pledged, **CONDITIONS[condition]) as (page, _):
        for path in (*PATHS, f"{CAMPAIGN}/pledges", f"{CAMPAIGN}/pledges/1"):
            await page.goto(f"/fr/{path}")
            found = await faults(page, rules=contrast)
            wrong |= {f"{path}: {rule}": where for rule, where in found.items()}
            assert await page.evaluate(OUTSIDE) == [], path
    assert wrong == {}


async def test_forced_colours_leave_buttons_an_edge_and_what_is_reached_a_mark(pledged):
    async with browsing(pledged, forced_colors="active") as (page, _):
        for path in (f"{CAMPAIGN}/pledges", f"{CAMPAIGN}/actions/world-day", "danger"):
            await page.goto(f"/en/{path}")
            buttons = page.locator(".button, .apps a")
            assert await buttons.count()
            for button in await buttons.all():
                edge = await button.evaluate("e => getComputedStyle(e).borderTopStyle")
                assert edge == "solid", await button.inner_text()
            await page.keyboard.press("Tab")
            await page.keyboard.press("Tab")
            outline = "e => getComputedStyle(e).outlineStyle"
            assert await page.locator(":focus").evaluate(outline) == "solid"


@pytest.mark.parametrize(("language", "width"), [("es", 1280), ("ar", 640)])
async def test_text_at_twice_its_size_stays_on_the_page(services, language, width):
    async with browsing(services, width, bypass_csp=True) as (page, _):
        for path in PATHS:
            await page.goto(f"/{language}/{path}")
            size = "parseFloat(getComputedStyle(document.body).fontSize)"
            small = await page.evaluate(size)
            await page.add_style_tag(content="html { font-size: 200% }")
            assert await page.evaluate(size) == 2 * small
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert await page.evaluate(OUTSIDE) == [], path


async def test_all_works_without_a_script(pledged):
    async with browsing(pledged, java_script_enabled=False) as (page, _):
        await page.goto("/en/")
        await page.get_by_role("link", name="International Year for the Elimination").click()
        await page.get_by_role("link", name="Pledges", exact=True).click()
        await page.get_by_label("Search for words").fill("nothing like it")
        await page.get_by_role("button", name="Show").click()
        assert await page.get_by_role("status").inner_text() == "No pledge fits."
        await page.get_by_role("link", name="All pledges").click()
        await page.get_by_role("link", name="Train 40 teachers").click()
        assert await page.get_by_role("heading", level=1).inner_text() == "Train 40 teachers"
        await page.get_by_role("link", name="español").click()
        assert page.url.endswith(f"/es/{CAMPAIGN}/pledges/1")
        await page.goto("/es/danger")
        [first, *_] = await page.locator("details").all()
        await first.locator("summary").click()
        assert await first.evaluate("e => e.open")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_page_on_paper_is_dark_on_white_and_leaves_out_what_paper_cannot_do(
    pledged, scheme
):
    async with browsing(pledged, color_scheme=scheme) as (page, _):
        await page.emulate_media(media="print")
        for path in (f"{CAMPAIGN}/actions/world-day", f"{CAMPAIGN}/pledges/1", f"{CAMPAIGN}/"):
            await page.goto(f"/en/{path}")
            for gone in ("header", "footer", ".apps", ".skip"):
                assert not any([await each.is_visible() for each in await page.locator(gone).all()])
            assert await page.locator("h1").is_visible()
            ink = await page.locator("h1").evaluate("e => getComputedStyle(e).color")
            assert max(map(int, re.findall(r"\d+", ink))) < 80, "dark ink"
            assert (await page.pdf(format="A4")).startswith(b"%PDF-")


async def test_a_campaign_is_read_within_three_seconds_on_a_slow_line(services):
    """400 kbit/s, and 400 ms there and back: that of the network is emulated by the browser for each
    request, but not for what comes before the first: TCP and TLS take one time there and back each.
    """
    line = {
        "offline": False,
        "latency": 400,
        "downloadThroughput": 400_000 / 8,
        "uploadThroughput": 400_000 / 8,
    }
    # it may be loaded before it is painted
    first = """() => new Promise(done => new PerformanceObserver(list => {
        for (const paint of list.getEntriesByName("first-contentful-paint")) done(paint.startTime);
    }).observe({type: "paint", buffered: true}))"""
    async with browsing(services, 360) as (page, _):
        session = await page.context.new_cdp_session(page)
        await session.send("Network.enable")
        await session.send("Network.emulateNetworkConditions", line)
        took = []
        for language in languages():  # no two share anything but what each loads first
            await session.send("Network.clearBrowserCache")
            await page.goto(f"/{language}/{CAMPAIGN}/", wait_until="load")
            took.append(await page.evaluate(first) / 1000 + 2 * 0.4)
    assert min(took) > 1.6, "the line is slow"
    assert sorted(took)[1] < 3
