"""When each job of the process is done: APScheduler, and the machine's clock that it goes by."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from typing_extensions import override

from bot.jobs.monitoring.life import EVERY
from bot.jobs.operations.clock import Tended
from bot.scheduler.shared import Shared
from bot.scheduler.trigger import Task, Trigger


def utc_now() -> datetime:
    """Return what the machine's clock shows, in UTC."""
    return datetime.now(UTC)


class Timers(Trigger):
    """The trigger in the process itself: a timer for each task, by its name; none begins before
    `start`.
    """

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        whose = "this machine" if shared.compared is None else "the database's server"
        self._tended = Tended(shared.clock, whose)
        self._jumps = 0
        self._engine = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )
        self._awake: set[asyncio.Task[None]] = set()

    @override
    def every(self, seconds: int, task: Task) -> None:
        self._engine.add_job(
            self._shared.guard,
            "interval",
            [task.name, task.do],
            id=task.name,
            seconds=seconds,
            next_run_time=utc_now(),
            replace_existing=True,
        )

    def daily(self, task: Task) -> None:
        """Have a task done every day, in a day for the first time."""
        self._engine.add_job(self._shared.guard, "interval", [task.name, task.do], days=1)

    @override
    def wake(self, task: Task, key: str, at: datetime) -> None:
        name = f"{task.name} {key}"
        # the engine goes by the machine's clock, which the process need not believe
        due = utc_now() + max(at - self._shared.clock(), timedelta())
        waits = self._engine.get_job(name)
        if waits is None or due < waits.trigger.run_date:
            self._engine.add_job(
                self._begin, "date", [name, task, key], id=name, run_date=due, replace_existing=True
            )

    async def _begin(self, name: str, task: Task, key: str) -> None:
        """Begin what may take long, and return: what falls due again while a job of the engine is
        being done is dropped.
        """
        awake = asyncio.create_task(self._guarded(name, task, key))
        self._awake.add(awake)
        awake.add_done_callback(self._awake.discard)

    async def _guarded(self, name: str, task: Task, key: str) -> None:
        await self._shared.guard(name, partial(task.do, key))

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
        clock, machine = self._shared.clock, self._shared.machine
        machine()
        clock()
        # where these are two, the engine goes by the machine's
        if (jumps := clock.jumps + machine.jumps) != self._jumps:
            self._jumps = jumps
            for job in self._engine.get_jobs():
                job.modify(next_run_time=utc_now())
        self._tended.tend(self._shared.services)
