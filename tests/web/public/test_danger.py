"""A child is in danger: the page, and what is written on it, over a real socket."""

import logging
import re
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from types import SimpleNamespace

import aiohttp
import house
import pytest
from stage import SAFEGUARDING, staged
from tree import languages

from bot.chat.entry import ChatEntry
from bot.errors import StoreError
from bot.jobs.people import retention, safety
from bot.rules.reading.places import country_name
from bot.web import build
from bot.web.server import Server

NOW = datetime(2021, 5, 1, 10, tzinfo=UTC)
pytestmark = pytest.mark.slow
WORDS = "He is nine, and works at night.\nAt the brickworks."


@pytest.fixture
def services(tmp_path, library):
    channel = house.channel("telegram", network="telegram")
    services, _network = staged(tmp_path, library, channel, safeguarding=SAFEGUARDING)
    yield services
    services.store.close()


@asynccontextmanager
async def site(services, now=lambda: NOW, *, letters=True):
    application = build(lambda: services, now, "https://campaign.example", letters=letters)
    server = Server(application, "127.0.0.1:0")
    await server.start()
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as session:

            async def ask(path="/en/danger", method="GET", **given):
                async with session.request(method, path, allow_redirects=False, **given) as answer:
                    text = (await answer.read()).decode("utf-8", "replace")
                    return SimpleNamespace(
                        status=answer.status, text=unescape(text), headers=answer.headers, raw=text
                    )

            async def write(text=WORDS, headers=None, **fields):
                own = {"sec-fetch-site": "same-origin"} if headers is None else headers
                sent = {"text": text.replace("\n", "\r\n"), "website": ""} | fields
                return await ask(method="POST", data=sent, headers=own)

            yield SimpleNamespace(ask=ask, write=write)
    finally:
        await server.stop()


def for_contact(services):
    entry = ChatEntry(lambda: services, "telegram")
    return [(out.address, out.text) for out in entry.waiting()]


@pytest.mark.parametrize("language", languages())
async def test_the_page_is_small_and_tells_whom_to_call_in_each_country(services, language):
    async with site(services) as the:
        page = await the.ask(f"/{language}/danger")
    assert page.status == 200
    assert len(page.raw.encode()) < 10_000
    assert re.findall("<script[^>]*>", page.text) == ['<script src="/static/leave.js" defer>']
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    for line in services.library.shared.helplines:
        assert line.number in page.text
        assert f'href="{line.page}" rel="noreferrer"' in page.text
    name = country_name("GB", language)
    assert f"<summary>{name}</summary>" in page.text
    assert "childhelplineinternational.org" in page.text
    # whoever must leave finds the way before all else
    assert page.text.index("https://www.wikipedia.org/") < page.text.index("<h1>")


async def test_countries_stand_in_the_order_of_their_letters(services):
    async with site(services) as the:
        names = re.findall("<summary>(.*?)</summary>", (await the.ask("/es/danger")).text)
    assert ", ".join(names) == (
        "Benín, Colombia, Côte d’Ivoire, Francia, India, Kenia, Reino Unido"
    )


async def test_what_is_written_is_told_to_the_contact_and_to_nobody_else(services):
    async with site(services) as the:
        assert "Only Ana reads it" in (await the.ask()).text
        answer = await the.write()
    assert answer.status == 200
    assert "Ana is being told now, and nobody else." in answer.text
    assert WORDS not in answer.text
    [(address, text)] = for_contact(services)
    assert address == str(SAFEGUARDING.contact)
    assert "On the public site, where nobody is asked who they are" in text
    assert WORDS in text


async def test_it_is_deleted_after_its_days_and_nothing_of_the_sender_is_kept(services):
    async with site(services) as the:
        await the.write()
    rows = services.store.database.rows("SELECT address, country, language, text FROM flag")
    assert [tuple(row) for row in rows] == [("", None, "en", WORDS)]
    retention.run(services, NOW + timedelta(days=SAFEGUARDING.retention, seconds=1))
    assert services.store.database.rows("SELECT 1 FROM flag") == []


