"""The public site over a real socket: every page in every language, every link, every header."""

import re
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from types import SimpleNamespace

import aiohttp
import house
import pytest
from pledging.filling import report
from pledging.publishing import publish, publishing
from tree import drawn, languages, walked

from bot.config import Web
from bot.model.counting import Sample
from bot.web import build
from bot.web.public.reader import Urls
from bot.web.public.view import outside, prose
from bot.web.server import Server

IN_2021 = datetime(2021, 6, 12, 10, tzinfo=UTC)
AFTER = datetime(2026, 11, 29, 10, tzinfo=UTC)
BOTH = ("endchildlabour2021", "endchildlabour")
pytestmark = pytest.mark.slow


@pytest.fixture
def services(tmp_path, library):
    opened = house.shown(tmp_path, library, *BOTH[1:])
    yield opened
    opened.store.close()


@asynccontextmanager
async def site(services, now=AFTER, origin="https://campaign.example"):
    server = Server(build(lambda: services, lambda: now, origin), "127.0.0.1:0")
    await server.start()
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as session:

            async def ask(path, method="GET", **given):
                async with session.request(method, path, allow_redirects=False, **given) as answer:
                    content = await answer.read()
                    return SimpleNamespace(
                        status=answer.status,
                        content=content,
                        text=content.decode("utf-8", "replace"),
                        headers=answer.headers,
                    )

            yield ask
    finally:
        await server.stop()


@pytest.mark.parametrize("now", [IN_2021, AFTER], ids=["2021", "2026"])
async def test_every_link_of_every_page_leads_somewhere(services, now, crawled):
    services = replace(
        services, active=tuple(services.library.campaigns[name] for name in BOTH[now is AFTER :])
    )
    async with site(services, now) as ask:
        pages = await crawled(ask, "/en/", feeds=True)
    wrong = {path: page.status for path, page in pages.items() if page.status not in (200, 303)}
    assert wrong == {}
    plain = {path.partition("?")[0] for path in pages}  # some speak to several audiences
    for language in walked():
        for campaign in BOTH:
            assert f"/{language}/{campaign}/" in pages
            for action in services.library.campaigns[campaign].actions:
                reachable = f"/{language}/{campaign}/actions/{action.id}" in plain
                assert reachable is action.asks, (campaign, action.id)


async def test_no_page_is_heavy_or_asks_anything_of_another_server(services, crawled):
    async with site(services) as ask:
        pages = await crawled(ask, "/fr/")
    for path, page in pages.items():
        assert len(page.text.encode()) <= 60_000 or path == "/sitemap.xml", path
        loaded = re.findall(r'(?:src|<link [^>]*rel="stylesheet"[^>]* href)="([^"]*)"', page.text)
        assert [a for a in loaded if not a.startswith("/")] == [], path
        assert not re.search(r"<(?:script(?! src)|style|iframe)| style=| on\w+=", page.text), path


async def test_answers_carry_strict_headers_and_no_cookie(services):
    async with site(services) as ask:
        for path in ("/en/", "/en/endchildlabour/", "/static/public.css", "/en/nothing", "/"):
            headers = (await ask(path)).headers
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["x-frame-options"] == "DENY"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["strict-transport-security"].startswith("max-age=")
            assert "set-cookie" not in headers
        assert (await ask("/en/")).headers["x-robots-tag"] == "all"
        assert "noindex" in (await ask("/en/nothing")).headers["x-robots-tag"]


async def test_who_has_a_page_already_gets_304(services):
    async with site(services) as ask:
        first = await ask("/en/endchildlabour/")
        etag = first.headers["etag"]
        again = await ask("/en/endchildlabour/", headers={"if-none-match": f'W/"x", {etag}'})
        assert (again.status, again.text) == (304, "")
        other = await ask("/fr/endchildlabour/", headers={"if-none-match": etag})
        assert other.status == 200


async def test_data_that_change_are_shown_at_once(services):
    now = {"services": services}
    server = Server(build(lambda: now["services"], lambda: AFTER, "https://a.example"), "[::1]:0")
    await server.start()
    try:
        async with aiohttp.ClientSession(f"http://[::1]:{server.port}") as session:
            async with session.get("/en/") as answer:
                assert "International Year" in await answer.text()
            now["services"] = replace(services, library=replace(services.library, campaigns={}))
            async with session.get("/en/") as answer:
                assert "International Year" not in await answer.text()
    finally:
        await server.stop()


