"""The letter of a month, from what a campaign holds to the letters of those who agreed to it, read
by two parsers, and to its page for everybody.
"""

import email
from datetime import date

import house
import pytest
from fakes.mail import text_of
from helpers import at
from lxml.html import document_fromstring
from mailing.served import leave
from mailing.writer import CAMPAIGN, site
from pledging.publishing import publish
from tree import languages

from bot.jobs.newsletter import digests, settings, signups
from bot.jobs.newsletter.compose import Composing
from bot.jobs.operations import needs
from bot.jobs.people import leaving
from bot.model.newsletter import Wishes
from bot.model.pledge import PledgeState
from bot.model.staff import Actor
from bot.times import from_epoch

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*login_data:DeprecationWarning"),
]
NOW = at("2021-06-02T07:00")
MAY = date(2021, 5, 1)
BEN = Actor.staff("ben")


def join(services, name, language="en", *, digest=True, calendar=True, zone="UTC"):
    """Somebody who signs up and confirms; their number."""
    wishes = Wishes(
        campaign=CAMPAIGN,
        language=language,
        country=None,
        zone=zone,
        minute=9 * 60,
        calendar=calendar,
        named_only=True,
        digest=digest,
        wording="en newsletter 1",
    )
    address, joined = f"{name}@example.org", at("2021-05-02T10:00")
    signups.ask(services, wishes, address, joined)
    person = services.store.people.find(services.channel_ids["mail"], address)
    assert signups.confirm(services, services.store.signups.of_person(person)[-1], joined)
    return person


@pytest.fixture
def campaign(services):
    return services.library.campaigns[CAMPAIGN]


def did(services, person, day="2021-05-10"):
    moment = int(at(f"{day}T10:00").timestamp())
    services.store.subscribers.tick(person, (CAMPAIGN, "labour-day", 1), True, moment)


def approve(services, campaign, now=NOW):
    draft = digests.draft(services, campaign, MAY, now)
    digests.approve(services, draft, draft.mark, BEN, now)
    while digests.run(services, now):
        pass
    return services.store.digests.of_month(CAMPAIGN, MAY)


async def out(services, *instants):
    for instant in instants:
        await leave(services, at(instant))


async def test_it_goes_once_to_each_who_agreed_in_their_language_at_their_hour(
    services, office, campaign
):
    ana = join(services, "ana")
    join(services, "luc", "fr", zone="Asia/Tokyo")
    join(services, "calendar-only", digest=False)
    join(services, "alone", "es", calendar=False)
    paused, ended = join(services, "paused"), join(services, "ended")
    settings.pause(services, services.store.contacts.get(paused), None)
    did(services, ana)
    approve(services, campaign)
    leaving.leave(services, ended, NOW)
    assert digests.run(services, NOW) == 0
    await out(services, "2021-06-02T08:59")
    assert office.mails == [], "it isn't their hour yet"
    await out(services, "2021-06-02T09:00", "2021-06-03T00:00", "2021-06-03T09:00")
    got = {mail["To"]: mail for mail in office.mails}
    assert sorted(got) == ["alone@example.org", "ana@example.org", "luc@example.org"]
    assert len(office.mails) == 3
    assert "1 time somebody told us" in text_of(got["ana@example.org"])
    assert "juin" in text_of(got["luc@example.org"])
    assert "junio" in text_of(got["alone@example.org"])
    for mail in office.mails:
        older = email.message_from_bytes(mail.as_bytes())  # knows nothing of what wrote it
        plain, html = (part.get_payload(decode=True).decode() for part in older.get_payload())
        page = document_fromstring(html)
        links = page.xpath("//a/@href")
        assert any("/digests/2021-05" in each for each in links)
        assert any("/settings/" in each for each in links)
        assert len(page.xpath("//li")) >= 3
        assert "/digests/2021-05" in plain
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("language", languages())
async def test_its_page_stands_for_everybody_once_it_went_out(services, campaign, language):
    where = f"/{language}/{CAMPAIGN}/digests"
    did(services, join(services, "ana"))
    async with site(services, lambda: NOW) as the:
        assert (await the.ask(where)).status == 404
        assert where not in (await the.ask(f"/{language}/{CAMPAIGN}/")).raw
        draft = digests.draft(services, campaign, MAY, NOW)
        digests.compose(services, campaign, draft, draft.mark, NOW)
        assert (await the.ask(f"{where}/2021-05")).status == 404, "a draft is staff's"
        approve(services, campaign)
        assert f'href="{where}"' in (await the.ask(f"/{language}/{CAMPAIGN}/")).raw
        assert f'href="{where}/2021-05"' in (await the.ask(where)).raw
        page = await the.ask(f"{where}/2021-05")
        assert page.status == 200
        assert page.raw.count("<li>") >= 3
        assert f"{where}/2021-05<" in (await the.ask("/sitemap.xml")).raw
        assert "ana@" not in page.text
        for odd in ("2021-06", "2021-13", "x", "0000-00"):
            assert (await the.ask(f"{where}/{odd}")).status == 404


