"""The letter of a month, from what a campaign holds to the letters of those who agreed to it, read
by two parsers, and to its page for everybody.
"""

import email
from dataclasses import replace
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

from bot.errors import UsageError
from bot.jobs.broadcasts import announcements
from bot.jobs.newsletter import digests, settings, signups
from bot.jobs.newsletter.compose import Composing
from bot.jobs.operations import needs
from bot.jobs.people import leaving
from bot.jobs.sending import holds
from bot.jobs.staff import posting
from bot.jobs.texts.links.leading import Leading
from bot.model import Audience
from bot.model.newsletter import MonthText, Wishes
from bot.model.outbox import Scope
from bot.model.pledge import PledgeState
from bot.model.staff import Actor, Whom
from bot.times import from_epoch

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*login_data:DeprecationWarning"),
]
NOW = at("2021-06-02T07:00")
MAY = date(2021, 5, 1)
BEN = Actor.staff("ben")
LINE = f"- Another: https://pages.example/en/{CAMPAIGN}/pledges"


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


def lines_of(services, number):
    return f"New\n- Train 40 teachers – ACME: https://pages.example/en/{CAMPAIGN}/pledges/{number}"


def written(services, campaign, more):
    """The letter of May with another paragraph in each language, approved."""
    draft = digests.draft(services, campaign, MAY, NOW)
    texts = {
        tag: MonthText(subject=each.subject, text=f"{each.text}\n\n{more}")
        for tag, each in draft.texts.items()
    }
    changed = digests.change(services, draft, texts, draft.mark, Actor.staff("eve"), NOW)
    digests.approve(services, changed, changed.mark, BEN, NOW)
    digests.run(services, NOW)
    return services.store.digests.of_month(CAMPAIGN, MAY)


def pledged(services):
    services.store.people.add([house.person(7)])
    return publish(services, name="Train 40\nteachers")


def withdraw(services, number):
    services.store.pledges.move(number, PledgeState.WITHDRAWN, BEN, 1)


def forget(services, number):
    services.store.pledges.delete(number)


def hold(services, _number):
    holds.hold(services, Scope(country="KE"), BEN, NOW)


async def test_what_was_withdrawn_since_leaves_neither_in_the_letter_nor_on_its_page(
    services, office, campaign
):
    for name in ("ana", "later"):
        did(services, join(services, name, zone="UTC" if name == "ana" else "Asia/Tokyo"))
    number = pledged(services)
    written(services, campaign, lines_of(services, number))
    await out(services, "2021-06-02T09:00")
    [first] = office.mails
    assert "Train 40 teachers" in text_of(first)
    withdraw(services, number)
    await out(services, "2021-06-03T00:00")
    second = office.mails[1]
    assert "somebody told us" in text_of(second)
    assert "ACME" not in second.as_string()
    assert "\nNew" not in text_of(second), "nor a heading with nothing below it"
    async with site(services, lambda: NOW) as the:
        page = await the.ask(f"/en/{CAMPAIGN}/digests/2021-05")
    assert page.status == 200
    assert "ACME" not in page.text


async def test_a_pledge_that_is_deleted_stands_in_no_letter_that_is_kept(
    services, office, campaign
):
    did(services, join(services, "ana"))
    number = pledged(services)
    sent = written(services, campaign, f"{lines_of(services, number)}\n{LINE}/{number}0")
    forget(services, number)
    kept = services.store.digests.of_month(CAMPAIGN, MAY)
    assert "ACME" not in "".join(each.text for each in kept.texts.values())
    assert f"{LINE}/{number}0" in kept.texts["fr"].text, "of another pledge"
    assert kept.approved == sent.approved
    await out(services, "2021-06-02T09:00")
    assert len(office.mails) == 1, "it is approved without that line"


