"""The running process: APScheduler says when to look, rows in the database say what is to be done.

Every job is a short look at our own tables. Sending is a *turn* of one account in a task of its
own, which the account's job only starts: a job that were the turn itself would be dropped whenever
it fell due while it ran. One job that raises is told and stops no other.
"""

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable, Collection, Hashable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import app
from bot.app import connections
from bot.clock import Clock, elapsed
from bot.config import Settings
from bot.errors import DatabaseGone, DataError, DrumbeatError
from bot.gate import Bounds, raise_limit
from bot.jobs.monitoring import progress
from bot.jobs.monitoring.failures import Failures
from bot.jobs.monitoring.life import EVERY, FRESH, Life
from bot.jobs.monitoring.pulse import Pulse
from bot.jobs.monitoring.view import Viewer
from bot.jobs.operations import clock as clock_job
from bot.jobs.operations import reload, startup, surroundings
from bot.jobs.operations.alarms import Alarms
from bot.jobs.operations.turns import LET_GO, Turns
from bot.jobs.sending.dispatch.allowance import accounts
from bot.jobs.sending.dispatch.line import Line
from bot.jobs.services import Services
from bot.jobs.texts import letters
from bot.jobs.ticks import PLAN, TICKS, Tick
from bot.library import Library
from bot.model import Problem
from bot.networks.common.thread import in_thread
from bot.text import counted
from bot.web import build
from bot.web.port import Port
from bot.web.server import Server

if TYPE_CHECKING:
    from bot.chat.telegram import memory

log = logging.getLogger(__name__)

PATIENCE = 3.5
"""Seconds, of the five that a stop has, that it waits for what is in flight; then its rows stay
*sending*.
"""

DRAIN = 5.0
"""Seconds that a reload of everything waits for what is in flight; then it lets go of that."""

OUTLIVED = 1800.0
"""Most seconds for which a reload of everything leaves the connections open that a job is using
still: a collection that asks many servers takes minutes.
"""

LOOK_AFTER = 5.0
"""Seconds after its start in which a process leaves the machine to what is due."""

Reread = Callable[[], tuple[Settings, Library]]
"""Reads settings and data from their files; blocking, may be called in a thread.

Raises `DataError` with every problem.
"""

Look = Callable[[str], Sequence[Problem]]
"""Looks for problems in the data on the disk, if they have this version still; blocking, may be
called in a thread.
"""


def utc_now() -> datetime:
    """Return what the machine's clock shows, in UTC."""
    return datetime.now(UTC)