@pytest.mark.parametrize(
    ("accepts", "language"),
    [("fr-CA,fr;q=0.9,en;q=0.1", "fr"), ("es", "es"), ("xx", "en"), ("", "en")],
)
async def test_the_first_page_is_in_the_language_of_the_browser(services, accepts, language):
    async with site(services) as ask:
        answer = await ask("/", headers={"accept-language": accepts})
        assert (answer.status, answer.headers["location"]) == (303, f"/{language}/")
        assert answer.headers["vary"] == "accept-language"


async def test_a_path_below_the_host_is_answered_cut_off_or_not(services):
    web = Web(public_url="https://host.example/bot", listen="127.0.0.1:0")
    services = replace(services, settings=replace(services.settings, web=web))
    async with site(services) as ask:
        for before in ("/bot", ""):
            page = await ask(f"{before}/en/endchildlabour/")
            assert page.status == 200
            assert 'href="/bot/en/endchildlabour/calendar"' in page.text
            assert 'hreflang="fr" href="https://host.example/bot/fr/endchildlabour/"' in page.text
            assert 'href="/bot/static/public.css"' in page.text
        assert (await ask("/bot/static/public.css")).status == 200


async def test_a_path_beyond_ascii_leads_to_the_same_page_in_other_languages(services):
    web = Web(public_url="https://host.example/b%C3%BCro", listen="127.0.0.1:0")
    services = replace(services, settings=replace(services.settings, web=web))
    async with site(services) as ask:
        page = await ask("/b%C3%BCro/en/endchildlabour/")
        assert 'hreflang="fr" href="https://host.example/b%C3%BCro/fr/endchildlabour/"' in page.text
        lost = await ask("/b%C3%BCro/fr/endchildlabour/nothing")
        assert (lost.status, lost.headers["content-language"]) == (404, "fr")


async def test_the_host_that_a_request_names_changes_no_page(services):
    async with site(services) as ask:
        first = await ask("/en/about", headers={"host": "elsewhere.example:1/en/endchildlabour/?"})
        page = await ask("/en/about")
    assert (first.status, first.text) == (200, page.text)
    assert "elsewhere" not in page.text


async def test_an_error_of_a_page_is_logged_once_without_its_address(services, caplog):
    class Fails:
        def __getattr__(self, name):
            raise RuntimeError("quince")

    failing = replace(services, store=Fails())
    application = build(lambda: failing, lambda: AFTER, "https://campaign.example")
    server = Server(application, "127.0.0.1:0")
    await server.start()
    try:
        url = f"http://127.0.0.1:{server.port}/es/endchildlabour/pledges?q=rosehip"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            assert (answer.status, answer.headers["content-language"]) == (500, "es")
    finally:
        await server.stop()
    ours = [r for r in caplog.records if r.name.startswith(("bot", "uvicorn"))]
    assert [(r.name, r.exc_info[1].args) for r in ours] == [("bot.web.public.site", ("quince",))]
    assert "rosehip" not in caplog.text


@pytest.mark.parametrize(
    "path",
    [
        "/xx/",
        "/en/nobody/",
        "/en/endchildlabour/actions/nothing",
        "/en/endchildlabour/actions/opening-june",
        "/en/endchildlabour/calendar/cats",
        "/en/endchildlabour/calendar/individual/2026-13",
        "/en/endchildlabour/calendar/individual/1999-01",
        "/static/../pages.py",
        "/static/%2e%2e%2fpages.py",
        "/static/none.css",
        f"/en/?{'x' * 600}",
        "/%2Felsewhere.example/",
    ],
)
async def test_what_is_not_there_says_so_and_leads_on(services, path):
    async with site(services) as ask:
        answer = await ask(path)
        assert answer.status == 404
        assert 'class="button"' in answer.text


async def test_an_address_without_its_slash_leads_to_the_page(services):
    async with site(services) as ask:
        for path in ("/en", "/en/endchildlabour"):
            answer = await ask(path, headers={"host": "elsewhere.example"})
            assert (answer.status, answer.headers["location"]) == (303, f"{path}/")


