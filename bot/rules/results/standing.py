"""How a post of ours stands at an age: what was read of it, or why nothing was. Pure."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from bot.model.counting import OwnPost

DAY: Final = 86_400
"""Seconds."""

LAST: Final[Mapping[int, int]] = {1: 3, 7: 14, 30: 60}
"""The ages at which a post is read, in days after it left, and the last day on which what is read
still stands for each.
"""

AGES: Final = tuple(LAST)

LATE: Final = 1.25
"""What is read at more than so many times its age was read late, which is said."""


class Standing(Enum):
    """How a post stands at an age."""

    #: its counts are known
    READ = "read"
    #: deleted or hidden
    GONE = "gone"
    #: it will be read, or may be
    AHEAD = "ahead"
    #: nobody read it while what was read would have stood for the age
    MISSED = "missed"
    #: its network tells nothing, or gave no receipt by which it could be asked for
    UNTOLD = "untold"


def standing(post: OwnPost, age: int, now: int, *, tells: bool) -> Standing:
    """Return how a post stands at an age, at an epoch second; `tells`: its network tells counts."""
    reading = post.at(age)
    if reading is not None:
        return Standing.GONE if reading.reactions.gone else Standing.READ
    if not tells or not post.receipt:
        return Standing.UNTOLD
    return Standing.MISSED if now > post.sent + LAST[age] * DAY else Standing.AHEAD


def days_after(post: OwnPost, at: int) -> float:
    """Return how many days after it left a post was read, with one decimal."""
    return round((at - post.sent) / DAY, 1)


def is_late(post: OwnPost, age: int) -> bool:
    """Return whether a post was read, and noticeably later than at this age."""
    reading = post.at(age)
    return reading is not None and reading.at - post.sent > LATE * age * DAY
