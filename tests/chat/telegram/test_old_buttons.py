"""Buttons below a nudge whose row is kept as a count alone: they answer as they did."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from bot_chat import joined, person, running, until

from bot.jobs.people import history
from bot.jobs.planning import plan
from bot.jobs.sending.dispatch.dispatcher import Dispatcher

pytestmark = pytest.mark.slow

NUDGED = datetime(2021, 5, 1, 9, 0, 30, tzinfo=UTC)
BEFORE = datetime(2021, 4, 30, 12, tzinfo=UTC)


async def nudge(services, fake) -> str:
    """The words of the day's nudge, as it left."""
    before = len(fake.to(7))
    plan.run(services, NUDGED)
    dispatcher = Dispatcher(services, "telegram", NUDGED)
    for second in range(8):
        await dispatcher.step(NUDGED + timedelta(seconds=second))
        await asyncio.sleep(0.03)
    await dispatcher.close(NUDGED + timedelta(seconds=8))
    [message] = fake.to(7)[before:]
    return message["text"]


async def answer(fake, label: str) -> str:
    """What is said to who presses this button: a message, or a line above the chat."""
    before = len(fake.to(7))
    pressed = fake.presses(7, label)
    await until(lambda: fake.toasts[pressed] or len(fake.to(7)) > before)
    return fake.toasts[pressed] or fake.to(7)[-1]["text"]


@pytest.mark.parametrize(
    ("days", "words"), [(120, "a reminder would come too late"), (500, "This button is an old one")]
)
async def test_an_old_nudge_answers_as_before_it_was_pruned(
    fake, services, monkeypatch, days, words
):
    monkeypatch.setattr(history, "PAUSE", 0)
    privacy = replace(services.settings.privacy, deliveries=60)
    settings = replace(services.settings, privacy=privacy)
    later = NUDGED + timedelta(days=days)
    async with running(services, BEFORE):
        await joined(fake)
    await nudge(services, fake)
    async with running(services, later):
        assert words in await answer(fake, "Later")
        short = replace(services, settings=settings)
        assert await history.run(short, later) == 0
        assert await history.run(short, later + timedelta(days=1)) > 0
        assert services.store.listing.of_person(person(services).id) == []
        assert words in await answer(fake, "Later")
        assert await answer(fake, "Share")
        assert await answer(fake, "Done")
