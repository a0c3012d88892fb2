"""Signing up for an event by e-mail, over a real socket and a real mail server, without a script: the
question of age, the letter whose link confirms, the reminder, leaving, and having been there.
"""

import re
from contextlib import asynccontextmanager
from datetime import timedelta
from types import SimpleNamespace

import pytest
from fakes.mail import text_of
from helpers import at
from mailing.served import leave
from mailing.writer import CAMPAIGN, site
from tree import languages

from bot.jobs.events import signing, telling
from bot.jobs.people import leaving, retention
from bot.model.events import CONSENT, EventKey, Standing
from bot.model.newsletter import DIGEST
from bot.model.person import Status
from bot.rules.tokens import Purpose
from bot.times import epoch

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*login_data:DeprecationWarning"),
]
NOW = at("2021-05-04T10:00")
EVENT = "world-day-webinar"
KEY = EventKey(CAMPAIGN, EVENT, 0)
PAGE = f"/en/{CAMPAIGN}/events/{EVENT}"
ANA = "ana@example.org"
TYPED = {"age": "yes", "address": ANA, "place": "Nairobi", "language": "en", "website": ""}
LINK = re.compile(r"https://pages\.example(/\S+)")


@asynccontextmanager
async def reading(services, office):
    """Somebody in front of the pages: asks, sends the form, and opens links of their letters."""
    clock = SimpleNamespace(now=NOW)
    async with site(services, lambda: clock.now) as the:

        async def letter(address=ANA):
            await leave(services, clock.now)
            return office.to(address)[-1]

        async def link(purpose, address=ANA):
            told = LINK.findall(text_of(await letter(address)))
            return next(each for each in told if each.startswith(f"/{purpose.value}/"))

        the.clock, the.letter, the.link = clock, letter, link
        yield the


async def send(the, page=PAGE, **changed):
    return await the.send(TYPED, "", page=page, **changed)


async def joined(the, **changed):
    assert (await send(the, **changed)).status == 303
    link = await the.link(Purpose.JOIN, changed.get("address", ANA))
    return await the.ask(link, "POST", data={"answer": "yes"})


def person_of(services, address=ANA):
    return services.store.people.find(services.channel_ids["mail"], address)


def look(services, the, when):
    the.clock.now = when
    telling.run(services, when)


@pytest.mark.parametrize("language", languages())
async def test_from_the_page_to_the_reminder_and_having_been_there(services, office, language):
    page = PAGE.replace("/en/", f"/{language}/")
    async with reading(services, office) as the:
        first = await the.ask(page)
        assert re.findall(r'<input[^>]* name="(\w+)"', first.raw) == ["age", "age"]
        form = await the.ask(f"{page}?age=yes")
        assert 'name="address"' in form.raw
        assert "noindex" in form.headers["x-robots-tag"]
        sent = await send(the, page, language=language)
        assert (sent.status, sent.headers["location"]) == (303, f"{page}?sent=yes")
        assert (await the.ask(sent.headers["location"])).status == 200
        assert services.store.events.coming(KEY) == 0, "not before the link is used"
        confirming = await the.link(Purpose.JOIN)
        title = services.renderer.words(services.active[0], language).events[EVENT].title
        assert title in (await the.ask(confirming)).text
        assert services.store.events.coming(KEY) == 0, "nor by looking at its page"
        assert (await the.ask(confirming, "POST", data={"answer": "yes"})).status == 200
        person = person_of(services)
        assert services.store.events.guest(KEY, person).standing is Standing.COMES
        assert services.store.contacts.get(person).status is Status.PAUSED, "and nothing else comes"
        [agreed] = services.store.subscribers.consents(person)
        assert (agreed["purpose"], agreed["wording"]) == (CONSENT, f"{language} event 1")
        for day in ("2021-06-04T10:00", "2021-06-05T07:00"):
            look(services, the, at(day))
        reminder = await the.letter()
        assert reminder["subject"] == title
        assert "12" in text_of(reminder)
        assert "list-unsubscribe" in {key.lower() for key in reminder}
        look(services, the, at("2021-06-13T10:00"))
        there = await the.link(Purpose.EVENT)
        assert (await the.ask(there, "POST", data={"answer": "there"})).status == 200
        assert services.store.events.counts(KEY).there == 1


