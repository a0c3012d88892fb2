"""Signs of life of a running process, and the one verdict on it: what is wrong, and what to do.

The heartbeat, `/healthz` and the metrics all go by it. It is written by the loop and read by a
thread of another one, so that it can be asked for while the loop stands still.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.jobs.monitoring.failures import Failures
from bot.jobs.ticks import PLAN, TICKS, Tick

EVERY = 1.0
"""Seconds between two looks of the loop at its own delay."""

STILL = 10.0
"""Seconds for which the loop may do nothing but one thing, before that counts as a fault: a
database that another program keeps locked makes it wait for thirty.
"""

LATE, LATE_SHARE = 300.0, 0.5
"""Seconds over which the loop's delays are added up, and the share of them that they may take: more
is a machine that can't keep up, even where no single delay reaches `STILL`. A long one now and then
is only told.
"""

FRESH = 300.0
"""Seconds within which planning must have come to its end: without it nothing falls due."""

LONGEST = 3_600.0
"""Seconds that a round of any other job may take: reading hashtags from slow servers takes
minutes.
"""

_MINUTE = 60


@dataclass(frozen=True, kw_only=True)
class Job:
    """One job of the live process."""

    name: str
    #: seconds between two of its rounds
    every: int
    #: when it last came to its end, in epoch seconds; None before the first time
    ended: float | None
    #: whether that is longer ago than it may be
    overdue: bool
    #: whether its last round failed
    fails: bool


class Life:
    """The signs of life of a process that begins now, in which `ticks` come round.

    `clock` counts seconds that only go forward, from anywhere.
    """

    def __init__(
        self,
        failures: Failures,
        clock: Callable[[], float] = time.monotonic,
        *,
        ticks: Sequence[Tick] = TICKS,
    ) -> None:
        self._failures = failures
        self._ticks = ticks
        self._clock = clock
        self._began = clock()
        #: when the loop last looked; None before it first has
        self._looked: float | None = None
        #: an epoch second less `clock`, as the loop last saw it
        self._shift = time.time() - self._began
        #: of the last `LATE` seconds: when the loop looked, and how late it was
        self._delays: deque[tuple[float, float]] = deque()
        #: job -> when it last came to its end, by `clock` and in epoch seconds
        self._ended: dict[str, tuple[float, float]] = {}
        #: messages to chats that have ended, and those to the chat there is
        self._before, self._heard = 0, _nothing

    def look(self, at: float) -> None:
        """Note how late the loop is at this epoch second; called by it again `EVERY` seconds after
        the last call.
        """
        now = self._clock()
        self._shift = at - now
        if self._looked is not None:
            self._delays.append((now, max(0.0, now - self._looked - EVERY)))
        while self._delays and self._delays[0][0] <= now - LATE:
            self._delays.popleft()
        self._looked = now

    @property
    def now(self) -> float:
        """Return the epoch second that it is now, as the loop believes it to be."""
        return self._clock() + self._shift

    def ended(self, job: str, at: float) -> None:
        """Note that a job came to its end at this epoch second."""
        self._ended[job] = (self._clock(), at)

    def hear(self, updates: Callable[[], int]) -> None:
        """Count what another chat hears, beside what the chats before it heard."""
        self._before, self._heard = self.updates, updates

    @property
    def updates(self) -> int:
        """Return how many messages, taps and the like the chat heard since the process began."""
        return self._before + self._heard()

    @property
    def delay(self) -> float:
        """Return by how many seconds the loop was late at most in the last minute, or is now."""
        since = self._clock() - _MINUTE
        return max(self._still, *(late for at, late in tuple(self._delays) if at >= since), 0.0)

    @property
    def _still(self) -> float:
        """Return since how many seconds the loop does but one thing; negative while it is in time,
        and before it first looked.
        """
        return -EVERY if self._looked is None else self._clock() - self._looked - EVERY

    @property
    def _lost(self) -> float:
        """Return for which share of the last `LATE` seconds the loop was late; 0 in the first ones
        of a process, which has much to do at once.
        """
        now = self._clock()
        if now - self._began < LATE:
            return 0.0
        late = sum(
            min(late, LATE + at - now) for at, late in tuple(self._delays) if at > now - LATE
        )
        return (late + max(0.0, self._still)) / LATE

    @property
    def failing(self) -> dict[str, str]:
        """Return the jobs that fail now, and what else does, with what each failure is about."""
        return dict(self._failures.current)

    def jobs(self) -> list[Job]:
        """Return the jobs of the live process, in the order of their table."""
        failing = self.failing
        return [
            Job(
                name=tick.name,
                every=tick.live,
                ended=self._ended[tick.name][1] if tick.name in self._ended else None,
                overdue=self._is_overdue(tick.name, tick.live),
                fails=tick.name in failing,
            )
            for tick in self._ticks
            if tick.live is not None
        ]

    def _is_overdue(self, job: str, every: int) -> bool:
        if job == PLAN.name and job not in self._ended:
            return True  # it comes first of all
        since = self._clock() - self._ended.get(job, (self._began, 0.0))[0]
        return since > (FRESH if job == PLAN.name else every + LONGEST)

    def wrong(self) -> list[str]:
        """Return a sentence for each thing that is wrong, with what to do; none while all is well.

        What an account alone suffers (its token is refused, its network fails) is no fault of the
        process and not among them.
        """
        still, lost = self._still, self._lost
        late = [job.name for job in self.jobs() if job.overdue and not job.fails]
        return [
            *([_STANDS.format(still)] if still > STILL else ()),
            *([_LATE.format(lost)] if lost > LATE_SHARE and still <= STILL else ()),
            *self._failures.texts(),
            *(_OVERDUE.format(name) for name in late),
        ]


_STANDS = (
    "everything has stood still for {:.0f} s: another program may keep the database locked, or the"
    " disk doesn't answer; end what holds it, or start drumbeat anew"
)

_LATE = (
    "for {:.0%} of the last five minutes everything stood still, a little at a time, and people"
    " wait for their answers: look what else this machine does (`top`), and whether its disk is"
    " slow"
)

_OVERDUE = (
    "the job {!r} has not come to its end for too long; look at the log, and where it doesn't go on"
    " by itself, start drumbeat anew"
)


def _nothing() -> int:
    return 0
