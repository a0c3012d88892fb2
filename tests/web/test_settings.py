"""Settings, export and forgetting by link, for people who are known by their e-mail address alone."""

import json
import re
from datetime import timedelta

import pytest
from fakes.mail import text_of
from helpers import at
from mailing.maker import OWN
from mailing.served import leave
from mailing.writer import CAMPAIGN, everything, site
from tree import languages

from bot.jobs.newsletter import settings, signups
from bot.jobs.people import pauses
from bot.jobs.texts import letters
from bot.model.newsletter import Wishes
from bot.model.person import Status
from bot.rules.tokens import Purpose
from bot.web.visit import COOKIE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*login_data:DeprecationWarning"),
]
NOW = at("2021-03-04T10:00")
ANA = "ana@example.org"
PUBLIC = "https://pages.example"


@pytest.fixture
def ana(services):
    """Somebody who has signed up by e-mail: their number."""
    wishes = Wishes(
        campaign=CAMPAIGN,
        language="en",
        country="KE",
        zone="Africa/Nairobi",
        minute=18 * 60,
        calendar=True,
        named_only=False,
        digest=True,
        wording="en newsletter 1",
    )
    signups.ask(services, wishes, ANA, NOW)
    [person] = services.store.database.column("SELECT person FROM signup")
    [signup] = services.store.signups.of_person(person)
    assert signups.confirm(services, signup, NOW)
    return person


def link(services, person, purpose=Purpose.SETTINGS):
    where = letters.link(services, purpose, person, now=NOW.timestamp())
    return where.removeprefix(PUBLIC)


def chosen(services, person):
    return settings.chosen(services, services.store.contacts.get(person))


async def test_each_thing_is_changed_by_its_own_button_and_nothing_by_looking(services, ana):
    where, before = link(services, ana), everything(services)
    async with site(services, lambda: NOW) as the:

        async def press(answer, **typed):
            return await the.ask(where, "POST", data={"answer": answer, **typed})

        for method in ("GET", "HEAD", "GET"):  # a scanner follows every link
            shown = await the.ask(where, method)
        assert "18:00 (Nairobi)" in shown.text
        assert ANA not in shown.text, "a letter may be passed on"
        ids = re.findall(r' id="(\w+)"', shown.raw)
        assert len(ids) == len(set(ids)) >= 3
        assert everything(services) == before

        assert "07:30" in (await press("hour", hour="07:30")).text.replace("08:00", "07:30")
        await press("place", place="Lima")
        contact = services.store.contacts.get(ana)
        assert (contact.zone, contact.country) == ("America/Lima", "PE")
        await press("named_days")
        assert chosen(services, ana).named_only
        await press("all_days")
        assert not chosen(services, ana).named_only
        await press("no_digest")
        assert not chosen(services, ana).digest
        await press("digest")
        assert chosen(services, ana).digest
        await press("no_calendar")
        assert services.store.contacts.get(ana).status is Status.PAUSED
        assert not chosen(services, ana).calendar
        await press("calendar")
        assert services.store.contacts.get(ana).status is Status.ACTIVE
        await press("in-fr")
        assert "mois" in (await the.ask(where)).text
        assert services.store.contacts.get(ana).language == "fr"


async def test_a_pause_ends_by_itself_or_by_a_button(services, ana):
    where = link(services, ana)
    async with site(services, lambda: NOW) as the:
        await the.ask(where, "POST", data={"answer": "pause", "until": "2021-03-10"})
        assert services.store.contacts.get(ana).status is Status.PAUSED
        assert chosen(services, ana).calendar, "it is only a pause"
        assert pauses.run(services, at("2021-03-09T12:00")) == 0
        assert pauses.run(services, at("2021-03-10T12:00")) == 1
        assert services.store.contacts.get(ana).status is Status.ACTIVE
        await the.ask(where, "POST", data={"answer": "pause", "until": ""})
        assert "until you go on" in (await the.ask(where)).text
        await the.ask(where, "POST", data={"answer": "go_on"})
        assert services.store.contacts.get(ana).status is Status.ACTIVE


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"answer": "hour", "hour": "25:00"}, "Give a time of day"),
        ({"answer": "hour"}, "Give a time of day"),
        ({"answer": "place", "place": "Atlantis"}, "We don’t know this place"),
        ({"answer": "place"}, "We don’t know this place"),
        ({"answer": "place", "place": "Russia"}, "Which one is it?"),
        ({"answer": "pause", "until": "2021-03-04"}, "Give a day after today"),
        ({"answer": "pause", "until": "soon"}, "Give a day after today"),
        ({"answer": "in-tlh"}, "Your letters"),
        ({"answer": "everything"}, "Your letters"),
    ],
)
async def test_what_nobody_can_mean_changes_nothing_and_is_said(services, ana, typed, said):
    before, where = everything(services), link(services, ana)
    async with site(services, lambda: NOW) as the:
        assert said in (await the.ask(where, "POST", data=typed)).text
    assert everything(services) == before


