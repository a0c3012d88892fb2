"""Three workers on one database, of which one after the other is killed, suspended or cut off: what
the servers took and what the rows say agree, each message is there once, and no account is faster
than it may be. `--log-cli-level=INFO` tells the figures.
"""

import asyncio
import logging
import time
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest
from cluster.crowd import crowd
from cluster.workers import FOR_EVER, Worker
from live import until

from bot.model import State

pytest.importorskip("procrastinate")

pytestmark = [pytest.mark.process, pytest.mark.slow]

log = logging.getLogger(__name__)

EVERY = 3.0
"""Seconds between two faults."""

LITTLE = 15.0
"""Seconds of sending that are left when the second half of the faults begins."""

JITTER = 2
"""Messages that arrive in another second than the one in which they left, on a busy machine."""

LAST = 40.0
"""Seconds after the last fault within which everything has left."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much there is to send, and what befalls the workers meanwhile."""

    accounts: int
    each: int
    rate: int
    #: most faults
    faults: int
    #: seconds for which a worker is suspended, and those for which it is cut off
    asleep: float
    apart: float


@dataclass(kw_only=True)
class Faults:
    """What befell the workers."""

    #: rows that were under way where it struck, by account
    flying: Counter[str] = field(default_factory=Counter)
    count: int = 0
    ended: float = 0.0


async def strike(world, workers, size: Size, rng) -> Faults:
    """Let something befall one of the workers again and again: half of it at once, the other half
    when little is left to send, since nothing gets on meanwhile.
    """
    told, began, before = Faults(), time.monotonic(), world.taken()
    while told.count < size.faults:
        if told.count == size.faults // 2:
            await until(lambda: _left(world, before, began) < LITTLE, seconds=FOR_EVER)
        whole = [worker for worker in workers if worker.runs]
        if whole:
            worker = rng.choice(whole)
            how, seconds = [
                (worker.suspend, size.asleep),
                (worker.kill, 0.0),
                (worker.cut_off, size.apart),
            ][told.count % 3]
            told.flying += await how(seconds)
            told.count += 1
            told.ended = max(told.ended, time.monotonic() + seconds)
        await asyncio.sleep(EVERY)
    return told


def _left(world, before: int, began: float) -> float:
    """Return the seconds until all is sent at the pace so far."""
    pace = (world.taken() - before) / (time.monotonic() - began)
    return (world.deliveries - world.taken()) / pace if pace else LITTLE + 1


async def all_left(world, said) -> float:
    """Wait until nothing is to leave any more; return when that was."""
    end = time.monotonic() + 3 * LAST
    while not world.is_over():
        assert time.monotonic() < end, said()
        await asyncio.sleep(0.5)
    return time.monotonic()


@pytest.mark.parametrize(
    "size",
    [
        pytest.param(
            Size(accounts=6, each=100, rate=5, faults=3, asleep=17, apart=4),
            marks=pytest.mark.timeout(300),
            id="short",
        ),
        pytest.param(
            Size(accounts=20, each=5_000, rate=30, faults=20, asleep=20, apart=5),
            marks=[pytest.mark.long, pytest.mark.timeout(3_600)],
            id="long",
        ),
    ],
)
async def test_each_message_is_there_once_whatever_befalls_the_workers(tmp_path, server, rng, size):
    if server is None:
        pytest.skip("PostgreSQL is not installed")
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(
            crowd(tmp_path, server, rng, accounts=size.accounts, each=size.each, rate=size.rate)
        )
        workers = [
            await stack.enter_async_context(Worker(world, "cluster.stamped")) for _ in range(3)
        ]
        began = time.monotonic()

        def said():
            return f"{world.states()} {[worker.codes for worker in workers]}" + "".join(
                f"\n== {worker.said}" for worker in workers
            )

        await until(lambda: world.taken() >= size.accounts * 3, said)
        world.lag.longest = 0.0  # what loads the workers' libraries stops it for seconds
        faults = await strike(world, workers, size, rng)
        after = await all_left(world, said) - faults.ended
        states = world.states()
        said_all = said()
        differences = world.differences()
    excess = world.excess()
    log.info(
        "%d deliveries, %d faults, %.1f s; over %.1f s after the last; %d uncertain of %d in flight"
        " where it struck; most above the rate in a second: %d came, %d left, and the servers stood"
        " still for %.2f s",
        world.deliveries,
        faults.count,
        time.monotonic() - began,
        after,
        states[State.UNCERTAIN],
        faults.flying.total(),
        max(account.most() for account in world.accounts) - size.rate,
        max(account.most_left() for account in world.accounts) - size.rate,
        world.lag.longest,
    )
    assert differences == []
    assert states.total() == world.deliveries
    assert states.keys() <= {State.SENT, State.UNCERTAIN}
    assert states[State.UNCERTAIN] <= faults.flying.total()
    left = {account.name: account.most_left() - size.rate for account in world.accounts}
    assert {name: n for name, n in left.items() if n > faults.flying[name] + JITTER} == {}
    assert {name: n for name, n in excess.items() if n > faults.flying[name] + JITTER} == {}
    assert after < LAST
    assert "Traceback" not in said_all, said_all
