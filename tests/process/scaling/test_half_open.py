"""The way to the database carries nothing any more, and nobody says so: what waits for an answer ends
in time, and others go on meanwhile.
"""

import asyncio
import shutil
import subprocess
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from cluster.crowd import crowd
from cluster.workers import Worker
from live import environment, until
from tree import TOP

from bot.errors import GONE_CODE
from bot.model import State

pytest.importorskip("procrastinate")

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.timeout(400)]

SILENT = 30.0
"""Seconds, more than the impatient watchdog has; the other's two minutes need more."""


@pytest.mark.parametrize(
    ("module", "seconds"),
    [
        pytest.param("cluster.impatient", SILENT, id="short"),
        pytest.param("bot", 140.0, marks=pytest.mark.long, id="long"),
    ],
)
async def test_a_worker_whose_connections_are_silent_is_ended_and_another_goes_on(
    tmp_path, server, rng, module, seconds
):
    """As with a machine in between that takes everything and passes nothing on."""
    if server is None:
        pytest.skip("PostgreSQL is not installed")
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(
            crowd(tmp_path, server, rng, accounts=3, each=100, rate=5)
        )
        deaf = await stack.enter_async_context(Worker(world, module))
        other = await stack.enter_async_context(Worker(world))

        def said():
            return f"{world.states()}\n{deaf.codes} {deaf.said}\n{other.codes} {other.said}"

        await until(lambda: world.taken() >= 15, said)
        flying = await deaf.hush(seconds)
        await until(lambda: deaf.codes, said, seconds)
        end = time.monotonic() + 180
        while not world.is_over():
            assert time.monotonic() < end, said()
            await asyncio.sleep(0.5)
        assert deaf.codes[0] == GONE_CODE
        assert other.codes == []
        assert "as with a connection that was cut half-way" in said()
        assert world.differences() == [], said()
        assert world.states().keys() <= {State.SENT, State.UNCERTAIN}
        assert world.states()[State.UNCERTAIN] <= flying.total(), said()


def test_a_network_that_carries_nothing_ends_a_statement_after_twenty_seconds(server):
    alone = ("unshare", "--net")
    if (
        server is None
        or not shutil.which("ip")
        or subprocess.run((*alone, "true"), check=False).returncode
    ):
        pytest.skip("no PostgreSQL, or no network of one's own may be made")
    socket = server.folder / f".s.PGSQL.{server.port}"
    env = environment(PYTHONPATH=f"{TOP}:{Path(TOP) / 'tests' / 'support'}")
    line = (*alone, sys.executable, "-m", "cluster.silence", socket, "postgres")
    said = subprocess.run(line, env=env, capture_output=True, text=True, check=True).stdout
    seconds, _, words = said.partition(" ")
    assert 15 < float(seconds) < 40, said
    assert "the server must run and be reached from here" in words
