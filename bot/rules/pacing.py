"""How many messages an account may send now: the arithmetic of the rate limiter, without a clock.

Three rules stand together, each of which was found wanting alone:

- a **token bucket** at 0.98 of the limit, starting empty, that catches up at most `window` seconds
  of missed tokens: it spreads messages evenly;
- a **guard** over a sliding second and a little more: however late the ticks come, the limit is not
  passed in any second;
- a **daily maximum** over a rolling day.

Where people also chat with the account, its limit has two users. Messages that are taken from a
list (`take`) and replies to somebody who waits (`reply`) each leave the other a reserve: a flood of
either never stops the other. Replies have a bucket of their own, so that the first of them wait for
none of the tokens that a broadcast has just used up. While people write, the reserve for replies
grows to what chance brings at most in a span, at the rate of the last minute: with a fixed one, the
few replies more than it hold wait for the oldest of a full second to pass.

After a 429 the rate is lowered by a tenth, once for a whole burst of them, and rises again by one
hundredth of the limit a minute: a limit set too high costs more than it gains. `Pacer.state()`
gives what must outlive a restart.

All instants are epoch seconds, given by the caller; all rates are messages per second. A limit that
is no whole number of messages per second (1.5, or 100 per 15 minutes) is guarded over the next
longer span that has a whole number of them: 2 in 1.33 s, 1 in 9 s.
"""

import json
from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from math import ceil, floor, sqrt
from typing import Self

DAY = 86_400.0

_SHARE = 0.98  # of the limit: clocks of two machines never run alike
_SLACK = 0.05  # seconds by which messages may bunch up on their way
_LOWER = 0.9  # after a 429
_LOWEST = 0.05  # never slower than this share, or an account would stand still for good
_RISE = 0.01 / 60  # share of the limit regained per second
_BURST = 1.0  # 429s this close together are one event: those in flight say nothing new
_DRIFT = 0.05  # a clock and a counter that go apart by less are not told apart
_BACKWARDS = 1.0  # a clock that steps back by less is held still, by more is followed
_CHATTING = 60.0  # seconds after a reply in which the next one is expected
_LITTLE = 10.0  # seconds: in less, a few replies say nothing of how many come
_CHANCE = 3.0  # deviations by which more come in one span than on average, but for a rare chance
_MOMENT = 0.01  # seconds in which what was taken leaves
_TINY = 1e-6  # more than the rounding of epoch seconds (2.4e-7)


Entries = tuple[tuple[float, float, int], ...]


@dataclass(frozen=True, kw_only=True)
class State:
    """All that a pacer knows, as plain numbers that can be stored as JSON."""

    #: when it was last looked at
    at: float
    #: tokens in the bucket
    tokens: float
    #: the share of the limit in force, 1 when the network has not complained for a while
    share: float
    #: nothing leaves before this instant
    paused_until: float
    #: the last 429, or None
    complained: float | None
    #: what left in the guarded span: (first, last, how many)
    recent: Entries = ()
    #: what left in the last day, likewise
    day: Entries = ()

    def dumps(self) -> str:
        """Write the pace as JSON text, for the database."""
        return json.dumps(asdict(self))

    @classmethod
    def loads(cls, text: str) -> Self:
        """Read back what `dumps` wrote; raises `ValueError` for other text."""
        plain = json.loads(text)
        return cls(**{**plain, "recent": _entries(plain["recent"]), "day": _entries(plain["day"])})


def _entries(rows: Iterable[Iterable[float]]) -> Entries:
    return tuple((first, last, int(n)) for first, last, n in rows)


