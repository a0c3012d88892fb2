"""What Telegram answers, and what the chat makes of it: blocks, 429, refused edits and tokens,
rivals, groups that move: a strict Bot API server.
"""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import house
import pytest
from bot_chat import (
    got,
    joined,
    person,
    running,
    until,
)
from fakes.base import Trouble
from fakes.telegram import Refusal

from bot.chat.telegram import polling
from bot.chat.telegram.replies import LONGEST, pieces, units
from bot.jobs.planning import plan
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.model import State
from bot.model.person import Status

pytestmark = pytest.mark.slow

STALE = "This button is an old one. /help shows where things are now."
PAST = datetime(2021, 4, 30, 12, tzinfo=UTC)
DUE = datetime(2021, 5, 1, 9, 0, 30, tzinfo=UTC)


async def send_due(services, now, seconds=5):
    plan.run(services, now)
    dispatcher = Dispatcher(services, "telegram", now)
    for second in range(seconds):
        await dispatcher.step(now + timedelta(seconds=second))
        await asyncio.sleep(0.03)
    await dispatcher.close(now + timedelta(seconds=seconds))


# what Telegram says


@pytest.mark.parametrize(
    "words",
    [
        "Forbidden: bot was blocked by the user",
        "Forbidden: user is deactivated",
        "Forbidden: bot was kicked from the group chat",
        "Forbidden: bot can't initiate conversation with a user",
    ],
)
async def test_any_403_marks_and_is_not_tried_again(fake, services, words):
    async with running(services):
        await joined(fake)
        fake.closed["7"] = words
        calls = len(fake.calls)
        fake.says(7, "/today")
        await until(lambda: person(services).status is Status.BLOCKED)
        await asyncio.sleep(0.1)
        assert [c for c in fake.calls[calls:] if c == "sendMessage"] == ["sendMessage"]
    assert services.store.people.count(Status.BLOCKED) == 1


async def test_who_writes_again_after_a_block_is_back_whatever_they_write(fake, services):
    async with running(services):
        await joined(fake)
        fake.closed["7"] = "Forbidden: bot was blocked by the user"
        fake.leaves(7)
        await until(lambda: person(services).status is Status.BLOCKED)
        del fake.closed["7"]
        fake.says(7, "/progress")
        await got(fake, 7, "of 16 done")
    assert person(services).status is Status.ACTIVE


@pytest.mark.parametrize("how", ["the app says so", "a message is refused"])
async def test_a_block_does_not_undo_a_stop(fake, services, how):
    """Who has taken back their consent must agree again, however they come back."""
    async with running(services):
        await joined(fake)
        fake.says(7, "/stop")
        await got(fake, 7, "Stopped")
        fake.leaves(7)
        if how == "a message is refused":
            services.store.people.mark([person(services).id], Status.BLOCKED)
        fake.says(7, "/progress")
        await got(fake, 7, "of 16 done")
        assert person(services).status is Status.STOPPED
        fake.says(7, "/start")
        await got(fake, 7, "Are you 16 or older")
    assert person(services).status is Status.STOPPED


async def test_a_group_that_throws_us_out_is_marked_and_met_again(fake, services):
    fake.group()
    services.store.people.add(
        [replace(house.person(), address="-500", channel=services.channel_ids["telegram"])]
    )
    async with running(services):
        member = {"user": {"id": 110201543, "is_bot": True, "first_name": "Drum"}}
        change = {
            "old_chat_member": {**member, "status": "member"},
            "new_chat_member": {**member, "status": "left"},
        }
        fake.happens(
            my_chat_member={"chat": fake.chats["-500"], "from": fake.person(8), "date": 1, **change}
        )
        await until(lambda: person(services, -500).status is Status.BLOCKED)
        fake.says(8, "/help@drum_bot", chat=-500)
        await until(lambda: fake.to(-500))
    assert person(services, -500).status is Status.ACTIVE