async def test_a_pledge_that_is_withdrawn_is_on_the_page_no_more(services, campaign):
    did(services, join(services, "ana"))
    draft = digests.draft(services, campaign, MAY, NOW)
    line = f"- Somebody’s: https://pages.example/en/{CAMPAIGN}/pledges/77"
    texts = {
        tag: type(each)(subject=each.subject, text=f"{each.text}\n\nNew\n{line}")
        for tag, each in draft.texts.items()
    }
    changed = digests.change(services, draft, texts, draft.mark, Actor.staff("eve"), NOW)
    digests.approve(services, changed, changed.mark, BEN, NOW)
    async with site(services, lambda: NOW) as the:
        page = await the.ask(f"/en/{CAMPAIGN}/digests/2021-05")
    assert "Somebody" not in page.text
    assert "pledges/77" not in page.text


async def test_what_was_changed_behind_the_approval_goes_nowhere(services, office, campaign):
    did(services, join(services, "ana"))
    approve(services, campaign)
    services.store.database.execute("UPDATE digest SET texts = replace(texts, 'time', 'TIME')")
    await out(services, "2021-06-02T09:00")
    assert office.mails == []


def test_of_a_month_is_told_what_belongs_to_it(services, campaign):
    ana = join(services, "ana")
    did(services, ana, "2021-04-30")
    assert Composing(services, campaign, MAY, NOW).is_empty
    assert digests.draft(services, campaign, MAY, NOW) is None
    did(services, ana, "2021-05-31")
    text = Composing(services, campaign, MAY, NOW).text("en").text
    assert "1 time somebody told us" in text
    assert "In June 2021" in text
    assert "12 June" in text
    assert "/actions/" in text


def test_staff_are_told_that_a_letter_waits_where_there_is_one_and_somebody_to_get_it(
    services, campaign
):
    def waits(now=NOW):
        return list(needs.letters(services.settings, services.store, services.active, now))

    ana = join(services, "ana", digest=False)
    did(services, ana)
    assert waits() == [], "nobody would get it"
    ended = join(services, "luc")
    [need] = waits()
    assert "the letter of 2021-05 waits" in need.text
    assert need.subject == CAMPAIGN
    assert waits(at("2021-07-02T07:00")) == [], "June holds nothing"
    settings.set_digest(
        services, services.store.contacts.get(ended), wanted=False, wording="", now=NOW
    )
    assert waits() == []
    join(services, "eva")
    approve(services, campaign)
    assert waits() == []


def test_pledges_are_named_by_what_is_public_of_them(services, campaign):
    services.store.people.add([house.person(7)])
    number = publish(services, name="Train 40\nteachers")
    month = from_epoch(services.store.numbers.newly_public(CAMPAIGN, 1)[0].at).date()
    told = Composing(services, campaign, month.replace(day=1), NOW).text("en").text
    assert (
        f"- Train 40 teachers – ACME: https://pages.example/en/{CAMPAIGN}/pledges/{number}" in told
    )
    assert "1 new pledge is public" in told
    services.store.pledges.move(number, PledgeState.WITHDRAWN, BEN, 1)
    assert Composing(services, campaign, month.replace(day=1), NOW).pledges == []
