"""What befalls the database and the clocks of three workers: nothing is lost and nothing comes twice,
and sending goes on by itself.
"""

import asyncio
import time
from contextlib import (
    AsyncExitStack,
    ExitStack,
    asynccontextmanager,
    closing,
    contextmanager,
    suppress,
)

import psycopg
import pytest
from cluster.crowd import crowd
from cluster.workers import Worker
from live import until

from bot.model import State
from bot.store import Store

pytest.importorskip("procrastinate")

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.timeout(300)]

JITTER = 3
"""Messages that arrive in another second than the one in which they left, on a busy machine."""


@asynccontextmanager
async def sending(folder, server, rng, *modules, each):
    """Yield a world in which a worker for each of the modules sends, and what says how it is."""
    if server is None:
        pytest.skip("PostgreSQL is not installed")
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(
            crowd(folder, server, rng, accounts=3, each=each, rate=5)
        )
        workers = [await stack.enter_async_context(Worker(world, module)) for module in modules]

        def said():
            return str(world.states()) + "".join(
                f"\n== {worker.codes} {worker.said}" for worker in workers
            )

        await until(lambda: world.taken() >= 15, said)
        world.lag.longest = 0.0  # what loads the workers' libraries stops it for seconds
        yield world, said


async def all_left(world, said, seconds):
    end = time.monotonic() + seconds
    while not world.is_over():
        assert time.monotonic() < end, said()
        await asyncio.sleep(0.5)
    assert world.differences() == [], said()
    assert max(world.excess().values()) <= JITTER, said()
    assert "Traceback" not in said(), said()


async def test_a_clock_that_is_an_hour_fast_neither_hurries_nor_stops_anybody(
    tmp_path, server, rng
):
    async with sending(tmp_path, server, rng, "bot", "cluster.fast_clock", each=100) as (
        world,
        said,
    ):
        await all_left(world, said, 60)
        assert world.states() == {State.SENT: world.deliveries}


async def test_the_server_is_started_anew_and_lets_nobody_in(tmp_path, server, rng):
    """First it is gone for three seconds, then it has no connection left for five."""
    async with sending(tmp_path, server, rng, "bot", "bot", each=100) as (world, said):
        server.stop()
        await asyncio.sleep(3)
        server.start()
        before = world.taken()
        await until(lambda: world.taken() > before + 30, said)
        with crowded_out(world):
            await asyncio.sleep(5)
        await all_left(world, said, 90)
        assert world.states().keys() <= {State.SENT, State.UNCERTAIN}


async def test_workers_wait_for_a_migration_and_those_of_an_older_version_end(
    tmp_path, server, rng
):
    async with sending(tmp_path, server, rng, "bot", "bot", each=60) as (world, said):
        await asyncio.to_thread(migrate, world, 3)
        await all_left(world, said, 60)
        assert world.states() == {State.SENT: world.deliveries}
        world.rows("INSERT INTO migration (name) VALUES ('of_tomorrow') RETURNING name")
        # one that was just being started anew, as on a busy machine, refuses at once instead
        await until(lambda: "for the newer one to be started" in said(), said)
        await until(lambda: said().count("of_tomorrow") >= 6, said)  # started anew, each refuses
        assert "written by a newer drumbeat" in said()


def migrate(world, seconds):
    """Change a table, as a migration that takes so long."""
    with closing(Store(world.server, keys=world.folder / "keys")) as store, store.transaction():
        store.database.execute("ALTER TABLE delivery ADD COLUMN of_tomorrow BIGINT")
        time.sleep(seconds)


@contextmanager
def crowded_out(world):
    """All connections of the server are somebody else's while the block lasts."""
    with ExitStack() as stack:
        others = [stack.enter_context(other) for other in strangers(world)]
        others[0].execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE"
            " 'drumbeat%'"
        )
        others += [stack.enter_context(other) for other in strangers(world)]
        yield


def strangers(world):
    """Yield connections until there is none left."""
    with suppress(psycopg.OperationalError):
        while True:
            yield psycopg.connect(**world.server.connecting(), autocommit=True)