class Scheduler:
    """Runs the jobs of `services` until a signal comes; then closes them.

    `clock` is watched by the counter `passed` (see `bot.clock`).
    """

    def __init__(
        self,
        services: Services,
        reread: Reread,
        clock: Callable[[], datetime] = utc_now,
        look: Look | None = None,
        passed: Callable[[], float] = elapsed,
    ) -> None:
        self._clock = Clock(clock, passed)
        self._tended = clock_job.Tended(self._clock)
        self._jumps = 0
        self._services = replace(services, steady=self._clock.steady, leapt=self._clock.leapt)
        self._reread = reread
        self._look = look
        #: of the settings that connections and pages were made by
        self._used = reload.fingerprint(services.settings)
        self._engine = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )
        self._alarms = Alarms()
        self._failures = Failures(lambda: self._services, self._alarms, self._clock)
        self._guard = self._failures.guard
        self._stopped = asyncio.Event()
        #: why the process can't go on
        self._gone: DatabaseGone | None = None
        self._turns = Turns(lambda: self._services, self._clock, self._guard, self._failures.well)
        #: jobs of the table that are under way, each of which ends in a result
        self._at_work: set[asyncio.Future[None]] = set()
        self._partings: set[asyncio.Task[None]] = set()
        self._life = Life(self._failures)
        viewer = Viewer(lambda: self._services, self._turns.dispatchers, self._life)
        self._port = Port(viewer.look)
        self._rereading: asyncio.Task[None] | None = None
        self._pages: Server | None = None
        self._chat: asyncio.Task[None] | None = None
        #: what one chat leaves to the next
        self._memory: memory.Memory | None = None
        #: when Telegram was last heard, as long as there is a chat
        self._hears: Callable[[], float | None] = lambda: None
        self._pulse = Pulse(FRESH)

    async def run(self) -> None:
        """Work until SIGTERM or SIGINT, or `stop()`.

        Raises `StoreError` when the file has another sender or can't be used, `DatabaseGone` when
        it was moved or deleted meanwhile.
        """
        try:
            raise_limit()
            self._services.store.database.hold_sender_lock()
            clock_job.remembered(self._services.store, self._clock)
            letters.adopt(self._services.store, self._clock(), os.environ)
            startup.recover(self._services, self._clock())
            await self._guard(PLAN.name, partial(self._do, PLAN))
            await self._greet()
            self._hear_signals()
            self._start_jobs()
            beside = [
                asyncio.create_task(self._guard("check", self._check)),
                asyncio.create_task(self._keep_time()),
            ]
            await self._stopped.wait()
            for task in beside:
                task.cancel()
            await self._end()
        finally:
            await app.close(self._services)
        if self._gone is not None:
            raise self._gone

    def stop(self) -> None:
        """End within five seconds with nothing half-done."""
        log.info("stopping")
        self._turns.halt.set()
        self._stopped.set()

    def reread(self) -> None:
        """Read secrets, settings and data again, when nothing is in flight: SIGHUP."""
        if self._rereading is None or self._rereading.done():
            self._rereading = asyncio.create_task(self._guard("reread", self._reopen))

    # the jobs

    def _start_jobs(self) -> None:
        every = self._every
        for tick in TICKS:
            if tick.live is not None:
                every(tick.live, tick.name, partial(self._do, tick))
        every(1, "file", self._watch)
        every(60, "alarms", self._tell)
        every(20, "progress", self._feel)
        every(20, "database", self._write)
        every(60, "heartbeat", self._beat)
        every(60, surroundings.PAGES, self._open_pages)
        every(60, surroundings.HEALTH, self._open_port)
        every(60, "chat", self._talk)
        every(1, "requests", self._requests)
        every(5, "let go", self._turns.give_up)
        self._engine.add_job(
            self._guard, "interval", ["outlook", self._outlook], id="outlook", days=1
        )
        self._dispatch_jobs()
        self._engine.start()

    def _every(self, seconds: int, name: str, work: Callable[[], Awaitable[None]]) -> None:
        self._engine.add_job(
            self._guard,
            "interval",
            [name, work],
            id=name,
            seconds=seconds,
            next_run_time=utc_now(),
            replace_existing=True,
        )

    def _dispatch_jobs(self) -> None:
        """Have one job for each account there is now, and none for others."""
        wanted = {f"dispatch {account}": account for account in accounts(self._services)}
        for job in self._engine.get_jobs():
            if job.id.startswith("dispatch ") and job.id not in wanted:
                job.remove()
        for name, account in wanted.items():
            self._every(1, name, partial(self._turns.begin, account))

    async def _keep_time(self) -> None:
        """Look at the clock each second by the loop's own time, until cancelled."""
        while True:
            self._life.look(self._clock().timestamp())
            await self._guard("clock", self._look_at_clock)
            await asyncio.sleep(EVERY)

    async def _look_at_clock(self) -> None:
        """Wake the engine where the clock jumped: its timers go by that clock, and one that was set
        back would let them stand still. Then tell of it.
        """
        self._clock()
        if self._clock.jumps != self._jumps:
            self._jumps = self._clock.jumps
            for job in self._engine.get_jobs():
                job.modify(next_run_time=utc_now())
        self._tended.tend(self._services)

    async def _do(self, tick: Tick) -> None:
        """Run one job of the table `TICKS`, and keep when it came to its end."""
        over = asyncio.get_running_loop().create_future()
        self._at_work.add(over)
        try:
            await tick.do(self._services, self._clock())
        finally:
            self._at_work.discard(over)
            over.set_result(None)
        self._life.ended(tick.name, self._clock().timestamp())

    async def _open_pages(self) -> None:
        """Open the pages that letters lead to, where config.toml has [web].

        A port that is taken is tried again.
        """
        web = self._services.settings.web
        if web is None or self._pages is not None or self._stopped.is_set():
            return
        application = build(lambda: self._services, self._clock)
        pages = Server(application, web.listen, Bounds().behind(web.proxies))
        await pages.start()
        self._pages = pages
        self._used = {**self._used, **reload.of_pages(self._services.settings)}
        surroundings.remember(self._services.store, self._used)
        log.info(
            "pages for letters listen on %s; people reach them at %s", web.listen, web.public_url
        )

    async def _open_port(self) -> None:
        """Open the health port where config.toml wants it, or where it wants it now; what others
        are told of the database is tried out by writing into it.
        """
        health = None if self._stopped.is_set() else self._services.settings.health
        if await self._port.follow(health) and health:
            log.info("the health port listens on %s: /healthz and /metrics", health)

    async def _write(self) -> None:
        """Write a little where somebody asks for the health port: else a disk that is full is
        seen only when something is due.
        """
        if self._port.number is not None:
            self._services.store.meta.put("alive", str(int(self._clock().timestamp())))

    async def _talk(self) -> None:
        """Talk with people where a Telegram channel with nudges is live.

        A chat that ended begins again.
        """
        if self._stopped.is_set() or (self._chat is not None and not self._chat.done()):
            return
        # heavy, and not everybody has a chat
        from bot.chat.telegram import chat as telegram
        from bot.chat.telegram.memory import Memory

        name = telegram.live(self._services)
        self._hears = lambda: None
        if name is not None:
            account = self._services.settings.channels[name].account
            line = Line(self._turns.dispatcher(account), self._clock)
            self._memory = self._memory or Memory()
            chat = telegram.Chat(lambda: self._services, name, self._clock, line, self._memory)
            self._hears = lambda: chat.heard
            self._life.hear(lambda: chat.updates)
            self._chat = asyncio.create_task(self._guard("talk", chat.run))

    async def _end_chat(self) -> None:
        """Let the chat end, which needs Telegram for it; what takes too long is left out."""
        for patience in (PATIENCE, LET_GO):
            if self._chat is not None and not self._chat.done():
                self._chat.cancel()
                await asyncio.wait([self._chat], timeout=patience)

    async def _watch(self) -> None:
        """End where the database is no longer in its place, and say so by `[alerts] url`."""
        if self._gone is not None:
            return
        try:
            self._services.store.database.check_there()
        except DatabaseGone as error:
            self._gone = error
        else:
            return
        log.error("%s", self._gone)
        await self._alarms.tell_at_once(self._services, str(self._gone))
        self.stop()

    async def _tell(self) -> None:
        await self._alarms.tell(self._services, self._clock())

    async def _feel(self) -> None:
        """Raise `StandsStill` where an account that has something due, or the chat, moves not."""
        now = self._clock()
        signs: dict[str, Hashable] = {
            account: progress.sign(self._services, self._turns.dispatcher(account), now)
            for account in accounts(self._services)
        }
        if self._services.settings.privacy is not None:  # without it nobody may write to us
            signs["the chat"] = self._hears()
        self._pulse.feel(signs, asyncio.get_running_loop().time())

    async def _beat(self) -> None:
        if not self._life.wrong():
            await self._alarms.beat(self._services)

    def _adopt(self, services: Services) -> None:
        """Use new services from now on."""
        self._services = services
        self._turns.adopt(services)

    # new data

    async def _requests(self) -> None:
        """Answer `drumbeat reload`, which asks by a row in the database."""
        token = reload.asked(self._services.store)
        if token is not None:
            reload.answer(self._services.store, token, await self._reload())

    async def _reload(self) -> reload.Answer:
        """Use new data when they are clean, else say what is wrong with them."""
        try:
            settings, library = await in_thread(self._reread)
            self._adopt(app.reloaded(self._services, settings, library))
            # connections are the old ones, and so is what follows from the rest of the settings
            now = reload.fingerprint(self._services.settings)
            self._used = {**self._used, "channels": now["channels"]}
            waits = reload.waiting(self._used, settings)
        except DrumbeatError as error:
            return reload.Answer(problems=tuple(self._stays(error)))
        log.info("the data were read again")
        for text in waits:
            log.warning("%s", text)
        self._tell_playing()
        await self._outlook()
        await self._guard(surroundings.HEALTH, self._open_port)
        return reload.Answer(waits=waits)

    async def _reopen(self) -> None:
        """Take secrets, settings and data anew, between two turns: no network is in use then.

        What has no answer after `DRAIN` seconds is let go of.
        """
        try:
            settings, library = await in_thread(self._reread)
            self._turns.halt.set()
            await asyncio.gather(self._end_chat(), self._turns.end(DRAIN))
            self._turns.keep_unheard()
            old = self._services
            self._adopt(app.reopened(old, settings, library))
            now = reload.fingerprint(self._services.settings)
            # the pages stay where they are
            stay = ("listen", "proxies") if self._pages else ()
            self._used = {**now, **{key: self._used[key] for key in stay}}
            parting = asyncio.create_task(self._part(old, frozenset(self._at_work)))
            self._partings.add(parting)
            parting.add_done_callback(self._partings.discard)
        except DrumbeatError as error:
            self._stays(error)
        else:
            log.info("secrets, settings and data were read again")
            for text in reload.waiting(self._used, settings):
                log.warning("%s", text)
            self._dispatch_jobs()
            self._tell_playing()
            startup.tell_channels(self._services, self._clock())
            startup.tell_surroundings(self._services, self._clock())
        finally:
            if not self._stopped.is_set():
                self._turns.halt.clear()
        await self._guard(surroundings.HEALTH, self._open_port)
        await self._talk()  # with the old data too, where the new ones are refused

    async def _part(self, old: Services, at_work: Collection[asyncio.Future[None]]) -> None:
        """Close the connections of before a reload, once the jobs have ended that began with them;
        at once at the end.
        """
        try:
            if at_work:
                await asyncio.wait(at_work, timeout=OUTLIVED)
        finally:
            await connections.disconnect(old)

    def _stays(self, error: DrumbeatError) -> list[str]:
        problems = (
            [str(p) for p in error.problems] if isinstance(error, DataError) else [str(error)]
        )
        log.error("not read again, the old data stay in use:\n%s", "\n".join(problems))
        return problems

    # what is said

    async def _greet(self) -> None:
        startup.greet(self._services)
        self._tell_playing()
        startup.tell_channels(self._services, self._clock())
        startup.tell_surroundings(self._services, self._clock())
        await self._outlook()

    def _tell_playing(self) -> None:
        surroundings.remember(self._services.store, self._used)
        startup.tell_playing(self._services, self._clock())

    async def _check(self) -> None:
        """Name what is wrong in the data that play: nothing else would, until a reload."""
        played = self._services.library
        await asyncio.sleep(LOOK_AFTER)
        if self._look is None:
            return
        problems = await in_thread(partial(self._look, played.files.version))
        # what a reload has taken over meanwhile is clean
        if problems and self._services.library is played:
            surroundings.remember_problems(self._services.store, problems)
            named = [str(problem) for problem in problems[: surroundings.SHOWN]]
            log.warning("%s", surroundings.problems_told(len(problems), named))

    async def _outlook(self) -> None:
        startup.tell_outlook(self._services, self._clock())

    # the end

    def _hear_signals(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self.stop)
        loop.add_signal_handler(signal.SIGINT, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self.reread)

    async def _end(self) -> None:
        """Let turns end, wait a little for what is in flight, then let go of it."""
        self._engine.shutdown(wait=False)
        closing = asyncio.create_task(self._pages.stop()) if self._pages else None
        talking = asyncio.create_task(self._end_chat())
        shutting = asyncio.create_task(self._port.follow(None))
        if self._turns.under_way:
            log.info("waiting for what is in flight")
        await self._turns.end(PATIENCE)
        await talking
        for parting in self._partings:
            parting.cancel()
        await asyncio.gather(*self._partings, return_exceptions=True)
        await self._turns.write()
        if closing:
            await closing
        await shutting
        left = self._services.store.outbox.sending()
        if left:
            log.warning(
                "%s had no answer yet; the next start finds them uncertain",
                counted(left, "delivery", "deliveries"),
            )
        log.info("stopped")
