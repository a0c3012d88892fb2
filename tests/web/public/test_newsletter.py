"""Signing up by e-mail, over a real socket and a real mail server, without a script: the question of
age, the letter whose link confirms, what comes then, and what must hold whoever sends the form.
"""

import email
import os
import re
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.mail import text_of
from helpers import at
from lxml.html import document_fromstring
from mailing.served import leave
from mailing.writer import CAMPAIGN, everything, site
from tree import languages

from bot.jobs.mailbox import looking
from bot.jobs.newsletter import signups
from bot.jobs.people import retention
from bot.jobs.planning import plan
from bot.jobs.texts import letters
from bot.model.mail import MailboxAt, Reply, Way
from bot.model.newsletter import DIGEST
from bot.model.person import NUDGES, Status
from bot.model.pledge import LETTER_DAYS, Outcome
from bot.model.who import Who
from bot.networks.mail.box import Box
from bot.rules import tokens
from bot.rules.tokens import Purpose

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*login_data:DeprecationWarning"),
]
NOW = at("2021-03-04T10:00")
PAGE = f"/en/{CAMPAIGN}/newsletter"
ANA = "ana@example.org"
TYPED = {
    "age": "yes",
    "calendar": "yes",
    "digest": "yes",
    "days": "all",
    "address": ANA,
    "place": "Nairobi",
    "hour": "18",
    "language": "en",
    "website": "",
}
LINK = re.compile(r"https://pages\.example(/\S+)")


@asynccontextmanager
async def reading(services, office, now=NOW):
    """Somebody in front of the pages: asks, sends the form, and opens links of their letters."""
    clock = {"now": now}
    async with site(services, lambda: clock["now"]) as the:

        async def letter(address=ANA):
            await leave(services, clock["now"])
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


@pytest.mark.parametrize("language", languages())
async def test_from_the_menu_to_the_first_letter_of_the_calendar(services, office, language):
    page = PAGE.replace("/en/", f"/{language}/")
    async with reading(services, office) as the:
        assert f'href="{page}"' in (await the.ask(f"/{language}/{CAMPAIGN}/")).text
        first = await the.ask(page)
        assert (first.status, first.headers["cache-control"]) == (200, "no-store")
        asked = re.findall(r'<input[^>]* name="(\w+)"', first.raw)
        assert asked == ["age", "age"], "and nothing else"
        form = await the.ask(f"{page}?age=yes")
        assert 'type="checkbox"' in form.raw
        assert (
            " checked"
            not in re.search(r'<fieldset id="wanted".*?</fieldset>', form.raw, re.DOTALL)[0]
        ), "nobody agrees by default"
        sent = await send(the, page, language=language)
        assert (sent.status, sent.headers["location"]) == (303, f"{page}?sent=yes")
        told = await the.ask(f"{page}?sent=yes")
        assert str(LETTER_DAYS) in told.text
        mail = await the.letter()
        assert "<script" not in f"{form.raw}{told.raw}".replace(
            '<script src="/static/theme.js">', ""
        )
        link = await the.link(Purpose.JOIN)
        assert (await the.ask(link)).status == 200
        assert services.store.contacts.get(person_of(services)) is None
        assert (await the.ask(link, "POST")).status == 200
        assert services.store.contacts.get(person_of(services)) is None, "nobody pressed a button"
        done = await the.ask(link, "POST", data={"answer": "yes"})
        again = await the.ask(link, "POST", data={"answer": "yes"})
        assert done.status == again.status == 200
    assert "Nairobi" not in mail.as_string(), "anybody can give anybody's address"
    contact = services.store.contacts.get(person_of(services))
    assert (contact.status, contact.audience.word) == (Status.ACTIVE, "individual")
    assert (contact.language, contact.country, contact.zone, contact.minute) == (
        language,
        "KE",
        "Africa/Nairobi",
        18 * 60,
    )
    agreed = {
        c["purpose"]: c["wording"] for c in services.store.subscribers.consents(contact.person)
    }
    assert agreed == dict.fromkeys((NUDGES, DIGEST), f"{language} newsletter 1")


DAYS = {"2021-03-09", "2021-03-17", "2021-03-25", "2021-04-08", "2021-04-20"}
"""The days of the calendar for individuals in these weeks."""


