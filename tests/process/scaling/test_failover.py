"""The server is gone for good in the middle of sending, and its standby takes its place: nothing is
lost, nothing comes twice, and sending goes on by itself.
"""

import asyncio
import logging
import time
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
from cluster.crowd import crowd
from cluster.standby import either, pair
from cluster.workers import Worker
from live import until

from bot.errors import GONE_CODE
from bot.model import State

pytest.importorskip("procrastinate")

pytestmark = [pytest.mark.process, pytest.mark.slow]

log = logging.getLogger(__name__)

WITHOUT = 3.0
"""Seconds until somebody notices, and makes the standby the primary."""

AFTER = 60.0
"""Seconds after that within which all messages go on."""


@pytest.mark.parametrize(
    ("accounts", "each", "rate"),
    [
        pytest.param(3, 60, 5, marks=pytest.mark.timeout(300), id="short"),
        pytest.param(
            20, 1_000, 30, marks=[pytest.mark.long, pytest.mark.timeout(1_200)], id="long"
        ),
    ],
)
async def test_the_standby_takes_the_place_of_a_server_that_is_gone(
    tmp_path, rng, accounts, each, rate
):
    with pair() as servers:
        if servers is None:
            pytest.skip("PostgreSQL is not installed")
        primary, standby = servers
        async with AsyncExitStack() as stack:
            world = await stack.enter_async_context(
                crowd(tmp_path, primary, rng, accounts=accounts, each=each, rate=rate)
            )
            stack.callback(primary.start)  # for its database to be dropped
            way = either(primary, standby, world.server.name)
            workers = [await stack.enter_async_context(Worker(world, way=way)) for _ in range(2)]
            world = replace(world, server=standby.server(world.server.name))

            def said():
                return str(world.states()) + "".join(
                    f"\n== {worker.codes} {worker.said}" for worker in workers
                )

            await until(lambda: world.taken() >= accounts * 5, said)
            primary.stop()
            await asyncio.sleep(WITHOUT)
            flying = world.states()[State.SENDING]
            await asyncio.to_thread(standby.promote)
            began = time.monotonic()
            while not world.is_over():
                assert time.monotonic() < began + AFTER + each * accounts / rate, said()
                await asyncio.sleep(0.5)
            took, states, said_all = time.monotonic() - began, world.states(), said()
            differences, codes = world.differences(), [worker.codes for worker in workers]
    log.info("over %.1f s after: %s, %d were in flight; %s", took, states, flying, codes)
    assert differences == [], said_all
    assert states.keys() <= {State.SENT, State.UNCERTAIN}
    assert states[State.UNCERTAIN] <= flying, said_all
    assert {code for each in codes for code in each} <= {GONE_CODE}, said_all
    assert "Traceback" not in said_all, said_all
    assert "session is read-only" in said_all, "it says what it met at the standby"
