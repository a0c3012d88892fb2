"""What follows from reports of letters that really left: who is blocked, who stays, what staff hear."""

import os
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orchard
import pytest
from strict_mail import mail_server

from bot.jobs.mailbox import looking, standing
from bot.jobs.operations import needs
from bot.jobs.texts import letters
from bot.model.mail import MailboxAt, Verdict, Way
from bot.model.person import Status
from bot.model.who import Who
from bot.networks.mail.box import Box
from bot.rules import tokens
from bot.times import epoch

pytestmark = pytest.mark.slow  # letters to a mail server

NOW = datetime(2021, 2, 3, 14, tzinfo=UTC)
GONE = ("5.1.1", "550 5.1.1 <{to}>: no such user here")
FULL = ("5.2.2", "552 5.2.2 <{to}>: mailbox full")
OURS = ("5.7.1", "550 5.7.1 <{to}>: client host [192.0.2.1] blocked using a.list")


@asynccontextmanager
async def written_to(folder, number=2):
    """Contacts to each of whom a letter has left; a folder of .eml files is their mailbox."""
    async with mail_server() as server:
        (folder / "mail").mkdir()
        services = orchard.services(folder, server)
        for each in range(1, number + 1):
            orchard.add_pledge(services, orchard.add_contact(services, each))
        services = replace(
            services, mailbox=Box(MailboxAt(way=Way.EML, place=str(folder / "mail")), None)
        )
        try:
            await orchard.play(services, "2021-02-03 09:00", "2021-02-03 12:00")
            assert len(server.taken) == number
            yield services, server, folder / "mail"
        finally:
            await services.networks["mail"].close()
            services.store.close()


def report(said, to, *, token="", head="", action="failed"):
    """A report as Postfix writes it."""
    status, words = said
    return (
        f"From: MAILER-DAEMON@mx.example\nTo: b+{token}@campaign.example\nSubject: Undelivered\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\n\n--x\n'
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        f"Final-Recipient: rfc822; {to}\nAction: {action}\nStatus: {status}\n"
        f"Diagnostic-Code: smtp; {words.format(to=to)}\n\n--x\n"
        f"Content-Type: text/rfc822-headers\n\n{head}\n--x--\n"
    )


def token_of(services, person):
    """What the envelope of the letter to somebody carries."""
    [(occurrence,)] = services.store.database.rows(
        "SELECT occurrence FROM delivery WHERE recipient = :person AND state = 5",
        {"person": person},
    )
    return tokens.envelope(letters.key(services.store), person, occurrence)


def put(folder, *texts, at=NOW):
    for text in texts:
        file = folder / f"{len(list(folder.iterdir()))}.eml"
        file.write_text(text, "utf-8")
        os.utime(file, (at.timestamp(), at.timestamp()))


def status(services, person):
    [(number,)] = services.store.database.rows(
        "SELECT status FROM person WHERE id = :person", {"person": person}
    )
    return Status(number)


def alerts(services):
    return {alert.kind: alert.text for alert in services.store.alerts.current()}


async def test_who_has_no_mailbox_any_more_is_the_only_one_who_is_blocked(tmp_path):
    async with written_to(tmp_path) as (services, _, folder):
        put(folder, report(GONE, "p1@acme.example", token=token_of(services, 1)))
        assert await looking.run(services, NOW) == 1
        assert (status(services, 1), status(services, 2)) == (Status.BLOCKED, Status.ACTIVE)
        there = services.store.mailbox.returned(1)
        assert (there.verdict, there.words, there.times) == (
            Verdict.HARD,
            "550 5.1.1 <(the address)>: no such user here",
            1,
        )


async def test_the_letter_that_comes_back_with_a_report_says_whose_it_was(tmp_path):
    async with written_to(tmp_path) as (services, server, folder):
        [sent] = [each for each in server.taken if each.recipients == ["p1@acme.example"]]
        head = sent.content.decode().replace("\r\n", "\n").partition("\n\n")[0]
        put(folder, report(GONE, "p1@acme.example", head=head))
        await looking.run(services, NOW)
        assert (status(services, 1), status(services, 2)) == (Status.BLOCKED, Status.ACTIVE)
        [line] = standing.lines(services)
        assert (line.address, line.organisation, line.times) == ("p1@acme.example", "ACME", 1)


@pytest.mark.parametrize(
    ("said", "to", "verdict"),
    [
        (FULL, "p1@acme.example", Verdict.SOFT),
        (GONE, "ana@forwarded.example", Verdict.SOFT),
        (("5.0.0", "550 refused"), "p1@acme.example", Verdict.SOFT),
        (("5.7.133", "550 5.7.133 RESOLVER.RST.X"), "p1@acme.example", Verdict.REFUSES),
    ],
)
async def test_whatever_may_pass_stops_nobody(tmp_path, said, to, verdict):
    async with written_to(tmp_path, 1) as (services, _, folder):
        put(folder, report(said, to, token=token_of(services, 1)))
        await looking.run(services, NOW)
        assert status(services, 1) is Status.ACTIVE
        assert services.store.mailbox.returned(1).verdict is verdict
        assert alerts(services) == {}


async def test_what_is_about_us_alarms_and_stops_nobody(tmp_path):
    async with written_to(tmp_path, 1) as (services, _, folder):
        put(folder, report(OURS, "p1@acme.example", token=token_of(services, 1)))
        await looking.run(services, NOW)
        assert status(services, 1) is Status.ACTIVE
        assert services.store.channels.paused() == []
        assert "blocked using a.list" in alerts(services)["letters"]
        assert "p1@acme.example" not in alerts(services)["letters"]


