"""New settings and data while the process runs: `drumbeat reload`, and all anew by SIGHUP."""

import asyncio
import logging
from collections.abc import Callable, Collection

from bot import app
from bot.app import connections
from bot.config import Settings
from bot.errors import DataError, DrumbeatError
from bot.jobs.operations import reload, surroundings
from bot.jobs.services import Services
from bot.library import Library
from bot.networks.common.thread import in_thread
from bot.scheduler.listening import Listening
from bot.scheduler.shared import Shared
from bot.scheduler.talking import Talk

log = logging.getLogger(__name__)

DRAIN = 5.0
"""Seconds that a reload of everything waits for what is in flight; then it lets go of that."""

OUTLIVED = 1800.0
"""Most seconds for which a reload of everything leaves the connections open that a job is using
still: a collection that asks many servers takes minutes.
"""

Reread = Callable[[], tuple[Settings, Library]]
"""Reads settings and data from their files; blocking, may be called in a thread.

Raises `DataError` with every problem.
"""


class Reloading:
    """Exchanges what the process uses, where what `reread` gives is clean; else the old stays."""

    def __init__(self, shared: Shared, reread: Reread, talk: Talk, listening: Listening) -> None:
        self._shared = shared
        self._reread = reread
        self._talk = talk
        self._listening = listening
        self.under_way: asyncio.Task[None] | None = None
        #: the request that was answered last; others over this database answer it, too
        self._last = reload.latest(shared.services.store)
        self._partings: set[asyncio.Task[None]] = set()

    def begin(self) -> None:
        """Read secrets, settings and data again, when nothing is in flight: SIGHUP."""
        if self.under_way is None or self.under_way.done():
            self.under_way = asyncio.create_task(self._shared.guard("reread", self._reopen))

    async def requests(self) -> None:
        """Answer `drumbeat reload`, which asks by a row in the database."""
        token = reload.latest(self._shared.services.store)
        if token is not None and token != self._last:
            self._last = token
            reload.answer(self._shared.services.store, token, await self.reload())

    async def end(self) -> None:
        """Close at once the connections of before a reload that stand open yet."""
        for parting in self._partings:
            parting.cancel()
        await asyncio.gather(*self._partings, return_exceptions=True)

    async def reload(self) -> reload.Answer:
        """Use new data when they are clean, else say what is wrong with them."""
        shared = self._shared
        try:
            settings, library = await in_thread(self._reread)
            shared.adopt(app.reloaded(shared.services, settings, library))
            # connections are the old ones, and so is what follows from the rest of the settings
            now = reload.fingerprint(shared.services.settings)
            shared.used = {**shared.used, "channels": now["channels"]}
            waits = reload.waiting(shared.used, settings)
        except DrumbeatError as error:
            return reload.Answer(problems=tuple(_stays(error)))
        log.info("the data were read again")
        for text in waits:
            log.warning("%s", text)
        shared.tell_playing()
        await shared.tell_outlook()
        await shared.guard(surroundings.HEALTH, self._listening.open_port)
        return reload.Answer(waits=waits)

    async def _reopen(self) -> None:
        """Take secrets, settings and data anew, between two turns: no network is in use then."""
        shared = self._shared
        try:
            settings, library = await in_thread(self._reread)
            await self._exchange(settings, library)
        except DrumbeatError as error:
            _stays(error)
        else:
            self._tell(settings)
        finally:
            if not shared.stopped.is_set():
                shared.turns.halt.clear()
        await shared.guard(surroundings.HEALTH, self._listening.open_port)
        await self._talk.begin()  # with the old data too, where the new ones are refused

    async def _exchange(self, settings: Settings, library: Library) -> None:
        """Use these from now on, with new connections; raises `DrumbeatError` where they are not
        to be had. What has no answer after `DRAIN` seconds is let go of.
        """
        shared = self._shared
        shared.turns.halt.set()
        await asyncio.gather(self._talk.end(), shared.turns.end(DRAIN))
        shared.turns.keep_unheard()
        old = shared.services
        shared.adopt(app.reopened(old, settings, library))
        now = reload.fingerprint(shared.services.settings)
        # the pages stay where they are
        stay = ("listen", "proxies") if self._listening.pages else ()
        shared.used = {**now, **{key: shared.used[key] for key in stay}}
        parting = asyncio.create_task(_part(old, frozenset(shared.at_work)))
        self._partings.add(parting)
        parting.add_done_callback(self._partings.discard)

    def _tell(self, settings: Settings) -> None:
        """Say that these are in use, and go on with what follows from them."""
        shared = self._shared
        log.info("secrets, settings and data were read again")
        for text in reload.waiting(shared.used, settings):
            log.warning("%s", text)
        shared.tell_playing()
        shared.tell_places()


async def _part(old: Services, at_work: Collection[asyncio.Future[None]]) -> None:
    """Close the connections of before a reload, once the jobs have ended that began with them;
    at once at the end.
    """
    try:
        if at_work:
            await asyncio.wait(at_work, timeout=OUTLIVED)
    finally:
        await connections.disconnect(old)


def _stays(error: DrumbeatError) -> list[str]:
    problems = [str(p) for p in error.problems] if isinstance(error, DataError) else [str(error)]
    log.error("not read again, the old data stay in use:\n%s", "\n".join(problems))
    return problems
