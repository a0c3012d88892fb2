"""When an account rests because its network fails, and how it goes on: a circuit breaker, without a
clock.

::

    closed ── too large a share fails ──► open ── the rest is over ──► half-open
      ▲                                    ▲                               │
      │                                    └───── the probe fails ─────────┤
      └───── enough succeeded, or one a while ago and nothing since ───────┘

*Closed*: everything may be tried. What came back in the last seconds is judged by its share of
failures, of at least so many recipients; one that fails again counts once. An account that is slow
is judged over its last attempts, however long they took. A failure of an attempt that is older than
what has succeeded since says nothing any more.

*Open*: nothing is tried. Each rest is twice as long as the one before, to a bound, and up to a
quarter longer by the account's own share, so that accounts of one server don't come back together.

*Half-open*: one attempt, the probe; then two more for each that succeeds. What was begun before the
rest is heard no more.

All instants are epoch seconds, given by the caller.
"""

import zlib
from collections import deque
from dataclasses import dataclass, replace
from enum import StrEnum

ANY = 1 << 30
"""How many attempts may be under way while nothing limits them."""

_BACKWARDS = 1.0  # a clock that steps back by less is held still, by more is followed
_GRAIN = 20  # successes within this part of the window are counted together


class Phase(StrEnum):
    """The three states of a circuit breaker."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


@dataclass(frozen=True, kw_only=True)
class Measure:
    """By what an account's attempts are judged; all lengths are seconds."""

    #: over how long
    window: float = 5.0
    #: over how long at most, where fewer than `least` attempts fell into the window
    reach: float = 300.0
    #: fewest recipients that must fail
    least: int = 8
    #: more than this share of attempts must fail
    share: float = 0.5
    #: the first rest
    first: float = 2.0
    #: the longest rest, without what is added to keep accounts apart
    longest: float = 300.0
    #: as many successes after a rest close the breaker
    enough: int = 5
    #: as long after the first success it closes, though nothing else was to be sent; and a failure
    #: this soon after it closed goes on where the rests before it stopped
    steady: float = 60.0


@dataclass(frozen=True, kw_only=True)
class Rest:
    """All that must outlive a restart of an account that rests."""

    #: when the trouble began
    since: float
    #: when the probe may leave
    until: float
    #: how many rests there were since then, this one included
    rests: int


