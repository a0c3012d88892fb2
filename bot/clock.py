"""The clock of a live run: the machine's own, watched by a counter that nobody can set.

When the clock jumps, a run goes on by its own count of the seconds: for a jump that is taken back
nothing was sent early, skipped or deleted. The clock is believed again once it has been steady for
`STEADY` seconds, or when a person says that it is right; until then decisions that can't be undone
wait (`Clock.steady`). The counter goes on while a machine sleeps (CLOCK_BOOTTIME), so that a laptop
that wakes has made no jump.

Where several machines share what is due and how fast it may leave, they go by one clock, that of
their database's server (`Borrowed`), which is watched in the same way.
"""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from typing import Self

JUMP = 10.0
"""Seconds: a smaller step is followed at once, as time servers make it; graces count in minutes."""

STEADY = 600.0
"""Seconds for which a clock that jumped must go evenly before it is believed."""

WATCHED = "clock watched"
"""The key in the database's table of pairs under which a run keeps its clock (`Clock.dumps`)."""

# macOS has no CLOCK_BOOTTIME, and its CLOCK_MONOTONIC goes on while it sleeps
_COUNTER: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

_BOOT = Path("/proc/sys/kernel/random/boot_id")

_WANDERS = 5e-4
"""Seconds in a second by which a counter and the clock of another machine go apart at most, as time
servers turn clocks no faster.
"""

_SLOW = 1.0
"""Seconds: two readings that lie further apart than this make no pair."""


def elapsed() -> float:
    """Return the seconds since the machine started, with those for which it slept."""
    return time.clock_gettime(_COUNTER)


def boot() -> str:
    """Return what tells this start of the machine from all others; '' where nothing does."""
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return ""


@dataclass(frozen=True, kw_only=True)
class Memory:
    """What a watch must know after a restart, as plain numbers: seconds."""

    #: of the counter, when this was kept
    passed: float
    #: what the clock showed, less the counter
    shown: float
    #: what is believed, less the counter
    believed: float
    #: the counter's value at the last jump; None while the clock is believed
    since: float | None


class Watch:
    """Says which instant to believe, from pairs of what a clock shows (epoch seconds) and of the
    seconds that have passed by a counter that only goes forward.

    `memory` is that of a watch with the same counter. It reads no clock itself.
    """

    def __init__(self, wall: float, passed: float, memory: Memory | None = None) -> None:
        self._passed = passed
        self._shown = memory.shown if memory else wall - passed
        self._believed = memory.believed if memory else self._shown
        self._since = memory.since if memory else None
        #: what was believed at the start, less the counter
        self._began = self._believed
        #: how often the clock has jumped
        self.jumps = 0
        self.look(wall, passed)

    @property
    def steady(self) -> bool:
        """Whether the clock is believed."""
        return self._since is None

    @property
    def ahead(self) -> float:
        """Return by how many seconds the clock lies before what is believed; 0 when it is."""
        return self._shown - self._believed

    @property
    def leapt(self) -> float:
        """Return by how many seconds what is believed has moved against the counter."""
        return self._believed - self._began

    def memory(self) -> Memory:
        """Return what the next watch goes on from."""
        return Memory(
            passed=self._passed, shown=self._shown, believed=self._believed, since=self._since
        )

    def look(self, wall: float, passed: float) -> float:
        """Take a pair, and return the instant to believe, in epoch seconds."""
        shown = wall - passed
        if abs(shown - self._shown) >= JUMP:
            self.doubt(passed)
        self._passed, self._shown = passed, shown
        if self._since is not None and passed - self._since >= STEADY:
            self.trust()
        if self._since is None:
            self._believed = shown
            return wall
        return passed + self._believed

    def doubt(self, passed: float) -> None:
        """Count a jump: from here on the clock must go evenly before it is believed."""
        self._since = passed
        self.jumps += 1

    def trust(self) -> None:
        """Believe what the clock shows from now on."""
        self._believed, self._since = self._shown, None


