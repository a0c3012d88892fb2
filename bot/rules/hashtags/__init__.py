"""From samples to the usage of a hashtag on a network per day: lift on observances, trend, surges.

Each says why where it can't be given. Pure.

What is decided here:

* A *series* is one source with one query. Sources of a network overlap and see different parts of
  it, so they are never added up: the series that knows most whole days speaks for the network, the
  others are named. There is no sum over networks anywhere.
* Within a series the newest sample of a window counts. Of windows that overlap, those are taken
  that together cover most time without overlapping; of equals the newer ones. So nothing is counted
  twice, whatever was asked when.
* Days are days in UTC. A window that reaches over midnight can't be split, and is left out.
* A time that no window covers is a gap. A day without any window has no number: not zero, unknown.
"""

from bot.rules.hashtags.compare import (
    BASELINE_WEEKS,
    FEWEST_DAYS,
    LEAST,
    SURGE,
    SURGE_LEAST,
    Lift,
    Surge,
    Trend,
    lift,
    surge,
    trend,
)
from bot.rules.hashtags.days import WHOLE, Day, Gap, Usage, companions, usage, within
from bot.rules.hashtags.windows import DAY, days_between, disjoint, midnight

__all__ = [
    "BASELINE_WEEKS",
    "DAY",
    "FEWEST_DAYS",
    "LEAST",
    "SURGE",
    "SURGE_LEAST",
    "WHOLE",
    "Day",
    "Gap",
    "Lift",
    "Surge",
    "Trend",
    "Usage",
    "companions",
    "days_between",
    "disjoint",
    "lift",
    "midnight",
    "surge",
    "trend",
    "usage",
    "within",
]
