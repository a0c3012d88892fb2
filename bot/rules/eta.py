"""When waves will have left: the queues of one account at its pace, earliest deadline first, as
claims take them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import ceil
from zoneinfo import ZoneInfo

from bot.model import QuietHours
from bot.rules import dates

_DAY = 24 * 60 * 60


@dataclass(frozen=True, kw_only=True)
class Queue:
    """What of one wave waits and may leave."""

    messages: int
    #: epoch seconds from which they may leave
    ready: float
    #: epoch seconds at which their grace ends
    expires: float
    #: its quiet hours are those of its people
    zone: ZoneInfo
    #: messages a second of what is paid for, which goes before all else; None at the free pace
    rate: float | None = None


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What will become of one wave."""

    #: epoch seconds when the last message leaves that is in time; None where none is
    ends: float | None
    #: messages whose grace ends before it is their turn
    late: int


@dataclass(kw_only=True)
class _Line:
    queue: Queue
    left: float
    ready: float
    ends: float | None = None

    @property
    def turn(self) -> tuple[bool, float, float]:
        return self.queue.rate is None, self.queue.expires, self.queue.ready


@dataclass(kw_only=True)
class _Account:
    rate: float
    quiet: QuietHours
    at: float
    lines: list[_Line] = field(default_factory=list)

    def waiting(self) -> list[_Line]:
        """Return the lines that have something that can still leave, and look at no other again."""
        self.lines = [
            line
            for line in self.lines
            if line.left and max(self.at, line.ready) < line.queue.expires
        ]
        return self.lines

    def go_on(self, waiting: Sequence[_Line]) -> None:
        """Send from one line until another one's turn comes, or wait until one is ready."""
        ready = [line for line in waiting if line.ready <= self.at]
        if not ready:
            self.at = min(line.ready for line in waiting)
            return
        line = min(ready, key=lambda each: each.turn)
        moment = datetime.fromtimestamp(self.at, UTC)
        if end := dates.quiet_end(moment, line.queue.zone, self.quiet):
            line.ready = end.timestamp()
            return
        rate = line.queue.rate or self.rate
        finish = self.at + line.left / rate
        sooner = [w.ready for w in waiting if w.ready > self.at and w.turn < line.turn]
        until = min(finish, line.queue.expires, self._quiet_from(line.queue.zone), *sooner)
        line.left = 0.0 if until == finish else line.left - (until - self.at) * rate
        line.ends = self.at = until

    def _quiet_from(self, zone: ZoneInfo) -> float:
        """Return the next epoch second at which the zone's clock shows the start of the quiet."""
        second = int(self.at)
        local = datetime.fromtimestamp(second, zone)
        passed = local.hour * 3600 + local.minute * 60 + local.second
        return second + ((self.quiet.start * 60 - passed) % _DAY or _DAY)


def estimates(
    queues: Sequence[Queue], *, rate: float, now: float, quiet: QuietHours
) -> list[Estimate]:
    """Return for each wave of one account when it will have left.

    `rate` is messages per second at the free pace, more than 0, and `now` epoch seconds. What is
    paid for goes first, then the wave with the earliest deadline; in the quiet hours of its zone it
    makes way for the others.
    """
    lines = [_Line(queue=q, left=float(q.messages), ready=q.ready) for q in queues]
    account = _Account(rate=rate, quiet=quiet, at=now, lines=list(lines))
    while waiting := account.waiting():
        account.go_on(waiting)
    return [Estimate(ends=line.ends, late=ceil(round(line.left, 3))) for line in lines]