@pytest.mark.parametrize("page", ["", "calendar", "actions/world-day", "stories"])
async def test_each_page_of_an_ended_campaign_says_so_and_leads_to_the_one_that_runs(
    services, page
):
    async with site(services) as ask:
        archived = (await ask(f"/en/endchildlabour2021/{page}")).text
        goes_on = (await ask("/en/endchildlabour/calendar")).text
    assert archived.count("This campaign ended on 31 December 2021.") == 1
    assert 'It goes on in <a href="/en/endchildlabour/">' in archived
    assert "This campaign ended" not in goes_on


@pytest.mark.parametrize("language", languages())
async def test_the_world_day_says_something_and_can_be_shared(services, language):
    services = replace(services, active=(services.library.campaigns[BOTH[0]],))
    async with site(services, IN_2021) as ask:
        today = (await ask(f"/{language}/{BOTH[0]}/")).text
        page = unescape((await ask(f"/{language}/{BOTH[0]}/actions/world-day")).text)
    assert f'href="/{language}/{BOTH[0]}/actions/world-day"' in today
    assert "#EndChildLabour2021" in page
    assert "https://bsky.app/intent/compose?text=" in page
    assert '<time datetime="2021-06-12">' in page


@pytest.mark.parametrize("language", languages())
async def test_a_page_says_to_each_audience_what_it_is_asked(services, language):
    folder, asked = f"/{language}/{BOTH[1]}", {}
    async with site(services) as ask:
        for word in ("region", "country", "organization"):
            listed = (await ask(f"{folder}/calendar/{word}")).text
            [path] = set(re.findall(rf'href="({folder}/actions/prompt-march[^"]*)"', listed))
            page = (await ask(path)).text
            asked[word] = re.search(r'<div class="asked">(.*?)</div>', page, re.DOTALL)[1]
            choices = re.findall(r'<li><a href="([^"]*)"( aria-current="true")?>', page)
            current = [where for where, is_current in choices if is_current]
            assert path in current
            assert len([each for each, _ in choices if "/actions/prompt-march" in each]) == 3
        same = (await ask(f"{folder}/actions/world-day")).text
        odd = (await ask(f"{folder}/actions/prompt-march?for=%3Cb%3E")).text
    assert len(set(asked.values())) == 3
    assert 'class="choice"' not in same, "it says the same to all"
    assert asked["region"] in odd


async def test_this_month_is_never_empty(services):
    now = datetime.now(UTC)
    async with site(services, now) as ask:
        page = (await ask("/en/endchildlabour/")).text
    assert f'<h2 id="month">{now:%B} {now.year}</h2>' in page


async def test_a_rehearsal_says_so_on_each_page_and_stays_out_of_search_engines(services, crawled):
    async with site(replace(services, rehearsal=True)) as ask:
        for path, page in (await crawled(ask, "/en/")).items():
            if "text/html" in page.headers.get("content-type", ""):
                assert '<p class="playing">' in page.text, path
                assert page.headers["x-robots-tag"] == "noindex, nofollow"
        assert "Disallow: /\n" in (await ask("/robots.txt")).text
        assert "<url>" not in (await ask("/sitemap.xml")).text


HREFLANG = re.compile(r'hreflang="([^"]*)" href="([^"]*)"')


def counted(day):
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Sample(
        tag="#endchildlabour2021",
        network="mastodon",
        source="mastodon.example",
        query="the tag",
        start=start,
        end=start + timedelta(days=1),
        resolution=86_400,
        reposts=False,
        collected=start + timedelta(days=2),
        uses=3,
    )


async def test_the_sitemap_has_each_page_that_readers_can_reach_and_engines_may_show(
    tmp_path, library, crawled
):
    with publishing(tmp_path, library) as services:
        report(services, publish(services), "prompt-march")
        publish(services, name="Of which nothing is told")
        services.store.samples.add([counted(date(2021, 5, 1)), counted(date(2021, 6, 1))])
        async with site(services, IN_2021) as ask:

            async def in_spanish(path):
                other = SimpleNamespace(status=200, text="", headers={})
                return await ask(path) if path.startswith("/es/") else other

            pages = await crawled(in_spanish, "/es/")
            whole = (await ask("/sitemap.xml")).text
    entries = re.findall(r"<loc>https://campaign.example([^<]*)</loc>(.*)", whole)
    listed = {path: HREFLANG.findall(entry) for path, entry in entries}
    assert len(listed) == whole.count("<loc>")
    reached = {
        path: HREFLANG.findall(page.text.partition("</head>")[0])
        for path, page in pages.items()
        if page.headers.get("x-robots-tag") == "all" and "text/html" in page.headers["content-type"]
        # what is narrowed or said anew
        if page.status == 200 and "?" not in path
    }
    spanish = {path: links for path, links in listed.items() if path.startswith("/es/")}
    assert sorted(spanish) == sorted(reached)
    small = "/es/danger"  # which names its other languages in its text alone
    assert {**spanish, small: []} == reached
    assert {path.replace("/es/", "/fr/", 1) for path in spanish} <= listed.keys()
    for last in ("pledges/1/year", "figures/2021-05", "calendar/country/2021-03", "review"):
        assert f"/fr/endchildlabour2021/{last}" in listed
    assert "/fr/endchildlabour2021/pledges/2/year" not in listed