@pytest.mark.parametrize(
    ("sent", "status", "reason"),
    [
        ({"text": " \n"}, 422, "Please write it in words."),
        ({"text": "x" * 3_001}, 413, "That has 3,001 characters"),
        ({"website": "spam.example"}, 422, "Please leave this field empty."),
    ],
)
async def test_what_cant_be_taken_stays_in_the_form_with_the_reason(services, sent, status, reason):
    async with site(services) as the:
        answer = await the.write(**sent)
    assert answer.status == status
    assert re.search(f'id="problem" role="alert">{re.escape(reason)}', answer.text)
    assert f'aria-describedby="problem">{sent.get("text", WORDS).strip()}</textarea>' in answer.text
    assert for_contact(services) == []


async def test_three_thousand_characters_of_any_script_are_taken(services):
    async with site(services) as the:
        answer = await the.write(text="😢" * 3_000)
        too_much = await the.write(text="😢" * 9_000)
    assert (answer.status, too_much.status) == (200, 413)
    assert len(for_contact(services)) == 1


def client(number):
    return {"sec-fetch-site": "same-origin", "x-forwarded-for": f"203.0.113.{number}"}


async def test_who_floods_the_form_alone_shuts_nobody_else_out(services):
    now = {"now": NOW}
    async with site(services, lambda: now["now"]) as the:
        sent = [(await the.write(text="flood", headers=client(1))).status for _ in range(25)]
        assert (sent.count(200), sent[-1]) == (3, 429)
        assert (await the.write(headers=client(2))).status == 200
        now["now"] += timedelta(seconds=61)
        assert (await the.write(headers=client(1))).status == 200, "nor themselves for long"


async def test_a_flood_is_bounded_and_whoever_comes_then_loses_no_word(services):
    now = {"now": NOW}
    async with site(services, lambda: now["now"]) as the:
        for number in range(safety.MOST):
            assert (await the.write(text="flood", headers=client(number))).status == 200
        answer = await the.write()
        assert answer.status == 429
        assert f"{WORDS}</textarea>" in answer.text
        now["now"] += timedelta(seconds=61)
        assert (await the.write()).status == 200
    assert len(for_contact(services)) == safety.MOST + 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://elsewhere.example"}, 403),
        ({"origin": "https://campaign.example"}, 200),
        ({"origin": "null"}, 200),
        ({}, 200),
    ],
)
async def test_a_form_of_another_site_writes_nothing(services, headers, status):
    async with site(services) as the:
        answer = await the.write(headers=headers)
    assert answer.status == status
    assert ("Your form was not accepted" in answer.text) is (status == 403)
    assert len(for_contact(services)) == (status == 200)


async def test_where_the_database_refuses_it_the_words_stay(services, monkeypatch):
    def refuse(*_):
        raise StoreError("the disk is full")

    monkeypatch.setattr(services.store.inbox, "flag", refuse)
    async with site(services) as the:
        answer = await the.write()
    assert answer.status == 503
    assert f"{WORDS}</textarea>" in answer.text


@pytest.mark.parametrize("why", ["shown only", "no contact", "no live chat", "a rehearsal"])
async def test_where_nobody_would_read_it_no_form_is_offered_and_none_is_taken(services, why):
    changed = {
        "shown only": services,
        "no contact": replace(services, settings=replace(services.settings, safeguarding=None)),
        "no live chat": replace(services, dry={"telegram": "no token"}),
        "a rehearsal": replace(services, rehearsal=True),
    }[why]
    async with site(changed, letters=why != "shown only") as the:
        page = await the.ask()
        assert "<form" not in page.text
        assert "Nobody reads messages here" in page.text
        await the.write()
    assert for_contact(services) == []


async def test_nothing_is_logged_of_who_reads_or_writes(services, caplog):
    caplog.set_level(logging.DEBUG)
    async with site(services) as the:
        await the.ask()
        await the.write()
        await the.write(headers={"sec-fetch-site": "cross-site"})
    ours = [r for r in caplog.records if not r.name.startswith(("asyncio", "aiohttp"))]
    assert [record.getMessage() for record in ours] == []


async def test_every_page_and_every_form_leads_there(services):
    paths = ["/en/", "/en/about", "/en/nothing", "/en/danger/"]
    async with site(services) as the:
        for path in [*paths, "/leave/nothing", "/report/nothing"]:
            assert 'href="/en/danger"' in (await the.ask(path)).text, path
