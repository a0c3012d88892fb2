"""Calendar feeds over a real socket, as calendar apps and proxies ask for them."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from types import SimpleNamespace

import aiohttp
import house
import icalendar
import pytest
from ical.calendar_stream import IcsCalendarStream
from starlette.requests import Request

from bot.config import Web
from bot.files.frozen import read_files
from bot.jobs.campaigns.feed import feed
from bot.library import shipped_root
from bot.model import Audience, YearlyDay
from bot.render import Renderer
from bot.web import build
from bot.web.public.reader import File, Urls
from bot.web.public.site import PublicPage, Site
from bot.web.server import Server

pytestmark = pytest.mark.slow
NOW = datetime(2026, 11, 29, 10, 0, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)
FEED = "/en/trees/calendar-individual.ics"
BOTH = (Audience.INDIVIDUAL, Audience.COUNTRY)
WATER = "{% block title %}Water{% endblock %}{% block nudge %}Water it.{% endblock %}"


@pytest.fixture
def services(tmp_path):
    built = of(tmp_path)
    yield built
    built.store.close()


def of(folder, *, texts=None):
    """Services of a campaign with an action for two audiences and one for individuals alone."""
    campaign = house.campaign(
        house.action("plant", audiences=BOTH),
        house.action("water", when=YearlyDay(month=6, day=12)),
    )
    built = house.services(folder, campaign, texts=texts)
    web = Web(public_url="https://campaign.example/bot", listen="127.0.0.1:0")
    files = read_files((folder, shipped_root()))
    return replace(
        built,
        renderer=Renderer(files, built.library.campaigns),
        settings=replace(built.settings, web=web),
    )


@asynccontextmanager
async def asking(services):
    """Asks by path; `shown` says which services and instant the pages go by."""
    shown = SimpleNamespace(services=services, now=NOW)
    server = Server(build(lambda: shown.services, lambda: shown.now), "127.0.0.1:0")
    await server.start()
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as session:

            async def ask(path, method="GET", **headers):
                named = {name.replace("_", "-"): value for name, value in headers.items()}
                async with session.request(
                    method, path, headers=named, allow_redirects=False
                ) as answer:
                    return SimpleNamespace(
                        status=answer.status, body=await answer.read(), headers=answer.headers
                    )

            yield ask, shown
    finally:
        await server.stop()


async def test_a_feed_is_what_apps_take_for_one(services):
    async with asking(services) as (ask, _):
        answer = await ask(FEED)
    assert answer.status == 200
    headers = answer.headers
    assert headers["content-type"] == "text/calendar; charset=utf-8"
    assert headers["cache-control"] == "public, max-age=3600"
    assert headers["last-modified"] == "Sun, 29 Nov 2026 10:00:00 GMT"
    assert headers["etag"].startswith('"')
    assert "content-disposition" not in headers
    assert "set-cookie" not in headers
    whole = icalendar.Calendar.from_ical(answer.body)
    assert whole["SOURCE"] == "https://campaign.example/bot/en/trees/calendar-individual.ics"
    theirs = IcsCalendarStream.calendar_from_ics(answer.body.decode()).events
    assert sorted({str(event.url) for event in theirs}) == [
        "https://campaign.example/bot/en/trees/actions/plant",
        "https://campaign.example/bot/en/trees/actions/water",
    ]
    assert len(theirs) == len({event.uid for event in theirs}) == 4, "this year and the next"


async def test_who_has_the_feed_already_gets_304(services):
    async with asking(services) as (ask, shown):
        first = await ask(FEED)
        etag, changed = first.headers["etag"], first.headers["last-modified"]
        shown.now = LATER
        for known in ({"if_none_match": etag}, {"if_modified_since": changed}):
            again = await ask(FEED, **known)
            assert (again.status, again.body) == (304, b"")
            assert again.headers["etag"] == etag
        early = "Sun, 29 Nov 2026 09:59:59 GMT"
        assert (await ask(FEED, if_modified_since=early)).status == 200
        assert (await ask(FEED, if_none_match='"x"', if_modified_since=changed)).status == 200


@pytest.mark.parametrize(
    "since",
    [
        "Mon, 01 Jan 99999999999 00:00:00 GMT",
        "Mon, 01 Jan 2024 00:00:00 +99999999999999999999",
        "Mon, 01 Jan 2024 00:00:00 +9999",
        "yesterday",
    ],
)
async def test_a_date_that_is_none_is_passed_over(services, since):
    async with asking(services) as (ask, _):
        assert (await ask(FEED, if_modified_since=since)).status == 200


async def test_an_edit_is_another_feed_since_then(services, tmp_path):
    async with asking(services) as (ask, shown):
        first = await ask(FEED)
        services.store.close()
        shown.services, shown.now = of(tmp_path, texts={"water": WATER}), LATER
        try:
            known = {
                "if_none_match": first.headers["etag"],
                "if_modified_since": first.headers["last-modified"],
            }
            second = await ask(FEED, **known)
        finally:
            shown.services.store.close()
    assert second.status == 200
    assert second.headers["last-modified"] == "Sun, 29 Nov 2026 13:00:00 GMT"
    sequences = {
        (str(event["SUMMARY"]), event["SEQUENCE"])
        for event in icalendar.Calendar.from_ical(second.body).walk("VEVENT")
    }
    assert sequences == {("T", 0), ("Water", 1)}


@pytest.fixture
def made(monkeypatch):
    """A list with an entry for each feed that is made."""
    feeds = []

    async def counted(*given):
        feeds.append(given)
        return await feed(*given)

    monkeypatch.setattr("bot.jobs.campaigns.feed.feed", counted)
    return feeds


async def test_a_feed_for_which_many_ask_at_once_counts_once_among_what_is_kept(
    services, made, monkeypatch
):
    async with asking(services) as (ask, _):
        size = len((await ask("/fr/trees/calendar.ics")).body)
        monkeypatch.setattr("bot.web.public.site.KEPT_BYTES", 3 * size)
        await asyncio.gather(*(ask("/en/trees/calendar.ics") for _ in range(4)))
        before = len(made)
        assert before > 2, "they asked at once"
        await ask("/en/trees/calendar.ics")
        await ask("/fr/trees/calendar.ics")
    assert len(made) == before


async def test_what_stands_behind_a_question_mark_makes_no_other_feed(services, made):
    async with asking(services) as (ask, _):
        first = await ask(FEED)
        assert (await ask(f"{FEED}?again=1")).body == first.body
    assert len(made) == 1


async def test_what_was_made_of_data_of_before_is_not_kept(services):
    shown, going = SimpleNamespace(services=services), asyncio.Event()
    urls = Urls(origin="https://a.example", base="")
    site = Site(lambda: shown.services, lambda: NOW, urls)

    async def slowly(reader):
        said = b"before" if reader.services is services else b"after"
        if said == b"before":
            await going.wait()
        return File(content=said, media_type="text/plain")

    endpoint = site.route(PublicPage(path="slow", answer=slowly))
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/en/slow",
        "path_params": {"language": "en"},
        "query_string": b"",
        "headers": [],
        "server": ("a.example", 443),
    }
    first = asyncio.create_task(endpoint(Request(scope)))
    await asyncio.sleep(0)
    shown.services = replace(services)
    assert (await endpoint(Request(scope))).body == b"after"
    going.set()
    assert (await first).body == b"before"
    assert (await endpoint(Request(scope))).body == b"after"


async def test_head_says_how_long_the_feed_is_and_gives_nothing(services):
    async with asking(services) as (ask, _):
        head, whole = await ask(FEED, "HEAD"), await ask(FEED)
        assert (await ask(FEED, "POST")).status == 405
    assert (head.status, head.body) == (200, b"")
    assert int(head.headers["content-length"]) == len(whole.body)
    assert head.headers["etag"] == whole.headers["etag"]


async def test_the_feed_of_all_names_the_audience_of_each_event(services):
    async with asking(services) as (ask, _):
        answer = await ask("/fr/trees/calendar.ics")
    titles = [
        str(event["SUMMARY"]) for event in icalendar.Calendar.from_ical(answer.body).walk("VEVENT")
    ]
    assert sorted(set(titles)) == ["T · Pour les pays", "T · Pour tout le monde"]
    assert len(titles) == 6


async def test_the_days_of_an_action_can_be_kept(services):
    async with asking(services) as (ask, _):
        page = (await ask("/bot/en/trees/actions/plant")).body.decode()
        answer = await ask("/en/trees/actions/plant.ics")
        feed = await ask(FEED)
    assert 'href="/bot/en/trees/actions/plant.ics"' in page
    assert answer.headers["content-disposition"] == 'attachment; filename="trees-plant.ics"'
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    ours = {str(e["UID"]) for e in icalendar.Calendar.from_ical(answer.body).walk("VEVENT")}
    assert ours == {
        "trees-plant-individual-20260501@drumbeat",
        "trees-plant-individual-20270501@drumbeat",
    }
    assert all(uid.encode() in feed.body for uid in ours), "the same events as in the feed"


@pytest.mark.parametrize("audience", [audience.word for audience in BOTH])
async def test_a_calendar_leads_to_its_feed_and_to_that_of_all(services, audience):
    async with asking(services) as (ask, _):
        page = unescape((await ask(f"/bot/en/trees/calendar/{audience}")).body.decode())
    here = "campaign.example/bot/en/trees"
    for scheme in ("https", "webcal"):
        assert f'href="{scheme}://{here}/calendar-{audience}.ics"' in page
        assert f'href="{scheme}://{here}/calendar.ics"' in page
    assert (
        f'type="text/calendar" title="Action calendar" href="/bot/en/trees/calendar-{audience}.ics"'
        in page
    )


async def test_with_one_audience_there_is_one_feed(tmp_path):
    built = house.services(tmp_path, house.campaign(house.action("plant")))
    files = read_files((tmp_path, shipped_root()))
    built = replace(built, renderer=Renderer(files, built.library.campaigns))
    async with asking(built) as (ask, _):
        page = (await ask("/en/trees/calendar")).body.decode()
        answer = await ask("/en/trees/calendar.ics")
    built.store.close()
    assert "/en/trees/calendar-individual.ics" in page
    assert "/en/trees/calendar.ics" not in page
    assert b"SUMMARY:T\r\n" in answer.body


@pytest.mark.parametrize(
    "path",
    [
        "/en/trees/calendar-region.ics",
        "/en/trees/calendar-cats.ics",
        "/en/trees/calendar-.ics",
        "/xx/trees/calendar.ics",
        "/en/nothing/calendar.ics",
        "/en/trees/actions/nothing.ics",
    ],
)
async def test_a_feed_that_is_not_there_says_so(services, path):
    async with asking(services) as (ask, _):
        answer = await ask(path)
    assert answer.status == 404
    assert "text/html" in answer.headers["content-type"]
