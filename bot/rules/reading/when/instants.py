"""An instant as people write it: 2021-05-01 14:00, tomorrow 15:00, 3pm, samedi 15 h, mañana a las
9:30, all by the clock of one zone.

Times are read by `clock`, whose words hold those of an instant too; names of days and months are
those of CLDR. An hour alone is the next such hour, a day alone means its
usual minute. What may be read in two ways is not guessed.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.rules import dates
from bot.rules.reading.han import figures
from bot.rules.reading.when import days, weekdays
from bot.rules.reading.when.clock import NO_TIME, Words, clock, folded, is_so_many

_FORMS = ("%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M")

_LONGEST = 100
_MINUTES = 60


def read(
    text: str, now: datetime, zone: ZoneInfo, minute: int, said: Words, language: str = "en"
) -> datetime | None:
    """Return the instant that is meant, by the clock of this zone; a day alone means this minute of
    it.

    None for what lies in the past or can't be read, or can be read in two ways.
    """
    written = text.strip()[:_LONGEST]
    if (instant := _formed(written, zone)) is not None:
        return instant if instant > now else None
    left = folded(figures(written))
    if left in said.now:
        return now
    left, told = (left, NO_TIME) if is_so_many(left, said) else clock(left, said)
    if told == NO_TIME:
        return None
    left = " ".join(left.replace(",", " ").split())
    there = now.astimezone(zone)
    if not left:
        return None if told is None else _next(there, told, 1)
    at = minute if told is None else told
    if (named := weekdays.read(left, said, language, there.date())) is not None:
        weekday, is_fixed = named
        on = 0 if is_fixed else weekdays.WEEK
        return _next(there + (weekday - there.date()), at, on, now)
    day = _day(left, said, there.date(), language)
    instant = None if day is None else _at(day, at, zone)
    return instant if instant is not None and instant > now else None


def _formed(text: str, zone: ZoneInfo) -> datetime | None:
    for form in _FORMS:
        try:
            # the zone comes in the next line
            read_ = datetime.strptime(text, form)  # noqa: DTZ007
        except ValueError:
            continue
        return _at(read_.date(), read_.hour * _MINUTES + read_.minute, zone)
    return None


def _at(day: date, minute: int, zone: ZoneInfo) -> datetime | None:
    """Return the instant of a minute of this day; None at the ends of the calendar, where it has
    none in UTC.
    """
    try:
        return dates.instant(day, minute, zone)
    except OverflowError:
        return None


def _next(
    there: datetime, minute: int, days_on: int, now: datetime | None = None
) -> datetime | None:
    """Return this minute of the day, or so many days on where it is past."""
    zone = there.tzinfo
    assert isinstance(zone, ZoneInfo)  # noqa: S101 - `read` made it so
    instant = dates.instant(there.date(), minute, zone)
    if instant > (now or there):
        return instant
    return dates.instant(there.date() + timedelta(days=days_on), minute, zone)


def _day(text: str, said: Words, today: date, language: str) -> date | None:
    on = days.days_on(text, said)
    return days.read(text, language, today) if on is None else today + timedelta(days=on)
