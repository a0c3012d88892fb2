"""The letter by which a pledge from a page is submitted: its page, what becomes of it, and what is
left of whoever doesn't answer.
"""

import re
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from fakes.mail import text_of
from helpers import at
from mailing.served import leave
from mailing.writer import ADDRESS, ALONE, CAMPAIGN, PAGE, everything, site
from signing import old_token
from tree import languages

from bot.jobs.people import retention
from bot.jobs.pledges import moderation, proposals
from bot.jobs.texts import letters
from bot.model import Audience, State
from bot.model.person import NewContact, NewPerson, Status
from bot.model.pledge import LETTER_DAYS, Outcome, PledgeState
from bot.model.staff import Actor
from bot.model.who import Who
from bot.rules.tokens import Grant, Purpose

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*login_data:DeprecationWarning"),
]
NOW = at("2021-03-04T10:00")
ANNA = Actor.staff("anna")


@asynccontextmanager
async def written(services, office, typed=None, now=NOW, **changed):
    """The site after a form was sent, and the paths of the two links in the last letter."""
    clock = {"now": now}
    async with site(services, lambda: clock["now"]) as the:
        sent = await the.send(**({"typed": typed} if typed else {}), **changed)
        assert sent.status == 303
        await leave(services, now)
        links = re.findall(r"https://pages\.example(/\S+)", text_of(office.mails[-1]))
        yield the, links[0], links[-1], clock


def table(services, name, columns="*"):
    return services.store.database.rows(f"SELECT {columns} FROM {name} ORDER BY 1")


@pytest.mark.parametrize("language", languages())
async def test_a_link_shows_the_pledge_and_its_button_submits_it(services, office, language):
    page = PAGE.replace("/en/", f"/{language}/")
    async with written(services, office, page=page) as (the, link, _, clock):
        for method in ("GET", "HEAD", "GET"):  # a scanner follows every link
            shown = await the.ask(link, method)
            assert shown.status == 200
        assert "Train 40 teachers by June 2021" in shown.text
        assert "ACME" in shown.text
        assert (await the.ask(link, "POST")).status == 200
        assert table(services, "pledge") == [], "nobody has pressed a button"
        done = await the.ask(link, "POST", data={"answer": "yes"})
        again = await the.ask(link, "POST", data={"answer": "yes"})
        assert done.status == again.status == 200
        [pledge] = services.store.pledges.of_person(1)
        assert pledge.state is PledgeState.SUBMITTED
        assert (pledge.organisation, pledge.stakeholder, pledge.country) == (
            "ACME",
            "company",
            "KE",
        )
        assert (pledge.language, pledge.audience) == (language, Audience.ORGANIZATION)
        assert pledge.answers["topics"] == "education"
        assert [handle.url for handle in services.store.pledges.handles(pledge.id)] == [
            "https://x.com/acme"
        ]
        proof = services.store.pledges.verification(pledge.id)
        assert (proof.method, proof.note) == ("email", "acme.example")
        assert [tuple(row) for row in table(services, "consent", "purpose, wording")] == [
            ("pledge", f"{language} web 2")
        ]
        wall = f"/{language}/{CAMPAIGN}/pledges"
        empty = await the.ask(wall)
        assert "Train 40 teachers" not in empty.text, "nothing is public before staff say so"
        assert "noindex" in empty.headers["x-robots-tag"]
        assert (await the.ask(f"{wall}/{pledge.id}")).status == 404
        moderation.decide(services, pledge.id, PledgeState.APPROVED, ANNA, NOW)
        moderation.decide(services, pledge.id, PledgeState.PUBLISHED, ANNA, NOW)
        clock["now"] += timedelta(minutes=5)
        public = await the.ask(f"{wall}/{pledge.id}")
    assert public.status == 200
    assert "Train 40 teachers by June 2021" in public.text
    assert ADDRESS not in public.text
    assert table(services, "proposal", "content") == [("",)]


async def test_staff_find_it_among_those_to_moderate_and_its_maker_hears_of_it(services, office):
    async with written(services, office) as (the, link, _, _clock):
        await the.ask(link, "POST", data={"answer": "yes"})
    [pledge] = services.store.pledges.of_person(1)
    assert [each.id for each in services.store.pledges.to_moderate()] == [pledge.id]
    office.mails.clear()
    moderation.decide(
        services, pledge.id, PledgeState.REJECTED, ANNA, NOW, "Please name the district."
    )
    await leave(services, NOW + timedelta(minutes=1))
    told = [text_of(mail) for mail in office.to(ADDRESS)]
    assert any("Please name the district." in text for text in told)


@pytest.mark.parametrize("nudges", ["", "yes"])
async def test_only_who_asked_for_it_is_written_to_each_day(services, office, nudges):
    async with written(services, office, typed=ALONE, nudges=nudges) as (the, link, _, _clock):
        await the.ask(link, "POST", data={"answer": "yes"})
    contact = services.store.contacts.get(1)
    assert contact.status is (Status.ACTIVE if nudges else Status.PAUSED)
    purposes = [row[0] for row in table(services, "consent", "purpose")]
    assert sorted(purposes) == (["nudges", "pledge"] if nudges else ["pledge"])
    [pledge] = services.store.pledges.of_person(1)
    assert (pledge.organisation, pledge.audience) == ("", Audience.INDIVIDUAL)
    assert services.store.pledges.verification(pledge.id) is None


