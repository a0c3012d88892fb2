"""Countries that go ahead of others, as pages."""

from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape

import pytest
from tree import languages

from bot.languages import country_name
from bot.model.pathfinders import Happened, LifeEvent, ReviewOutcome

pytestmark = pytest.mark.slow
NOW = datetime(2026, 11, 29, 10, tzinfo=UTC)
PERENNIAL = "endchildlabour"


def with_life(services, *events):
    """The services with another life of Mexico, known until today."""
    campaign = services.library.campaigns[PERENNIAL]
    of = campaign.pathfinders
    there = replace(of.country("MX"), events=(of.country("MX").events[0], *events))
    known = replace(of, as_of=NOW.date(), countries=(there,))
    return replace(services, active=(replace(campaign, pathfinders=known),))


def event(kind, on, outcome=None):
    return LifeEvent(
        kind=Happened(kind),
        on=on,
        by=None,
        until=None,
        outcome=outcome and ReviewOutcome(outcome),
        source="minutes <1>",
    )


@pytest.mark.parametrize("language", languages())
async def test_each_country_has_a_page_with_what_happened_there_and_who_says_so(
    shown, asked, language
):
    campaign = shown.library.campaigns[PERENNIAL]
    async with asked(shown, NOW) as ask:
        listed = unescape((await ask(f"/{language}/{PERENNIAL}/countries")).text)
        pages = {
            code: unescape((await ask(f"/{language}/{PERENNIAL}/countries/{code}")).text)
            for code in ("MX", "MW", "GH")
        }
    words = shown.renderer.words(campaign, language).pathfinders
    assert listed.count(f">{words.states['workshop']}<") == 13
    assert listed.count(f">{words.states['interest']}<") == 8
    assert f'/countries/MX">{country_name("MX", language)}</a>' in listed
    assert words.later["interest-2023"] in listed
    assert "https://alliance87.org/es/node/234" in listed
    assert words.events["workshop"] in pages["MX"]
    assert "national strategic planning workshops took place" in pages["MX"]
    assert words.events["postponed"] in pages["MW"]
    assert words.events["workshop"] + "<" not in pages["GH"]
    assert words.states["interest"] in pages["GH"]


async def test_a_page_says_until_when_a_review_is_due_and_since_when_it_is_on_hold(shown, asked):
    confirmed = event("confirmed", date(2022, 3, 1))
    lives = {
        "Pathfinder country, since 1 March 2022": [confirmed],
        "found no substantial progress": [
            confirmed,
            event("review", date(2023, 2, 1), "none"),
            event("review", date(2024, 2, 1), "progress"),
            event("review", date(2025, 2, 1), "progress"),
            event("review", date(2026, 2, 1), "progress"),
        ],
    }
    pages = []
    for life in lives.values():
        async with asked(with_life(shown, *life), NOW) as ask:
            pages.append((await ask(f"/en/{PERENNIAL}/countries/MX")).text)
    assert "Status on hold, since 1 March 2024" in pages[0]
    assert "In a row without progress or without a review: 4." in pages[0]
    assert "The next review is due until 1 March 2027." in pages[0]
    assert "Pathfinder country, since 1 March 2022" in pages[1]
    assert "found no substantial progress" in pages[1]
    assert "In a row" not in pages[1]
    assert "minutes &lt;1&gt;" in pages[1]


@pytest.mark.parametrize("code", ["CH", "mx", "ZZ", "%00"])
async def test_a_country_without_a_life_has_no_page(shown, asked, code):
    async with asked(shown, NOW) as ask:
        assert (await ask(f"/en/{PERENNIAL}/countries/{code}")).status == 404
        assert (await ask(f"/en/{PERENNIAL}/countries")).status == 200
