"""Links of letters: bound to what they are about, and good for so long."""

import tomllib
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from html import unescape

import aiohttp
import orchard
import pytest
from orchard import at
from signing import old_token
from tree import TOP, languages

from bot.jobs.operations import backup
from bot.jobs.planning import plan
from bot.jobs.texts import letters
from bot.model.person import Status
from bot.model.pledge import JourneyState
from bot.model.staff import Actor
from bot.rules.tokens import Grant, Purpose
from bot.store import Store
from bot.web import build
from bot.web.server import Server

NOW = at("2021-03-04T10:00")
LANGUAGES = languages()
DAY = timedelta(days=1)
_SAID = {
    tag: tomllib.loads((TOP / "content" / tag / "web.toml").read_text("utf-8")) for tag in LANGUAGES
}
NOT_LISTED = {tag: said["leave"]["gone"] for tag, said in _SAID.items()}
OLD = {tag: said["old"]["title"] for tag, said in _SAID.items()}


@pytest.fixture
def services(tmp_path):
    built = orchard.services(tmp_path)
    yield built
    built.store.close()


@asynccontextmanager
async def pages(services, now=NOW):
    """Asks by path, at an instant; gives status and text."""
    server = Server(build(lambda: services, lambda: now), "127.0.0.1:0")
    await server.start()
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as session:

            async def ask(path, method="GET", language="en", **form):
                headers = {"Accept-Language": language}
                async with session.request(method, path, data=form, headers=headers) as answer:
                    return answer.status, unescape(await answer.text())

            yield ask
    finally:
        await server.stop()


def new_link(services, purpose, person, subject=0, made=NOW):
    where = letters.link(services, purpose, person, subject, now=made.timestamp())
    return where.removeprefix(orchard.PUBLIC)


def old_link(services, purpose, person, subject=0):
    grant = Grant(purpose=purpose, person=person, subject=subject)
    return f"/{purpose.value}/{old_token(letters.key(services.store), grant)}"


def lose(services, person):
    """As a restored backup from before that contact does."""
    services.store.database.execute("DELETE FROM contact WHERE person = :p", {"p": person})
    services.store.database.execute("DELETE FROM person WHERE id = :p", {"p": person})


def renumber(services, person, number):
    """The person under another number, as after a restore."""
    for table, column in (("contact", "person"), ("person", "id")):
        services.store.database.execute(
            f"UPDATE {table} SET {column} = :number WHERE {column} = :person",
            {"number": number, "person": person},
        )


def occurrence(services):
    plan.run(services, at("2021-03-03T10:00"))
    return services.store.database.value(
        "SELECT id FROM occurrence WHERE action = 'prompt-march' AND audience = 2"
    )


def letter_was_sent(services, person, when=NOW):
    services.store.contacts.asked(person, int(when.timestamp()))


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("purpose", [Purpose.UNSUBSCRIBE, Purpose.CONFIRM])
@pytest.mark.sqlite
async def test_a_link_neither_shows_nor_changes_who_has_its_number_now(services, purpose, method):
    person = orchard.add_contact(services, 1, agreed=False)
    where = new_link(services, purpose, person)
    lose(services, person)
    other = orchard.add_contact(services, 2, agreed=False)
    services.store.database.execute("PRAGMA foreign_keys = OFF")
    renumber(services, other, person)
    before = services.store.contacts.get(person)
    assert before.address == "p2@acme.example"
    async with pages(services) as ask:
        status, text = await ask(where, method, answer="yes")
    assert status == (200 if purpose is Purpose.UNSUBSCRIBE else 404)
    assert (NOT_LISTED["en"] in text) == (purpose is Purpose.UNSUBSCRIBE)
    assert "p2@acme.example" not in text
    assert services.store.contacts.get(person) == before