async def test_a_429_repeats_nothing_that_has_left(fake, services):
    fake.rest = 1
    async with running(services):
        await joined(fake)
        fake.says(7, "/ask Long?")
        await got(fake, 7, "on its way")
        [question] = services.store.inbox.open_questions()
        sent = fake.sendMessage
        long = "\n".join(f"Line {n} " + "x" * 90 for n in range(60))

        def slows(**form):
            if form["text"].startswith("Line") or "Line 59" in form["text"]:
                fake.sendMessage = sent
                raise Refusal(429, "Too Many Requests: retry after 1", retry_after=1)
            return sent(**form)

        fake.sendMessage = slows
        services.store.inbox.answer(question.id, long, "staff", 1)
        await got(fake, 7, "Line 59")
    said = "\n".join(m["text"] for m in fake.to(7))
    assert [said.count(f"Line {n} ") for n in range(60)] == [1] * 60
    assert all(units(m["text"]) <= LONGEST for m in fake.to(7))


async def test_an_edit_that_telegram_refuses_is_said_anew(fake, services):
    async with running(services):
        await joined(fake)
        fake.says(7, "/calendar")
        await got(fake, 7, "18 May")
        fake.frozen = set(fake.messages)
        fake.presses(7, "Next ›")
        await got(fake, 7, "June 2021")


async def test_a_bad_gateway_with_a_page_is_waited_for(fake, services, caplog):
    async with running(services):
        await joined(fake)
        fake.tell(Trouble.PAGE_503, on="sendMessage")
        fake.tell(Trouble.PAGE_503, on="getUpdates")
        fake.says(7, "/progress")
        await got(fake, 7, "of 16 done")
    assert "<html>" not in caplog.text


@pytest.mark.parametrize(
    "trouble", [Trouble.EMPTY, Trouble.MALFORMED, Trouble.DROPPED_AFTER, Trouble.TRUNCATED]
)
async def test_an_answer_that_can_not_be_read_costs_no_later_reply(fake, services, trouble):
    async with running(services):
        await joined(fake)
        fake.tell(trouble, on="sendMessage")
        fake.says(7, "/progress")
        fake.says(7, "/settings")
        await got(fake, 7, "What would you like to change")
    assert sum("of 16 done" in m["text"] for m in fake.to(7)) == 1, (
        "it arrived, or may have: it is not repeated"
    )


async def test_a_token_that_is_revoked_ends_the_chat_and_staff_are_told(fake, services, caplog):
    async with running(services):
        await joined(fake)
        fake.secrets = {"token": "1:another"}
        fake.says(7, "/help")
        await until(services.store.alerts.current)
    [alert] = services.store.alerts.current()
    assert (alert.kind, alert.subject) == ("chat", "token")
    assert "@BotFather" in alert.text


async def test_another_program_that_asks_for_our_messages_is_told(fake, services):
    async with running(services):
        await joined(fake)

        async def rival():
            while True:
                try:
                    await fake.getUpdates(offset="999999999", timeout="20")
                except Refusal:
                    await asyncio.sleep(0.05)

        other = asyncio.create_task(rival())
        await until(services.store.alerts.current)
        other.cancel()
        fake.says(7, "/progress")
        await got(fake, 7, "of 16 done")
    [alert] = services.store.alerts.current()
    assert (alert.kind, alert.subject) == ("chat", "conflict")
    assert "another program asks Telegram for the messages of telegram" in alert.text


def test_a_rival_is_more_than_one_conflict_and_gone_after_a_while():
    rivals = polling.Rivals()
    assert not rivals.gone(0.0)
    assert [rivals.met(now) for now in (10.0, 11.0, 12.0, 13.0)] == [False, False, True, True]
    assert [rivals.gone(now) for now in (14.0, 612.9, 613.0, 614.0)] == [False, False, True, False]
    assert [rivals.met(now) for now in (2000.0, 3000.0, 4000.0)] == [
        False,
        False,
        False,
    ], "an old question of our own, each time"


