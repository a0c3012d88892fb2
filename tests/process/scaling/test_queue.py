"""The trigger of many processes: real PostgreSQL, real Procrastinate, several workers in one loop,
and one in a process of its own that is killed.
"""

import asyncio
import json
import sys
import time
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import DatabaseGone
from bot.model.outbox.depths import Jobs
from bot.scheduler.trigger import Task
from bot.store import Store

pytest.importorskip("procrastinate")

import psycopg
from procrastinate import PsycopgConnector

from bot.scheduler.queue import Queue, tables

pytestmark = pytest.mark.process


def now():
    return datetime.now(UTC)


class Noted:
    """A task whose every time is noted: by whom, and for which key. It lasts until `gate` is
    open.
    """

    def __init__(self):
        self.begun, self.troubles = [], []
        self.gate = asyncio.Event()
        self.gate.set()

    def by(self, name):
        async def do(key=""):
            self.begun.append((name, key))
            await self.gate.wait()

        return Task("turn", do)

    async def guard(self, name, work):
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - as the process's own does
            self.troubles.append((name, error))

    @property
    def keys(self):
        return [key for _, key in self.begun]


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Seconds are short here, so that tests are."""
    where = "bot.scheduler.queue"
    for name, seconds in {
        "queue.BEAT": 0.5,
        "queue.EVERY": 0.5,
        "queue.STALLED": 2.0,
        "stalled.STALLED": 2.0,
        "hearing.EVERY": 0.5,
        "hearing.DEAF": 4.0,
        "hearing.GONE": 3.0,
    }.items():
        monkeypatch.setattr(f"{where}.{name}", seconds)


@asynccontextmanager
async def working(place, noted, name="a", *, every=None):
    """A worker in this loop, which listens already; `life` is its task."""
    queue, turn = Queue(place, (noted.by(name),), noted.guard, now), noted.by(name)
    if every:
        queue.every(every, turn)
    queue.life, queue.ask = (
        asyncio.create_task(queue.run()),
        lambda key, at=None: queue.wake(turn, key, at or now()),
    )
    try:
        await until(lambda: queue._ears.heard)
        begun = queue._ears.heard
        await until(lambda: queue._ears.heard > begun)
        yield queue
    finally:
        queue.life.cancel()
        with suppress(asyncio.CancelledError, DatabaseGone):
            await queue.life


async def each_second(ask, key):
    """Ask as the process does, which looks anew where a wake came to nothing."""
    while True:
        ask(key)
        await asyncio.sleep(1)


async def until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        await asyncio.sleep(0.02)


@pytest.fixture
def ask(place):
    """Runs a statement in the database; gives the first column of its rows."""

    def asked(sql):
        with psycopg.connect(**place, autocommit=True) as connection:
            cursor = connection.execute(sql)
            return [row[0] for row in cursor.fetchall()] if cursor.description else []

    return asked


async def test_a_wake_is_done_once_by_one_of_two_workers_and_leaves_nothing(place, ask):
    noted = Noted()
    async with working(place, noted, "a") as a, working(place, noted, "b") as b:
        began = time.monotonic()
        for queue in (a, b, a, b):
            queue.ask("17")
            queue.ask("18")
        await until(lambda: {*noted.keys} == {"17", "18"})
        assert time.monotonic() - began < 0.9, "it was heard of, not found by asking"
        await until(lambda: ask("SELECT count(*) FROM procrastinate_jobs") == [0])
    assert noted.troubles == []


async def test_one_of_a_key_is_done_at_a_time_and_one_waits(place):
    noted = Noted()
    noted.gate.clear()
    async with working(place, noted, "a") as a, working(place, noted, "b") as b:
        a.ask("17")
        await until(lambda: noted.begun)
        for queue in (a, b, a):
            queue.ask("17")
        await asyncio.sleep(1.2)
        assert noted.keys == ["17"], "its turn is under way"
        noted.gate.set()
        await until(lambda: len(noted.begun) == 2)
        await asyncio.sleep(0.3)
        assert noted.keys == ["17", "17"]


async def test_of_two_instants_the_earlier_one_counts(place):
    noted = Noted()
    async with working(place, noted) as queue:
        queue.ask("17", now() + timedelta(hours=1))
        await asyncio.sleep(0.3)
        assert noted.begun == []
        queue.ask("17", now())
        await until(lambda: noted.begun, 3)


async def test_what_comes_round_is_done_once_per_period_by_three_workers(place):
    noted = Noted()
    async with AsyncExitStack() as stack:
        for name in "abc":
            await stack.enter_async_context(working(place, noted, name, every=1))
        await until(lambda: noted.begun)
        before, began = len(noted.begun), time.monotonic()
        await asyncio.sleep(3.5)
        times, seconds = len(noted.begun) - before, time.monotonic() - began
    assert seconds - 2 <= times <= seconds + 1


_STUCK = """
import asyncio, json, sys
from datetime import UTC, datetime
from bot.scheduler.queue import Queue, queue, stalled
from bot.scheduler.trigger import Task
queue.BEAT, queue.STALLED, stalled.STALLED = 0.5, 2.0, 2.0
async def do(key):
    print(key, flush=True)
    await asyncio.sleep(60)
