"""Figures and facts over a real socket: what is counted, what nobody saw, and what has expired."""

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from PIL import Image
from tree import drawn, languages

from bot.jobs.rehearsal.invented import BLIND
from bot.languages import said_day
from bot.model.campaign import Size
from bot.model.counting import Sample
from bot.networks.bluesky import collector as bluesky
from bot.networks.counting import unread
from bot.networks.mastodon import collector as mastodon
from bot.networks.x import collector as x
from bot.web.public.reader import FALLBACK

pytestmark = pytest.mark.slow
AFTER = datetime(2026, 11, 29, 10, tzinfo=UTC)
DAY = timedelta(days=1)
YEAR, PERENNIAL = "endchildlabour2021", "endchildlabour"
FIGURES = f"/en/{YEAR}/figures"


def sample(day, uses, network="mastodon", after=DAY, blind=("posts that are not public",)):
    start = datetime(2021, day.month, day.day, tzinfo=UTC)
    return Sample(
        tag="#endchildlabour2021",
        network=network,
        source=f"{network}.example",
        query="the, tag",
        start=start,
        end=start + DAY,
        resolution=86_400,
        reposts=False,
        collected=start + DAY + after,
        uses=uses,
        blind=blind,
    )


@pytest.fixture
def counted(shown):
    """The whole of May, and June until the 12th but for the 3rd."""
    days = [date(2021, 5, 1) + n * DAY for n in range(43)]
    usual = [sample(day, 310 if day == date(2021, 6, 12) else 30) for day in days]
    shown.store.samples.add(each for each in usual if each.start.date() != date(2021, 6, 3))
    shown.store.samples.add([sample(date(2021, 6, 12), 25, "x", blind=("something new",))])
    return shown


async def test_without_a_count_there_is_no_page_and_no_menu(asked, shown):
    async with asked(shown, AFTER) as ask:
        for path in (FIGURES, f"{FIGURES}.csv", f"{FIGURES}/2021-06"):
            assert (await ask(path)).status == 404
        assert FIGURES not in (await ask(f"/en/{YEAR}/")).text
        shown.store.samples.add([sample(date(2021, 6, 12), 1)])
        assert FIGURES in (await ask(f"/en/{YEAR}/")).text


async def test_each_network_stands_by_itself_with_what_nobody_saw(asked, counted):
    async with asked(counted, AFTER) as ask:
        page = unescape((await ask(FIGURES)).text)
        assert f'href="{FIGURES}"' in (await ask(f"/en/{YEAR}/")).text
    assert "#EndChildLabour2021 on Mastodon" in page
    assert "#EndChildLabour2021 on X" in page
    assert "Most on 12 June: 310." in page
    assert "<td>not seen</td>" in page
    assert "10.33 times the usual." in page
    assert "posts that are not public" in page
    assert '<li lang="en" dir="ltr">something new</li>' in page
    assert page.count('role="img"') == 2
    assert page.count('<table class="figures">') == 2
    assert not re.search(r">\s*3[34]\d{2}\s*<", page)  # no sum over networks


async def test_a_month_has_its_page_and_leads_to_those_beside_it(asked, counted):
    async with asked(counted, AFTER) as ask:
        may = (await ask(f"{FIGURES}/2021-05")).text
        assert f'<a rel="next" href="{FIGURES}/2021-06">June 2021</a>' in may
        assert (await ask(f"{FIGURES}/2021-07")).status == 404
        assert (await ask(f"{FIGURES}/May")).status == 404


async def test_a_count_that_changes_is_shown_at_once_and_called_a_correction(asked, counted):
    async with asked(counted, AFTER) as ask:
        assert "Corrected on" not in (await ask(FIGURES)).text
        counted.store.samples.add([sample(date(2021, 6, 12), 320, after=3 * DAY)])
        page = unescape((await ask(FIGURES)).text)
    assert "Corrected on 16 June 2021: 12 June 2021 had been given as 310; it is 320." in page