# groups that move


async def test_a_nudge_that_meets_a_moved_group_goes_to_its_new_address_once(fake, services):
    fake.group()
    fake.group(-100500, "supergroup")
    channel = services.channel_ids["telegram"]
    services.store.people.add(
        [replace(house.person(), address="-500", channel=channel, joined=int(PAST.timestamp()))]
    )
    fake.moved["-500"] = -100500
    await send_due(services, DUE, 20)
    assert [("Today is Labour Day" in m["text"]) for m in fake.to(-100500)] == [True]
    assert person(services, -500) is None
    found = person(services, -100500)
    assert [e.state for e in services.store.listing.of_person(found.id)] == [State.SENT]
    async with running(services, DUE):
        fake.presses(-100500, "Done", by=7)
        await got(fake, -100500, "is ticked off")


async def test_the_update_that_tells_of_the_move_is_followed(fake, services):
    fake.group()
    fake.group(-100500, "supergroup")
    services.store.people.add(
        [replace(house.person(), address="-500", channel=services.channel_ids["telegram"])]
    )
    async with running(services):
        content = {
            "message_id": 3,
            "date": 1,
            "chat": fake.chats["-500"],
            "from": fake.person(7),
            "migrate_to_chat_id": -100500,
        }
        fake.happens(message=content)
        await until(lambda: person(services, -100500))
    assert person(services, -500) is None


async def test_buttons_of_a_reply_that_followed_the_group_work_there(fake, services):
    fake.group()
    fake.group(-100500, "supergroup")
    services.store.people.add(
        [replace(house.person(), address="-500", channel=services.channel_ids["telegram"])]
    )
    fake.admins = {(-500, 7), (-100500, 7)}
    async with running(services):
        fake.moved["-500"] = -100500
        fake.says(7, "/help@drum_bot", chat=-500)
        await until(lambda: fake.to(-100500))
        press = fake.presses(-100500, "A child is in danger", by=7)
        await got(fake, -100500, "emergency services")
        assert fake.toasts[press] != STALE


async def test_of_two_addresses_of_one_group_only_one_is_met(fake, services):
    channel = services.channel_ids["telegram"]
    services.store.people.add(
        [replace(house.person(), address=a, channel=channel) for a in ("-500", "-100500")]
    )
    services.store.conversations.move(channel, "-500", "-100500")
    assert person(services, -500).status is Status.BLOCKED
    assert person(services, -100500).status is Status.ACTIVE


# errands


async def test_nobody_waits_for_somebody_who_can_not_be_reached(fake, services, monkeypatch):
    monkeypatch.setattr("bot.chat.telegram.errands.PAUSE", 0.02)
    async with running(services):
        await joined(fake, 7)
        await joined(fake, 8)
        for number in (7, 8):
            fake.says(number, f"/ask From {number}?")
            await got(fake, number, "on its way")
        fake.tell(Trouble.SILENT, on="sendMessage")
        services.store.inbox.answer(1, "First.", "staff", 1)
        await until(lambda: not fake.troubles)
        services.store.inbox.answer(2, "Second.", "staff", 1)
        await got(fake, 8, "Second.")
    assert [a.id for a in services.store.inbox.untold_answers(1)] == [1]


# texts that are too long


@pytest.mark.parametrize(
    "text",
    [
        "x" * 4096,
        "x" * 4097,
        "🎉" * 5000,
        "word " * 3000,
        "line\n" * 3000,
        "\n" * 9000 + "end",
        "a" + " " * 20_000 + "b",
        "é\n" * 4095 + "🎉",
    ],
)
def test_pieces_fit_lose_nothing_that_shows_and_are_never_blank(text):
    found = pieces(text)
    assert all(units(piece) <= LONGEST and piece.strip() for piece in found)
    assert "".join("".join(found).split()) == "".join(text.split())
    assert "".join(found).encode()
