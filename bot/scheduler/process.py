"""The life of the running process: its start, the signals, the jobs that it has, and its stop.

Every job is a short look at our own tables. Sending is a *turn* of one account, which is asked for
where the account has work. One job that raises is told and stops no other.
"""

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from bot import __version__, app
from bot.clock import elapsed
from bot.errors import DatabaseGone, StoreError
from bot.gate import raise_limit
from bot.jobs.monitoring import progress
from bot.jobs.monitoring.life import FRESH
from bot.jobs.monitoring.pulse import Pulse
from bot.jobs.operations import clock as clock_job
from bot.jobs.operations import startup, surroundings
from bot.jobs.sending.dispatch.allowance import accounts
from bot.jobs.services import Services
from bot.jobs.texts import letters
from bot.jobs.ticks import PLAN, TICKS, Tick
from bot.model import Problem
from bot.model.outbox.processes import Process
from bot.networks.common.thread import in_thread
from bot.scheduler.ending import ended
from bot.scheduler.listening import Listening
from bot.scheduler.outage import Outage, Watchdog, look_once
from bot.scheduler.parts import Part
from bot.scheduler.reloading import Reloading, Reread
from bot.scheduler.shared import PATIENCE, Shared
from bot.scheduler.talking import Talk
from bot.scheduler.timers import Timers, utc_now
from bot.scheduler.trigger import Task, Trigger
from bot.text import counted
from bot.times import epoch

if TYPE_CHECKING:
    from bot.scheduler.queue import Queue

log = logging.getLogger(__name__)

LOOK_AFTER = 5.0
"""Seconds after its start in which a process leaves the machine to what is due."""

_SEEN = 20
"""Seconds between two looks at what other processes have done."""

_ENDS = 10.0
"""Seconds in which what goes on beside the jobs ends, once told so."""

Look = Callable[[str], Sequence[Problem]]
"""Looks for problems in the data on the disk, if they have this version still; blocking, may be
called in a thread.
"""


