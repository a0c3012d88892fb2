"""A day as people write it: 2027-08-15, 15.08.2027, 15/08/2027, 15 August 2027, 1er août, 15 de
agosto.

The day comes before the month, and without a year it is the next such day. What may be read in two
ways is not guessed: in English 05/08 is May to some. Babel's own `parse_date` knows no names of
months, and takes whatever is no month for a day.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from functools import cache

from babel.dates import get_month_names

from bot.languages import locale
from bot.rules.reading.han import figures
from bot.rules.reading.places import plain
from bot.rules.reading.when.clock import Words

_ISO = re.compile(r"(\d{4})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{1,2})\.?")
_COMPACT = re.compile(r"(20\d\d)(\d\d)(\d\d)")
_NUMBERS = re.compile(r"(\d{1,2})\s*([./-])\s*(\d{1,2})(?:\s*\2\s*(\d{4}|\d{2}))?\.?")
_MARKS = re.compile("[\u061c\u200e\u200f\u2066-\u2069]")
_CHINESE = re.compile(
    r"(?:(\d{4})\s*年\s*)?(\d{1,2})\s*月\s*(\d{1,2})\s*[日号號]?"
    r"(?:(?:星期|周|週|礼拜|禮拜)[一二三四五六日天])?"
)
_PARTS = re.compile(r"\d+|[^\W\d_]+")

_CENTURY = 2000
_MONTHS = 12
_MONTH_FIRST = ("zh",)
"""Languages that say a day without its year as month and day."""

_ALSO_NAMED = {"ar": ("ar-LB", "ar-DZ", "ar-MA")}
"""Languages whose months have other names elsewhere, which people write wherever they are."""

_LONGEST = 200
_JANUARY = 0xE000
"""The sign that stands for January in plain words; those of the other months follow."""

_SHORTEST = 3
"""Fewest letters by which a month is recognised."""

_LONG, _LIKE = 5, 0.8
"""Fewest letters of a name that is known with a slip in it, and how much alike the two must be."""


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What may stand beside a day whose month is named, plain (`places.plain`)."""

    #: words that say nothing: the, of, please
    words: frozenset[str]
    #: what leads to the day behind whatever else: until
    leading: tuple[str, ...] = ()

    def others(self, words: list[str]) -> list[int]:
        """Return the places of the words that say something else."""
        return [
            at
            for at, word in enumerate(words)
            if not (_is_month(word) or word.isdecimal() or word in self.words)
        ]

    def has_only(self, words: list[str]) -> bool:
        """Return whether nothing else stands beside the day, but before what leads to it."""
        others = self.others(words)
        told = (at for at, word in enumerate(words) if _is_month(word) or word.isdecimal())
        first = next(told, 0)
        between = f" {' '.join(words[others[-1] + 1 : first])} " if others else ""
        return not others or any(f" {phrase} " in between for phrase in self.leading)


def read(
    text: str,
    language: str,
    today: date,
    beside: Beside | None = None,
) -> date | None:
    """Return the day that is meant, however far it lies in the past or ahead.

    What may stand beside a month that is named says `beside`; without it whatever may.

    None for what can't be read, or can be read in two ways.
    """
    # marks of direction stand in the numbers of days from right to left
    words = figures(_MARKS.sub("", unicodedata.normalize("NFKC", text.strip()[:_LONGEST])))
    if match := _CHINESE.fullmatch(words):
        return _in_year(int(match[3]), int(match[2]), match[1], today)
    if match := _ISO.fullmatch(words):
        return _day(int(match[1]), int(match[3]), int(match[4]))
    if match := _COMPACT.fullmatch(words):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := _NUMBERS.fullmatch(words):
        return _numbers(int(match[1]), match[2], int(match[3]), match[4], language, today)
    return _named(words, language, today, beside)


def _numbers(
    day: int, sign: str, month: int, year: str | None, language: str, today: date
) -> date | None:
    tongue = language.partition("-")[0]
    either = day != month and max(day, month) <= _MONTHS
    if either and ((sign != "." and tongue == "en") or (year and tongue in _MONTH_FIRST)):
        return None
    # 8/15 can be nothing but August
    if (tongue in _MONTH_FIRST and day <= _MONTHS) or (sign == "/" and month > _MONTHS):
        day, month = month, day
    return _in_year(day, month, year, today)