async def test_the_csv_has_a_row_for_each_day_and_network(asked, counted):
    async with asked(counted, AFTER) as ask:
        answer = await ask(f"{FIGURES}.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "\r\n" in answer.text
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert {(row["network"], row["hashtag"]) for row in rows} == {
        ("mastodon", "#EndChildLabour2021"),
        ("x", "#EndChildLabour2021"),
    }
    [day] = [r for r in rows if r["day"] == "2021-06-12" and r["network"] == "mastodon"]
    assert (day["uses"], day["observances"], day["query"]) == (
        "310",
        "world-day-against-child-labour",
        "the, tag",
    )
    [unseen] = [r for r in rows if r["day"] == "2021-06-03" and r["network"] == "mastodon"]
    assert (unseen["uses"], unseen["coverage"], unseen["rehearsal"]) == ("", "0.0", "")


@pytest.mark.parametrize("language", languages())
async def test_a_rehearsal_says_so_in_the_thing_itself(asked, counted, language):
    words = counted.renderer.table("public", language=language, fallback=FALLBACK)
    said = words["figures"]
    async with asked(replace(counted, rehearsal=True), AFTER) as ask:
        page = unescape((await ask(FIGURES.replace("/en/", f"/{language}/"))).text)
        table = await ask(f"{FIGURES}.csv")
    title = re.search(r"<title>(.*?)</title>", page)[1]
    assert title.startswith(words["site"]["rehearsal_title"].partition("{")[0])
    assert f'content="{said["rehearsal"]}' in page
    [note] = set(re.findall(r'class="chart-note"[^>]*>([^<]*)', page))
    assert said["rehearsal"] in note
    assert 'filename="rehearsal-figures-' in table.headers["content-disposition"]
    assert all(line.startswith("rehearsal,") for line in table.text.splitlines())


@pytest.mark.parametrize("language", drawn())
async def test_an_expired_fact_says_so_and_is_not_offered(asked, shown, language):
    path = f"/{language}/{YEAR}/facts"
    said = shown.renderer.table("public", language=language, fallback=FALLBACK)["facts"]
    async with asked(shown, AFTER) as ask:
        page = unescape((await ask(path)).text)
    assert page.count(said["expired_on"].partition("{")[0]) == 11
    assert 'class="apps"' not in page
    running = replace(shown, active=(shown.library.campaigns[YEAR],))
    async with asked(running, datetime(2021, 6, 9, 10, tzinfo=UTC)) as ask:
        page = unescape((await ask(path)).text)
    assert said["expired_on"].partition("{")[0] not in page
    assert page.count(f'class="apps" aria-label="{said["share"]}"') == 5
    assert page.count(f'class="apps" aria-label="{said["cards"]}"') == 5
    assert page.count(f"<h3>{said['means']}</h3>") == 4
    assert "Roadmap to 2021" in page
    assert "160" not in page


@pytest.mark.parametrize("language", drawn())
async def test_a_fact_that_may_be_said_is_there_as_a_picture(asked, shown, language):
    running = replace(shown, active=(shown.library.campaigns[YEAR],))
    async with asked(running, datetime(2021, 6, 9, 10, tzinfo=UTC)) as ask:
        page = (await ask(f"/{language}/{YEAR}/facts")).text
        path = f"/{language}/{YEAR}/facts/children-square.png"
        assert f'href="{path}"' in page
        answer = await ask(path)
        assert answer.headers["content-type"] == "image/png"
        with Image.open(io.BytesIO(answer.content)) as picture:
            assert picture.size == Size.SQUARE.value
        for gone in ("children-2020-wide", "children-huge", "childern-wide"):
            assert (await ask(f"/{language}/{YEAR}/facts/{gone}.png")).status == 404


@pytest.mark.parametrize("language", drawn())
async def test_the_latest_estimates_lead_to_the_page_where_they_were_read(asked, shown, language):
    async with asked(shown, datetime(2026, 11, 29, 10, tzinfo=UTC)) as ask:
        page = unescape((await ask(f"/{language}/{PERENNIAL}/facts")).text)
    url = "https://data.unicef.org/resources/child-labour-global-estimates-2024/"
    assert page.count(f'href="{url}" rel="noreferrer"') == len(
        shown.library.campaigns[PERENNIAL].facts
    )
    assert page.count('class="apps"') == 4
    assert "138" in page
    assert "{" not in page


async def test_a_campaign_without_facts_has_no_page_of_them(asked, shown):
    campaigns = {
        name: replace(campaign, facts={}) for name, campaign in shown.library.campaigns.items()
    }
    bare = replace(
        shown,
        library=replace(shown.library, campaigns=campaigns),
        active=(campaigns[PERENNIAL],),
    )
    async with asked(bare, AFTER) as ask:
        assert (await ask(f"/en/{PERENNIAL}/facts")).status == 404
        assert "/facts" not in (await ask(f"/en/{PERENNIAL}/")).text


@pytest.mark.parametrize("language", languages())
async def test_what_a_source_cannot_see_is_said_in_each_language(asked, shown, language):
    blind = (BLIND, *mastodon.BLIND, *bluesky.BLIND, *x.BLIND, "deleted posts are not taken off")
    day = date(2021, 6, 12)
    shown.store.samples.add([sample(day, 25, blind=(*blind, unread(datetime(2021, 6, 1, 7, 5))))])
    async with asked(shown, AFTER) as ask:
        page = unescape((await ask(f"/{language}/{YEAR}/figures/2021-06")).text)
    said = shown.renderer.table("public", language=language, fallback=FALLBACK)["figures"]
    spots = page.partition(said["blind_about"])[2].partition("</ul>")[0]
    assert spots.count("<li>") == len(blind) + 1, "none with a language of its own"
    before = said_day(date(2021, 6, 1), "long", language)
    assert before in spots
    assert "7:05" in spots
    assert "to be read" not in spots or language == "en"
