"""Two versions of drumbeat over one database: the older one refuses, also where it was there first."""

import asyncio
import time
from contextlib import AsyncExitStack

import pytest
from cluster import versions
from cluster.crowd import crowd
from cluster.workers import Worker
from live import Process, until
from tree import TOP

from bot.errors import GONE_CODE
from bot.model import State

pytest.importorskip("procrastinate")

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture
async def world(tmp_path, server, rng):
    """Three accounts with sixty subscribers each, who all are due something."""
    if server is None:
        pytest.skip("PostgreSQL is not installed")
    (folder := tmp_path / "world").mkdir()
    async with crowd(folder, server, rng, accounts=3, each=60, rate=5) as world:
        yield world


async def all_left(world, said):
    end = time.monotonic() + 240
    while not world.is_over():
        assert time.monotonic() < end, said()
        await asyncio.sleep(0.5)
    assert world.differences() == [], said()
    assert world.states() == {State.SENT: world.deliveries}, said()


async def test_workers_wait_for_a_newer_one_to_migrate_and_are_then_started_as_newer_ones(
    world, tmp_path
):
    tomorrow = versions.newer(tmp_path / "newer")
    async with AsyncExitStack() as stack:
        workers = [await stack.enter_async_context(Worker(world)) for _ in range(2)]

        def said():
            return str(world.states()) + "".join(
                f"\n== {worker.codes} {worker.said}" for worker in workers
            )

        await until(lambda: world.taken() >= 15, said)
        for worker in workers:
            worker.tree = tomorrow
        workers.append(Worker(world))
        workers[-1].tree = tomorrow
        await stack.enter_async_context(workers[-1])
        await until(lambda: all(worker.codes for worker in workers[:2]), said)
        await all_left(world, said)
        assert [worker.codes for worker in workers] == [[GONE_CODE], [GONE_CODE], []], said()
    assert "Traceback" not in said(), said()
    assert said().count("drumbeat ends, for the newer one to be started") == 4, "log, and last line"
    assert world.rows("SELECT count(of_tomorrow) FROM delivery") == [(0,)]


def run(world, *args, tree=TOP):
    process = Process(world.folder, "run", *args, env=world.environment(world.server))
    process.env = {**process.env, "PYTHONPATH": str(tree)}
    return process


async def test_of_two_runs_the_older_one_ends_or_does_not_begin(world, tmp_path):
    tomorrow = versions.newer(tmp_path / "newer")
    async with AsyncExitStack() as stack:
        ours = await stack.enter_async_context(run(world))
        await until(lambda: world.taken() >= 15, lambda: ours.err)
        newer = await stack.enter_async_context(run(world, tree=tomorrow))
        code, _ = await ours.ended()
        assert code == GONE_CODE, ours.err
        assert "drumbeat ends, for the newer one to be started" in ours.err
        await until(lambda: "is live" in newer.err or "another `drumbeat run`" in newer.err)
        if "is live" not in newer.err:  # it has migrated, and came before ours had ended
            newer = await stack.enter_async_context(run(world, tree=tomorrow))
        async with run(world) as again:
            code, _ = await again.ended()
        assert code == 1
        assert "written by a newer drumbeat (it knows of_tomorrow)" in again.err
        await all_left(world, lambda: newer.err)
