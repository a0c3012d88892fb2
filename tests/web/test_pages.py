"""The pages behind the links of letters, asked over HTTP as people, mail programs and scanners
do.
"""

import asyncio
import logging
import re
import sqlite3
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from html import unescape

import aiohttp
import orchard
import pytest
from clocks.undisturbed import within
from orchard import at
from signing import old_token
from tree import languages
from yarl import URL

from bot.errors import UsageError
from bot.files.frozen import read_files
from bot.jobs.planning import plan
from bot.jobs.pledges import journeys
from bot.jobs.texts import letters
from bot.languages import direction, said_day
from bot.library import shipped_root
from bot.model.person import Status
from bot.model.pledge import JourneyState
from bot.render import Renderer
from bot.rules.alerts import PledgeTask
from bot.rules.tokens import Grant, Purpose
from bot.scheduler import Scheduler
from bot.web import build
from bot.web.headers import HEADERS
from bot.web.server import Server

NOW = at("2021-03-04T10:00")
LANGUAGES = languages()


@pytest.fixture
def services(tmp_path):
    built = orchard.services(tmp_path)
    yield built
    built.store.close()


class Answer:
    def __init__(self, status, text, headers):
        self.status, self.text, self.headers = status, text, headers

    @property
    def heading(self):
        return unescape(re.search(r"<h1>(.*?)</h1>", self.text, re.DOTALL)[1])

    @property
    def buttons(self):
        return [unescape(b) for b in re.findall(r"<button[^>]*>(.*?)</button>", self.text)]


@asynccontextmanager
async def pages(services):
    """Asks by path; the server is the real one."""
    server = Server(build(lambda: services, lambda: NOW), "127.0.0.1:0")
    await server.start()
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as session:

            async def ask(path, method="GET", **kwargs):
                async with session.request(method, path, allow_redirects=False, **kwargs) as answer:
                    return Answer(answer.status, await answer.text(), answer.headers)

            yield ask
    finally:
        await server.stop()


def path(services, purpose, person, subject=0):
    where = letters.link(services, purpose, person, subject, now=NOW.timestamp())
    return where.removeprefix(orchard.PUBLIC)


@pytest.mark.sqlite
async def test_health(services):
    async with pages(services) as ask:
        answer = await ask("/healthz")
        assert (answer.status, answer.text) == (200, '{"status":"ok"}')
        services.store.database._connection.close()
        services.store.database._connection = _Gone()
        assert (await ask("/healthz")).status == 503


class _Gone:
    def execute(self, *_):
        raise sqlite3.OperationalError("disk I/O error")

    def close(self):
        return


@pytest.mark.parametrize("language", LANGUAGES)
async def test_get_shows_and_post_confirms(services, language):
    person = orchard.add_contact(services, agreed=False, language=language)
    where = path(services, Purpose.CONFIRM, person)
    async with pages(services) as ask:
        for method in ("GET", "HEAD", "GET"):  # a scanner follows every link
            shown = await ask(where, method)
            assert shown.status == 200
        assert services.store.contacts.get(person).status is Status.UNCONFIRMED
        assert f'<html lang="{language}" dir="{direction(language)}">' in shown.text
        assert "p1@acme.example" in shown.text
        assert len(shown.buttons) == 1
        done = await ask(where, "POST", data={"answer": "yes"})
        assert (done.status, done.buttons) == (200, [])
        assert services.store.contacts.get(person).status is Status.ACTIVE
        assert services.store.contacts.get(person).confirmed == NOW.timestamp()
        again = await ask(where, "POST")
        assert again.status == 200
        assert again.heading == done.heading
        assert services.store.contacts.get(person).confirmed == NOW.timestamp()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_get_shows_and_post_unsubscribes(services, language):
    person = orchard.add_contact(services, language=language)
    where = path(services, Purpose.UNSUBSCRIBE, person)
    async with pages(services) as ask:
        shown = await ask(where)
        assert "p1@acme.example" in shown.text
        assert services.store.contacts.get(person).status is Status.ACTIVE
        done = await ask(where, "POST", data={"answer": "yes"})
        assert (done.status, done.buttons) == (200, [])
        assert services.store.contacts.get(person) is None
        for method in ("GET", "POST"):
            again = await ask(where, method)
            assert (again.status, again.heading) == (200, done.heading)
        assert f'lang="{language}"' in again.text


