"""Sweeps: what is decided about all messages of a broadcast stands at once, and is carried out
here, step by step, with pauses in which everything else has its turn.
"""

import asyncio
from collections.abc import Iterator
from datetime import datetime

from bot.jobs.services import Services
from bot.model.outbox import EVERYTHING, Scope
from bot.model.outbox.broadcasts import Sweep, SweepKind
from bot.model.staff import Actor
from bot.rules.alerts import DeliveriesUncertain
from bot.store.sending.sweeps import DOUBTS
from bot.times import epoch

PAUSE = 0.02
"""Seconds between two steps, each of which takes about half as long."""


async def run(services: Services, now: datetime) -> int:
    """Carry out what was decided; return how many sweeps came to their end."""
    ended = 0
    for is_over in _steps(services, now):
        ended += is_over
        await asyncio.sleep(PAUSE)
    return ended


def begin(
    services: Services,
    kind: SweepKind,
    occurrence: int,
    channel: int,
    by: Actor,
    now: datetime,
    *,
    of: Scope = EVERYTHING,
) -> Sweep:
    """Decide about the messages to people of one occurrence on one channel, all or those whose
    country, language and group are in `of`, and carry out the first step; `run` goes on with the
    others. Few messages are done so at once.
    """
    store = services.store
    with store.transaction():
        number = store.sweeps.put(kind, occurrence, channel, by, epoch(now), of=of)
        sweep = store.sweeps.step(number)
        assert sweep is not None  # noqa: S101 - put just now
        if sweep.done:
            _end(services, sweep, now)
    return sweep


def finish(services: Services, now: datetime) -> None:
    """Carry out all that was decided, to its end: for a command where no process runs that would.

    Nobody else waits for the file then, so that no pauses are made.
    """
    for _ in _steps(services, now):
        pass


def _steps(services: Services, now: datetime) -> Iterator[bool]:
    """Carry out what was decided, sweep by sweep, and yield after each step whether its sweep has
    come to its end.
    """
    store = services.store
    for begun in store.sweeps.open():
        is_over = False
        while not is_over:
            with store.transaction():
                sweep = store.sweeps.step(begun.id)
                is_over = sweep is None or sweep.done
                if sweep is not None and sweep.done:
                    _end(services, sweep, now)
            yield is_over


def _end(services: Services, sweep: Sweep, now: datetime) -> None:
    if sweep.kind is SweepKind.RENEW:
        services.store.holds.lift_released()
    elif sweep.kind in DOUBTS:
        close_doubt(services, sweep.channel, epoch(now))


def close_doubt(services: Services, channel: int, moment: int) -> None:
    """Close the alarm of the channel's uncertain deliveries where none is left."""
    names = {number: name for name, number in services.store.channels.ids().items()}
    if channel in names and not services.store.outbox.has_uncertain(channel):
        services.store.alerts.close(DeliveriesUncertain.kind, names[channel], moment)
