"""What becomes of letters, of the people they are for and of the channel, by what the mail server
says; over a real socket.
"""

from contextlib import asynccontextmanager

import orchard
import pytest
from strict_mail import mail_server

from bot.jobs.operations import alarms
from bot.jobs.people import contacts as people
from bot.model import State
from bot.model.person import Status
from bot.model.staff import Actor

pytestmark = pytest.mark.slow  # letters to a mail server, over days

OWN_WORDS = "550 5.7.1 Service unavailable, client host [192.0.2.1] blocked using a.list"


@asynccontextmanager
async def contacts(folder, number, **script):
    """So many contacts who have promised something, and the channel's mail server: a prompt is due
    to each on 3 February, with a grace of a week.
    """
    async with mail_server(**script) as server:
        services = orchard.services(folder, server)
        for person in [orchard.add_contact(services, each) for each in range(1, number + 1)]:
            orchard.add_pledge(services, person, name=f"Plant {person} trees")
        try:
            yield services, server
        finally:
            await services.networks["mail"].close()
            services.store.close()


def states(services):
    return [
        entry.state
        for entry in services.store.listing.entries()
        if entry.action == "prompt-february"
    ]


def alerts(services):
    return {alert.kind: alert.text for alert in services.store.alerts.current()}


def blocked(services):
    rows = services.store.database.rows("SELECT status FROM person")
    return [status for (status,) in rows if status == Status.BLOCKED.value]


async def test_a_server_that_blocks_us_pauses_the_channel_in_its_own_words_and_costs_no_contact(
    tmp_path,
):
    async with contacts(tmp_path, 12, answers={"RCPT": [OWN_WORDS] * 12}) as (services, server):
        await orchard.play(services, "2021-02-03 09:00", "2021-02-03 12:00")
        assert server.taken == []
        assert states(services) == [State.QUEUED] * 12, "nothing is lost"
        assert blocked(services) == []
        assert OWN_WORDS in alerts(services)["paused"]
        services.store.channels.resume("mail")
        server.forget()
        await orchard.play(services, "2021-02-03 13:00", "2021-02-03 15:00")
        assert len(server.taken) == 12


async def test_a_mailbox_that_is_gone_is_the_only_one_that_gets_no_more(tmp_path):
    answers = {"p2@acme.example": ["550 5.1.1 <p2@acme.example>: User unknown"]}
    async with contacts(tmp_path, 3, answers=answers) as (services, server):
        await orchard.play(services, "2021-02-03 09:00", "2021-02-03 12:00")
        assert len(server.taken) == 2
        assert len(blocked(services)) == 1
        assert alerts(services) == {} or set(alerts(services)) == {"journey"}


async def test_a_full_mailbox_waits_and_then_staff_hear_of_it_and_the_contact_stays(tmp_path):
    full = "552 5.2.2 mailbox full"
    async with contacts(tmp_path, 2, answers={"p1@acme.example": [full] * 99}) as (
        services,
        _,
    ):
        await orchard.play(services, "2021-02-03 09:00", "2021-02-05 09:00")
        assert sorted(states(services)) == sorted([State.SENT, State.QUEUED])
        assert "letters" not in alerts(services)
        await orchard.play(services, "2021-02-05 10:00", "2021-02-10 12:00")
        assert sorted(states(services)) == sorted([State.SENT, State.FAILED])
        assert full in alerts(services)["letters"]
        assert "@" not in alerts(services)["letters"]
        assert blocked(services) == []
        assert "paused" not in alerts(services)
        alarms.tidy(services, orchard.at("2021-02-14"))
        assert "letters" not in alerts(services), "it is news for three days"


async def test_letters_that_are_greylisted_once_wait_and_all_of_them_arrive(tmp_path):
    grey = "451 4.7.1 Greylisted, please try again in 300 seconds"
    answers = {f"p{number}@acme.example": [grey] for number in range(1, 11)}
    async with contacts(tmp_path, 10, answers=answers) as (services, server):
        await orchard.play(services, "2021-02-03 09:00", "2021-02-03 12:00")
        assert len(server.taken) == 10
        assert states(services) == [State.SENT] * 10
        assert "paused" not in alerts(services)


async def test_one_mailbox_that_is_busy_again_and_again_keeps_nobody_else_waiting(tmp_path):
    answers = {"p1@acme.example": ["452 try again later"] * 99}
    async with contacts(tmp_path, 4, answers=answers) as (services, server):
        await orchard.play(services, "2021-02-03 09:00", "2021-02-04 12:00")
        assert len(server.taken) == 3
        assert "paused" not in alerts(services)


async def test_a_rate_limit_rests_the_account_and_costs_no_try(tmp_path):
    limit = "450 4.7.1 Error: rate limit exceeded"
    async with contacts(tmp_path, 3, answers={"RCPT": [limit] * 20}) as (services, server):
        await orchard.play(services, "2021-02-03 09:00", "2021-02-03 10:00")
        assert server.taken == []
        assert [e.attempts for e in services.store.listing.entries()] == [0, 0, 0]
        assert "paused" not in alerts(services)
        await orchard.play(services, "2021-02-03 11:00", "2021-02-04 18:00")
        assert len(server.taken) == 3


async def test_what_the_server_refuses_without_a_reason_is_told_and_the_contact_stays(tmp_path):
    answers = {"p1@acme.example": ["554 Transaction failed"]}
    async with contacts(tmp_path, 2, answers=answers) as (services, server):
        await orchard.play(services, "2021-02-03 09:00", "2021-02-03 12:00")
        assert len(server.taken) == 1
        assert "554 Transaction failed" in alerts(services)["letters"]
        assert blocked(services) == []


@pytest.mark.parametrize("answer", ["550 5.1.1 <p1@acme.example>: unknown", "451 4.7.1 p1 waits"])
async def test_no_address_is_in_the_log_nor_kept_with_the_delivery(tmp_path, heard, answer):
    async with contacts(tmp_path, 1, answers={"RCPT": [answer]}) as (services, _):
        await orchard.play(services, "2021-02-03 09:00", "2021-02-03 09:00")
        errors = [entry.error or "" for entry in services.store.listing.entries()]
        assert answer[:3] in "".join(errors)
        assert "acme.example" not in "".join([*heard, *errors])


async def test_who_was_refused_is_listed_with_the_words_of_the_server_and_gets_the_next_letter(
    tmp_path,
):
    answers = {"p2@acme.example": ["550 5.1.1 <p2@acme.example>: User unknown"]}
    async with contacts(tmp_path, 2, answers=answers) as (services, server):
        await orchard.play(services, "2021-02-03 09:00", "2021-02-03 12:00")
        [unreached] = people.unreached(services)
        assert unreached.contact.address == "p2@acme.example"
        assert "answered 550 5.1.1" in unreached.said
        assert "p2@" not in unreached.said
        people.unblock(services, [unreached], Actor("ada"), orchard.at("2021-02-20"))
        assert people.unreached(services) == []
        await orchard.play(services, "2021-03-03 00:00", "2021-03-04 12:00")
        march = [taken.recipients for taken in server.taken[1:]]
        assert ["p2@acme.example"] in march
