"""Whether a database that several processes share is gone for good, and whether this process still
gets on: the one that doesn't is to be started anew by its supervisor.
"""

import logging
import os
import time
from collections.abc import Callable
from threading import Event, Thread

from typing_extensions import override

from bot.errors import GONE_CODE, DatabaseGone, DatabaseTooNew, StoreError
from bot.store import Store

log = logging.getLogger(__name__)

GONE = 60.0
"""Seconds for which a process waits for its database; then it ends."""

STUCK = 120.0
"""Seconds for which the loop of a process may do nothing but one thing: a connection that is cut
half-way can hold it for ever.
"""


def look_once(store: Store) -> None:
    """Raise `DatabaseGone` where the database is no longer in its place, or a newer drumbeat has
    brought it to its version: what this one wrote there might not fit any more.

    Raises `StoreError` where it doesn't answer.
    """
    store.database.check_there()
    try:
        store.check_version()
    except DatabaseTooNew as error:
        raise DatabaseGone(f"drumbeat ends, for the newer one to be started: {error}") from error


class Outage:
    """Asks again and again whether the database answers. `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        #: since when it does not; None while it does
        self._since: float | None = None

    def look(self, store: Store) -> None:
        """Ask once; raises `DatabaseGone` where it has not answered for `GONE` seconds, or a newer
        drumbeat has brought it to its version.
        """
        try:
            look_once(store)
        except DatabaseGone:
            raise
        except StoreError as error:
            self._missed(error)
            return
        if self._since is not None:
            log.info("the database answers again")
            self._since = None

    def _missed(self, error: StoreError) -> None:
        now = self._clock()
        if self._since is None:
            log.warning("the database doesn't answer; waiting up to %g s for it: %s", GONE, error)
            self._since = now
        elif now - self._since >= GONE:
            raise DatabaseGone(
                f"the database has not answered for {GONE:.0f} s, and drumbeat ends; once it is"
                f" there again, start drumbeat anew: {error}"
            ) from error


class Watchdog(Thread):
    """Ends the process at once where its loop stands still for `STUCK` seconds.

    `patted` is to be called by the loop again and again.
    """

    def __init__(self, leave: Callable[[int], object] = os._exit, patience: float = STUCK) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._leave = leave
        self._patience = patience
        self._last = time.monotonic()
        self._over = Event()

    async def pat(self) -> None:
        """Say that the loop gets on."""
        self._last = time.monotonic()

    def end(self) -> None:
        """Watch no more."""
        self._over.set()

    @override
    def run(self) -> None:
        """Watch until the end."""
        while not self._over.wait(min(1.0, self._patience / 4)):
            if time.monotonic() - self._last > self._patience:
                log.critical(
                    "everything has stood still for %g s, as with a connection that was cut"
                    " half-way; drumbeat ends, to be started anew",
                    self._patience,
                )
                logging.shutdown()
                self._leave(GONE_CODE)
                return
