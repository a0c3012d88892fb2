"""Lift on an observance, trend and surge of a hashtag, or why they can't be said."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from bot.rules.hashtags.days import Usage
from bot.rules.hashtags.windows import DAY

BASELINE_WEEKS = 4
"""Lift compares with the same weekday of so many weeks before."""

LEAST = 20
"""With fewer uses than these, neither lift nor trend is given."""

FEWEST_DAYS = 2
"""The fewest days that make a usual number: one day is no habit."""

SURGE = 3
"""So many times the usual number of uses on one day is worth an alert."""

SURGE_LEAST = 30
"""Fewer uses than these on a day are never worth an alert."""

_SURGE_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class Lift:
    """How the use on an observance differs from the same weekday in the weeks before."""

    observance: str
    day: date
    network: str
    #: None when it can't be said; `why` says why
    ratio: float | None
    #: uses on the day; None when the day was not seen whole
    n: int | None
    #: days that the comparison needs and that nobody saw
    blind_days: tuple[date, ...]
    why: str


@dataclass(frozen=True, kw_only=True)
class Trend:
    """The last seven whole days against the seven before; `ratio` is None when it can't be said."""

    ratio: float | None
    why: str


@dataclass(frozen=True, kw_only=True)
class Surge:
    """A day with several times the usual number of uses."""

    day: date
    uses: int
    usual: float


def lift(
    usage: Usage, observance: str, day: date, others: Collection[date], *, today: date
) -> Lift:
    """Compare the uses on `day` with the median of the same weekday in the four weeks before.

    `usage` must reach back so far.

    Days next to one of `others` (days of other observances) are no usual days and left out. The
    ratio is withheld when the day is not over or not seen, below `LEAST` uses, with fewer than
    `FEWEST_DAYS` usual days, and when the usual number is 0.
    """
    known = {each.day: each for each in usage.days if each.whole and each.day < today}
    before = [day - 7 * n * DAY for n in range(1, BASELINE_WEEKS + 1)]
    usual_days = [each for each in before if not any(abs(each - other) <= DAY for other in others)]
    seen = [known[each].uses or 0 for each in usual_days if each in known]
    n = known[day].uses if day in known else None
    usual = median(seen) if seen else 0
    why = _why_no_lift(n, len(seen), usual, over=day < today)
    blind = tuple(sorted(each for each in (day, *usual_days) if each < today and each not in known))
    ratio = None if why or n is None else round(n / usual, 2)
    return Lift(
        observance=observance,
        day=day,
        network=usage.network,
        ratio=ratio,
        n=n,
        blind_days=blind,
        why=why,
    )


def _why_no_lift(n: int | None, seen: int, usual: float, *, over: bool) -> str:
    if not over:
        return "the day is not over"
    if n is None:
        return "nobody saw the whole day"
    if n < LEAST:
        return f"{n} uses are too few: below {LEAST} chance decides"
    if seen < FEWEST_DAYS:
        return f"{seen} of the days to compare with can be used, {FEWEST_DAYS} are needed"
    return "" if usual else "on the days to compare with there was no use at all"


def trend(usage: Usage, *, today: date) -> Trend:
    """Compare the last seven days before `today` with the seven before them.

    There is a ratio only when all fourteen days were seen.
    """
    known = {each.day: each.uses or 0 for each in usage.days if each.whole}
    last, before = ([today - n * DAY for n in days] for days in (range(1, 8), range(8, 15)))
    blind = [each for each in (*last, *before) if each not in known]
    if blind:
        return Trend(ratio=None, why=f"{len(blind)} of the last 14 days were not seen")
    now, then = (sum(known[each] for each in days) for days in (last, before))
    if max(now, then) < LEAST:
        return Trend(ratio=None, why=f"fewer than {LEAST} uses in a week")
    return (
        Trend(ratio=round(now / then, 2), why="")
        if then
        else Trend(ratio=None, why="no use in the week before")
    )


def surge(usage: Usage, day: date) -> Surge | None:
    """Return the surge on `day`, which need not be over, or None.

    The uses must be `SURGE` times the median of the four weeks before, of which at least seven days
    were seen.
    """
    today = next((each for each in usage.days if each.day == day), None)
    if today is None or today.uses is None or today.uses < SURGE_LEAST:
        return None
    before = [
        each.uses or 0
        for each in usage.days
        if each.whole and timedelta(0) < day - each.day <= BASELINE_WEEKS * 7 * DAY
    ]
    if len(before) < _SURGE_DAYS:
        return None
    usual = float(median(before))
    return (
        Surge(day=day, uses=today.uses, usual=usual)
        if today.uses >= SURGE * max(usual, 1)
        else None
    )
