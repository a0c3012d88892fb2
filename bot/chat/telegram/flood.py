"""Slowing down people who write too much, and nobody else.

Each person in each chat may write a burst of messages at once and then one a second. What comes
faster waits its turn; what would wait too long is dropped.
"""

from collections import OrderedDict

BURST = 20
"""Messages that may come at once."""

EVERY = 1.0
"""Seconds between messages after the burst."""

PATIENCE = 30.0
"""Longest wait in seconds; beyond it a message is dropped."""

_KNOWN = 50_000


class Flood:
    """Remembers for each person when their next message would be in turn.

    `who` is any name for a person in a chat; `now` is in seconds of a clock that only goes forward.
    """

    def __init__(self) -> None:
        self._turn: OrderedDict[str, float] = OrderedDict()
        self._told: OrderedDict[str, float] = OrderedDict()

    def delay(self, who: str, now: float) -> float | None:
        """Return for how many seconds a message has to wait, 0 in most cases; None: drop it."""
        turn = max(self._turn.get(who, 0.0), now)
        wait = turn - now - (BURST - 1) * EVERY
        if wait > PATIENCE:
            return None
        self._turn[who] = turn + EVERY
        self._turn.move_to_end(who)
        self._trim(self._turn)
        return max(0.0, wait)

    def tell(self, who: str, now: float) -> bool:
        """Return whether to tell somebody that they write too fast, which is once a minute."""
        if now - self._told.get(who, float("-inf")) < 60.0:  # noqa: PLR2004 - a minute
            return False
        self._told[who] = now
        self._told.move_to_end(who)
        self._trim(self._told)
        return True

    @staticmethod
    def _trim(known: OrderedDict[str, float]) -> None:
        while len(known) > _KNOWN:
            known.popitem(last=False)