async def test_the_address_of_who_came_to_events_alone_goes_with_the_last_one(services, office):
    bea, last = "bea@example.org", at("2021-06-12T10:00")
    async with reading(services, office) as the:
        await joined(the)
        await joined(the, address=bea)
    kept, gone = person_of(services, bea), person_of(services)
    services.store.subscribers.agree(kept, DIGEST, "en settings 1", epoch(NOW))
    retention.run(services, last + timedelta(days=29))
    assert person_of(services) == gone
    for _ in range(2):  # the night in which the event goes, and the one after
        retention.run(services, last + timedelta(days=32))
    assert person_of(services) is None
    assert services.store.contacts.get(gone) is None
    assert services.store.people.address(gone) == f"gone-{gone}"
    assert person_of(services, bea) == kept, "who gets the month's letter stays"
    assert not services.store.forgotten.is_gone("mail", ANA), "and may come back"


async def test_who_is_too_young_or_does_not_say_leaves_nothing(services, office):
    async with reading(services, office) as the:
        young = await the.ask(f"{PAGE}?age=no")
        assert "we have kept nothing about you" in young.text
        assert 'name="address"' not in young.raw
        for age in ("", "no", "maybe"):
            answer = await send(the, age=age)
            assert answer.status == 200
            assert 'name="address"' not in answer.raw
        wrong = await send(the, address="nobody")
        assert wrong.status == 422
        assert (await send(the, website="x")).status == 422
        elsewhere = await the.send(TYPED, "", page=PAGE, headers={"sec-fetch-site": "cross-site"})
        assert elsewhere.status == 403
        assert person_of(services) is None
        assert services.store.signups.waiting() == 0


async def test_a_link_in_each_letter_leaves_the_event_and_the_next_in_line_moves_up(
    services, office
):
    async with reading(services, office) as the:
        await joined(the)
        await joined(the, address="bea@example.org")
        ana, bea = person_of(services), person_of(services, "bea@example.org")
        services.store.database.execute(
            "UPDATE event_guest SET standing = 2 WHERE person = :bea", {"bea": bea}
        )
        for day in ("2021-06-04T10:00", "2021-06-05T07:00"):
            look(services, the, at(day))
        leaving_ = await the.link(Purpose.EVENT)
        assert services.store.events.guest(KEY, ana)
        assert "12 June 2021" in (await the.ask(leaving_)).text
        assert services.store.events.guest(KEY, ana), "looking changes nothing"
        now, the.clock.now = the.clock.now, the.clock.now + timedelta(days=366)
        assert "too old" in (await the.ask(leaving_, "POST", data={"answer": "leave"})).text
        assert services.store.events.guest(KEY, ana), "a link of a year ago changes nothing"
        the.clock.now = now
        left = await the.ask(leaving_, "POST", data={"answer": "leave"})
        assert left.status == 200
        assert services.store.events.guest(KEY, ana) is None
        assert services.store.events.guest(KEY, bea).standing is Standing.COMES
        # who waited is not asked whether they were there
        store = services.store
        store.events.join(KEY, ana, Standing.WAITS, 0, epoch(NOW + timedelta(days=90)), epoch(NOW))
        before, the.clock.now = the.clock.now, at("2021-06-14T10:00")
        assert "there" not in re.findall(r'value="(\w+)"', (await the.ask(leaving_)).raw)
        await the.ask(leaving_, "POST", data={"answer": "there"})
        assert store.events.guest(KEY, ana).came is None
        await the.ask(leaving_, "POST", data={"answer": "leave"})
        the.clock.now = before
        again = await the.ask(leaving_)
        assert "You are not on the list" in again.text
        # an address that leaves all letters leaves its events too
        assert leaving.leave(services, bea, the.clock.now)
        assert services.store.events.counts(KEY).comes == 0
        assert signing.open_events(services, the.clock.now)


async def test_nobody_signs_up_for_what_has_begun(services, office):
    async with reading(services, office) as the:
        assert (await send(the)).status == 303
        link = await the.link(Purpose.JOIN)
        the.clock.now = NOW + timedelta(days=60)
        assert (await send(the, address="late@example.org")).status == 200
        assert person_of(services, "late@example.org") is None
        page = await the.ask(PAGE)
        assert 'id="signup"' not in page.raw
        the.clock.now = at("2021-06-13T10:00")
        answer = await the.ask(link, "POST", data={"answer": "yes"})
        assert "any more" in answer.text or answer.status in (200, 404)
        assert services.store.events.coming(KEY) == 0
