"""A process that sends beside others on the same database, with leases that run out
soon: `python -m crash.worker CONFIG`, until it is told to end.
"""

import asyncio
import logging
import os
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import helpers

from bot import app
from bot.jobs.operations.turns import Turns
from bot.jobs.sending.dispatch import lapsed
from bot.jobs.sending.dispatch.flight import Flight
from bot.store.workers import leases

OUT, SAFE, RENEWED = 3.0, 2.0, 0.5
"""Seconds; what `bot.store.workers.leases` has, and between two looks of the job."""


def now() -> datetime:
    return datetime.now(UTC)


async def guard(_name, work) -> None:
    await work()


def note_looks(folder: Path) -> None:
    """Note when each message is about to ask whether it may still leave, and for whom it is."""
    notes = (folder / f"looked.{os.getpid()}").open("w", buffering=1, encoding="ascii")
    attempt = Flight._attempt

    async def noted(flight, attempts, row, message, moment):
        notes.write(f"{time.monotonic()} {row.recipient}\n")
        return await attempt(flight, attempts, row, message, moment)

    Flight._attempt = noted


async def work(config: Path) -> None:
    note_looks(config.parent)
    leases.OUT, leases.SAFE = OUT, SAFE
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    with helpers.live(config, os.environ) as services:
        turns = Turns(lambda: services, now, guard, lambda _: None)
        taken = set()
        while not over.is_set():
            await turns.look(lambda account: taken.add(asyncio.create_task(turns.take(account))))
            lapsed.run(services, now())
            await asyncio.wait([asyncio.create_task(over.wait())], timeout=RENEWED)
        turns.halt.set()
        await turns.end(3.5)
        await app.close(services)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    asyncio.run(work(Path(sys.argv[1])))