def _named(words: str, language: str, today: date, beside: Beside | None) -> date | None:
    """Return a day whose month is named, in the reader's language or in English."""
    # without marks that stand above letters, which are none of them
    parts = " ".join(_PARTS.findall(plain(words)))
    for tongue in dict.fromkeys((language, "en")):
        marked = _marked(parts, tongue, beside)
        months = {ord(sign) - _JANUARY for part in marked if _is_month(part) for sign in part}
        numbers = [part for part in marked if part.isdecimal()]
        if len(months) == 1 and numbers:
            told = beside is None or beside.has_only(marked)
            return _with_month(numbers, months.pop() + 1, today) if told else None
    return None


def _marked(parts: str, language: str, beside: Beside | None) -> list[str]:
    """Return plain words, those that name a month as a sign for each month that they may be; with a
    slip in it only where it is the one word that says something.

    A whole name goes before its beginning, and a longer one before others: two names may begin
    alike, and be no one word.
    """
    rest = f" {parts} "
    every = [(name, month) for month, names in _names(language).items() for name in names]
    for name, month in sorted(every, key=lambda pair: -len(pair[0])):
        rest = rest.replace(f" {name} ", f" {_sign(month)} ")
    words = [_months(part, language, str.startswith) or part for part in rest.split()]
    if beside is not None and len(beside.others(words)) > 1:
        return words
    return [_months(part, language, _is_near) or part for part in words]


def _sign(month: int) -> str:
    return chr(_JANUARY + month - 1)


def _is_month(part: str) -> bool:
    return _JANUARY <= ord(part[0]) < _JANUARY + _MONTHS


def _with_month(numbers: list[str], month: int, today: date) -> date | None:
    """Return the day of this month: '15', or 15 and a year in either order."""
    years = [number for number in numbers if len(number) == len(str(_CENTURY))]
    days = [number for number in numbers if number not in years]
    if len(days) != 1 or len(days[0]) > 2 or len(years) > 1:  # noqa: PLR2004 - two digits
        return None
    return _in_year(int(days[0]), month, years[0] if years else None, today)


def _in_year(day: int, month: int, year: str | None, today: date) -> date | None:
    if year is not None:
        # two digits
        return _day(int(year) + (_CENTURY if len(year) == 2 else 0), month, day)  # noqa: PLR2004
    ahead = (_day(today.year + more, month, day) for more in (0, 1))
    return next(
        (candidate for candidate in ahead if candidate is not None and candidate >= today), None
    )


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _months(word: str, language: str, known: Callable[[str, str], bool]) -> str:
    """Return the signs of the months that have a name by which this is known; '' for none.

    Names that begin alike give several months.
    """
    if len(word) < _SHORTEST:
        return ""
    every = _names(language).items()
    return "".join(_sign(m) for m, names in every if any(known(name, word) for name in names))


def is_month(word: str, language: str) -> bool:
    """Return whether a plain word is how the name of a month begins."""
    return bool(_months(word, language, str.startswith))


def _is_near(name: str, word: str) -> bool:
    # marched is no slip
    long = min(len(name), len(word)) >= _LONG and not word.startswith(name)
    return long and SequenceMatcher(None, word, name).ratio() >= _LIKE


def days_on(text: str, said: Words) -> int | None:
    """Return how many days after today a folded text says: tomorrow is 1; None for no such word."""
    every = ((said.today, 0), (said.tomorrow, 1), (said.after_tomorrow, 2))
    return next((on for phrases, on in every if text in phrases), None)


@cache
def _names(language: str) -> dict[int, frozenset[str]]:
    widths = [
        get_month_names(width, context, locale(tag))
        for tag in (language, *_ALSO_NAMED.get(language.partition("-")[0], ()))
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
    ]
    return {
        month: frozenset(plain(str(names[month])) for names in widths)
        for month in range(1, _MONTHS + 1)
    }
