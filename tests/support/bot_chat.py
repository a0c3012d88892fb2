"""A chat on Telegram as a test sees it: the services behind it, the strict server before it, and what
was said.
"""

import asyncio
import logging
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import house
import pytest
from fakes.bot_api import BotApi
from live import PATIENCE

from bot.chat.telegram.chat import Chat
from bot.config import Chat as ChatSettings
from bot.config import Privacy, Safeguarding
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.sending.dispatch.line import Line
from bot.model import Secret
from bot.networks.telegram.network import Network
from bot.render import Renderer

NOON = datetime(2021, 5, 1, 10, tzinfo=UTC)
YES = "Yes, I am old enough and I agree"
PRIVACY = Privacy(controller="The office", contact="office@example.org", retention=365, url=None)


@pytest.fixture
async def fake():
    async with BotApi() as fake:
        yield fake


@pytest.fixture
async def services(tmp_path, fake, library):
    channel = replace(
        house.channel("telegram", network="telegram"), base_url=fake.url, target="@our_channel"
    )
    made = house.services(tmp_path, channels=(channel,))
    campaign = library.campaigns["endchildlabour2021"]
    services = replace(
        made,
        library=library,
        active=(campaign,),
        renderer=Renderer(library.files, library.campaigns),
        settings=replace(
            made.settings,
            privacy=PRIVACY,
            chat=ChatSettings(staff=(99,)),
            safeguarding=Safeguarding(name="Ana", contact=77, retention=30),
        ),
        networks={"telegram": Network(channel, {"token": Secret(fake.secrets["token"])})},
    )
    yield services
    await services.networks["telegram"].close()
    services.store.close()


def own_line(services, now=NOON):
    """Where replies wait for their turn, by a clock that goes on from `now`."""
    began = time.monotonic()

    def clock():
        return now + timedelta(seconds=time.monotonic() - began)

    return Line(Dispatcher(services, "telegram", now), clock)


@asynccontextmanager
async def running(services, now=NOON, line=None, memory=None):
    line = line or own_line(services, now)
    chat = Chat(lambda: services, "telegram", lambda: now, line, memory)
    task = asyncio.create_task(chat.run())
    try:
        yield chat
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(condition, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it did not come to pass"
        await asyncio.sleep(0.01)
    return found


async def got(fake, number, words, seconds=PATIENCE):
    """Wait for a message to this chat that holds the words."""
    return await until(
        lambda: next(
            (
                m
                for m in reversed(fake.to(number))
                if words in (m.get("text") or m.get("caption") or "")
            ),
            None,
        ),
        seconds,
    )


async def joined(fake, number=7):
    fake.says(number, "/start")
    await got(fake, number, "Which language would you")
    fake.presses(number, "English")
    await got(fake, number, "Are you 16 or older")
    fake.presses(number, YES)
    await got(fake, number, "Good to have you with us")
    await got(fake, number, "Here is a first thing that you can do")


def person(services, number=7):
    return services.store.subscribers.find(services.channel_ids["telegram"], str(number))


def complaints(caplog):
    """What the log says above its everyday words."""
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