async def test_the_calendar_comes_at_their_hour_with_what_they_can_do(services, office):
    async with reading(services, office) as the:
        await joined(the)
        for day in sorted({*DAYS, "2021-03-10", "2021-04-09"}):
            the.clock["now"] = at(f"{day}T15:00")  # 18:00 in Nairobi
            plan.run(services, the.clock["now"] - timedelta(minutes=2))
            await leave(services, the.clock["now"] - timedelta(minutes=1))
            before = len(office.to(ANA))
            plan.run(services, the.clock["now"])
            await leave(services, the.clock["now"])
            assert len(office.to(ANA)) - before == (day in DAYS), day
        mails = office.to(ANA)[1:]
        links = [LINK.findall(text_of(mail)) for mail in mails]
        share = next(each for told in links for each in told if "/actions/" in each)
        done = next(each for each in links[0] if each.startswith("/done/"))
        assert (await the.ask(share)).status == 200
        for _ in range(2):
            assert (await the.ask(done)).text.count("<button") == 1
        person = person_of(services)
        assert services.store.subscribers.ticks(person) == [], "a scanner opens every link"
        assert "noted" in (await the.ask(done, "POST", data={"answer": "yes"})).text
        [tick] = services.store.subscribers.ticks(person)
        assert tick.done
        await the.ask(done, "POST", data={"answer": "no"})
        assert services.store.subscribers.ticks(person) == []
        the.clock["now"] += timedelta(days=400)
        assert "too old" in (await the.ask(done, "POST", data={"answer": "yes"})).text
    assert len(mails) == len(DAYS)
    for mail in mails:
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        older = email.message_from_bytes(mail.as_bytes())  # knows nothing of what wrote it
        plain, html = (part.get_payload(decode=True) for part in older.get_payload())
        links = document_fromstring(html.decode()).xpath("//a/@href")
        for read in (text_of(mail), plain.decode(), *(link for link in links if "/done/" in link)):
            assert LINK.search(read)
        assert len([link for link in links if "/done/" in link]) == 1


async def test_who_is_too_young_is_thanked_and_nothing_is_kept(services, office):
    before = everything(services)
    async with reading(services, office) as the:
        page = await the.ask(f"{PAGE}?age=no")
        assert "16 or older" in page.text
        assert "<form" not in page.raw
        for age in ("no", ""):
            asked = await send(the, age=age)
            assert 'id="age-yes"' in asked.raw, "the question comes first"
            assert ANA not in asked.text
    assert everything(services) == before


WRONG = {
    "address": ("ana at example", "This is not an e-mail address."),
    "wanted": (None, "Please tick at least one."),
    "place": ("Atlantis", "We don’t know this place."),
    "website": ("x", "Please leave this field empty."),
}


@pytest.mark.parametrize("name", WRONG)
async def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(services, office, name):
    text, reason = WRONG[name]
    changed = {"calendar": "", "digest": ""} if text is None else {name: text}
    before = everything(services)
    async with reading(services, office) as the:
        answer = await send(the, **changed)
    assert answer.status == 422
    assert reason in answer.text
    assert f'<a href="#{name}">' in answer.raw
    if name != "address":
        assert ANA in answer.text
    assert everything(services) == before


async def test_of_several_places_one_is_chosen(services, office):
    async with reading(services, office) as the:
        answer = await send(the, place="Russia")
        assert 'id="which"' in answer.raw
        options = re.findall(r'name="which" value="([^"]*)"', answer.raw)
        assert len(options) > 1
        assert (await send(the, place="Russia", which=options[1])).status == 303
        assert (await send(the, place="Russia", which="Mars/Base ")).status == 422
    [signup] = services.store.signups.of_person(person_of(services))
    assert signup.wishes.zone == options[1].split()[0]


async def test_known_left_and_pestered_addresses_are_told_the_same(services, office):
    async with reading(services, office) as the:
        unknown = await send(the)
        pages = [await the.ask(unknown.headers["location"])]
        await the.ask(await the.link(Purpose.JOIN), "POST", data={"answer": "yes"})
        for _ in range(4):
            the.clock["now"] += timedelta(minutes=61)
            known = await send(the)
            pages.append(await the.ask(known.headers["location"]))
            await the.letter()
        assert len(office.to(ANA)) == signups.MOST, "so many a day"
        gone = await the.link(Purpose.UNSUBSCRIBE)
        assert (await the.ask(gone, "POST", data={"List-Unsubscribe": "One-Click"})).status == 200
        the.clock["now"] += timedelta(days=2)
        left = await send(the)
        pages.append(await the.ask(left.headers["location"]))
        await leave(services, the.clock["now"])
    assert len(office.to(ANA)) == signups.MOST, "who left is not written to again"
    assert {(page.status, page.text) for page in pages} == {(200, pages[0].text)}
    assert unknown.headers["location"] == known.headers["location"] == left.headers["location"]


async def test_one_client_sends_only_so_much_within_an_hour(services, office):
    async with reading(services, office) as the:
        own = {"sec-fetch-site": "same-origin", "x-forwarded-for": "203.0.113.77"}
        answers = [await send(the, headers=own, address=f"p{n}@example.org") for n in range(7)]
    assert [answer.status for answer in answers] == [303] * 6 + [429]
    assert "in an hour" in answers[-1].text


