"""An instant as people write it: 2021-05-01 14:00, tomorrow 15:00, 3pm, samedi 15 h, mañana a las
9:30, all by the clock of one zone.

The words of a language stand under [instants] in its words.toml, each as a list with commas; names
of days and months are those of CLDR. An hour alone is the next such hour, a day alone means its
usual minute. What may be read in two ways is not guessed.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from babel.dates import get_day_names

from bot.languages import locale
from bot.rules import dates
from bot.rules.reading import days
from bot.rules.reading.han import HAN, figures
from bot.rules.reading.places import plain

_FORMS = ("%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M")

_LONGEST = 100
_NOON, _HOURS, _MINUTES = 12, 24, 60
_SURE = 5
"""Fewest letters of a day's name that is known by all but its last one."""

_AM, _PM = "\x01", "\x02"
"""Stand in the place of words that say which half of the day is meant."""

_HALF = r"(?<!\d)(\d{1,2})(?:\s*[:h.]\s*(\d{2}))?"
_HAN = re.compile(f"[{HAN}]")
_FULL = re.compile(r"(?<![\d.:])(\d{1,2})\s*[:h]\s*(\d{2})(?![\d:])")


@dataclass(frozen=True, kw_only=True)
class Words:
    """What people write for instants in one language or several, folded: small letters, no
    accents.
    """

    now: tuple[str, ...] = ()
    today: tuple[str, ...] = ()
    tomorrow: tuple[str, ...] = ()
    after_tomorrow: tuple[str, ...] = ()
    noon: tuple[str, ...] = ()
    am: tuple[str, ...] = ()
    pm: tuple[str, ...] = ()
    #: what follows an hour: h, heures
    hours: tuple[str, ...] = ()
    #: what says nothing: at, the
    fillers: tuple[str, ...] = ()


KEYS = tuple(Words.__dataclass_fields__)
"""The keys of the table [instants]."""


def words(tables: Iterable[Mapping[str, str]]) -> Words:
    """Return the words of these tables together, without keys that no instant has."""
    said: dict[str, dict[str, None]] = {key: {} for key in KEYS}
    for table in tables:
        for key in KEYS:
            listed = (_folded(each) for each in table.get(key, "").split(","))
            said[key].update(dict.fromkeys(each for each in listed if each))
    return Words(**{key: tuple(sorted(each, key=len, reverse=True)) for key, each in said.items()})


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
    left = _folded(figures(written))
    if left in said.now:
        return now
    left, clock = _clock(left, said)
    if clock is not None and not 0 <= clock < _HOURS * _MINUTES:
        return None
    left = " ".join(_without(left, said.fillers).replace(",", " ").split())
    there = now.astimezone(zone)
    if not left:
        return None if clock is None else _next(there, clock, 1)
    at = minute if clock is None else clock
    if (weekday := _weekday(left, language)) is not None:
        ahead = (weekday - there.weekday()) % 7
        return _next(there + timedelta(days=ahead), at, 7, now)
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


def _folded(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.strip().casefold().replace("’", "'"))
    return "".join(char for char in letters if not unicodedata.combining(char))


def _pattern(phrases: Iterable[str]) -> str:
    """A pattern of whole words; behind a figure a word may follow at once, as in 3pm."""
    # between Chinese characters no word ends
    either = "|".join(map(_word, phrases))
    return f"(?:{either})" if either else "(?!)"


def _word(phrase: str) -> str:
    word = re.escape(phrase)
    return word if _HAN.search(phrase) else rf"(?<![^\W\d]){word}(?!\w)"


def _without(text: str, phrases: Iterable[str], instead: str = " ") -> str:
    return re.sub(_pattern(phrases), instead, text)


def _clock(text: str, said: Words) -> tuple[str, int | None]:
    """Return what is left of a text without its time of the day, and the minute of the day: None
    without a time, -1 for one that no clock shows.
    """
    # before noon, since "de l'après-midi" has it in it
    text = _without(_without(text, said.pm, _PM), said.am, _AM)
    text = _without(text, said.noon, " 12:00 ")
    units = _pattern(said.hours)
    # behind the hour, or before it as in Chinese
    if match := re.search(rf"{_HALF}\s*(?:{units})?\s*([{_AM}{_PM}])", text) or re.search(
        rf"(?=[{_AM}{_PM}]\s*{_HALF})([{_AM}{_PM}])\s*\d{{1,2}}(?:\s*[:h.]\s*\d{{2}})?"
        rf"\s*(?:{units})?",
        text,
    ):
        hour, half = int(match[1]), match[3]
        full = hour % _NOON + (_NOON if half == _PM else 0) if 1 <= hour <= _NOON else -1
        # 15 h de l'après-midi
        full = hour if _NOON < hour < _HOURS and half == _PM else full
        return _rest(text, match), _of_day(full, match[2])
    # an hour with its word and no minutes: 15 h, 15 heures
    if match := _FULL.search(text) or re.search(rf"(?<![\d.:])(\d{{1,2}})()\s*{units}", text):
        return _rest(text, match), _of_day(int(match[1]), match[2])
    return text, None


def _rest(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}"


def _of_day(hour: int, minutes: str | None) -> int:
    past = int(minutes or 0)
    return hour * _MINUTES + past if 0 <= hour < _HOURS and past < _MINUTES else -1


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
    for phrases, on in ((said.today, 0), (said.tomorrow, 1), (said.after_tomorrow, 2)):
        if text in phrases:
            return today + timedelta(days=on)
    return days.read(text, language, today)


def _weekday(text: str, language: str) -> int | None:
    """Return the day of the week, Monday 0, whose name this is in the language or in English."""
    for tongue in dict.fromkeys((language, "en")):
        names, word = _days(tongue), plain(text)
        if (weekday := names.get(word)) is not None:
            return weekday
        # in another case: до пятницы, в пятницу, до четверга
        near = {day for name, day in names.items() if _is_inflected(word, name)}
        if len(near) == 1:
            return near.pop()
    return None


def _is_inflected(word: str, name: str) -> bool:
    """Return whether a word is a name, long enough to be sure, with another last letter or one
    more.
    """
    return len(name) >= _SURE and word[:-1] in (name, name[:-1])


@cache
def _days(language: str) -> Mapping[str, int]:
    return {
        plain(str(name)): number
        for width in ("wide", "abbreviated")
        for number, name in get_day_names(width, "format", locale(language)).items()
    }