async def test_a_mail_program_unsubscribes_in_one_click(services):
    person = orchard.add_contact(services)
    where = path(services, Purpose.UNSUBSCRIBE, person)
    async with pages(services) as ask:
        body, kind = (
            "List-Unsubscribe=One-Click",
            {"Content-Type": "application/x-www-form-urlencoded"},
        )
        assert (await ask(where, "POST", data=body, headers=kind)).status == 200
    assert services.store.contacts.get(person) is None
    assert services.store.people.address(person) == f"gone-{person}"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_step_is_reported_with_a_link_or_without(services, language):
    person = orchard.add_contact(services, language=language)
    pledge = orchard.add_pledge(services, person)
    plan.run(services, at("2021-03-03T10:00"))
    occurrence = services.store.database.value(
        "SELECT id FROM occurrence WHERE action = 'prompt-march' AND audience = 2"
    )
    where = path(services, Purpose.REPORT, person, occurrence)
    async with pages(services) as ask:
        assert (await ask(where)).status == 200
        assert services.store.journeys.reports(pledge) == []
        for bad in ("javascript:alert(1)", "no link", '"><script>', "https://", "http://a"):
            answer = await ask(where, "POST", data={"field": bad, "answer": "done"})
            assert 'role="alert"' in answer.text
            assert "<script" not in answer.text
        assert services.store.journeys.reports(pledge) == []
        done = await ask(where, "POST", data={"field": "", "answer": "done"})
        assert "1" in done.text
        assert "11" in done.text
        await ask(
            where, "POST", data={"field": "https://acme.example/film?a=1&b=ü", "answer": "done"}
        )
    [report] = services.store.journeys.reports(pledge)
    assert (report.action, report.link, report.by) == (
        "prompt-march",
        "https://acme.example/film?a=1&b=ü",
        f"person {person}",
    )


SINCE = {tag: said_day(date(2021, 3, 3), "long", tag) for tag in languages()}


def report_path(services, person):
    plan.run(services, at("2021-03-03T10:00"))
    occurrence = services.store.database.value(
        "SELECT id FROM occurrence WHERE action = 'prompt-march' AND audience = 2"
    )
    return path(services, Purpose.REPORT, person, occurrence)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_says_which_step_of_whom_and_since_when_and_then_what_was_reported(
    services, language
):
    person = orchard.add_contact(services, language=language)
    orchard.add_pledge(services, person)
    where = report_path(services, person)
    async with pages(services) as ask:
        asked = unescape((await ask(where)).text)
        await ask(where, "POST", data={"field": "", "answer": "done"})
        without = unescape((await ask(where, "POST", data={"field": "", "answer": "done"})).text)
        await ask(where, "POST", data={"field": "www.acme.com/news", "answer": "done"})
        shown = await ask(where)
    for text in (asked, without, unescape(shown.text)):
        assert all(word in text for word in ("Step of march", "ACME", SINCE[language]))
    reported = said_day(date(2021, 3, 4), "long", language)
    assert reported not in asked
    assert reported in without
    assert "acme.com/news" not in without
    assert "https://www.acme.com/news" in unescape(shown.text)
    assert len(shown.buttons) == 1


@pytest.mark.parametrize(
    ("typed", "link"),
    [
        ("www.acme.com/news", "https://www.acme.com/news"),
        ("instagram.com/p/Cx_1-a/", "https://instagram.com/p/Cx_1-a/"),
        (" <https://acme.example/film>. ", "https://acme.example/film"),
        ("\u2068https://acme.example/film\u2069", "https://acme.example/film"),
    ],
)
async def test_a_link_is_taken_as_people_copy_it(services, typed, link):
    person = orchard.add_contact(services)
    pledge = orchard.add_pledge(services, person)
    async with pages(services) as ask:
        await ask(report_path(services, person), "POST", data={"field": typed, "answer": "done"})
    assert [report.link for report in services.store.journeys.reports(pledge)] == [link]


