"""When each job of the process is done: APScheduler, and the machine's clock that it goes by."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from functools import partial

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.jobs.monitoring.life import EVERY
from bot.jobs.operations.clock import Tended
from bot.scheduler.shared import Shared

Work = Callable[[], Awaitable[None]]
"""What a job does once; what it raises is told, and stops no other."""

_DISPATCH = "dispatch "


def utc_now() -> datetime:
    """Return what the machine's clock shows, in UTC."""
    return datetime.now(UTC)


class Timers:
    """A timer for each job, by its name; none begins before `start`."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._tended = Tended(shared.clock)
        self._jumps = 0
        self._engine = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )

    def every(self, seconds: int, name: str, work: Work) -> None:
        """Have a job done at once and then every so many seconds, in place of one of its name."""
        self._engine.add_job(
            self._shared.guard,
            "interval",
            [name, work],
            id=name,
            seconds=seconds,
            next_run_time=utc_now(),
            replace_existing=True,
        )

    def daily(self, name: str, work: Work) -> None:
        """Have a job done every day, in a day for the first time."""
        self._engine.add_job(self._shared.guard, "interval", [name, work], id=name, days=1)

    def dispatch(self, accounts: Iterable[str]) -> None:
        """Have one job for each account there is now, and none for others."""
        wanted = {f"{_DISPATCH}{account}": account for account in accounts}
        for job in self._engine.get_jobs():
            if job.id.startswith(_DISPATCH) and job.id not in wanted:
                job.remove()
        for name, account in wanted.items():
            self.every(1, name, partial(self._shared.turns.begin, account))

    def start(self) -> None:
        """Let all timers run."""
        self._engine.start()

    def stop(self) -> None:
        """Let no job begin any more."""
        self._engine.shutdown(wait=False)

    async def keep_time(self) -> None:
        """Look at the clock each second by the loop's own time, until cancelled."""
        while True:
            self._shared.life.look(self._shared.clock().timestamp())
            await self._shared.guard("clock", self._look_at_clock)
            await asyncio.sleep(EVERY)

    async def _look_at_clock(self) -> None:
        """Wake the engine where the clock jumped: its timers go by that clock, and one that was set
        back would let them stand still. Then tell of it.
        """
        clock = self._shared.clock
        clock()
        if clock.jumps != self._jumps:
            self._jumps = clock.jumps
            for job in self._engine.get_jobs():
                job.modify(next_run_time=utc_now())
        self._tended.tend(self._shared.services)