class Scheduler:
    """Runs the jobs of `services` until a signal comes; then closes them.

    `clock` is watched by the counter `passed` (see `bot.clock`). With `queue`, what libpq connects
    with to a database that several processes share, it does its `part` beside them.
    """

    def __init__(
        self,
        services: Services,
        reread: Reread,
        clock: Callable[[], datetime] = utc_now,
        look: Look | None = None,
        passed: Callable[[], float] = elapsed,
        *,
        part: Part = Part.WHOLE,
        queue: Mapping[str, str] | None = None,
    ) -> None:
        ticks = TICKS if part.works else ()
        self.shared = Shared(services, clock, passed, ticks=ticks, many=queue is not None)
        self._part = part
        self._since = epoch(self.shared.clock())
        self.listening = Listening(self.shared)
        self._look = look
        self._timers = Timers(self.shared)
        self._turn = Task("turn", self._take)
        self._queue = self._queued(queue) if queue is not None and part.works else None
        self._trigger: Trigger = self._queue or self._timers
        self._outage, self._watchdog = Outage(), Watchdog()
        self._talk = Talk(self.shared)
        self.reloading = Reloading(self.shared, reread, self._talk, self.listening)
        #: why the process can't go on
        self._gone: DatabaseGone | None = None
        self.pulse = Pulse(FRESH)

    async def run(self) -> None:
        """Work until SIGTERM or SIGINT, or `stop()`.

        Raises `StoreError` when the file has another sender or can't be used, `DatabaseGone` when
        it was moved or deleted meanwhile.
        """
        shared = self.shared
        try:
            await self._begin()
            beside = [
                asyncio.create_task(shared.guard("check", self._check)),
                asyncio.create_task(self._timers.keep_time()),
            ]
            if shared.many:
                self._watchdog.start()
            if self._queue is not None:
                beside.append(asyncio.create_task(self._serve(self._queue)))
            await shared.stopped.wait()
            ending = [asyncio.create_task(ended(task, _ENDS)) for task in beside]
            await self._end()
            await asyncio.gather(*ending)
        finally:
            await app.close(shared.services)
            self._watchdog.end()
        if self._gone is not None:
            raise self._gone

    def stop(self) -> None:
        """End within five seconds with nothing half-done."""
        log.info("stopping")
        self.shared.turns.halt.set()
        self.shared.stopped.set()

    def reread(self) -> None:
        """Read secrets, settings and data again, when nothing is in flight: SIGHUP."""
        self.reloading.begin()

    def _queued(self, connecting: Mapping[str, str]) -> "Queue":
        # heavy, and installed only where it is wanted
        from bot.scheduler.queue import Queue

        return Queue(connecting, (self._turn,), self.shared.guard, self.shared.clock)

    # the start

    async def _begin(self) -> None:
        shared, store = self.shared, self.shared.services.store
        raise_limit()
        if self._part.works:
            store.database.hold_sender_lock(beside=shared.many)
        clock_job.remembered(store, shared.clock)
        letters.adopt(store, shared.clock(), os.environ)
        if self._part.works:
            startup.recover(shared.services, shared.clock())
        if not shared.many:
            await shared.guard(PLAN.name, partial(self.do, PLAN))
        startup.greet(shared.services)
        shared.tell_playing()
        if self._part.works:
            shared.tell_places()
            await shared.tell_outlook()
        self._hear_signals()
        self._start_jobs()

    def _hear_signals(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self.stop)
        loop.add_signal_handler(signal.SIGINT, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self.reread)

    # the jobs

    def _start_jobs(self) -> None:
        timers = self._timers
        if self._part.works:
            for seconds, task in self._coming_round():
                self._trigger.every(seconds, task)
        for seconds, task in self._own():
            timers.every(seconds, task)
        if self._part.works:
            timers.daily(Task("outlook", self.shared.tell_outlook))
        timers.start()

    def _coming_round(self) -> Iterable[tuple[int, Task]]:
        """Yield what is done once by all processes together."""
        for tick in TICKS:
            if tick.live is not None and not tick.each:
                yield tick.live, Task(tick.name, partial(self.do, tick))
        yield 1, Task("accounts", self._look_at_accounts)
        yield 60, Task("alarms", self._tell)

    def _own(self) -> Iterable[tuple[int, Task]]:
        """Yield what each process does for itself, whatever others do beside it."""
        listening, shared, part = self.listening, self.shared, self._part
        yield 1, Task("file", self._watch)
        yield 20, Task("database", listening.write)
        yield 60, Task("heartbeat", self.beat)
        yield 60, Task(surroundings.HEALTH, listening.open_port)
        yield 1, Task("requests", self.reloading.requests)
        if part.works:
            yield 20, Task("progress", self.feel)
            yield 5, Task("let go", shared.turns.give_up)
            yield 5, Task("late results", shared.turns.write_late)
            for tick in TICKS:
                if tick.live is not None and tick.each:
                    yield tick.live, Task(tick.name, partial(self.do, tick))
        if self._queue is not None:
            yield _SEEN, Task("others", self._see)
        if shared.compared is not None:
            yield 60, Task("server's clock", shared.compared.look)
        if shared.many:
            yield 1, Task("watchdog", self._watchdog.pat)
            yield 10, Task("sign of life", self._sign)
        if part.shows:
            yield 60, Task(surroundings.PAGES, listening.open_pages)
        if part.talks:
            # who waits for the seat of another looks often
            yield 5 if shared.many else 60, Task("chat", self._talk.begin)

    async def _look_at_accounts(self) -> None:
        """Ask for a turn of each account that has work."""
        await self.shared.turns.look(self._wake)

    def _wake(self, account: str) -> None:
        self._trigger.wake(self._turn, account, self.shared.clock())

    async def _take(self, account: str) -> None:
        if await self.shared.turns.take(account):
            self._wake(account)

    async def do(self, tick: Tick) -> None:
        """Run one job of the table `TICKS`, and keep when it came to its end."""
        shared = self.shared
        over = asyncio.get_running_loop().create_future()
        shared.at_work.add(over)
        try:
            await tick.do(shared.services, shared.clock())
        finally:
            shared.at_work.discard(over)
            over.set_result(None)
        shared.life.ended(tick.name, shared.clock().timestamp())

    async def _sign(self) -> None:
        """Show that this process lives."""
        shared = self.shared
        shared.services.store.processes.beat(
            Process(
                name=shared.name,
                part=self._part.value,
                version=__version__,
                since=self._since,
                beat=epoch(shared.clock()),
                ahead=round(shared.compared.ahead, 3) if shared.compared is not None else 0.0,
            )
        )

    async def _see(self) -> None:
        """Note which jobs other processes have done to their end."""
        now = self.shared.clock().timestamp()
        for name, ago in (await self._queue.ended() if self._queue else {}).items():
            if ago <= _SEEN:
                self.shared.life.ended(name, now - ago)

    async def _watch(self) -> None:
        """End where the database is no longer in its place, or of this version."""
        if self._gone is None:
            store = self.shared.services.store
            try:
                if self.shared.many:
                    self._outage.look(store)
                else:
                    look_once(store)
            except DatabaseGone as error:
                await self._lose(error)

    async def _serve(self, queue: "Queue") -> None:
        """Do the jobs of the queue; end where it can't be reached or heard any more."""
        try:
            await queue.run()
        except DatabaseGone as error:
            await self._lose(error)

    async def _lose(self, error: DatabaseGone) -> None:
        """End, and say why by `[alerts] url`."""
        if self._gone is None and not self.shared.stopped.is_set():
            self._gone = error
            log.error("%s", error)
            await self.shared.alarms.tell_at_once(self.shared.services, str(error))
            self.stop()

    async def _tell(self) -> None:
        await self.shared.alarms.tell(self.shared.services, self.shared.clock())

    async def feel(self) -> None:
        """Raise `StandsStill` where an account that has something due, or the chat, moves not."""
        services, turns, now = self.shared.services, self.shared.turns, self.shared.clock()
        signs: dict[str, Hashable] = {
            account: progress.sign(services, turns.dispatcher(account), now)
            for account in accounts(services)
        }
        if services.settings.privacy is not None:  # without it nobody may write to us
            signs["the chat"] = self._talk.heard
        self.pulse.feel(signs, asyncio.get_running_loop().time())

    async def beat(self) -> None:
        """Let those who watch from outside hear that all is well, where it is."""
        if not self.shared.life.wrong():
            await self.shared.alarms.beat(self.shared.services)

    async def _check(self) -> None:
        """Name what is wrong in the data that play: nothing else would, until a reload."""
        played = self.shared.services.library
        await asyncio.sleep(LOOK_AFTER)
        if self._look is None:
            return
        problems = await in_thread(partial(self._look, played.files.version))
        # what a reload has taken over meanwhile is clean
        if problems and self.shared.services.library is played:
            surroundings.remember_problems(self.shared.services.store, problems)
            named = [str(problem) for problem in problems[: surroundings.SHOWN]]
            log.warning("%s", surroundings.problems_told(len(problems), named))

    # the end

    async def _end(self) -> None:
        """Let turns end, wait a little for what is in flight, then let go of it."""
        turns = self.shared.turns
        self._timers.stop()
        closing = asyncio.create_task(self.listening.close_pages())
        talking = asyncio.create_task(self._talk.end())
        shutting = asyncio.create_task(self.listening.close_port())
        if turns.under_way:
            log.info("waiting for what is in flight")
        await turns.end(PATIENCE)
        await talking
        with suppress(StoreError):
            self._talk.leave()
            if self.shared.many:
                self.shared.services.store.processes.leave(self.shared.name)
        await self.reloading.end()
        await turns.write()
        await closing
        await shutting
        if left := turns.unanswered():
            log.warning(
                "%s had no answer yet, which the next start or another process finds uncertain",
                counted(left, "delivery", "deliveries"),
            )
        log.info("stopped")