async def test_a_link_does_not_report_or_answer_for_what_has_its_number_now(services):
    person = orchard.add_contact(services)
    pledge = orchard.add_pledge(services, person)
    number = occurrence(services)
    report = new_link(services, Purpose.REPORT, person, number)
    still = new_link(services, Purpose.STILL, person, pledge)
    services.store.database.execute(
        "UPDATE occurrence SET slot = slot + 1 WHERE id = :id", {"id": number}
    )
    services.store.database.execute(
        "UPDATE pledge SET joined = joined + 1 WHERE id = :id", {"id": pledge}
    )
    async with pages(services) as ask:
        assert (await ask(report, "POST", answer="done"))[0] == 404
        assert (await ask(still, "POST", answer="cant_continue"))[0] == 404
    assert services.store.journeys.reports(pledge) == []
    assert services.store.pledges.get(pledge).journey is JourneyState.ACTIVE


@pytest.mark.sqlite
async def test_a_link_still_unsubscribes_an_address_that_a_restore_gave_another_number(services):
    person = orchard.add_contact(services)
    where = new_link(services, Purpose.UNSUBSCRIBE, person)
    services.store.database.execute("PRAGMA foreign_keys = OFF")
    renumber(services, person, 1_000_001)
    async with pages(services) as ask:
        assert "p1@acme.example" in (await ask(where))[1]
        assert (await ask(where, "POST", answer="yes"))[0] == 200
        assert NOT_LISTED["en"] in (await ask(where))[1]
    assert services.store.contacts.all() == []


@pytest.mark.parametrize("made", [new_link, old_link], ids=["new", "before"])
async def test_a_link_unsubscribes_however_often_its_key_was_rotated(services, made):
    person = orchard.add_contact(services)
    where, confirm = (made(services, p, person) for p in (Purpose.UNSUBSCRIBE, Purpose.CONFIRM))
    for _ in range(2):
        services.store.keys.rotate(int(NOW.timestamp()))
    async with pages(services, NOW + 9999 * DAY) as ask:
        assert (await ask(confirm))[0] == 404
        assert "p1@acme.example" in (await ask(where))[1]
        assert (await ask(where, "POST", answer="yes"))[0] == 200
        assert services.store.contacts.all() == []
        assert NOT_LISTED["en"] in (await ask(where))[1]
        lose(services, person)
        assert NOT_LISTED["fr"] in (await ask(where, language="fr"))[1]


def bring_back(services, copy):
    """The services after a restore of the copy."""
    services.store.close()

    def opener(settings):
        return replace(services, store=Store(settings.database, keys=settings.keys))

    backup.restore(services.settings, copy, opener, Actor("ada"), NOW)
    return replace(services, store=Store(services.settings.database, keys=services.settings.keys))


@pytest.mark.slow
@pytest.mark.sqlite
async def test_after_a_restore_each_link_means_who_got_it_or_nobody(tmp_path):
    services = orchard.services(tmp_path)
    services.store.meta.claim("live")
    kept = orchard.add_contact(services, 1)
    backup.backup(services.settings.database, tmp_path / "copy.db", NOW)
    lost = orchard.add_contact(services, 2)
    new, old = (
        [link(services, Purpose.UNSUBSCRIBE, person) for person in (kept, lost)]
        for link in (new_link, old_link)
    )
    restored = bring_back(services, tmp_path / "copy.db")
    orchard.add_contact(restored, 3)
    async with pages(restored) as ask:
        for where in (new[0], old[0]):
            assert "p1@acme.example" in (await ask(where))[1]
        for where in (new[1], old[1]):
            for method in ("GET", "POST"):
                status, text = await ask(where, method, answer="yes")
                assert (status, NOT_LISTED["en"] in text) == (200, True)
        assert len(restored.store.contacts.all()) == 2
        again = orchard.add_contact(restored, 2)
        assert "p2@acme.example" in (await ask(new[1]))[1]
        await ask(new[1], "POST", answer="yes")
    assert restored.store.contacts.get(again) is None
    assert len(restored.store.contacts.all()) == 2
    restored.store.close()


async def test_capitals_in_the_kept_address_are_the_same_address(services):
    person = orchard.add_contact(services)
    where = new_link(services, Purpose.UNSUBSCRIBE, person)
    services.store.database.execute(
        "UPDATE person SET address = 'P1@Acme.example' WHERE id = :p", {"p": person}
    )
    async with pages(services) as ask:
        assert "P1@Acme.example" in (await ask(where))[1]


