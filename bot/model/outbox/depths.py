"""How much waits to be done, and since when."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Depth:
    """What waits to leave on a channel, or on all channels of an account."""

    #: deliveries that are queued or in flight
    waiting: int = 0
    #: of these, queued ones whose instant has come, held ones too
    due: int = 0
    #: since which epoch second the oldest that is due and not held waits; None where none is
    since: int | None = None

    def lag(self, now: float) -> float:
        """Return for how many seconds the oldest has waited at this epoch second."""
        return 0.0 if self.since is None else max(0.0, now - self.since)


@dataclass(frozen=True, kw_only=True)
class Jobs:
    """Jobs in the queue that several processes share: turns of accounts, and what comes round."""

    #: whose instant has not come
    later: int
    #: that wait for a process
    due: int
    #: that a process does now
    doing: int
