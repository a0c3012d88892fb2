"""What can be said of what people did with posts of ours.

A count that isn't known stays so: it is no zero, and what is summed up says of how many posts.
Networks are never summed up, since each counts in its own way.
"""

from bot.rules.results.standing import (
    AGES,
    DAY,
    LAST,
    Standing,
    days_after,
    is_late,
    standing,
)
from bot.rules.results.sums import LEAST, Change, Sum, change, summed

__all__ = [
    "AGES",
    "DAY",
    "LAST",
    "LEAST",
    "Change",
    "Standing",
    "Sum",
    "change",
    "days_after",
    "is_late",
    "standing",
    "summed",
]