async def test_who_never_confirms_is_deleted_after_days(services, office):
    async with reading(services, office) as the:
        assert (await send(the)).status == 303
        link, no = await the.link(Purpose.JOIN), await the.link(Purpose.UNSUBSCRIBE)
        the.clock["now"] = NOW + timedelta(days=LETTER_DAYS, seconds=1)
        assert "too old" in (await the.ask(link)).text
        await the.ask(link, "POST", data={"answer": "yes"})
        retention.run(services, the.clock["now"])
        assert "too old" in (await the.ask(link)).text
        assert (await the.ask(no)).status == 200
    assert ANA not in everything(services)
    assert services.store.contacts.all() == []


@pytest.mark.parametrize("way", ["not me", "leave"])
async def test_who_did_not_sign_up_ends_it_with_one_click(services, office, way):
    async with reading(services, office) as the:
        assert (await send(the)).status == 303
        link, no = await the.link(Purpose.JOIN), await the.link(Purpose.UNSUBSCRIBE)
        if way == "leave":
            await the.ask(no, "POST", data={"List-Unsubscribe": "One-Click"})
        else:
            await the.ask(link, "POST", data={"answer": "no"})
        assert "deleted" in (await the.ask(link)).text
        await the.ask(link, "POST", data={"answer": "yes"})
    assert ANA not in everything(services)
    [signup] = services.store.database.column("SELECT outcome FROM signup")
    assert signup == Outcome.REFUSED


async def test_who_wants_the_months_letter_alone_gets_no_calendar(services, office):
    async with reading(services, office) as the:
        await joined(the, calendar="")
        person = person_of(services)
        who = Who(person=person, channel=1, address="ana")
        assert [each["wished"] for each in services.store.signups.of(who)["signups"]] == [None]
        assert services.store.contacts.get(person).status is Status.PAUSED
        assert [c["purpose"] for c in services.store.subscribers.consents(person)] == [DIGEST]
        # signing up once more adds the calendar, and moves them
        the.clock["now"] += timedelta(hours=2)
        assert (await send(the, place="Lima", hour="7", days="named")).status == 303
        wished = services.store.signups.of(who)["signups"][-1]["wished"]
        assert (wished["zone"], wished["named_only"]) == ("America/Lima", True), "while it waits"
        await the.ask(await the.link(Purpose.JOIN), "POST", data={"answer": "yes"})
        # and once more, for the month's letter alone, which has no days
        the.clock["now"] += timedelta(hours=2)
        await joined(the, place="Lima", hour="7", calendar="", days="all")
    contact = services.store.contacts.get(person)
    assert services.store.subscribers.find(contact.channel, contact.address).named_only
    assert (contact.status, contact.zone) == (Status.ACTIVE, "America/Lima")
    consents = services.store.subscribers.consents(person)
    assert sorted(c["purpose"] for c in consents) == sorted((DIGEST, NUDGES))


async def test_nobody_signs_up_where_nobody_answers_for_the_data_or_the_campaign_rests(
    services, office
):
    before = everything(services)
    async with site(services, lambda: NOW, letters=False) as the:
        assert PAGE not in (await the.ask(f"/en/{CAMPAIGN}/")).raw
        assert "at the moment" in (await the.ask(PAGE)).text
    async with reading(services, office, now=at("2026-03-04T10:00")) as the:
        assert "at the moment" in (await send(the)).text
    assert everything(services) == before


REPORT = """From: MAILER-DAEMON@mx.example
To: b+{token}@campaign.example
Subject: Undelivered
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {to}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <{to}>: no such user here

--x--
"""

STOP = "From: {to}\nTo: us@campaign.example\nSubject: Re: your letter\n\nStop\n"


@pytest.mark.parametrize("text", [REPORT, STOP])
async def test_a_dead_mailbox_and_a_wish_to_stop_reach_who_signed_up(
    services, office, tmp_path, text
):
    box = tmp_path / "box"
    box.mkdir()
    services = replace(services, mailbox=Box(MailboxAt(way=Way.EML, place=str(box)), None))
    async with reading(services, office) as the:
        await joined(the)
        person, now = person_of(services), at("2021-03-09T15:00")
        plan.run(services, now)
        await leave(services, now)
        occurrence = services.store.database.value(
            "SELECT max(occurrence) FROM delivery WHERE recipient = :person AND state = 5",
            {"person": person},
        )
        token = tokens.envelope(letters.key(services.store), person, occurrence)
        (box / "1.eml").write_text(text.format(to=ANA, token=token), "utf-8")
        later = now + timedelta(hours=1)
        os.utime(box / "1.eml", (later.timestamp(), later.timestamp()))
        await looking.run(services, later)
        if text is REPORT:
            assert services.store.contacts.get(person).status is Status.BLOCKED
            return
        assert services.store.contacts.get(person).status is Status.ACTIVE, "anybody writes so"
        [answer] = services.store.database.column("SELECT kind FROM mail_answer")
        assert answer == Reply.STOP.value
