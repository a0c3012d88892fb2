"""Several processes over one database: who does what, and each thing once."""

import asyncio
import logging
import time
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

import pytest
from clocks.undisturbed import within
from cluster.far import built

from bot.errors import DatabaseGone, DatabaseInUse
from bot.jobs.operations.status import run
from bot.model import State
from bot.scheduler import Scheduler
from bot.scheduler.parts import Part
from bot.store.db import has_sender, sender_lock

pytest.importorskip("procrastinate")

pytestmark = pytest.mark.process


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


async def test_a_database_that_is_gone_for_good_is_what_the_process_ends_with(
    tmp_path, server, database, place, caplog
):
    """Also where it is asked once more for this and that at the end."""
    caplog.set_level(logging.INFO)
    services = built(tmp_path, database, [], 1)
    one = Scheduler(services, lambda: (services.settings, services.library), part=Part.WORKER)
    task = asyncio.create_task(one.run())
    await until(lambda: has_sender(database))
    server.shut(database.name)
    await one._lose(DatabaseGone("it has not answered for a minute"))
    with pytest.raises(DatabaseGone, match="for a minute"):
        await within(10, task)
    assert "stopped" in caplog.messages
    server.open(database.name)