class Clock:
    """The instant now, for a live run: `wall` as long as it goes evenly with `passed`, seconds of
    a counter that only goes forward.

    Each reading takes a look, so no instant of a clock that jumped is ever given out. `boot` tells
    one start of the counter from another; it is needed by `kept` alone.
    """

    def __init__(
        self,
        wall: Callable[[], datetime],
        passed: Callable[[], float] = elapsed,
        started: str | None = None,
    ) -> None:
        self._wall = wall
        self._passed = passed
        self._boot = boot() if started is None else started
        self._watch = Watch(*self._pair())

    def __call__(self) -> datetime:
        """Return the instant to believe, in UTC."""
        return datetime.fromtimestamp(self._watch.look(*self._pair()), UTC)

    @property
    def jumps(self) -> int:
        """Return how often the clock has jumped since this process began."""
        return self._watch.jumps

    def steady(self) -> bool:
        """Look, and return whether what can't be undone may be decided."""
        self()
        return self._watch.steady

    def shows(self) -> datetime:
        """Return what the clock itself shows, believed or not."""
        return self._wall()

    @property
    def ahead(self) -> float:
        """Return by how many seconds the clock lies before what is believed; 0 when it is."""
        return self._watch.ahead

    def leapt(self) -> float:
        """Return by how many seconds the instants that were given out have moved against the
        counter since this process began: what an even clock would not show.
        """
        return self._watch.leapt

    def trust(self) -> None:
        """Believe what the clock shows from now on."""
        self()
        self._watch.trust()

    def dumps(self) -> str:
        """Write what must outlive a restart as JSON text, for the database."""
        return json.dumps({"boot": self._boot, **asdict(self._watch.memory())})

    def kept(self, text: str) -> Self:
        """Go on from what another process wrote by `dumps`, and return this clock.

        After a start of the machine its counter says nothing: then a clock is doubted only where it
        lies before what it showed then. Raises `ValueError` for other text.
        """
        plain = json.loads(text)
        wall, passed = self._pair()
        same = plain.pop("boot") == self._boot != "" and plain["passed"] <= passed
        memory = Memory(**plain)
        self._watch = Watch(wall, passed, memory if same else None)
        if not same and wall < memory.shown + memory.passed - JUMP:
            self._watch.doubt(passed)
        return self

    def _pair(self) -> tuple[float, float]:
        """Return what the clock and the counter show at the same instant."""
        while True:
            passed = self._passed()
            wall = self._wall().timestamp()
            # a machine that slept just between the two has made no jump
            if self._passed() - passed < _SLOW:
                return wall, passed


class Borrowed:
    """The clock of another machine, by its answers and a counter of this one, whose own clock may
    show what it likes.

    What a machine answers was shown at some instant between the question and the answer. So each
    answer bounds by how much its clock lies before the counter, by a narrow span where it came
    soon; what lies between all bounds is right to half of the quickest answer's way.
    """

    def __init__(self, asked: Callable[[], float], passed: Callable[[], float] = elapsed) -> None:
        self._asked = asked
        self._passed = passed
        #: between what bounds the other clock lies before the counter, and when that was known
        self._known = -inf, inf, passed()
        self.ask()

    def __call__(self) -> datetime:
        """Return what the other clock shows now, as far as is known, in UTC."""
        low, high, _ = self._known
        return datetime.fromtimestamp(self._passed() + (low + high) / 2, UTC)

    def ask(self) -> None:
        """Ask the other machine once, with what was given for that: epoch seconds; raises what that
        raises. An answer that can't be true of the clock as it was is of one that was set.
        """
        began = self._passed()
        shown = self._asked()
        ended = self._passed()
        low, high, at = self._known
        apart = (ended - at) * _WANDERS
        bounds = max(low - apart, shown - ended), min(high + apart, shown - began)
        if bounds[0] > bounds[1]:
            bounds = shown - ended, shown - began
        self._known = (*bounds, ended)

    @property
    def error(self) -> float:
        """Return the seconds by which it is wrong at most, just after an answer."""
        low, high, _ = self._known
        return (high - low) / 2