@pytest.mark.parametrize("behind", [".", ")", ">", "%3E", "%E2%81%A9", "%E3%80%82", ").,"])
@pytest.mark.parametrize("purpose", [Purpose.UNSUBSCRIBE, Purpose.REPORT, Purpose.STILL])
async def test_a_link_is_found_with_what_a_mail_program_takes_into_it(services, purpose, behind):
    person = orchard.add_contact(services)
    pledge = orchard.add_pledge(services, person)
    where = (
        report_path(services, person)
        if purpose is Purpose.REPORT
        else path(services, purpose, person, pledge if purpose is Purpose.STILL else 0)
    )
    async with pages(services) as ask:
        shown = await ask(URL(where + behind, encoded=True))
        done = await ask(URL(where + behind, encoded=True), "POST", data={"answer": "here"})
    assert (shown.status, done.status) == (200, 200)
    assert shown.buttons


@pytest.mark.parametrize(
    ("answer", "state", "alert"),
    [
        ({"answer": "here"}, JourneyState.ACTIVE, False),
        ({"answer": "need_help"}, JourneyState.ACTIVE, True),
        ({"answer": "change_contact"}, JourneyState.ACTIVE, True),
        ({"answer": "cant_continue"}, JourneyState.ENDED, True),
        ({"answer": "pause", "field": "2021-06-01"}, JourneyState.PAUSED, False),
        ({"answer": "pause", "field": "2021-03-04"}, JourneyState.ASKED, False),
        ({"answer": "pause", "field": "2031-03-04"}, JourneyState.ASKED, False),
        ({"answer": "pause", "field": "soon"}, JourneyState.ASKED, False),
        ({"answer": "nonsense"}, JourneyState.ASKED, False),
        ({}, JourneyState.ASKED, False),
    ],
)
async def test_still_with_us(services, answer, state, alert):
    person = orchard.add_contact(services)
    pledge = orchard.add_pledge(services, person)
    journeys.happened(services, pledge, journeys.Event.ASKED, "drumbeat", at("2021-03-01"))
    where = path(services, Purpose.STILL, person, pledge)
    async with pages(services) as ask:
        shown = await ask(where)
        assert shown.buttons == [
            "Yes, we go on",
            "We need help",
            "Somebody else is in charge",
            "Pause",
            "We cannot continue",
        ]
        assert services.store.pledges.get(pledge).journey is JourneyState.ASKED
        done = await ask(where, "POST", data=answer)
        assert done.status == 200
    there = services.store.pledges.get(pledge)
    assert there.journey is state
    assert there.until == (date(2021, 6, 1) if state is JourneyState.PAUSED else None)
    assert ('role="alert"' in done.text) == (state is JourneyState.ASKED)
    assert bool([a for a in services.store.alerts.current() if a.kind == PledgeTask.kind]) == alert


async def test_a_link_serves_nobody_else_and_nothing_else(services):
    one, other = orchard.add_contact(services), orchard.add_contact(services, 2)
    pledge = orchard.add_pledge(services, one)
    key = letters.key(services.store)
    grants = [
        Grant(purpose=Purpose.STILL, person=other, subject=pledge),
        Grant(purpose=Purpose.CONFIRM, person=999),
        Grant(purpose=Purpose.REPORT, person=one, subject=999),
    ]
    confirm = Grant(purpose=Purpose.CONFIRM, person=one)
    wrong = [
        f"/leave/{old_token(b'another key', Grant(purpose=Purpose.UNSUBSCRIBE, person=one))}",
        f"/leave/{old_token(key, confirm)}",
        path(services, Purpose.UNSUBSCRIBE, one)[:-1],
        path(services, Purpose.CONFIRM, one).replace("/confirm/", "/leave/"),
        *(f"/{grant.purpose.value}/{old_token(key, grant)}" for grant in grants),
        *(path(services, grant.purpose, grant.person, grant.subject) for grant in grants),
        "/leave/",
        "/leave/x",
        f"/leave/{'a' * 3000}",
        "/../../etc/passwd",
        "/%00",
    ]
    async with pages(services) as ask:
        for where in wrong:
            for method in ("GET", "POST"):
                answer = await ask(where, method)
                assert answer.status in (404, 405), where
                assert "<h1>" in answer.text
    assert services.store.contacts.get(one) is not None
    assert services.store.pledges.get(pledge).journey is JourneyState.ACTIVE


