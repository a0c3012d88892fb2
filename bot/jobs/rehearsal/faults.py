"""The faults that a rehearsal may meet, and a schedule of them from a seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from random import Random

TIMES = 2
"""How often a schedule holds each kind."""


class Kind(Enum):
    """What may go wrong while messages leave: how it is said, and how many seconds it lasts."""

    FEW_SILENT = "one answer in 500 never comes", 3600
    SILENT = "one answer in 20 never comes", 20
    DOWN = "the network answers 502", 5
    AWAY = "the network answers 502 for long", 600
    DEAD = "one recipient always fails", 86_400
    FLOOD = "too many requests (429)", 10
    BLOCKED = "somebody blocks us", 0
    TOKEN = "the token is refused until a person mends it", 1800
    HOUR_BACK = "the clock is an hour behind", 20
    DAY_BACK = "the clock is a day behind", 20
    HOUR_AHEAD = "the clock is an hour ahead", 20
    DAY_AHEAD = "the clock is a day ahead", 20
    DISK = "nothing can be written to the disk", 60
    KILLED_BEFORE = "drumbeat is killed before a message arrives", 0
    KILLED_AFTER = "drumbeat is killed after a message has arrived", 0
    RELOAD = "an answer doesn't end while the data are reloaded", 0

    def __init__(self, words: str, seconds: int) -> None:
        self.words = words
        self.seconds = seconds


JUMPS = {
    Kind.HOUR_BACK: -3600.0,
    Kind.DAY_BACK: -86_400.0,
    Kind.HOUR_AHEAD: 3600.0,
    Kind.DAY_AHEAD: 86_400.0,
}
"""By how many seconds the clock lies before the true time."""

KILLS = {Kind.KILLED_BEFORE: False, Kind.KILLED_AFTER: True}
"""Whether the message arrives with which the process ends."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault: it begins with the first message that leaves at or after `at`, so that it meets
    something, and lasts `kind.seconds` from there.
    """

    kind: Kind
    at: datetime


def schedule(seed: int, start: datetime, end: datetime) -> list[Fault]:
    """Return each kind of fault `TIMES` times, at instants between `start` and `end`, in order; the
    same for the same seed.
    """
    rng = Random(seed)  # noqa: S311
    seconds = (end - start).total_seconds()
    faults = [
        Fault(kind=kind, at=start + timedelta(seconds=rng.uniform(0, seconds)))
        for kind in Kind
        for _ in range(TIMES)
    ]
    return in_order(faults)


def in_order(faults: Sequence[Fault]) -> list[Fault]:
    """Return the faults in the order in which they begin."""
    return sorted(faults, key=lambda fault: (fault.at, fault.kind.words))
