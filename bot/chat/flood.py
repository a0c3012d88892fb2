"""Slows down who writes too much, and nobody else.

Each chat has a burst of messages at once and then one a second; what comes faster waits its turn, and what would wait too long is dropped.
"""

from collections import OrderedDict

BURST = 20
"""Messages that may come at once."""

EVERY = 1.0
"""Seconds between messages after the burst."""

PATIENCE = 30.0
"""Longest wait in seconds; beyond it a message is dropped."""

_CHATS = 50_000


class Flood:
    """Remembers for each chat when its next message would be in turn; instants are of any clock that only goes forward."""

    def __init__(self) -> None:
        self._turn: OrderedDict[str, float] = OrderedDict()
        self._told: OrderedDict[str, float] = OrderedDict()

    def delay(self, address: str, now: float) -> float | None:
        """Seconds that a message has to wait, 0 in most cases; None: drop it."""
        turn = max(self._turn.get(address, 0.0), now)
        wait = turn - now - (BURST - 1) * EVERY
        if wait > PATIENCE:
            return None
        self._turn[address] = turn + EVERY
        self._turn.move_to_end(address)
        self._trim(self._turn)
        return max(0.0, wait)

    def tell(self, address: str, now: float) -> bool:
        """Whether to say so: once a minute."""
        if now - self._told.get(address, float("-inf")) < 60.0:  # noqa: PLR2004 - a minute
            return False
        self._told[address] = now
        self._told.move_to_end(address)
        self._trim(self._told)
        return True

    @staticmethod
    def _trim(known: OrderedDict[str, float]) -> None:
        while len(known) > _CHATS:
            known.popitem(last=False)
