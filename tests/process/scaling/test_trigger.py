"""When tasks are done: the port of two verbs, with the trigger in the process behind it."""

import asyncio
from datetime import timedelta

import house
import pytest

from bot.clock import elapsed
from bot.scheduler.shared import Shared
from bot.scheduler.timers import Timers, utc_now
from bot.scheduler.trigger import Task

pytestmark = pytest.mark.slow


class Noted:
    """A task that notes the keys for which it is done; each time lasts until `gate` is open."""

    def __init__(self):
        self.begun, self.gate = [], asyncio.Event()
        self.gate.set()
        self.task = Task("turn", self.do)

    async def do(self, key):
        self.begun.append(key)
        await self.gate.wait()


@pytest.fixture
async def trigger(tmp_path):
    shared = Shared(house.services(tmp_path, house.campaign()), utc_now, elapsed)
    timers = Timers(shared)
    timers.start()
    yield timers
    timers.stop()
    shared.services.store.close()


async def test_what_is_asked_for_several_times_is_done_once_for_each_key(trigger):
    noted, now = Noted(), utc_now()
    for key in ("17", "18", "17", "17"):
        trigger.wake(noted.task, key, now)
    await asyncio.sleep(0.3)
    assert sorted(noted.begun) == ["17", "18"]


async def test_of_two_instants_the_earlier_one_counts(trigger):
    noted, now = Noted(), utc_now()
    trigger.wake(noted.task, "17", now + timedelta(hours=1))
    trigger.wake(noted.task, "17", now)
    trigger.wake(noted.task, "17", now + timedelta(hours=1))
    await asyncio.sleep(0.3)
    assert noted.begun == ["17"]


async def test_what_is_asked_for_while_it_is_being_done_is_done_again(trigger):
    noted = Noted()
    noted.gate.clear()
    trigger.wake(noted.task, "17", utc_now())
    await asyncio.sleep(0.2)
    trigger.wake(noted.task, "17", utc_now())
    await asyncio.sleep(0.2)
    noted.gate.set()
    assert noted.begun == ["17", "17"]
