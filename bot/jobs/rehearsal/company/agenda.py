"""What invented people do, and jobs for them, each at its instant."""

from collections.abc import Callable
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count

from bot.jobs.services import Services

Act = Callable[[Services, datetime], int]
"""Something that is done at an instant; gives how many messages it put into the outbox, or how many
steps it took. What was done before it changes nothing, since a rehearsal may be ended in between.
"""

AGAIN = timedelta(hours=1)
"""How far back a rehearsal that goes on begins: its clock is written so often."""

_PATIENCE = timedelta(minutes=1)


class Agenda:
    """Acts by their instants, those of one instant in the order in which they were put there."""

    def __init__(self, clock: datetime) -> None:
        #: the instant to which the file had come when this began
        self.clock = clock
        self._acts: list[tuple[datetime, int, bool, Act]] = []
        self._count = count()

    def put(self, at: datetime, act: Act, *, final: bool = False) -> None:
        """Have this done at an instant, unless that lies before the file's clock; where it is
        `final`, not while the clock is not believed.
        """
        if at >= self.clock - AGAIN:
            heappush(self._acts, (at, next(self._count), final, act))

    def following(self, end: datetime) -> datetime:
        """Return the instant of the next act, or `end` where none comes before."""
        return min(end, self._acts[0][0]) if self._acts else end

    def play(self, services: Services, now: datetime) -> int:
        """Do what is due; return how much came of it. An act that fails is done again later."""
        done = 0
        while self._acts and self._acts[0][0] <= now:
            at, _, final, act = due = heappop(self._acts)
            if final and not services.steady():
                self.put(max(at, now) + _PATIENCE, act, final=True)
                continue
            try:
                done += act(services, now)
            except BaseException:
                heappush(self._acts, due)
                raise
        return done