class Breaker:
    """Says whether an account may try to send; `key` names the account and sets its rests apart.

    `rest` is what was stored of the rest in which another one stopped; it never lasts longer from
    `now` than the longest there is.
    """

    def __init__(
        self, key: str, *, now: float, measure: Measure | None = None, rest: Rest | None = None
    ) -> None:
        self._key = key
        self._measure = measure or Measure()
        self._at = now
        self._successes: deque[tuple[float, int]] = deque()
        #: recipients that failed, and when last; in the order of these instants
        self._failures: dict[int, float] = {}
        #: when the newest attempt was begun that succeeded
        self._newest = float("-inf")
        #: when it opened last; what was begun until then isn't heard
        self._opened = float("-inf")
        #: successes since the rest, and when the first of them came
        self._probed, self._proven = 0, 0.0
        #: the rest before, and when it was over
        self._last: tuple[Rest, float] | None = None
        self._rest = None
        if rest is not None:
            until = min(rest.until, now + 1.25 * self._measure.longest)
            self._rest = replace(rest, until=until)

    @property
    def rest(self) -> Rest | None:
        """Return the rest that is kept for a restart; None while it is closed."""
        return self._rest

    def phase(self, now: float) -> Phase:
        """Return whether it is closed, open or half-open at `now`."""
        if self._rest is None:
            return Phase.CLOSED
        return Phase.OPEN if now < self._rest.until else Phase.HALF_OPEN

    def allowed(self, now: float, under_way: int) -> int:
        """Return how many attempts may begin now, while so many are under way."""
        self._follow(now)
        match self.phase(now):
            case Phase.CLOSED:
                return ANY
            case Phase.OPEN:
                return 0
        return max(0, 1 + 2 * self._probed - under_way)

    def wait(self, now: float) -> float:
        """Return the seconds until something may be tried; 0 when that is now."""
        return max(0.0, self._rest.until - now) if self._rest else 0.0

    def succeeded(self, began: float, now: float) -> bool:
        """Count an attempt begun at `began` that the network answered; return whether the account
        goes on by this.
        """
        self._follow(now)
        self._newest = max(self._newest, began)
        if self._rest is None:
            self._count(now)
            return False
        if began <= self._opened:
            return False
        self._proven = self._proven if self._probed else now
        self._probed += 1
        return self._probed >= self._measure.enough and self._close(now)

    def failed(self, recipient: int, began: float, now: float) -> bool:
        """Count a failed attempt at a recipient; return whether the account begins to rest."""
        self._follow(now)
        if began <= self._opened or began < self._newest - self._measure.window:
            return False
        self._failures.pop(recipient, None)
        self._failures[recipient] = now
        if self._rest is None:
            self._trim(now)
            least, others = self._measure.least, sum(n for _, n in self._successes)
        else:
            least, others = 1, self._probed
        failures = len(self._failures)
        if failures < least or failures <= self._measure.share * (failures + others):
            return False
        self._open(now)
        return True

    def settle(self, now: float) -> bool:
        """Close it where the probe succeeded long ago; return whether the account goes on by
        this.
        """
        self._follow(now)
        proven = self._rest is not None and self._probed > 0
        return proven and now - self._proven >= self._measure.steady and self._close(now)

    def _count(self, now: float) -> None:
        if self._successes and now - self._successes[-1][0] < self._measure.window / _GRAIN:
            at, before = self._successes.pop()
            self._successes.append((at, before + 1))
        else:
            self._successes.append((now, 1))
            self._trim(now)

    def _trim(self, now: float) -> None:
        """Forget what is older than the window, but for what is needed to judge a slow account."""
        while (oldest := self._oldest()) is not None:
            at, n, recipient = oldest
            age, others = now - at, self._attempts() - n
            if age < self._measure.window or (
                age < self._measure.reach and others < self._measure.least
            ):
                return
            if recipient is None:
                self._successes.popleft()
            else:
                del self._failures[recipient]

    def _oldest(self) -> tuple[float, int, int | None] | None:
        """Return the oldest that is counted: when it came, how many, and who failed."""
        recipient = next(iter(self._failures), None)
        if recipient is not None and (
            not self._successes or self._failures[recipient] <= self._successes[0][0]
        ):
            return self._failures[recipient], 1, recipient
        return (*self._successes[0], None) if self._successes else None

    def _attempts(self) -> int:
        return len(self._failures) + sum(n for _, n in self._successes)

    def _open(self, now: float) -> None:
        before = self._rest
        if before is None and self._last and now - self._last[1] < self._measure.steady:
            before = self._last[0]
        rests = before.rests + 1 if before else 1
        since = before.since if before else now
        self._rest = Rest(since=since, until=now + self._length(rests), rests=rests)
        self._opened = now
        self._forget()

    def _length(self, rests: int) -> float:
        doubled = self._measure.first * 2.0 ** min(rests - 1, 60)
        share = (zlib.crc32(f"{self._key} {rests}".encode()) % 1000) / 4000
        return float(min(self._measure.longest, doubled) * (1 + share))

    def _close(self, now: float) -> bool:
        if self._rest is not None:
            self._last = (self._rest, now)
        self._rest = None
        self._forget()
        return True

    def _forget(self) -> None:
        self._successes.clear()
        self._failures.clear()
        self._probed = 0

    def _follow(self, now: float) -> None:
        """Follow a clock that was set back: a rest keeps its length, and counting begins anew."""
        back = now - self._at
        if back >= -_BACKWARDS:
            self._at = max(self._at, now)
            return
        self._at = now
        self._successes.clear()
        self._failures.clear()
        self._newest = self._opened = float("-inf")
        self._proven += back
        if self._rest is not None:
            self._rest = replace(
                self._rest, since=self._rest.since + back, until=self._rest.until + back
            )
        if self._last is not None:
            self._last = (self._last[0], self._last[1] + back)
