"""Stories, partners and countries of a campaign, as pages."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape

import pytest
from tree import languages

from bot.languages import alphabetical, country_code, country_name
from tests.web.pages import flat

pytestmark = pytest.mark.slow
NOW = datetime(2026, 11, 29, 10, tzinfo=UTC)
DAY = date(2026, 11, 28)
GUIDE, PERENNIAL = "endchildlabour2021", "endchildlabour"
LISTS = ("stories", "partners")


@pytest.mark.parametrize("language", languages())
async def test_each_story_is_told_with_what_was_said_word_for_word(shown, asked, language):
    async with asked(shown, NOW) as ask:
        page = flat(unescape((await ask(f"/{language}/{GUIDE}/stories")).text))
    campaign = shown.library.campaigns[GUIDE]
    for told in (*campaign.stories, *campaign.showcase):
        assert f'id="{told.id}"' in page
        assert told.quote in page
        assert told.source in page
        words = shown.renderer.words(campaign, language).showcase[told.id]
        assert words.summary in page
        assert words.quote in page


async def test_partners_stand_under_their_countries_in_the_language_of_the_page(shown, asked):
    async with asked(shown, NOW) as ask:
        page = unescape((await ask(f"/fr/{GUIDE}/partners")).text)
    names = re.findall(r'<h2 id="c\d+">(.*?)</h2>', page)
    assert len(re.findall("<li><bdi>", page)) == 56
    assert len(names) == 30
    assert names == sorted(names, key=alphabetical)
    assert {"Espagne", "Royaume-Uni", "Émirats arabes unis"} <= set(names)
    assert '<a href="https://www.worldbank.org" rel="noreferrer">www.worldbank.org</a>' in page


async def test_an_address_that_may_have_lost_a_hyphen_is_no_link(shown, asked):
    async with asked(shown, NOW) as ask:
        page = unescape((await ask(f"/en/{GUIDE}/partners")).text)
    members = shown.library.campaigns[GUIDE].partners.members
    broken = [member.website for member in members if member.broken]
    assert len(broken) == 6
    for website in broken:
        assert website in page
        assert f'href="{website}"' not in page


@pytest.mark.parametrize("language", languages())
async def test_countries_stand_with_the_label_and_the_day_of_their_source(shown, asked, language):
    async with asked(shown, NOW) as ask:
        page = unescape((await ask(f"/{language}/{GUIDE}/countries")).text)
    listed = shown.library.campaigns[GUIDE].countries
    assert listed.label in page
    assert '<time datetime="2020-05-19">' in page
    for code in listed.codes:
        assert f'/countries/{code}">{country_name(code, language)}</a>' in page


async def test_a_campaign_without_the_data_has_neither_page_nor_entry_in_the_menu(shown, asked):
    async with asked(shown, NOW) as ask:
        menus = {name: (await ask(f"/en/{name}/")).text for name in (GUIDE, PERENNIAL)}
        for page in LISTS:
            assert f'href="/en/{GUIDE}/{page}"' in menus[GUIDE]
            assert f"/{page}" not in menus[PERENNIAL]
            assert (await ask(f"/en/{PERENNIAL}/{page}")).status == 404


def test_countries_are_known_by_their_whole_names_alone():
    assert country_code("Viet Nam", "es") is None
    assert country_code("España", "es") == "ES"
    assert country_code("World", "en") is None
    assert country_name("XX", "en") == "XX"


@pytest.mark.parametrize(
    ("looks", "said", "unsaid"),
    [
        ({}, "Nobody has looked at this page yet.", "Somebody"),
        (
            {"read": DAY},
            "read a stored copy of this page on 28 November 2026; nobody",
            "looked at",
        ),
        ({"read": DAY, "checked": DAY}, "looked at this page on 28 November 2026.", "copy"),
    ],
)
async def test_a_page_of_others_stands_with_what_is_known_of_it(shown, asked, looks, said, unsaid):
    perennial = shown.library.campaigns[PERENNIAL]
    link = replace(perennial.links["alliance"], **{"read": None, **looks})
    of = replace(perennial, links={"alliance": link, "unnamed": replace(link, name="unnamed")})
    there = replace(shown, active=(of,))
    async with asked(there, NOW) as ask:
        page = unescape((await ask(f"/en/{PERENNIAL}/")).text)
    section = page[page.index('<h2 id="elsewhere">') :]
    assert section.count('<a href="https://www.alliance87.org/about/" rel="noreferrer">') == 1
    assert said in section
    assert unsaid not in section


async def test_a_website_of_a_partner_stands_with_the_day_of_a_look(shown, asked):
    guide = shown.library.campaigns[GUIDE]
    seen = [replace(each, checked=DAY) for each in guide.partners.members]
    of = replace(guide, partners=replace(guide.partners, members=tuple(seen)))
    campaigns = {**shown.library.campaigns, GUIDE: of}
    there = replace(shown, library=replace(shown.library, campaigns=campaigns))
    async with asked(shown, NOW) as ask:
        before = (await ask(f"/en/{GUIDE}/partners")).text
    async with asked(there, NOW) as ask:
        after = (await ask(f"/en/{GUIDE}/partners")).text
    assert "Nobody has looked at the addresses without a day" in before
    assert "Nobody has looked" not in after
    linked = sum(each.address is not None for each in seen)
    assert after.count("looked at this page on 28 November 2026.") == linked
