"""Several processes over one database: who does what, and each thing once."""

import asyncio
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import house
import pytest
from clocks.undisturbed import within

from bot.model import Channel, Limits, Receipt, State, YearlyDay
from bot.networks.base import Network
from bot.scheduler import Scheduler
from bot.scheduler.parts import Part

pytest.importorskip("procrastinate")

pytestmark = pytest.mark.process


class Far(Network):
    """A network that takes a message each 50 ms."""

    LIMITS = Limits(length=4096, counter="characters", per_second=20.0)
    NUDGES = True
    IN_FLIGHT = 1

    def __init__(self, channel: Channel, taken) -> None:
        super().__init__(channel, {})
        self.taken = taken
        self.mine = 0

    async def send(self, message):
        self.mine += 1
        self.taken.append(str(message.key))
        return Receipt(id=f"far-{message.key}")

    async def probe(self):
        return "far"


def built(folder, taken, people=0):
    moment = datetime.now(UTC)
    day = YearlyDay(month=moment.month, day=moment.day)
    action = house.action(when=day, grace=timedelta(days=2))
    services = house.services(folder, house.campaign(action))
    minute = moment.hour * 60 + moment.minute
    services.store.people.add(house.person(n, minute=minute) for n in range(people))
    channel = services.settings.channels["telegram"]
    return replace(services, networks={"telegram": Far(channel, taken)})


@asynccontextmanager
async def running(services, queue, part=Part.WORKER):
    one = Scheduler(services, lambda: (services.settings, services.library), part=part, queue=queue)
    task = asyncio.create_task(one.run())
    try:
        yield one
    finally:
        one.stop()
        await within(6, task)


async def until(condition, seconds=40):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        await asyncio.sleep(0.05)


async def test_two_workers_plan_and_send_each_thing_once(tmp_path, place, monkeypatch):
    monkeypatch.setattr("bot.jobs.operations.turns.SHARE", 0.5)
    taken = []
    both = [built(tmp_path, taken, people) for people in (60, 0)]
    async with AsyncExitStack() as stack:
        ones = [await stack.enter_async_context(running(services, place)) for services in both]
        await until(lambda: len(taken) >= 60)
        await asyncio.sleep(1)
        states = both[0].store.database.column("SELECT state FROM delivery")
        assert [one.shared.failures.current for one in ones] == [{}, {}]
    assert min(services.networks["telegram"].mine for services in both) > 0, "they share the work"
    assert sorted(taken) == sorted(set(taken))
    assert states == [State.SENT] * 60
