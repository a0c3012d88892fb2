"""Cards on the campaign's page and in its year: of the action that they lead to, and light."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from tree import drawn

from bot.web.public.pictures import cards
from bot.web.public.reader import Reader, Urls

pytestmark = pytest.mark.slow
CAMPAIGN = "endchildlabour"
ON_THE_DAY = datetime(2027, 6, 12, 10, tzinfo=UTC)
BEFORE = datetime(2027, 6, 9, 10, tzinfo=UTC)
SHOWN = re.compile(r'<a href="([^"]*)"><img class="shown"[^>]* src="([^"]*)"[^>]* alt="([^"]*)"')
MOST = 40_000
"""Bytes that a picture on a page may have."""


@pytest.mark.parametrize("language", drawn())
@pytest.mark.parametrize("now", [ON_THE_DAY, BEFORE], ids=["today", "what comes next"])
async def test_the_campaign_s_page_shows_the_card_of_what_is_on_or_comes_next(
    asked, shown, language, now
):
    home = f"/{language}/{CAMPAIGN}/"
    async with asked(shown, now) as ask:
        page = (await ask(home)).text
        [(leads, picture, alt)] = SHOWN.findall(page)
        assert leads == f"{home}actions/world-day"
        assert "12" in alt
        assert f'<meta property="og:image" content="https://campaign.example{picture}">' in page
        card = await ask(picture)
        assert (card.status, card.headers["content-type"]) == (200, "image/png")
        assert len(card.content) <= MOST
        assert (await ask(leads)).status == 200
    assert len(page.encode()) <= 60_000


@pytest.mark.parametrize("language", drawn())
async def test_a_month_has_its_card_on_its_page_and_in_link_previews(asked, shown, language):
    async with asked(shown, BEFORE) as ask:
        page = (await ask(f"/{language}/{CAMPAIGN}/calendar/individual/2027-06")).text
        [(picture, alt)] = re.findall(r'<img class="shown" src="([^"]*)"[^>]* alt="([^"]*)"', page)
        card = await ask(picture)
    assert picture.endswith("/opening-june-wide.png")
    assert alt
    assert f'<meta property="og:image" content="https://campaign.example{picture}">' in page
    assert (card.status, card.headers["content-type"]) == (200, "image/png")
    assert len(card.content) <= MOST


@pytest.mark.parametrize(
    ("day", "is_shown"), [(date(2026, 6, 12), True), (date(2026, 6, 11), False)]
)
def test_a_year_shows_no_card_with_another_day_than_the_post_s(shown, day, is_shown):
    reader = Reader(
        services=shown,
        urls=Urls(origin="https://campaign.example", base=""),
        now=ON_THE_DAY,
        language="en",
        campaign=shown.library.campaigns[CAMPAIGN],
    )
    assert cards.is_of(reader, reader.of.action("world-day"), day) is is_shown


@pytest.mark.parametrize(
    ("campaign", "now", "leads"),
    [
        ("endchildlabour2021", datetime(2021, 12, 31, tzinfo=UTC), "calendar"),
        ("endchildlabour2021", datetime(2026, 11, 29, tzinfo=UTC), "calendar"),
        ("", ON_THE_DAY, "actions/world-day"),
    ],
    ids=["nothing comes any more", "an archive", "the first page"],
)
async def test_a_first_impression_always_has_a_picture(asked, shown, campaign, now, leads):
    own = campaign or CAMPAIGN
    services = replace(shown, active=(shown.library.campaigns[own],))
    async with asked(services, now) as ask:
        [(path, picture, _)] = SHOWN.findall(
            (await ask(f"/en/{campaign}/".replace("//", "/"))).text
        )
        assert path == f"/en/{own}/{leads}"
        assert (await ask(picture)).headers["content-type"] == "image/png"