async def test_every_answer_has_the_security_headers(services):
    person = orchard.add_contact(services)
    async with pages(services) as ask:
        for where in (
            path(services, Purpose.UNSUBSCRIBE, person),
            "/leave/nothing",
            "/style.css",
            "/healthz",
        ):
            answer = await ask(where)
            for name, value in HEADERS.items():
                assert answer.headers[name] == (
                    value
                    if name != "cache-control" or where != "/style.css"
                    else "public, max-age=3600"
                )
            assert answer.headers["strict-transport-security"]
            assert "server" not in answer.headers
            assert "set-cookie" not in answer.headers


async def test_whatever_an_organisation_is_called_stays_text(services):
    person = orchard.add_contact(services)
    evil = "<script>alert(1)</script>\"'&"
    pledge = orchard.add_pledge(services, person, name=evil)
    async with pages(services) as ask:
        answer = await ask(path(services, Purpose.STILL, person, pledge))
        assert "<script" not in answer.text
        assert evil in unescape(answer.text)


async def test_too_much_is_not_read(services):
    person = orchard.add_contact(services)
    where = path(services, Purpose.UNSUBSCRIBE, person)
    async with pages(services) as ask:
        assert (await ask(where, "POST", data="x" * 31_000)).status == 413
    assert services.store.contacts.get(person) is not None


async def test_nonsense_in_a_body_is_no_crash(services):
    person = orchard.add_contact(services)
    pledge = orchard.add_pledge(services, person)
    async with pages(services) as ask:
        for body in (b"\xff\xfe", b"%%%", b"=&=&=", b"field=%ff%00&answer=done", b"a" * 9_000):
            answer = await ask(path(services, Purpose.STILL, person, pledge), "POST", data=body)
            assert answer.status == 200


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ("fr-CA,fr;q=0.9,en;q=0.5", "fr"),
        ("de, es;q=0.5", "es"),
        ("", "en"),
        ("xx", "en"),
        ("../..", "en"),
    ],
)
async def test_a_lost_link_is_told_in_the_browsers_language(services, wanted, language):
    async with pages(services) as ask:
        answer = await ask("/leave/broken", headers={"Accept-Language": wanted})
        assert f'<html lang="{language}"' in answer.text


@pytest.mark.parametrize("wanted", ["pt-BR", "xx, pt-br;q=0.8, fr;q=0.5", "pt-BR-x-old"])
async def test_a_language_with_its_country_is_found(services, tmp_path, wanted):
    words = tmp_path / "own/content/pt-BR/web.toml"
    words.parent.mkdir(parents=True)
    words.write_bytes((shipped_root() / "content/es/web.toml").read_bytes())
    roots = (tmp_path / "own", *services.library.roots)
    renderer = Renderer(read_files(roots), services.library.campaigns)
    async with pages(replace(services, renderer=renderer)) as ask:
        answer = await ask("/leave/broken", headers={"Accept-Language": wanted})
        assert '<html lang="pt-BR" dir="ltr">' in answer.text


async def test_a_failure_of_ours_is_a_page_and_its_log_names_no_token(services, caplog):
    person = orchard.add_contact(services)
    where = path(services, Purpose.CONFIRM, person)
    broken = replace(services, renderer=None)

    class Half:
        def __init__(self):
            self.times = 0

        def __call__(self):
            # the handler gets broken services, the page that says so gets whole ones
            self.times += 1
            return broken if self.times == 2 else services

    half = Half()
    server = Server(build(half, lambda: NOW), "127.0.0.1:0")
    await server.start()
    with caplog.at_level(logging.DEBUG):
        async with (
            aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as session,
            session.get(where) as answer,
        ):
            assert answer.status == 500
            assert "<h1>" in await answer.text()
            assert answer.headers["content-security-policy"]
    await server.stop()
    own = [record for record in caplog.records if record.name.startswith(("bot", "uvicorn"))]
    assert len([record for record in own if record.exc_info]) == 1
    # Its 24 letters: among them may be a "-", and what stands behind that one may stand anywhere.
    signature = where[-24:]
    assert where.endswith(f"-{signature}")
    assert signature not in "".join(record.getMessage() for record in own)