@pytest.mark.parametrize("link", [new_link, old_link])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_unsubscribe_link_works_for_as_long_as_the_address_is_kept(
    services, language, link
):
    person = orchard.add_contact(services, language=language)
    where = link(services, Purpose.UNSUBSCRIBE, person)
    async with pages(services, NOW + 4_000 * DAY) as ask:
        assert "p1@acme.example" in (await ask(where))[1]
        _, done = await ask(where, "POST", answer="yes")
        assert NOT_LISTED[language] not in done
        for method in ("GET", "POST"):
            status, text = await ask(where, method)
            assert (status, NOT_LISTED[language] in text) == (200, True)
    assert services.store.contacts.get(person) is None


@pytest.mark.parametrize("link", [new_link, old_link])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_whoever_is_forgotten_is_told_that_they_are_on_no_list(services, language, link):
    person = orchard.add_contact(services)
    where = link(services, Purpose.UNSUBSCRIBE, person)
    lose(services, person)
    async with pages(services) as ask:
        for method in ("GET", "POST"):
            status, text = await ask(where, method, language)
            assert (status, NOT_LISTED[language] in text) == (200, True)


@pytest.mark.parametrize("link", [new_link, old_link])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_link_to_confirm_works_for_a_month_and_then_says_what_to_do(
    services, language, link
):
    person = orchard.add_contact(services, agreed=False, language=language)
    letter_was_sent(services, person)
    where = link(services, Purpose.CONFIRM, person)
    async with pages(services, NOW + 31 * DAY) as ask:
        for method in ("GET", "POST"):
            status, text = await ask(where, method, answer="yes")
            assert (status, OLD[language] in text) == (200, True)
            assert "office@campaign.example" in text
            assert "<button" not in text
    assert services.store.contacts.get(person).status is Status.UNCONFIRMED
    async with pages(services, NOW + 30 * DAY) as ask:
        await ask(where, "POST", answer="yes")
    assert services.store.contacts.get(person).status is Status.ACTIVE
    async with pages(services, NOW + 90 * DAY) as ask:
        assert OLD[language] not in (await ask(where))[1], "they have agreed, and that stays"


async def test_a_month_begins_with_the_letter_and_not_when_it_was_made_out(services):
    person = orchard.add_contact(services, agreed=False)
    letter_was_sent(services, person, NOW - 20 * DAY)
    where = new_link(services, Purpose.CONFIRM, person)
    async with pages(services, NOW + 30 * DAY) as ask:
        await ask(where, "POST", answer="yes")
    assert services.store.contacts.get(person).status is Status.ACTIVE


async def test_an_old_link_to_confirm_is_nobodys_where_no_letter_ever_left(services):
    person = orchard.add_contact(services, agreed=False)
    async with pages(services) as ask:
        status, _ = await ask(old_link(services, Purpose.CONFIRM, person), "POST", answer="yes")
    assert status == 404
    assert services.store.contacts.get(person).status is Status.UNCONFIRMED


@pytest.mark.parametrize("link", [new_link, old_link])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_link_to_report_works_for_a_year_and_then_says_what_to_do(services, language, link):
    person = orchard.add_contact(services, language=language)
    pledge = orchard.add_pledge(services, person)
    where = link(services, Purpose.REPORT, person, occurrence(services))
    async with pages(services, NOW + 366 * DAY) as ask:
        for method in ("GET", "POST"):
            status, text = await ask(where, method, answer="done")
            assert (status, OLD[language] in text, "<button" in text) == (200, True, False)
        assert services.store.journeys.reports(pledge) == []
    async with pages(services, NOW + 360 * DAY) as ask:
        await ask(where, "POST", answer="done")
    assert len(services.store.journeys.reports(pledge)) == 1


@pytest.mark.parametrize("link", [new_link, old_link])
async def test_a_link_under_still_with_us_goes_on(services, link):
    person = orchard.add_contact(services)
    pledge = orchard.add_pledge(services, person)
    where = link(services, Purpose.STILL, person, pledge)
    async with pages(services, NOW + 4_000 * DAY) as ask:
        assert (await ask(where, "POST", answer="cant_continue"))[0] == 200
    assert services.store.pledges.get(pledge).journey is JourneyState.ENDED