class _Sliding:
    """A count of the messages in the last `span` seconds.

    Entries within `span`/200 are merged and counted as if all were the last of them, which errs on
    the safe side.
    """

    __slots__ = ("_entries", "_grain", "_total", "span")

    def __init__(self, span: float, entries: Entries = ()) -> None:
        self.span = span
        self._grain = span / 200
        self._entries = deque(entries)
        self._total = sum(n for _, _, n in self._entries)

    def entries(self) -> Entries:
        return tuple(self._entries)

    def count(self, now: float) -> int:
        while self._entries and now - self._entries[0][1] >= self.span:
            self._total -= self._entries.popleft()[2]
        return self._total

    def add(self, n: int, now: float) -> None:
        self._total += n
        if self._entries and now - self._entries[-1][0] < self._grain:
            first, _, before = self._entries[-1]
            self._entries[-1] = (first, now, before + n)
        else:
            self._entries.append((now, now, n))

    def reaches(self, now: float) -> float:
        """Return how many seconds the oldest entry lies back; 0 where there is none."""
        return now - self._entries[0][0] if self._entries else 0.0

    def room_in(self, now: float, most: int) -> float:
        """Return the seconds until the span holds fewer than `most` messages."""
        excess = self.count(now) - most + 1
        for _, last, n in self._entries:
            if excess <= 0:
                break
            excess -= n
            if excess <= 0:
                return last + self.span - now
        return 0.0

    def shift(self, seconds: float) -> None:
        self._entries = deque(
            (first + seconds, last + seconds, n) for first, last, n in self._entries
        )