async def test_about_says_who_runs_it_in_the_words_of_the_campaigns(services):
    said = "A demonstration. Not run by Alliance 8.7 or the UN."
    async with site(services) as ask:
        assert (await ask("/en/about")).text.count(said) == 1
    bare = replace(services, active=(), library=replace(services.library, campaigns={}))
    async with site(bare) as ask:
        page = (await ask("/en/about")).text
    assert "A demonstration." in page
    assert "Alliance" not in page


@pytest.mark.parametrize("asks", [False, True])
async def test_about_says_whether_posts_that_ask_something_are_kept(services, asks):
    usage = replace(services.settings.usage, questions=asks)
    told = replace(services, settings=replace(services.settings, usage=usage))
    async with site(told) as ask:
        page = (await ask("/en/about")).text
    assert ("our team may read it here" in page) == asks


def test_words_become_paragraphs_and_nothing_else():
    assert prose("a <b>\n\nc\nd") == "<p>a &lt;b&gt;</p>\n<p>c<br>\nd</p>"
    linked = prose('see https://a.example/?q="x')
    assert 'href="https://a.example/?q=' in linked
    assert 'q="x' not in linked
    assert prose("see https://a.example/", links=False) == "<p>see https://a.example/</p>"


def test_an_address_that_is_no_page_is_no_link():
    assert outside("javascript:alert(1)", "x<") == "x&lt;"
    assert outside("https://a.example", "A") == '<a href="https://a.example" rel="noreferrer">A</a>'


def test_paths_are_encoded():
    urls = Urls(origin="https://a.example", base="/bot")
    assert urls.path("en", "a b/c?") == "/bot/en/a%20b%2Fc%3F"
    assert urls.whole(urls.home("fr")) == "https://a.example/bot/fr/"


@pytest.mark.parametrize("language", drawn())
async def test_an_action_has_its_card_on_its_page_and_in_link_previews(services, language):
    path = f"/{language}/{BOTH[1]}/actions/world-day"
    async with site(services) as ask:
        page = unescape((await ask(path)).text)
        [shown] = re.findall(r'<img class="shown" src="([^"]+)" width="1200" height="675"', page)
        assert f'<meta property="og:image" content="https://campaign.example{shown}">' in page
        card = await ask(shown)
        assert (card.status, card.headers["content-type"]) == (200, "image/png")
        etag = card.headers["etag"]
        assert (await ask(shown, headers={"if-none-match": etag})).status == 304
        for wrong in ("world-day-huge.png", "nothing-wide.png"):
            assert (await ask(shown.replace("world-day-wide.png", wrong))).status == 404


@pytest.mark.parametrize("language", drawn())
async def test_what_is_rehearsed_says_so_on_its_cards_and_in_link_previews(services, language):
    word = services.renderer.table("public", language=language, fallback="en")["site"]
    begins = word["rehearsal_title"].partition("{")[0]
    path = f"/{language}/{BOTH[1]}"
    async with site(services) as ask:
        real = (await ask(f"{path}/cards/world-day-wide.png")).content
    async with site(replace(services, rehearsal=True)) as ask:
        page = unescape((await ask(f"{path}/actions/world-day")).text)
        card = await ask(f"{path}/cards/world-day-wide.png")
        for about in ("og:title", "og:image:alt"):
            assert f'<meta property="{about}" content="{begins}' in page, about
        assert re.search(rf'<img class="shown"[^>]* alt="{begins}', page)
    assert (card.status, card.headers["content-type"]) == (200, "image/png")
    assert card.content != real
    assert card.headers["x-robots-tag"] == "noindex, nofollow"
