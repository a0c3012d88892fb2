"""Dates: a date rule gives days, a local time of day in a zone gives an instant, and quiet hours
move it.

Local times that don't exist, or exist twice, follow RFC 5545 §3.3.5; `instant` says how.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import count, islice, takewhile
from zoneinfo import ZoneInfo

from dateutil.easter import easter

from bot.model import EasterOffset, ListedDates, NthWeekday, QuietHours, Rule, YearlyDay
from bot.model.makers import AfterPledge

_ONE_DAY = timedelta(days=1)
_WEEK = 7


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """Return the IANA zone with this name; raises as `ZoneInfo` does.

    Zones are cached here, since `ZoneInfo` itself keeps eight strongly and a fan-out meets
    hundreds.
    """
    return ZoneInfo(name)


def days(rule: Rule, start: date, end: date) -> list[date]:
    """Return the rule's days from `start` to `end`, both included, in order and each once.

    A year that has no such day (29 February, a fifth Monday) gives none: nothing is moved to a
    neighbour.
    """
    return sorted({day for day in _candidates(rule, start.year, end.year) if start <= day <= end})


def _candidates(rule: Rule, first: int, last: int) -> Iterator[date]:
    """Yield the days of the rule in these years, and perhaps some of neighbouring years."""
    match rule:
        case ListedDates():
            yield from rule.dates
        case YearlyDay():
            for year in range(first, last + 1):
                yield from _valid(year, rule.month, rule.day)
        case NthWeekday():
            for year in range(first, last + 1):
                yield from _nth_weekday(year, rule)
        case EasterOffset():
            # a large offset reaches into a neighbouring year
            reach = abs(rule.days) // 365 + 1
            for year in range(max(first - reach, 1), min(last + reach, 9998) + 1):
                yield easter(year) + timedelta(days=rule.days)
        case AfterPledge():
            return  # each pledge has its own (`after`)


def _valid(year: int, month: int, day: int) -> Iterator[date]:
    try:
        yield date(year, month, day)
    except ValueError:
        return


def _nth_weekday(year: int, rule: NthWeekday) -> Iterator[date]:
    if rule.nth > 0:
        first = date(year, rule.month, 1)
        day = first + timedelta(
            days=(rule.weekday - first.weekday()) % _WEEK + _WEEK * (rule.nth - 1)
        )
    else:
        last = date(year + rule.month // 12, rule.month % 12 + 1, 1) - _ONE_DAY
        day = last - timedelta(
            days=(last.weekday() - rule.weekday) % _WEEK + _WEEK * (-rule.nth - 1)
        )
    if day.month == rule.month and rule.nth != 0:
        yield day


def after(day: date, wait: AfterPledge) -> date:
    """Return the day that comes so many months and then days after `day`.

    In a month without that number it is the last day of the month, so that nobody is left out; each
    is counted from `day` itself, so that the 31st comes back after a shorter month.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + wait.months, 12)
    number = min(day.day, monthrange(year, month + 1)[1])
    return date(year, month + 1, number) + timedelta(days=wait.days)


MOST_REPEATED = 100
"""Most days that are asked for at once."""


def repeated(first: date, every: str, until: date) -> list[date]:
    """Return `first` and the days after it up to `until`: the same day of each week (`every` is
    'week') or the same number in each month ('month').

    A month without that number gives none. At most one more than `MOST_REPEATED`.
    """
    if every == "week":
        wanted = (first + step * timedelta(days=_WEEK) for step in count())
    else:
        months = (divmod(first.year * 12 + first.month - 1 + step, 12) for step in count())
        wanted = (day for year, month in months for day in _valid(year, month + 1, first.day))
    return list(islice(takewhile(lambda day: day <= until, wanted), MOST_REPEATED + 1))


def instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Return the UTC instant of a local time of day.

    `minute` counts from local midnight on the clock, 0 to 1439.

    As RFC 5545 §3.3.5 has it: a local time that a jump forward leaves out takes the UTC offset
    before the jump, so in a gap from 02:00 to 03:00 the time 02:30 means 03:30; a local time that
    comes twice means its first coming. Where a zone leaves out a whole day (Samoa, 30 December
    2011), the same rule gives the same time of the next day.
    """
    return _at(day, minute, zone, fold=0)


def _at(day: date, minute: int, zone: ZoneInfo, *, fold: int) -> datetime:
    # PEP 495: fold=0 is the offset before the change, both in a gap and in a fold
    return datetime.combine(day, time(*divmod(minute, 60), fold=fold), zone).astimezone(UTC)


def quiet_end(now: datetime, zone: ZoneInfo, quiet: QuietHours) -> datetime | None:
    """Return the UTC instant at which the quiet hours around `now` (aware) end in this zone.

    None when `now` is outside quiet hours. The result is always later than `now`, and never in
    quiet hours itself: a fold that repeats the last quiet hour repeats the quiet, and an end that
    falls in a gap moves as in `instant`. Quiet hours whose start equals their end are none.
    """
    if not _quiet_at(now, zone, quiet):
        return None
    today = now.astimezone(zone).date()
    # The end is today or tomorrow; a fold, or a day that a zone leaves out, can move it one day on.
    ends = (
        _at(today + timedelta(days=ahead), quiet.end, zone, fold=fold)
        for ahead in range(4)
        for fold in (0, 1)
    )
    return next(end for end in ends if end > now and not _quiet_at(end, zone, quiet))


def _quiet_at(now: datetime, zone: ZoneInfo, quiet: QuietHours) -> bool:
    local = now.astimezone(zone)
    return _is_quiet(local.hour * 60 + local.minute, quiet)


def _is_quiet(minute: int, quiet: QuietHours) -> bool:
    if quiet.start <= quiet.end:
        return quiet.start <= minute < quiet.end
    return minute >= quiet.start or minute < quiet.end


def waking_minute(minute: int, quiet: QuietHours) -> int:
    """Return the wished minute of the day, or the end of the quiet hours in which it lies."""
    return quiet.end if _is_quiet(minute, quiet) else minute
