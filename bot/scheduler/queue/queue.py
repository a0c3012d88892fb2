"""The two verbs over Procrastinate, and the life of the worker behind them.

A wake waits once for each key, and of one key one at a time is done. What comes round goes through
the same: whoever takes a period asks for the task, and anybody does it.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import DeleteJobCondition, Job
from procrastinate.worker import Worker
from typing_extensions import override

from bot.errors import DatabaseGone, StoreError
from bot.scheduler.ending import ended
from bot.scheduler.queue import tables
from bot.scheduler.queue.hearing import EVERY, Ears, Hearing
from bot.scheduler.queue.periods import Periods
from bot.scheduler.queue.stalled import BEAT, STALLED, Stalled
from bot.scheduler.trigger import Task, Trigger

log = logging.getLogger(__name__)

TOGETHER = 64
"""Jobs that a worker does at once. Turns mostly wait for the pace of their accounts."""

POLL = 1.0
"""Seconds after which a worker asks for jobs that nobody told it of."""

LOOK = 0.5
"""Seconds between two looks at what comes round."""

END = 3.5
"""Seconds that jobs have to come to their end when the process ends."""

SOON = 0.5
"""Seconds after which what has not ended is told so again."""

CONNECTION: dict[str, Any] = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "application_name": "drumbeat queue",
}

_NAME = "drumbeat"
"""The one task and the one queue that Procrastinate knows; ours stand in what is given to it."""

_CHANNEL = f"procrastinate_queue_v1#{_NAME}"

_TICKS_FIRST = 1

_WAITS = """
SELECT now() AS now, (
  SELECT coalesce(scheduled_at, now()) FROM procrastinate_jobs
  WHERE queueing_lock = %(lock)s AND status = 'todo'
) AS due
"""

_SOONER = """
UPDATE procrastinate_jobs SET scheduled_at = %(due)s
WHERE queueing_lock = %(lock)s AND status = 'todo' AND scheduled_at > %(due)s
"""

_DEAD = {"ForeignKeyViolation": "others took it for dead, as after a suspension"}
"""What an error of the database means for a worker."""

Guard = Callable[[str, Callable[[], Awaitable[None]]], Awaitable[None]]
"""Does the work of a name, and tells where it fails."""


class Queue(Trigger):
    """The trigger that all processes over one database share; `connecting` are the parameters with
    which libpq connects to it.

    `woken` are the tasks that may be woken, the same in every process. `guard` does each job,
    `clock` is the one by which instants are meant.
    """

    def __init__(
        self,
        connecting: Mapping[str, str],
        woken: Iterable[Task],
        guard: Guard,
        clock: Callable[[], datetime],
    ) -> None:
        self._guard = guard
        self._clock = clock
        self._tasks = {task.name: task for task in woken}
        self._lengths: dict[str, float] = {}
        self._connector = PsycopgConnector(
            kwargs={**CONNECTION, **connecting}, min_size=1, max_size=4, timeout=EVERY
        )
        self._app = App(connector=self._connector)
        self._app.job_manager = self._ears = Ears(self._connector)
        self._app.task(name=_NAME, queue=_NAME, pass_context=True)(self._do)
        self._periods = Periods(self._connector, self._lengths)
        self._stalled = Stalled(self._ears)
        #: the numbers of the jobs that are being done here
        self._doing: set[int] = set()
        self._asked: set[asyncio.Task[None]] = set()
        self._ready = asyncio.Event()
        self._worker: Worker | None = None

    # the two verbs

    @override
    def every(self, seconds: int, task: Task) -> None:
        self._tasks[task.name] = task
        self._lengths[task.name] = float(seconds)

    @override
    def wake(self, task: Task, key: str, at: datetime) -> None:
        wait = max(at - self._clock(), timedelta())
        asked = asyncio.create_task(self._guarded("queue: wake", self._ask(task.name, key, wait)))
        self._asked.add(asked)
        asked.add_done_callback(self._asked.discard)

    async def _guarded(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        async def told() -> None:
            try:
                await work
            except ConnectorException as error:
                raise StoreError(
                    f"the queue can't be used ({type(error.__cause__ or error).__name__}); it is"
                    " tried again"
                ) from error

        await self._guard(name, told)

    async def _ask(self, name: str, key: str, wait: timedelta, priority: int = 0) -> None:
        """Put a job into the queue; one of its key that waits there already stands for both."""
        await self._ready.wait()
        lock = f"{name} {key}".strip()
        there = await self._connector.execute_query_one_async(_WAITS, lock=lock)
        due = there["now"] + wait
        if there["due"] is not None:
            if due < there["due"]:
                await self._connector.execute_query_async(_SOONER, lock=lock, due=due)
            return
        job = Job(
            queue=_NAME,
            task_name=_NAME,
            lock=lock,
            queueing_lock=lock,
            priority=priority,
            task_kwargs={"name": name, "key": key},
            scheduled_at=due if wait else None,
        )
        try:
            # a transaction of its own: a refused one leaves nothing of ours undone
            await self._ears.defer_job_async(job)
        except AlreadyEnqueued:
            log.debug("%s was asked for by another process", lock)

    # the jobs

    async def _do(self, context: JobContext, name: str, key: str) -> None:
        task, number = self._tasks.get(name), context.job.id or 0
        if task is None:
            return  # of another version, which knows more tasks
        self._doing.add(number)
        try:
            if name in self._lengths:
                await self._guard(name, task.do)
                await self._guarded("queue: ended", self._periods.end(name))
            else:
                await self._guard(f"{name} {key}", partial(task.do, key))
        finally:
            self._doing.discard(number)

    async def _come_round(self) -> None:
        for name in await self._periods.take():
            await self._ask(name, "", timedelta(), _TICKS_FIRST)

    async def _sweep(self) -> None:
        number = self._worker.worker_id if self._worker is not None else None
        await self._stalled.sweep(number, self._doing)

    async def ended(self) -> dict[str, float]:
        """Return how many seconds ago each task that comes round was last done to its end, by any
        process; nothing while the database doesn't answer.
        """
        try:
            return await self._periods.ended()
        except ConnectorException:
            return {}

    # the life

    async def run(self) -> None:
        """Do jobs until cancelled, and wait a little then for those that are being done.

        Raises `DatabaseGone` where the database can't be reached for good, or nothing is heard of
        it any more.
        """
        async with self._opened():
            self._ready.set()
            self._worker = Worker(
                self._app,
                queues=[_NAME],
                concurrency=TOGETHER,
                fetch_job_polling_interval=POLL,
                shutdown_graceful_timeout=END,
                delete_jobs=DeleteJobCondition.ALWAYS,
                install_signal_handlers=False,
                update_heartbeat_interval=BEAT,
                stalled_worker_timeout=STALLED,
            )
            parts = [
                asyncio.create_task(self._work(self._worker)),
                asyncio.create_task(Hearing(self._ears, _CHANNEL).watch()),
                asyncio.create_task(self._again("queue: rounds", LOOK, self._come_round)),
                asyncio.create_task(self._again("queue: sweep", EVERY, self._sweep)),
            ]
            try:
                await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
                for part in parts:
                    if part.done():
                        part.result()
            finally:
                # the first of them needs its time: a second cancellation would break its end off
                waits = (END + SOON, *[SOON] * (len(parts) - 1))
                await asyncio.gather(*map(ended, parts, waits))

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[None]:
        try:
            await self._app.open_async()
            await tables.make(self._connector)
            await self._periods.begin()
        except ConnectorException as error:
            raise DatabaseGone(
                f"the queue can't be opened ({type(error.__cause__ or error).__name__}): the"
                " database must be there, and its user may make tables"
            ) from error
        try:
            yield
        finally:
            # what is asked for now waits, as before the beginning: others look what is due
            self._ready.clear()
            await asyncio.gather(*(ended(asked, SOON) for asked in tuple(self._asked)))
            await self._app.close_async()

    async def _work(self, worker: Worker) -> None:
        """Do jobs, and begin anew where the connection broke in the middle or others took this
        worker for dead; `Hearing` says when the database is gone for good.
        """
        while True:
            try:
                await cast("Any", worker).run()  # it has no types
                why = "its listener ended"
            except ConnectorException as error:
                why = _DEAD.get(why := type(error.__cause__ or error).__name__, why)
            log.warning("the queue begins anew (%s)", why)
            await asyncio.sleep(POLL)

    async def _again(
        self, name: str, seconds: float, work: Callable[[], Coroutine[Any, Any, None]]
    ) -> None:
        while True:
            await self._guarded(name, work())
            await asyncio.sleep(seconds)
