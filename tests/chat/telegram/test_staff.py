"""Staff in Telegram: the real Application against a strict Bot API server."""

import asyncio
import itertools
from datetime import timedelta

import pytest
from bot_chat import (
    NOON,
    got,
    joined,
    running,
    until,
)
from tree import languages

from bot.chat.messages import Outgoing
from bot.chat.telegram.memory import Memory
from bot.jobs.planning import plan
from bot.jobs.staff import staff
from bot.rules.alerts import read

pytestmark = pytest.mark.slow


def reply(fake, number, to, text):
    message_id, message = next(
        (n, m)
        for n, m in sorted(fake.messages.items(), reverse=True)
        if m["chat"] == number and to in m.get("text", "")
    )
    bot = {"id": 110201543, "is_bot": True, "first_name": "Drum", "username": "drum_bot"}
    other = {
        "message_id": message_id,
        "date": 1,
        "chat": fake.chats[str(number)],
        "from": bot,
        "text": message["text"],
    }
    return fake.sends(number, text=text, reply_to_message=other)


async def test_a_reply_to_a_question_is_its_answer_and_reaches_who_asked(fake, services):
    async with running(services):
        await joined(fake, 7)
        fake.says(7, "/ask Why do children work?")
        await got(fake, 7, "your question is on its way")
        fake.says(99, "/stats")
        await got(fake, 99, "Subscribers: 1")
        await staff.run(services, NOON)
        await got(fake, 99, "Somebody asks a question (#1)")
        reply(fake, 99, "Somebody asks a question", "Because adults are paid too little.")
        await got(fake, 99, "Send it?")
        fake.presses(99, "Yes, send it")
        await got(fake, 7, "Because adults are paid too little.")
    assert services.store.inbox.open_questions() == []


async def test_buttons_of_staff_do_nothing_for_others(fake, services):
    plan.run(services, NOON)
    async with running(services):
        await joined(fake, 7)
        message_id = max(fake.messages)
        forged = [
            fake.taps(7, message_id, f"{data}~7")
            for data in (
                "holding:yes:e",
                "queue:ok:1-1-0",
                "sheet:all:2021-05-01",
                "announce:yes",
                "inbox:see:1",
            )
        ]
        await until(lambda: all(fake.toasts[one] for one in forged))
        fake.says(7, "/hold")
        await got(fake, 7, "I don’t know that command")
    assert {fake.toasts[one] for one in forged} == {
        "This button is an old one. /help shows where things are now."
    }
    assert services.store.holds.all() == []


async def test_a_clock_that_is_set_back_lets_nobody_wait_longer(fake, services, monkeypatch):
    monkeypatch.setattr("bot.chat.telegram.errands.PAUSE", 0.02)
    services.store.alerts.open(read("paused", "telegram", "channel telegram is paused", {}), 1)
    await staff.run(services, NOON.replace(hour=3))
    async with running(services) as chat:
        await until(lambda: chat._memory.rests)
        fake.person(99)
        chat._errands._clock = lambda: NOON - timedelta(days=1)
        await got(fake, 99, "channel telegram is paused")
        await until(lambda: not services.store.notices.waiting())


async def test_who_has_not_begun_to_talk_to_the_bot_hears_it_later(fake, services, monkeypatch):
    monkeypatch.setattr("bot.chat.telegram.errands.PAUSE", 0.02)
    clock = itertools.count(int(NOON.timestamp()), 600)
    services.store.alerts.open(read("paused", "telegram", "channel telegram is paused", {}), 1)
    await staff.run(services, NOON.replace(hour=3))
    async with running(services) as chat:
        chat._clock = lambda: NOON.fromtimestamp(next(clock), NOON.tzinfo)
        await until(lambda: chat._errands)
        chat._errands._clock = chat._clock
        await until(lambda: chat._memory.rests)
        assert services.store.notices.waiting()
        fake.person(99)
        await got(fake, 99, "channel telegram is paused")
        await until(lambda: not services.store.notices.waiting())


async def test_a_chat_that_begins_anew_asks_nothing_that_was_refused_until_they_write(
    fake, services, monkeypatch
):
    """Once is enough, however often the settings are read again."""
    monkeypatch.setattr("bot.chat.telegram.errands.PAUSE", 0.02)
    services.store.alerts.open(read("paused", "telegram", "channel telegram is paused", {}), 1)
    await staff.run(services, NOON.replace(hour=3))
    memory = Memory()
    for again in range(3):
        async with running(services, memory=memory) as chat:
            await until(lambda: chat._errands and memory.rests and memory.menus._refused)
            await asyncio.sleep(0.2)
        # two menus in each language, and one try for each member: staff, and the contact
        tries = 2 * (len(languages()) + 1) + len(services.team.chats)
        assert fake.calls.count("setMyCommands") == tries, again
        assert fake.calls.count("sendMessage") == 1, again
    async with running(services, memory=memory):
        fake.says(99, "/stats")
        await got(fake, 99, "channel telegram is paused")
        await until(lambda: ("chat", "") in fake.menus)
    assert "hold" in fake.menus["chat", ""]


def test_another_bot_knows_nothing_of_what_the_one_before_was_refused():
    memory = Memory()
    memory.meet(1)
    message = Outgoing(address="99", text="", receipt=("notice", 1))
    assert memory.rests.fail(message, 5.0) == 1
    memory.meet(1)
    assert memory.rests.holds(message, 5.0)
    memory.meet(2)
    assert not memory.rests.holds(message, 5.0)