async def test_a_warning_stops_nobody_and_is_no_bounce(tmp_path):
    async with written_to(tmp_path, 1) as (services, _, folder):
        token = token_of(services, 1)
        put(folder, report(GONE, "p1@acme.example", token=token, action="delayed"))
        await looking.run(services, NOW)
        assert status(services, 1) is Status.ACTIVE
        assert services.store.mailbox.since(0) == []


async def test_a_report_that_anybody_could_write_is_about_nobody(tmp_path):
    async with written_to(tmp_path, 1) as (services, _, folder):
        mine = token_of(services, 1)
        forged = tokens.envelope(b"another key", 1, int(mine.split("-")[1]))
        put(folder, report(GONE, "p1@acme.example"), report(GONE, "p1@acme.example", token=forged))
        assert await looking.run(services, NOW) == 2
        assert status(services, 1) is Status.ACTIVE
        assert services.store.mailbox.since(0) == []


async def test_a_report_of_a_letter_of_long_ago_stops_nobody(tmp_path):
    async with written_to(tmp_path, 1) as (services, _, folder):
        later = NOW + timedelta(days=20)
        put(folder, report(GONE, "p1@acme.example", token=token_of(services, 1)), at=later)
        assert await looking.run(services, later) == 1
        assert status(services, 1) is Status.ACTIVE


async def test_each_message_is_read_once_whatever_it_is_called(tmp_path):
    async with written_to(tmp_path, 1) as (services, _, folder):
        text = report(FULL, "p1@acme.example", token=token_of(services, 1))
        put(folder, text)
        assert await looking.run(services, NOW) == 1
        assert await looking.run(services, NOW + timedelta(minutes=1)) == 0, "not yet"
        put(folder, text)
        assert await looking.run(services, NOW + timedelta(minutes=6)) == 1
        assert services.store.mailbox.returned(1).times == 1


async def test_staff_hear_of_a_mailbox_that_has_been_full_for_weeks(tmp_path):
    async with written_to(tmp_path, 1) as (services, _, _):
        kinds = []
        for day in (0, 10, 22, 70):
            now = NOW + timedelta(days=day)
            if day < 70:
                services.store.mailbox.returns(1, Verdict.SOFT, "552 full", epoch(now))
            rows = needs.rows(services.settings, services.store, {}, now)
            kinds.append([need.text for need in rows if need.kind == "returned"])
        assert [len(each) for each in kinds] == [0, 0, 1, 0]
        assert "letters to 1 person have come back for weeks" in kinds[2][0]


def stopped(*_):
    raise KeyboardInterrupt


async def test_a_message_of_which_nothing_can_be_made_keeps_back_no_other(tmp_path, monkeypatch):
    async with written_to(tmp_path, 1) as (services, _, folder):
        put(folder, "Subject: 1\n\nx", report(GONE, "p1@acme.example", token=token_of(services, 1)))
        act = looking._act

        def stumbles(services, letter, now):
            return 1 / 0 if letter.data.startswith(b"Subject") else act(services, letter, now)

        monkeypatch.setattr(looking, "_act", stumbles)
        assert await looking.run(services, NOW) == 2
        assert status(services, 1) is Status.BLOCKED


async def test_what_breaks_off_between_reading_and_marking_is_read_again(tmp_path, monkeypatch):
    async with written_to(tmp_path, 1) as (services, _, folder):
        put(folder, report(GONE, "p1@acme.example", token=token_of(services, 1)))
        with monkeypatch.context() as broken:
            broken.setattr(looking, "_act", stopped)
            with pytest.raises(KeyboardInterrupt):
                await looking.run(services, NOW)
        assert services.store.mailbox.names(str(folder)) == frozenset()
        await looking.run(services, NOW)
        assert status(services, 1) is Status.BLOCKED


async def test_a_mailbox_that_cannot_be_read_is_told_with_when_it_was_read_last(tmp_path):
    async with written_to(tmp_path, 1) as (services, _, folder):
        await looking.run(services, NOW)
        folder.rename(tmp_path / "elsewhere")
        settings = replace(services.settings, mailbox=services.mailbox.at)
        for minutes, told in ((5, False), (65, True)):
            later = NOW + timedelta(minutes=minutes)
            assert await looking.run(services, later) == 0
            last = looking.looked(services.store)
            assert (last.at, last.read) == (later, NOW)
            assert "can't be read" in last.wrong
            rows = needs.rows(settings, services.store, {}, later)
            texts = [need.text for need in rows if need.kind == "problem"]
            assert any("the mailbox can't be read since" in text for text in texts) is told
        (tmp_path / "elsewhere").rename(folder)
        await looking.run(services, later + timedelta(minutes=5))
        assert looking.looked(services.store).wrong == ""


async def test_many_messages_are_read_a_few_at_a_time(tmp_path):
    async with written_to(tmp_path, 1) as (services, _, folder):
        put(folder, *(f"Subject: {number}\n\nx" for number in range(60)))
        assert await looking.run(services, NOW) == 60
        assert len(services.store.mailbox.names(str(folder))) == 60


async def test_who_is_forgotten_leaves_nothing_of_what_came_back(tmp_path):
    async with written_to(tmp_path, 1) as (services, _, folder):
        put(folder, report(FULL, "p1@acme.example", token=token_of(services, 1)))
        await looking.run(services, NOW)
        who = Who(person=1, channel=services.channel_ids["mail"], address="p1@acme.example")
        told = services.store.known_of(who)["letters_returned"]
        assert (told["verdict"], told["times"]) == ("soft", 1)
        services.store.forgotten.forget_at(who.channel, "mail", who.address, 9)
        assert services.store.mailbox.since(0) == []