async def guard(name, work):
    await work()
turn = Task("turn", do)
one = Queue(json.loads(sys.argv[1]), (turn,), guard, lambda: datetime.now(UTC))
async def main():
    life = asyncio.create_task(one.run())
    one.wake(turn, "17", datetime.now(UTC))
    await life
asyncio.run(main())
"""


async def test_the_job_of_a_killed_worker_is_taken_up_by_another(place):
    killed = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _STUCK, json.dumps(place), stdout=asyncio.subprocess.PIPE
    )
    assert await killed.stdout.readline() == b"17\n"
    noted = Noted()
    async with working(place, noted):
        await asyncio.sleep(2.5)
        assert noted.begun == [], "it lives"
        killed.kill()
        await killed.wait()
        await until(lambda: noted.keys == ["17"], 8)


async def test_a_job_whose_end_could_not_be_written_down_is_taken_up(place, ask):
    noted = Noted()
    async with working(place, noted):
        ask(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args,"
            " status, worker_id) SELECT 'drumbeat', 'drumbeat', 'turn 17', 'turn 17',"
            """ '{"name": "turn", "key": "17"}', 'doing', id FROM procrastinate_workers"""
        )
        await until(lambda: noted.keys == ["17"], 5)


async def test_a_worker_that_others_took_for_dead_begins_anew(place, ask):
    noted = Noted()
    async with working(place, noted) as queue:
        # in a thread: the worker may be noting its heartbeat in this loop, with a lock on its row
        await asyncio.to_thread(ask, "DELETE FROM procrastinate_workers")
        queue.ask("17")
        await until(lambda: noted.keys == ["17"], 8)
        assert not queue.life.done()


async def test_after_a_restart_of_the_server_nothing_waits_long_until_the_process_ends(
    server, place
):
    noted = Noted()
    async with working(place, noted) as queue:
        server.stop()
        server.start()  # in this thread, with which it would end
        began, longest = time.monotonic(), 0.0
        while not queue.life.done() and time.monotonic() - began < 7:
            asked, before = time.monotonic(), len(noted.begun)
            asking = asyncio.create_task(each_second(queue.ask, "17"))
            await until(lambda before=before: len(noted.begun) > before or queue.life.done(), 20)
            asking.cancel()
            longest = max(longest, time.monotonic() - asked)
        assert longest < 10, (
            "asked for, then at the next look at the latest, also where much else runs"
        )
        if queue.life.done():  # its listener died with the connection, and says nothing
            with pytest.raises(DatabaseGone, match="its notices have not come through"):
                queue.life.result()


async def test_a_process_whose_listener_is_dead_ends_though_its_database_answers(server, place):
    noted, name = Noted(), place["dbname"]
    async with working(place, noted) as queue:
        # it finds no new connection, and the others have theirs
        server.run(
            "postgres",
            f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false",
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND"
            f" datname = '{name}'",
        )
        await asyncio.sleep(1)
        server.run("postgres", f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")
        with pytest.raises(DatabaseGone, match="its notices have not come through"):
            await asyncio.wait_for(queue.life, 25)


async def test_what_is_asked_for_while_the_process_ends_is_no_failure(place):
    noted = Noted()
    async with working(place, noted) as queue:
        queue.life.cancel()
        while not queue.life.done():
            queue.ask("17")
            await asyncio.sleep(0.001)
        queue.ask("18")
        await asyncio.sleep(0.1)
    assert noted.troubles == []


async def test_a_process_ends_where_its_server_is_gone_for_good(server, place):
    noted = Noted()
    async with working(place, noted) as queue:
        server.stop()
        try:
            with pytest.raises(DatabaseGone, match="has not answered for 3 s"):
                await asyncio.wait_for(queue.life, 25)
        finally:
            server.start()  # in this thread, with which it would end


async def test_several_processes_that_find_a_new_database_make_its_tables_once(place, ask):
    async with AsyncExitStack() as stack:
        hands = [PsycopgConnector(kwargs=place, min_size=1, max_size=1) for _ in range(4)]
        for hand in hands:
            await hand.open_async()
            stack.push_async_callback(hand.close_async)
        await asyncio.gather(*(tables.make(hand) for hand in hands))
        await tables.make(hands[0])
    assert ask("SELECT count(*) FROM drumbeat_period") == [0]


async def test_the_jobs_that_wait_and_those_under_way_are_counted(database, place, tmp_path):
    noted = Noted()
    noted.gate.clear()
    with closing(Store(database, keys=tmp_path / "keys")) as store:
        assert store.queued.jobs() is None, "the queue is not there yet"
        async with working(place, noted) as queue:
            assert store.queued.jobs() == Jobs(later=0, due=0, doing=0)
            queue.ask("one")
            await until(lambda: noted.keys == ["one"])
            queue.ask("one")
            queue.ask("two", now() + timedelta(hours=1))
            await until(lambda: store.queued.jobs() == Jobs(later=1, due=1, doing=1))
            noted.gate.set()
            await until(lambda: store.queued.jobs() == Jobs(later=1, due=0, doing=0))
