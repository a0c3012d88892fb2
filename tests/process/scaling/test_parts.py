"""Several processes over one database: who does what, and each thing once."""

import asyncio
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import house
import pytest
from clocks.undisturbed import within

from bot.errors import DatabaseInUse
from bot.jobs.operations.status import run
from bot.model import Channel, Limits, Receipt, State, YearlyDay
from bot.networks.base import Network
from bot.scheduler import Scheduler
from bot.scheduler.parts import Part
from bot.store import Store
from bot.store.db import has_sender, sender_lock

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


def built(folder, database, taken, people=0):
    """Services over the server's database, with so many people for whom something is due."""
    moment = datetime.now(UTC)
    day = YearlyDay(month=moment.month, day=moment.day)
    action = house.action(when=day, grace=timedelta(days=2))
    services = house.services(folder, house.campaign(action))
    services.store.close()
    store = Store(database, keys=folder / "keys")
    ids = store.channels.ensure(services.settings.channels.values())
    services = replace(services, store=store, channel_ids=ids)
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


def status(services):
    now = datetime.now(UTC)
    return run(services.settings, services.library, services.store, now, dry={})


async def test_two_workers_plan_and_send_each_thing_once(tmp_path, database, place, monkeypatch):
    monkeypatch.setattr("bot.jobs.operations.turns.SHARE", 0.5)
    taken = []
    both = [built(tmp_path, database, taken, people) for people in (60, 0)]
    async with AsyncExitStack() as stack:
        ones = [await stack.enter_async_context(running(services, place)) for services in both]
        await until(lambda: len(taken) >= 60)
        await asyncio.sleep(1)
        assert has_sender(database)
        with pytest.raises(DatabaseInUse):
            sender_lock(database)
        said = status(both[0])
        states = both[0].store.database.column("SELECT state FROM delivery")
        assert [one.shared.failures.current for one in ones] == [{}, {}]
    assert min(services.networks["telegram"].mine for services in both) > 0, "they share the work"
    assert sorted(taken) == sorted(set(taken))
    assert states == [State.SENT] * 60
    [process] = said.processes  # both have the name of this one
    assert process.part == "worker"
    assert 0 <= process.beat - process.since < 60