async def test_all_that_is_kept_is_shown_and_deleted_behind_a_link_of_its_own(
    services, office, ana
):
    store = services.store
    store.subscribers.tick(ana, (CAMPAIGN, "follow-alliance", 1), True, 1)
    async with site(services, lambda: NOW) as the:
        sent = await the.ask(link(services, ana), "POST", data={"answer": "data"})
        assert "on its way" in sent.text
        await leave(services, NOW)
        [mail] = office.to(ANA)
        assert "pledge" not in text_of(mail).lower()
        where = re.search(r"https://pages\.example(/mine/\S+)", text_of(mail))[1]
        assert "pledge" not in (await the.ask(where)).text.lower()
        opened = await the.ask(where, "POST", headers=OWN)
        secret = re.search(rf"{COOKIE}=([^;]+)", opened.headers["set-cookie"])[1]
        cookie = {"cookie": f"{COOKIE}={secret}"}
        page = await the.ask("/en/mine", headers=cookie)
        assert f"You are here as {ANA}" in page.text
        own = re.search(r'href="(/settings/[^"]+)"', page.raw)[1]
        assert (await the.ask(own)).status == 200
        file = await the.ask("/en/mine/export.json", binary=True, headers=cookie)
        told = json.loads(file.content)
        assert {each["purpose"] for each in told["consent"]} == {"nudges", "digest"}
        assert told["consent"][0]["wording"] == "en newsletter 1"
        assert (told["zone"], told["hour"]) == ("Africa/Nairobi", "18:00")
        assert [each["action"] for each in told["actions"]] == ["follow-alliance"]
        gone = await the.ask(
            "/en/mine", "POST", data={"do": "forget", "sure": "yes"}, headers={**OWN, **cookie}
        )
        assert gone.status == 200
        assert (await the.ask(own)).status == 404
        assert (await the.ask("/en/mine/export.json", headers=cookie)).status == 404
    assert ANA not in everything(services)
    for table in ("contact", "consent", "tick", "signup", "visit"):
        assert store.database.rows(f"SELECT * FROM {table}") == [], table


async def test_who_is_not_known_gets_no_letter_and_the_same_answer(services, office, ana):
    async with site(services, lambda: NOW) as the:
        answers = [
            await the.ask("/en/mine", "POST", data={"address": each}, headers=OWN)
            for each in (ANA, "nobody@example.org")
        ]
        assert {(a.status, a.headers["location"]) for a in answers} == {(303, "/en/mine?sent=yes")}
    await leave(services, NOW)
    assert [mail["To"] for mail in office.mails] == [ANA]


@pytest.mark.parametrize("language", languages())
async def test_an_old_link_changes_nothing_and_has_a_new_one_sent_to_the_address(
    services, office, ana, language
):
    services.store.subscribers.set_language(ana, language)
    where, before = link(services, ana), everything(services)
    clock = {"now": NOW + timedelta(days=92)}
    async with site(services, lambda: clock["now"]) as the:
        shown = await the.ask(where)
        assert (shown.status, "18:00" in shown.text) == (200, False)
        assert re.findall(r'name="answer" value="(\w+)"', shown.raw) == ["data"]
        for answer in ({"answer": "no_calendar"}, {"answer": "hour", "hour": "07:30"}):
            assert (await the.ask(where, "POST", data=answer)).text == shown.text
        assert everything(services) == before
        assert (await the.ask(where, "POST", data={"answer": "data"})).status == 200
        await leave(services, clock["now"])
        [mail] = office.to(ANA)
        opening = re.search(r"https://pages\.example(/mine/\S+)", text_of(mail))[1]
        opened = await the.ask(opening, "POST", headers=OWN)
        secret = re.search(rf"{COOKIE}=([^;]+)", opened.headers["set-cookie"])[1]
        page = await the.ask(f"/{language}/mine", headers={"cookie": f"{COOKIE}={secret}"})
        fresh = re.search(r'href="(/settings/[^"]+)"', page.raw)[1]
        await the.ask(fresh, "POST", data={"answer": "no_calendar"})
        assert not chosen(services, ana).calendar
        clock["now"] = NOW.replace(year=2040)
        out = await the.ask(
            link(services, ana, Purpose.UNSUBSCRIBE), "POST", data={"answer": "yes"}
        )
        assert out.status == 200
    assert services.store.contacts.get(ana) is None, "that link never ends"


async def test_a_zone_that_nobody_knows_is_shown_by_its_name(services, ana):
    services.store.database.execute("UPDATE place SET zone = 'Europe/Nowhere'", {})
    async with site(services, lambda: NOW) as the:
        shown = await the.ask(link(services, ana))
    assert shown.status == 200
    assert "18:00 (Europe/Nowhere)" in shown.text
