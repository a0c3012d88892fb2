"""The disk of the database's server is full in the middle of sending."""

import asyncio
import logging
import time
from contextlib import AsyncExitStack

import pytest
from cluster.cramped import cramped
from cluster.crowd import crowd
from cluster.workers import Worker
from live import until

from bot.model import State

pytest.importorskip("procrastinate")

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.timeout(300)]

log = logging.getLogger(__name__)

FULL = 40.0
"""Seconds until the disk has its space back, where the server holds out so long."""


async def test_a_full_disk_costs_time_and_no_message(tmp_path, rng):
    """First the server refuses what would make its tables longer; then its journal is full, and it
    ends. Where there is room again, somebody starts it.
    """
    with cramped() as server:
        if server is None:
            pytest.skip("PostgreSQL is not installed, or nothing may be mounted here")
        async with AsyncExitStack() as stack:
            world = await stack.enter_async_context(
                crowd(tmp_path, server, rng, accounts=3, each=150, rate=5)
            )
            workers = [await stack.enter_async_context(Worker(world)) for _ in range(2)]

            def said():
                return "".join(f"\n== {worker.codes} {worker.said}" for worker in workers)

            await until(lambda: world.taken() >= 15, said)
            server.fill()
            await asyncio.to_thread(server.has_ended, FULL)
            await asyncio.sleep(3)
            refused = (server.folder / "log").read_text("utf-8").count("No space left on device")
            server.make_room()
            if ended := server.has_ended():
                server.start()
            began, flying = time.monotonic(), world.states()[State.SENDING]
            while not world.is_over():
                assert time.monotonic() < began + 90, f"{world.states()} {said()}"
                await asyncio.sleep(0.5)
            took, states, differences = (
                time.monotonic() - began,
                world.states(),
                world.differences(),
            )
    log.info("refused %d times, ended: %s; over %.1f s after: %s", refused, ended, took, states)
    assert refused > 0
    assert differences == [], said()
    assert states.keys() <= {State.SENT, State.UNCERTAIN}, said()
    assert states[State.UNCERTAIN] <= flying, said()
    assert "Traceback" not in said(), said()
