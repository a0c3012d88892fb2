"""The clock that jumped: staff are told, and a person may say that it is right (`drumbeat clock
trust`), by a row in the file that both processes share.

`bot.clock` decides what is believed; a run brings its clock here each second. Several processes go
by the clock of the database that they share: one whose own machine is an hour off would send too
soon, and reserve what the others may send in that hour.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime

from bot.clock import STEADY, WATCHED, Borrowed, Clock
from bot.jobs.services import Services
from bot.model.database import Server
from bot.model.staff import Actor
from bot.model.staff.audit import Verb
from bot.rules.alerts import ClockJumped
from bot.store import Store
from bot.times import epoch

log = logging.getLogger(__name__)

EVERY = 60.0
"""Seconds after which it is kept again what the clock shows, for a start of the machine after which
the clock lies in the past.
"""

_TRUSTED = "clock trusted"

_OVER = object()

_APART = 1.0
"""Seconds: by less, it is of no interest how far the clocks of two machines lie apart."""

STEPS = 4
"""Steps of `Outbox.no_later` each second: more rows than an account sends, in some 40 ms."""


def remembered(store: Store, clock: Clock) -> Clock:
    """Return the clock as the process before saw it, as far as that is known."""
    known = store.meta.get(WATCHED)
    return clock if known is None else clock.kept(known)


def waits(store: Store) -> bool:
    """Return whether decisions wait because the clock jumped."""
    return store.alerts.any_open(ClockJumped.kind)


def ask_to_trust(store: Store, by: Actor, now: datetime) -> None:
    """Ask the process that runs, or the next one, to believe the clock as it is."""
    with store.transaction():
        store.meta.put(_TRUSTED, "yes")
        store.audit.note(by, Verb.CLOCK_TRUSTED, epoch(now))


def common(store: Store, passed: Callable[[], float]) -> Borrowed | None:
    """Return the clock by which all processes on a database go, that of its server; None for a
    file. Raises `StoreError`.
    """
    is_served = isinstance(store.database.where, Server)
    return Borrowed(store.database.clock, passed) if is_served else None


class Compared:
    """The clock of this machine beside the one that several processes go by."""

    def __init__(self, own: Callable[[], datetime], borrowed: Borrowed) -> None:
        self._own = own
        self._borrowed = borrowed
        self._told = 0.0
        #: by how many seconds this one is ahead, as last compared
        self.ahead = 0.0

    async def look(self) -> None:
        """Ask the other again, and say once how far this one is off; raises `StoreError`."""
        self._borrowed.ask()
        self.ahead = ahead = (self._own() - self._borrowed()).total_seconds()
        if abs(ahead - self._told) < max(_APART, 2 * self._borrowed.error):
            return
        self._told = ahead
        log.warning(
            "the clock of this machine is %.1f s %s that of the database's server (known to"
            " %.3f s), by which all processes go; let a time server (NTP) set both",
            abs(ahead),
            "behind" if ahead < 0 else "ahead of",
            self._borrowed.error,
        )


def apart(store: Store) -> Iterator[tuple[str, str]]:
    """Yield each living process on whose machine the clock is off that of the database's server,
    with a sentence that says how far and what to do.
    """
    now = store.database.clock()
    for process in store.processes.all():
        if abs(process.ahead) >= _APART and now - process.beat < EVERY:
            way = "behind" if process.ahead < 0 else "ahead of"
            yield (
                process.name,
                f"the clock there is {abs(process.ahead):.1f} s {way} that of the database's"
                " server, by which all processes go; let a time server (NTP) set both",
            )


class Tended:
    """A run's clock, that of the machine `whose`, with what has been told of it."""

    def __init__(self, clock: Clock, whose: str = "this machine") -> None:
        self._clock = clock
        self._whose = whose
        self._jumps = 0
        self._steady = True
        self._next = 0.0
        #: what is left of looking again at all that was put off
        self._looking: Iterator[None] | None = None

    def tend(self, services: Services) -> None:
        """Tell of a jump that is new, believe the clock where a person says so, and say when it is
        believed again; to be called each second. Raises `StoreError`.
        """
        clock, store = self._clock, services.store
        if store.meta.get(_TRUSTED) is not None:
            clock.trust()
            store.meta.drop(_TRUSTED)
        steady = clock.steady()
        changed = clock.jumps != self._jumps or steady != self._steady
        if not changed and self._looking is None and clock().timestamp() < self._next:
            return
        if changed and not steady:
            self._looking = None
            self._tell(services)
        elif steady and (self._looking is not None or waits(store)):
            self._well(services)
        store.meta.put(WATCHED, clock.dumps())
        self._jumps, self._steady = clock.jumps, steady
        self._next = clock().timestamp() + EVERY

    def _tell(self, services: Services) -> None:
        shown, counted = self._clock.shows(), self._clock()
        text = told(shown, counted, self._whose)
        alarm = ClockJumped(
            subject="system clock", text=text, shown=epoch(shown), counted=epoch(counted)
        )
        services.store.alerts.open(alarm, epoch(counted))
        log.warning("%s", text)

    def _well(self, services: Services) -> None:
        # a little each second, and the alarm is closed after that: who ends before begins anew
        now = epoch(self._clock())
        if self._looking is None:
            self._looking = services.store.outbox.no_later(now)
            log.info("the clock is believed again")
        if all(next(self._looking, _OVER) is not _OVER for _ in range(STEPS)):
            return
        self._looking = None
        services.store.alerts.close(ClockJumped.kind, "system clock", now)


def told(shown: datetime, counted: datetime, whose: str) -> str:
    """Return what is said of the clock of a machine that jumped: what it shows, what was counted,
    what to do.
    """
    return (
        f"the clock of {whose} jumped: it shows {shown:%Y-%m-%d %H:%M:%S} UTC, by drumbeat's"
        f" own count it is {counted:%Y-%m-%d %H:%M:%S} UTC. Sending goes on by that count, and what"
        " can't be undone (skipping what is too late, deleting) waits until the clock has been"
        f" steady for {STEADY / 60:.0f} minutes. If it is right now, `drumbeat clock trust` lets"
        " everything go on at once; if not, set it"
    )