async def test_a_port_that_is_taken_is_said_plainly(services):
    first = Server(build(lambda: services, lambda: NOW), "127.0.0.1:0")
    await first.start()
    second = Server(build(lambda: services, lambda: NOW), f"127.0.0.1:{first.port}")
    with pytest.raises(UsageError, match=r"can't listen on 127\.0\.0\.1:\d+"):
        await second.start()
    await second.stop()
    await first.stop()


@pytest.mark.parametrize("public", ["https://x.example/bot", "https://x.example/b%C3%B6t/"])
async def test_pages_below_a_path_work_whether_the_proxy_cuts_it_off_or_not(services, public):
    web = replace(services.settings.web, public_url=public.rstrip("/"))
    below = replace(services, settings=replace(services.settings, web=web))
    person = orchard.add_contact(services, agreed=False)
    link = letters.link(below, Purpose.CONFIRM, person, now=NOW.timestamp())
    assert link.startswith(f"{web.public_url}/confirm/")
    whole = link.removeprefix("https://x.example")
    cut = link.removeprefix(web.public_url)
    async with pages(below) as ask:
        for path in (whole, cut):
            answer = await ask(path)
            assert (answer.status, len(answer.buttons)) == (200, 1)
            style = re.search(r'href="([^"]+style[.]css)"', answer.text)[1]
            assert style == f"{web.public_url.removeprefix('https://x.example')}/style.css"
            assert (await ask(style)).status == 200
        assert (await ask("/style.css")).status == 200
        assert (await ask("/elsewhere" + cut)).status == 404


async def test_the_running_bot_opens_the_pages_and_closes_them(services):
    scheduler = Scheduler(services, lambda: None, lambda: NOW)
    running = asyncio.create_task(scheduler.run())
    async with asyncio.timeout(60):
        while scheduler.listening.pages is None:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.02)
    url = f"http://127.0.0.1:{scheduler.listening.pages.port}/healthz"
    async with aiohttp.ClientSession() as session:
        async with session.get(url) as answer:
            assert await answer.json() == {"status": "ok"}
        scheduler.stop()
        await within(5, running)
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(url)


@pytest.mark.slow
async def test_without_an_address_in_the_settings_nothing_listens(tmp_path):
    scheduler = Scheduler(orchard.services(tmp_path, web=False), lambda: None, lambda: NOW)
    running = asyncio.create_task(scheduler.run())
    await asyncio.sleep(0.5)
    assert scheduler.listening.pages is None
    scheduler.stop()
    await running


@pytest.mark.parametrize("language", ["he", "de"])
async def test_a_page_without_words_in_the_readers_language_is_english_and_says_so(
    services, language
):
    person = orchard.add_contact(services, language=language)
    orchard.add_pledge(services, person)
    async with pages(services) as ask:
        shown = await ask(report_path(services, person))
    assert '<html lang="en" dir="ltr">' in shown.text
    assert SINCE["en"] in shown.text


@pytest.mark.parametrize(
    ("language", "day"),
    [("fr", "1er mai 2021"), ("en", "1 May 2021"), ("es", "1 de mayo de 2021")],
)
async def test_the_first_of_a_month_is_written_as_in_the_letters(services, language, day):
    person = orchard.add_contact(services, language=language)
    pledge = orchard.add_pledge(services, person)
    where = path(services, Purpose.STILL, person, pledge)
    async with pages(services) as ask:
        said = await ask(where, "POST", data={"answer": "pause", "field": "2021-05-01"})
    assert day in said.text