async def test_who_did_not_write_it_deletes_it(services, office):
    async with written(services, office) as (the, link, _, _clock):
        done = await the.ask(link, "POST", data={"answer": "no"})
        assert "deleted" in done.text
        again = await the.ask(link, "POST", data={"answer": "yes"})
        assert "deleted" in again.text
    assert table(services, "pledge") == []
    for word in (ADDRESS, "Train 40"):
        assert word not in everything(services)


async def test_who_unsubscribes_hears_no_more_whatever_is_typed(services, office):
    async with written(services, office) as (the, link, no, _clock):
        assert ADDRESS in (await the.ask(no)).text
        assert (await the.ask(no, "POST", data={"List-Unsubscribe": "One-Click"})).status == 200
        assert ADDRESS not in everything(services)
        assert (await the.ask(link)).status == 200
        office.mails.clear()
        assert (await the.send()).status == 303
    await leave(services, NOW + timedelta(hours=1))
    assert office.mails == []
    assert table(services, "proposal", "outcome") == [(int(Outcome.REFUSED),)]


async def test_without_an_answer_nothing_is_left_after_its_days(services, office):
    async with written(services, office) as (the, link, _, clock):
        clock["now"] += timedelta(days=LETTER_DAYS)
        old = await the.ask(link)
        assert "too old" in old.text
        assert "too old" in (await the.ask(link, "POST", data={"answer": "yes"})).text
        retention.run(services, clock["now"])
        for word in (ADDRESS, "Train 40"):
            assert word not in everything(services)
        assert "too old" in (await the.ask(link)).text
        retention.run(services, clock["now"] + timedelta(days=400))
        assert (await the.ask(link)).status == 404
    assert table(services, "proposal") == []
    assert table(services, "pledge") == []


async def test_a_letter_that_has_not_left_is_not_sent_any_more(services, office):
    async with site(services, lambda: NOW) as the:
        assert (await the.send()).status == 303
    services.store.proposals.close(1, Outcome.REFUSED)
    [letter] = services.store.listing.of_person(1)
    assert (letter.action, letter.state) == ("pledge:propose", State.CANCELLED)
    await leave(services, NOW)
    assert office.mails == []


async def test_a_link_is_for_one_pledge_of_one_person(services, office):
    async with written(services, office) as (the, first, _, _clock):
        assert (await the.send(address="other@else.example")).status == 303
        where = letters.link(services, Purpose.PLEDGE, 2, 1, now=NOW.timestamp())
        assert (await the.ask(where.removeprefix("https://pages.example"))).status == 404
        for token in (first[:-1], f"{first}x", "/pledge/", "/pledge/nothing"):
            assert (await the.ask(token)).status == 404
        other = letters.link(services, Purpose.OFFICIAL, 1, 1, now=NOW.timestamp())
        wrong = other.removeprefix("https://pages.example/official")
        assert (await the.ask(f"/pledge{wrong}")).status == 404
        shape = old_token(b"another key", Grant(purpose=Purpose.PLEDGE, person=1, subject=1))
        assert (await the.ask(f"/pledge/{shape}", "POST")).status == 404
    assert table(services, "pledge") == []


def contact(services, address=ADDRESS, consent="2021-01-01"):
    """Somebody whom a list brought."""
    person = NewPerson(
        channel=services.channel_ids["mail"],
        address=address,
        audience=Audience.INDIVIDUAL,
        language="fr",
        country="FR",
        zone="Europe/Paris",
        minute=600,
        joined=0,
    )
    new = NewContact(
        person=person,
        organisation="Who we know",
        stakeholder="ngo",
        consent_source="a fair" if consent else None,
        consent_date=consent,
    )
    services.store.contacts.add([new], "mail", 0)
    return services.store.people.spelled(person.channel, address)


@pytest.mark.parametrize("consent", ["2021-01-01", None])
async def test_who_is_a_contact_already_stays_as_they_were(services, office, consent):
    number = contact(services, consent=consent)
    async with written(services, office, address=ADDRESS.upper()) as (the, link, _, _clock):
        before = services.store.contacts.get(number)
        assert before.status is (Status.ACTIVE if consent else Status.UNCONFIRMED)
        assert (await the.ask(link, "POST", data={"answer": "yes"})).status == 200
    after = services.store.contacts.get(number)
    assert (after.organisation, after.zone, after.country) == ("Who we know", "Europe/Paris", "FR")
    assert after.status is (Status.ACTIVE if consent else Status.PAUSED)
    assert len(services.store.pledges.of_person(number)) == 1


async def test_an_export_has_what_waits_and_forgetting_deletes_it(services, office):
    async with written(services, office) as (the, link, _, _clock):
        who = Who(person=1, channel=services.channel_ids["mail"], address=ADDRESS)
        [told] = services.store.proposals.of(who)["proposed_pledges"]
        assert told["answers"]["name"] == "Train 40 teachers by June 2021"
        assert told["outcome"] == "open"
        services.store.proposals.forget(who, int(NOW.timestamp()))
        assert (await the.ask(link)).status == 404
    assert table(services, "proposal") == []


def test_nothing_is_submitted_where_no_letter_could_have_left(services):
    assert proposals.channel(services, "en").name == "mail"
    assert proposals.taking(services, NOW.date()).id == CAMPAIGN
    assert proposals.taking(services, NOW.date().replace(year=2023)) is None
