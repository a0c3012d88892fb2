"""When a process that shares its database ends, so that it is started anew; and who talks."""

import asyncio
import logging
import time
from types import SimpleNamespace

import house
import pytest

from bot.clock import elapsed
from bot.errors import GONE_CODE, DatabaseGone, StoreError
from bot.scheduler.ending import ended
from bot.scheduler.outage import GONE, Outage, Watchdog
from bot.scheduler.shared import Shared
from bot.scheduler.talking import SEAT, Talk
from bot.scheduler.timers import utc_now
from bot.store.workers.seats import OUT


class Away:
    """A database that does not answer while it is away."""

    def __init__(self):
        self.away = True
        self.database = SimpleNamespace(check_there=self.ask)

    def check_version(self):
        """It is of this version."""

    def ask(self):
        if self.away:
            raise StoreError("db.example: the server must run and be reached from here")


def test_a_database_that_is_away_is_waited_for_but_not_for_ever(caplog):
    caplog.set_level(logging.INFO)
    seconds, store = [0.0], Away()
    outage = Outage(lambda: seconds[0])
    for at in (0, GONE - 1):
        seconds[0] = at
        outage.look(store)
    store.away = False
    outage.look(store)
    assert [record.getMessage() for record in caplog.records] == [
        "the database doesn't answer; waiting up to 60 s for it: db.example: the server must run"
        " and be reached from here",
        "the database answers again",
    ]
    store.away = True
    outage.look(store)
    seconds[0] += GONE
    with pytest.raises(DatabaseGone, match="has not answered for 60 s, and drumbeat ends"):
        outage.look(store)


async def test_a_process_whose_loop_stands_still_is_ended_and_no_other():
    left = []
    dog = Watchdog(left.append, patience=0.4)
    dog.start()
    for _ in range(6):
        await dog.pat()
        time.sleep(0.1)  # noqa: ASYNC251 - the loop has something to do, and gets on
    assert left == []
    dog.join(5)
    assert left == [GONE_CODE]


async def test_one_process_of_two_asks_for_updates_and_the_other_when_it_is_gone(tmp_path):
    passed, talks = [0.0], []
    for name in ("a", "b"):
        services = house.services(tmp_path, house.campaign())
        shared = Shared(services, utc_now, lambda: passed[0], many=True)
        shared.name = name
        talks.append(Talk(shared))
    seats = services.store.seats
    for talk in talks:
        await talk.begin()
    assert seats.holder(SEAT) == "a"
    talks[0].leave()
    await talks[1].begin()
    assert seats.holder(SEAT) == "b"
    await talks[0].begin()
    passed[0] = OUT
    await talks[0].begin()
    assert seats.holder(SEAT) == "a", "the other gave no sign of life"
    for talk in talks:
        talk._shared.services.store.close()


async def test_a_process_alone_needs_no_seat(tmp_path):
    shared = Shared(house.services(tmp_path, house.campaign()), utc_now, elapsed)
    await Talk(shared).begin()
    assert shared.services.store.seats.holder(SEAT) is None
    shared.services.store.close()


async def test_a_task_ends_also_where_one_cancellation_is_lost():
    """As in Python 3.11, where `wait_for` forgets one that comes together with the answer."""
    answer = asyncio.Event()

    async def asks():
        while True:
            answer.clear()
            await asyncio.wait_for(answer.wait(), 60)

    task = asyncio.create_task(asks())
    await asyncio.sleep(0.01)
    answer.set()
    await asyncio.wait_for(ended(task, 0.05), 10)
    assert task.cancelled()