class Pacer:
    """Says how many messages one account may send now.

    `limit` is messages per second (more than 0), `now` the instant at which it starts with an empty
    bucket, `window` how many seconds of missed tokens may be made up for at once, `per_day` the
    most in a rolling day. A simulated clock that jumps from one due instant to the next gives a
    `window` as long as its jumps; above one second the limit then holds over `window` seconds
    instead of one, since nothing really leaves. At least `reserve` messages of each guarded span
    are left for replies while somebody chats, and so many for what is taken. Raises ValueError for
    a limit or a window that is not positive.
    """

    def __init__(
        self,
        limit: float,
        *,
        now: float,
        window: float = 0.25,
        per_day: int | None = None,
        reserve: int = 0,
        state: State | None = None,
    ) -> None:
        if limit <= 0 or window <= 0:
            raise ValueError(
                f"a limit of {limit} messages per second and a window of {window} s leave nothing"
                " to send: both must be more than 0"
            )
        state = state or State(at=now, tokens=0.0, share=1.0, paused_until=0.0, complained=None)
        self.limit = limit
        self.per_day = per_day
        self._reserve = reserve
        self._window = window
        self._most, span = _guard(limit, window)
        self._recent = _Sliding(span, state.recent)
        self._today = _Sliding(DAY, state.day)
        #: of the recent ones those that were taken, and the replies
        self._own, self._replies = _Sliding(span), _Sliding(span)
        #: replies while somebody chats, to know how many come
        self._lately = _Sliding(_CHATTING)
        #: tokens for replies
        self._spare = 0.0
        #: when the last reply left or began to wait
        self._replied = float("-inf")
        #: how far the clock was moved when it was last followed
        self._leapt: float | None = None
        #: how many were taken and have not left yet
        self._taken = 0
        #: how many replies leave and have no answer yet
        self._asked = 0
        #: how many replies wait for their turn
        self._waiting = 0
        #: most replies in a span where these have a limit of their own, or None
        self._apart: int | None = None
        self._at, self._share, self._complained = state.at, state.share, state.complained
        self._paused_until = state.paused_until
        self._tokens = min(state.tokens, self._capacity)

    @classmethod
    def from_state(
        cls,
        state: State,
        limit: float,
        *,
        now: float,
        window: float = 0.25,
        per_day: int | None = None,
        reserve: int = 0,
    ) -> Self:
        """Return a pacer that goes on where another one stopped.

        The time between fills its bucket, by no more than `window` seconds.
        """
        pacer = cls(limit, now=now, window=window, per_day=per_day, reserve=reserve, state=state)
        pacer._clock(now)
        return pacer

    def state(self) -> State:
        """Return the state from which `from_state` goes on."""
        return State(
            at=self._at,
            tokens=self._tokens,
            share=self._share,
            paused_until=self._paused_until,
            complained=self._complained,
            recent=self._recent.entries(),
            day=self._today.entries(),
        )

    def change(self, limit: float, *, now: float, replies: float | None = None) -> None:
        """Go on at another limit; what has left still counts.

        With `replies`, no more of these leave a second, and so much of the limit is theirs while
        somebody chats: the network lets what is paid for leave faster, and replies aren't.
        """
        most, span = _guard(limit, self._window)
        apart = None if replies is None else max(1, floor(replies))
        if (limit, apart) == (self.limit, self._apart):
            return
        self._clock(now)
        self.limit, self._apart = limit, apart
        self._tokens = min(self._tokens, self._capacity)
        self._spare = min(self._spare, self._capacity)
        self._most = most
        if span != self._recent.span:
            self._recent = _Sliding(span, self._recent.entries())
            self._own = _Sliding(span, self._own.entries())
            self._replies = _Sliding(span, self._replies.entries())

    @property
    def guard(self) -> tuple[int, float]:
        """Return the most messages in a guarded span at present, and its length in seconds."""
        return self._ceiling, self._recent.span

    @property
    def rate(self) -> float:
        """Return the tokens per second at present."""
        return self.limit * _SHARE * self._share

    @property
    def paused_until(self) -> float:
        """Return the instant before which nothing leaves, which may have passed."""
        return self._paused_until

    @property
    def waiting(self) -> int:
        """Return how many replies wait for their turn."""
        return self._waiting

    def allowed(self, now: float) -> int:
        """Return how many messages may be taken now; 0 in a pause."""
        now = self._clock(now)
        if now < self._paused_until:
            return 0
        free = min(
            floor(self._tokens + _TINY),
            self._ceiling - self._recent.count(now) - self._taken - self._asked,
            self._own_part(now) - self._own.count(now) - self._taken,
        )
        if self.per_day is not None:
            free = min(free, self.per_day - self._today.count(now) - self._taken)
        return max(0, free)

    def take(self, n: int, now: float) -> None:
        """Take the places of `n` messages, each of which then is `left` or `given_back`.

        Raises ValueError for more than `allowed(now)`.
        """
        free = self.allowed(now)
        if not 0 <= n <= free:
            raise ValueError(f"{n} messages can't leave now: {free} may")
        self._tokens = max(0.0, self._tokens - n)
        self._taken += n

    def left(self, now: float) -> None:
        """Count a message that was taken and leaves now.

        What was taken together may leave one after the other: the limit is over what leaves.
        """
        self._taken = max(0, self._taken - 1)
        self._count(self._own, self._instant(now))  # the bucket is filled when it is asked

    def given_back(self, n: int = 1) -> None:
        """Free the places of messages that were taken and will not leave."""
        self._taken -= n

    def waits(self, replies: int, now: float) -> None:
        """Say how many replies wait for their turn: what is taken makes room for them."""
        self._waiting = replies
        self._replied = max(self._replied, self._clock(now))

    def reply(self, now: float) -> float:
        """Let a reply leave now, and return 0; or return the seconds until it may be asked again,
        where it has to wait. One that leaves is `answered` later.
        """
        now = self._clock(now)
        most = self._apart or max(1, self._ceiling - self._reserve)
        waits = [
            self._paused_until - now,
            (1 - self._spare) / self.rate,
            self._room_in(self._recent, self._ceiling - self._taken - self._asked),
            self._room_in(self._replies, most - self._asked),
        ]
        if (wait := max(waits)) > _TINY:
            return wait + 2 * _TINY
        self._replied = now
        self._tokens = max(0.0, self._tokens - 1)
        self._spare = max(0.0, self._spare - 1)
        self._asked += 1
        return 0.0

    def answered(self, now: float) -> None:
        """Count a reply as having left now, since it has left by now: where many people write at
        once, it may have been asked for long before.
        """
        self._asked = max(0, self._asked - 1)  # it may have been asked for at another pace
        now = self._clock(now)
        self._count(self._replies, now)
        self._lately.add(1, now)

    def _count(self, own: _Sliding, now: float) -> None:
        own.add(1, now)
        self._recent.add(1, now)
        self._today.add(1, now)

    def _room_in(self, sliding: _Sliding, most: int) -> float:
        """Return the seconds until one more fits; a moment where what was taken is yet to leave."""
        return sliding.room_in(self._at, most) if most > 0 else _MOMENT

    def _own_part(self, now: float) -> int:
        """Return how many of a span may be taken: all, or all but what is kept for replies while
        somebody chats, or the reserve alone while replies wait.
        """
        if not self._reserve or now - self._replied > _CHATTING:
            return self._ceiling
        if self._apart is not None:
            return max(1, self._ceiling - self._apart)
        if self._waiting:
            return self._reserve
        kept = max(self._reserve, min(self._likely(now), self._ceiling // 2))
        return max(1, self._ceiling - kept)

    def _likely(self, now: float) -> int:
        """Return how many replies a span brings but by a rare chance, as replies came lately.

        People write independently of each other, so that counts have Poisson's deviation.
        """
        count = self._lately.count(now)
        mean = count * self._recent.span / max(_LITTLE, self._lately.reaches(now))
        return ceil(mean + _CHANCE * sqrt(mean))

    def wait(self, now: float, n: int = 1) -> float:
        """Return the seconds until `n` messages may leave: 0 when one may now, infinity when none
        ever may.

        When they are over, `allowed` returns at least 1, and `n` where nothing else has left and
        neither the bucket nor the limit is too small for so many.
        """
        if self.allowed(now):
            return 0.0
        n = max(1, min(n, floor(self._capacity)))
        if self.per_day is not None and self.per_day < 1:
            return float("inf")
        now = self._at
        waits = [
            self._paused_until - now,
            (n - self._tokens) / self.rate,
            self._room_in(self._recent, self._ceiling - self._taken - self._asked - n + 1),
            self._room_in(self._own, self._own_part(now) - self._taken - n + 1),
        ]
        if self.per_day is not None:
            waits.append(self._today.room_in(now, self.per_day))
        return max(0.0, *waits) + 2 * _TINY

    def follow(self, leapt: float) -> None:
        """Follow a clock that was set, forward or back: a pause keeps its length, and what left its
        age. `leapt` is by how many seconds the clock was moved so far, counted from any instant.
        """
        by = leapt - (leapt if self._leapt is None else self._leapt)
        if self._leapt is None or abs(by) > _DRIFT:
            self._leapt = leapt
            self._move(by)

    def pause(self, until: float) -> None:
        """Send nothing before `until`; a shorter pause never ends a longer one."""
        self._paused_until = max(self._paused_until, until)

    def limited(self, now: float, retry_after: float) -> None:
        """Pause for `retry_after` seconds after a 429, and then go on a tenth slower.

        Several 429s in one burst count as one.
        """
        now = self._clock(now)
        if self._complained is None or (
            now - self._complained >= _BURST and now >= self._paused_until
        ):
            self._share = max(_LOWEST, self._share * _LOWER)
            self._complained = now
        self._tokens = 0.0
        self.pause(now + retry_after)

    def heed(self, other: State, now: float) -> None:
        """Take over the newest 429 that another process, whose state this is, heard: its rest, and
        the slower pace after it.
        """
        now = self._clock(now)
        if other.complained is not None and other.complained > (self._complained or 0.0):
            risen = max(0.0, now - other.at) * _RISE
            self._share = min(self._share, other.share + risen)
            self._complained = other.complained
            self.pause(other.paused_until)

    @property
    def _capacity(self) -> float:
        return max(1.0, self.rate * self._window)

    @property
    def _ceiling(self) -> int:
        """Return the most in the guarded span at the present rate."""
        return max(1, ceil(self._most * self._share - _TINY))

    def _clock(self, now: float) -> float:
        """Fill the bucket and raise the rate up to `now`; return the instant that counts."""
        now = self._instant(now)
        passed = now - self._at
        self._share = min(1.0, self._share + passed * _RISE)
        self._tokens = min(self._capacity, self._tokens + passed * self.rate)
        self._spare = min(self._capacity, self._spare + passed * self.rate)
        self._at = now
        return now

    def _instant(self, now: float) -> float:
        """Return the instant that counts for `now`, which a clock that was set back may give."""
        if now < self._at:
            if self._at - now < _BACKWARDS:
                return self._at
            self._move(now - self._at)
        return now

    def _move(self, by: float) -> None:
        """Shift what was counted by as much as the clock was set, so that it keeps its age."""
        for sliding in (self._recent, self._own, self._replies, self._lately):
            sliding.shift(by)
        self._replied += by
        self._today.shift(by)
        self._at += by
        if self._paused_until:
            self._paused_until += by
        if self._complained is not None:
            self._complained += by


def _guard(limit: float, window: float) -> tuple[int, float]:
    """Return the most messages in a guarded span, and its length in seconds."""
    if window > 1 and limit * window >= 1:
        return floor(limit * window), window
    most = ceil(limit)
    return most, most / limit + _SLACK
