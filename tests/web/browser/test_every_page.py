"""The pages that `test_browser.py` passes by, in a real browser: lists, facts, figures, the year, a
certificate, an empty wall, an archive; and by keyboard alone, looking for a pledge and telling that
a child is in danger.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from browser import NEEDS_BROWSER, faults, tab
from pledging.filling import fill
from pledging.publishing import CAMPAIGN, publish, publishing
from stage import SAFEGUARDING
from tree import languages

from bot.jobs.people import joining
from bot.model.counting import Sample

pytestmark = [
    pytest.mark.slow,
    NEEDS_BROWSER,
]
NOW = datetime(2021, 6, 12, 10, tzinfo=UTC)
AFTER = datetime(2022, 6, 12, 10, tzinfo=UTC)
PAGES = (
    "stories",
    "facts",
    "figures",
    "review",
    "pledges/1/certificate",
    "scale-up",
    "roadmap",
    "events",
    "events/world-day-webinar",
    "calls",
)
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


async def violations(page, paths):
    """What axe says of pages, by path and rule."""
    wrong = {}
    for path in paths:
        answer = await page.goto(path)
        assert answer.status == 200, path
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        wrong |= {f"{path}: {rule}": where for rule, where in (await faults(page)).items()}
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
    async with tab(services, NOW, width=360, color_scheme=scheme) as page:
        paths = [f"/{language}/{CAMPAIGN}/{path}" for path in (*PAGES, *lists)]
        assert await violations(page, paths) == {}


async def test_axe_has_nothing_to_say_of_an_archive_and_of_an_empty_wall(services, library):
    perennial = replace(services, active=(library.campaigns["endchildlabour"],))
    async with tab(perennial, AFTER, width=360) as page:
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
    async with tab(services, NOW) as page:
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
    async with tab(services, NOW) as page:
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


async def test_nothing_of_the_field_that_only_machines_fill_is_seen(services):
    async with tab(services, NOW, width=360) as page:
        for language in languages():
            await page.goto(f"/{language}/danger")
            seen = await page.locator(".trap, .trap *").evaluate_all(
                """all => all.map(e => e.getBoundingClientRect())
                .filter(box => box.right > 0 && box.left < innerWidth).length"""
            )
            assert seen == 0, language
