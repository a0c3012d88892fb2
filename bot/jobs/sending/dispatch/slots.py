"""What a dispatcher has reserved of its account's pace, where other processes send for it too.

The pacer says what this process may send, the slots in the database what all may together. A slot
is for a message that leaves within `HOLD` seconds, by a counter that goes on while the process is
suspended; what was held longer is given up.
"""

from collections import deque
from math import ceil

from bot.clock import elapsed
from bot.jobs.services import Services
from bot.model.outbox.slots import Slot

HOLD = 5.0
"""Seconds after its reservation for which a message may leave in a slot."""

_LOOK = 0.1
"""Seconds until slots are asked for again, of which others mostly say sooner that they are free."""

_SOON = 0.01
"""Seconds until that where slots were free, but just being reserved by others."""

_DRIFT = 0.05
"""Seconds: a clock and a counter that go apart by less are not told apart."""


class Reserved:
    """The slots of one account that this process holds; instants are epoch seconds."""

    def __init__(self, services: Services, account: str) -> None:
        store = services.store
        self._slots = store.slots
        self._database = store.database
        self._account = account
        #: a simulated clock has one process
        self._is_live = not services.rehearsal and services.pacing_window <= 1
        #: with the counter's value at their reservation, oldest first
        self._held: deque[tuple[Slot, float]] = deque()
        #: how many of them are of the last reservation, and may not all be wanted
        self._fresh = 0
        #: of which it must be said when others get them
        self._over: list[tuple[Slot, int]] = []
        #: how many were made, and what had been undone by then
        self._made = (0, 0)
        self._span = 0
        #: when slots are asked for again
        self._later = 0.0
        self._leapt: float | None = None

    @property
    def is_shared(self) -> bool:
        """Whether others may send for the account: else the pacer alone keeps its pace."""
        return self._is_live and not self._database.is_only_sender

    def reserve(self, n: int, guard: tuple[int, float], now: float, leapt: float) -> int:
        """Reserve slots for `n` messages, in a transaction; return how many may leave: none where
        the clock was moved since `follow`.

        `guard` is the most in a span, and its length in seconds; `leapt` by how much the clock was
        moved.
        """
        if not self.is_shared:
            return n
        if abs(self._moved(leapt)) > _DRIFT:
            self._later = now + _LOOK
            return 0
        most, began = guard[0], elapsed()
        self._span = ceil(guard[1] * 1000)
        until = self._until(now)
        self.say()
        undone = self._database.undone
        if most > self._made[0] or undone != self._made[1]:
            self._slots.make(self._account, most)
            self._made = (most, undone)
        taken = self._slots.reserve(self._account, min(n, most), most, int(now * 1000), until)
        self._held += ((slot, began) for slot in taken)
        self._fresh = len(taken)
        if not taken:
            self._later = self._again(now, until, most)
        return len(taken)

    def _again(self, now: float, until: int, most: int) -> float:
        """Return when slots are asked for again, of which there were none."""
        free = self._slots.first_free(self._account, most) / 1000
        # one that lies further away than any reservation is the end of a rest; one that seems free
        # already is just being reserved by others
        return free if free * 1000 > until else min(max(free, now + _SOON), now + _LOOK)

    def follow(self, leapt: float, guard: tuple[int, float], now: float) -> None:
        """After a clock that was set back, let no slot be held longer than by one reserved now;
        after one that was set forward, wait for a span: what has just left seems old.

        Not within a transaction: it is about slots of all processes, and must be alone.
        """
        if not self.is_shared:
            return
        by = self._moved(leapt)
        self._span = ceil(guard[1] * 1000)
        if by < -_DRIFT:
            self._slots.bound(self._account, self._until(now))
        elif by > _DRIFT:
            self._slots.rest(self._account, int(now * 1000) + self._span)
        if self._leapt is None or abs(by) > _DRIFT:
            # what was to be waited for was said by the clock of before
            self._leapt, self._later = leapt, 0.0

    def _moved(self, leapt: float) -> float:
        """Return by how much the clock was moved since that was last heeded."""
        return leapt - (leapt if self._leapt is None else self._leapt)

    def _until(self, now: float) -> int:
        return int((now + HOLD) * 1000) + self._span

    def wait(self, now: float) -> float:
        """Return the seconds until slots may be asked for again."""
        return max(0.0, self._later - now)

    def keep(self, n: int) -> None:
        """Give back what was reserved last, but for `n` messages that will leave."""
        for _ in range(self._fresh - n):
            slot, _ = self._held.pop()
            self._over.append((slot, slot.since))
        self._fresh = 0

    def left(self, at: float) -> None:
        """Note that a message left in the oldest slot."""
        if self._held:
            slot, _ = self._held.popleft()
            self._over.append((slot, int(at * 1000) + self._span))

    def given_back(self, n: int) -> None:
        """Give up the oldest slots, of messages that will not leave."""
        for _ in range(min(n, len(self._held))):
            slot, _ = self._held.popleft()
            self._over.append((slot, slot.since))

    def is_stale(self) -> bool:
        """Return whether a message that leaves now would leave in a slot that others may have."""
        return bool(self._held) and elapsed() - self._held[0][1] >= HOLD

    def say(self) -> None:
        """Write when others get what this process is done with."""
        self.keep(0)
        if self._over:
            over, self._over = self._over, []
            self._slots.say(self._account, over)

    def limited(self, until: float) -> None:
        """Let nobody send for the account before `until`: its network asked for that."""
        if self.is_shared:
            self._slots.rest(self._account, ceil(until * 1000))
