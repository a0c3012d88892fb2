"""Reports that a child is in danger at the desk: who reads them, who takes them, who is reminded."""

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.mail import text_of
from mailing.served import services_in

from bot.chat.entry import ChatEntry
from bot.chat.messages import Arrival
from bot.config import Safeguarding
from bot.jobs.people import safety
from bot.jobs.staff import letters, reports
from bot.model.staff import Actor, Member, StaffRole
from bot.times import epoch

from .conftest import MEMBERS, NOW, staffed

WORDS = "The child next door is locked in"
GUARD = frozenset({StaffRole.SAFEGUARDING})


@pytest.fixture
def guarded(services):
    """Services with a report of danger, and a safeguarding contact in the chat, who is one of two."""
    contact = Member(name="ana", telegram=77, roles=GUARD)
    settings = replace(
        services.settings,
        safeguarding=Safeguarding(name="Ana", contact=77, retention=30),
        members=(*MEMBERS, contact),
    )
    services = replace(services, settings=settings)
    services.store.inbox.flag(1, "", "KE", "en", WORDS, epoch(NOW))
    return services


async def test_who_may_reads_a_report_and_each_reading_is_noted(guarded, desk):
    async with desk(guarded) as sit:
        seat = await sit("safeguarding")
        assert (await seat.gets("/desk/")).where == "/desk/reports"
        listed = await seat.gets("/desk/reports")
        assert "Message 1 · country: Kenya · language: English" in listed.words
        assert "Nobody looks after it yet." in listed.words
        assert WORDS not in listed.words
        assert guarded.store.audit.read(verb="report.") == []
        assert WORDS in (await seat.gets("/desk/reports/1")).words
        [deed] = guarded.store.audit.read(verb="report.")
        assert (deed.by, deed.verb, deed.object) == ("member safeguarding", "report.read", "1")


async def test_an_admin_sees_nothing_of_a_report(guarded, desk):
    async with desk(guarded) as sit:
        seat = await sit("admin")
        for path in ("/desk/reports", "/desk/reports/1", "/desk/", "/desk/log", "/desk/log.csv"):
            assert WORDS not in (await seat.gets(path)).text
        assert (await seat.posts("/desk/reports/1")).status == 403
    assert guarded.store.inbox.report(1).taken is None


async def test_one_takes_it_and_the_other_sees_by_whom(guarded, desk):
    async with desk(guarded) as sit:
        first, second = await sit("safeguarding"), await sit("ana")
        told = await first.posts("/desk/reports/1")
        assert told.where == "/desk/reports/1?done=taken"
        again = await second.posts("/desk/reports/1")
        assert again.where == "/desk/reports/1?done=with_another"
        assert (
            "safeguarding looks after it, since 1 May 2021"
            in (await second.gets("/desk/reports")).words
        )
    assert [deed.by for deed in guarded.store.audit.read(verb="report.taken")] == [
        "member safeguarding"
    ]


async def test_a_deputy_is_reminded_once_when_nobody_took_it(guarded):
    guarded.store.inbox.flag_left(1, epoch(NOW))
    await reports.run(guarded, NOW + timedelta(minutes=14))
    assert guarded.store.notices.waiting() == []
    for _ in range(2):
        await reports.run(guarded, NOW + timedelta(minutes=15))
    [notice] = guarded.store.notices.waiting()
    assert (notice.address, notice.values) == ("104", {"number": 1})


async def test_what_was_taken_reminds_nobody(guarded):
    assert reports.take(guarded, 1, Actor.member("ana"), NOW)
    await reports.run(guarded, NOW + timedelta(hours=1))
    assert guarded.store.notices.waiting() == []


def test_the_contact_takes_it_in_the_chat_by_the_button_below_it(guarded):
    entry = ChatEntry(lambda: guarded, "telegram")
    [message] = [m for m in entry.waiting() if m.address == "77"]
    assert WORDS in message.text
    [[button]] = message.keyboard
    assert button.label == "I look after it"
    for user, said in (
        ("100", "This button is an old one"),
        ("77", "You look after it"),
        ("77", "Somebody looks after it already"),
    ):
        arrival = Arrival(
            address=user, user=user, language="en", data=button.data, callback="1", message=1
        )
        shown = " ".join(out.text for out in entry.handle([arrival], NOW)[0])
        assert said in shown
    assert guarded.store.inbox.report(1).taken_by == "staff 77"


async def test_where_no_chat_is_colleagues_hear_of_it_by_mail_which_holds_no_word_of_it(
    tmp_path, library, office
):
    services = staffed(services_in(tmp_path, library, office, answer=30.0))
    settings = replace(
        services.settings, safeguarding=Safeguarding(name="Ana", contact=None, retention=30)
    )
    services = replace(services, settings=settings)
    assert safety.contact(services) == ("Ana", 30)
    assert safety.write(services, WORDS, "en", NOW) is None
    for _ in range(2):
        await reports.run(services, NOW)
        await letters.run(services, NOW)
    [mail] = office.mails
    assert mail["To"] == "safeguarding@example.org"
    assert mail["Subject"] == "A report waits for you"
    assert "https://campaign.example/desk/reports" in text_of(mail)
    assert WORDS not in text_of(mail)
    await services.networks["mail"].close()
    services.store.close()


async def test_a_language_that_nobody_knows_keeps_no_report_from_who_reads_them(guarded, desk):
    guarded.store.inbox.flag(1, "", "KE", "qaa", WORDS, epoch(NOW))
    async with desk(guarded) as sit:
        seat = await sit("safeguarding")
        listed = await seat.gets("/desk/reports")
        assert listed.status == 200
        assert "Message 2 · country: Kenya · language: qaa" in listed.words
        assert WORDS in (await seat.gets("/desk/reports/2")).words
    told = [m.text for m in ChatEntry(lambda: guarded, "telegram").waiting() if m.address == "77"]
    assert len(told) == 2
    assert any("qaa" in text for text in told)