@pytest.mark.parametrize("gone", [withdraw, forget])
async def test_a_letter_that_names_them_among_its_own_words_waits_for_staff_again(
    services, office, campaign, gone
):
    did(services, join(services, "ana"))
    number = pledged(services)
    told = f"{lines_of(services, number)}\n\nWe thank acme for a month of courses."
    sent = written(services, campaign, told)
    gone(services, number)
    await out(services, "2021-06-02T09:00")
    assert office.mails == []
    digests.run(services, NOW)
    draft = services.store.digests.of_month(CAMPAIGN, MAY)
    assert draft.approved is None
    if gone is withdraw:
        with pytest.raises(UsageError, match="withdrawn or deleted"):
            digests.approve(services, draft, draft.mark, BEN, NOW)
    else:
        assert "acme" not in draft.texts["en"].text
    texts = {tag: replace(each, text="A month of courses.") for tag, each in draft.texts.items()}
    mended = digests.change(services, draft, texts, draft.mark, Actor.staff("eve"), NOW)
    digests.approve(services, mended, mended.mark, BEN, NOW)
    await out(services, "2021-06-02T10:30")
    assert [text_of(mail).count("A month of courses.") for mail in office.mails] == [1]
    assert sent.id == mended.id, "who had it before the change would not get it twice"


async def test_a_letter_that_reached_everybody_keeps_its_page_whoever_withdraws_later(
    services, office, campaign
):
    did(services, join(services, "ana"))
    number = pledged(services)
    written(services, campaign, f"{lines_of(services, number)}\n\nWe thank acme for it.")
    while digests.run(services, NOW):
        pass
    await out(services, "2021-06-02T09:00")
    assert len(office.mails) == 1
    withdraw(services, number)
    digests.run(services, at("2021-06-03T09:00"))
    assert services.store.digests.of_month(CAMPAIGN, MAY).approved is not None
    async with site(services, lambda: NOW) as the:
        page = await the.ask(f"/en/{CAMPAIGN}/digests/2021-05")
    assert page.status == 200
    assert "acme" not in page.text.lower(), "nor does it name them any more"


async def test_who_is_held_is_left_out_until_the_hold_ends(services, office, campaign):
    did(services, join(services, "ana"))
    number = pledged(services)
    written(services, campaign, lines_of(services, number))
    hold(services, number)
    await out(services, "2021-06-02T09:00")
    [mail] = office.mails
    assert "ACME" not in mail.as_string()
    async with site(services, lambda: NOW) as the:
        page = await the.ask(f"/en/{CAMPAIGN}/digests/2021-05")
    assert "ACME" in page.text, "a hold is about what leaves"


def test_each_kind_of_what_a_letter_leads_to_is_known_as_gone(services):
    below = f"https://pages.example/en/{CAMPAIGN}"
    post = "https://social.example/@acme/1"
    leading = Leading(services, posts=(post,))
    story = services.library.campaigns[CAMPAIGN].stories[0].id
    dead = [f"{below}/pledges/9", f"{below}/calls#favourite-4", f"{below}/stories#gone", post]
    fine = [
        f"{below}/stories#{story}",
        f"{below}/pledges",
        f"{below}/calls",
        "https://a.example/pledges/9",
    ]
    assert leading.dead(" ".join([*dead, *fine])) == dead
    assert leading.dead(f"https://PAGES.example/en/{CAMPAIGN}/pledges/9") != []
    assert Leading(services).dead(post) == [], "what nobody showed is no post of theirs"


async def test_an_announcement_that_leads_to_a_pledge_which_is_withdrawn_is_held(services, office):
    join(services, "ana")
    number = pledged(services)
    url = f"https://pages.example/en/{CAMPAIGN}/pledges/{number}"
    posting.announce(services, f"Look: {url}", Whom(audiences=tuple(Audience)), BEN, NOW)
    withdraw(services, number)
    assert announcements.run(services) > 0
    await out(services, "2021-06-02T09:01")
    assert office.mails == []
    [alert] = [each for each in services.store.alerts.current() if each.kind == "text"]
    assert url in alert.text


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
    month = from_epoch(services.store.public_pledges.newest(CAMPAIGN, 1)[0].at).date()
    told = Composing(services, campaign, month.replace(day=1), NOW).text("en").text
    assert (
        f"- Train 40 teachers – ACME: https://pages.example/en/{CAMPAIGN}/pledges/{number}" in told
    )
    assert "1 new pledge is public" in told
    services.store.pledges.move(number, PledgeState.WITHDRAWN, BEN, 1)
    assert Composing(services, campaign, month.replace(day=1), NOW).pledges == []
