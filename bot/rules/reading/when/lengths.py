"""A length of time as people write it, as the day on which it ends: 2 weeks, in ten days, на месяц,
半个月, 3 sem.

The words of a language stand under [lengths] and [numbers] of its words.toml; CLDR has what Babel
says of lengths. Months end on the same day of a later one.
"""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property
from itertools import product
from typing import Literal

from babel.dates import format_timedelta

from bot.languages import locale
from bot.rules.reading import numbers
from bot.rules.reading.han import HAN, figures
from bot.rules.reading.places import plain

_Length = tuple[int, int]
"""How many days and months."""

_UNITS: tuple[tuple[Literal["day", "week", "month", "year"], int, int, int], ...] = (
    ("day", 1, 0, 31),
    ("week", 7, 0, 26),
    ("month", 0, 1, 12),
    ("year", 0, 12, 1),
)
"""Units of time: how many days and months one is, and how many of them are read at most."""

_MOST: Mapping[str, int] = {"day": 366, "week": 53, "month": 24, "year": 3}
"""How many of a unit are read in the words of a language's own table."""

_FIXED: Mapping[str, _Length] = {"fortnight": (14, 0), "half_month": (15, 0), "half_year": (0, 6)}
"""Lengths that have a name of their own, by their key in [lengths]."""

_COUNTED = {"a": 1, "couple": 2}
"""What says a number before a unit alone, by its key in [lengths]."""

_MONTH = 30.5
"""Days by which Babel counts a month."""

_NO_LARGER = 99.0
"""How many of a unit Babel says before it takes a larger one."""

_LONGEST = 200
_WEEK, _MONTHS = 7, 12
_HAN = re.compile(f"[{HAN}]")
_NUMBERED = re.compile(r"(\d{1,3}) ?(\D+)")


@dataclass(frozen=True, kw_only=True)
class Lengths:
    """What people write for lengths of time, plain (`places.plain`)."""

    #: what may stand before a length and says nothing: in, for
    before: tuple[str, ...] = ()
    #: what may stand behind one: from now
    behind: tuple[str, ...] = ()
    next_week: tuple[str, ...] = ()
    next_month: tuple[str, ...] = ()
    #: words for numbers, with their figures, the longest first
    figures: Mapping[str, str] = field(default_factory=dict)
    #: units of which a number stands before, and the most of each that is read
    units: Mapping[str, tuple[_Length, int]] = field(default_factory=dict)
    #: lengths with a name of their own: a fortnight
    fixed: Mapping[str, _Length] = field(default_factory=dict)

    @cached_property
    def counts(self) -> tuple[str, ...]:
        """How words begin that say a number first."""
        return tuple(f"{number} " for number in self.figures)

    def bare(self, words: str) -> str:
        """Return plain words without what says nothing, and with figures for numbers."""
        before = next((each for each in self.before if words.startswith(f"{each} ")), "")
        behind = next((each for each in self.behind if words.endswith(f" {each}")), "")
        words = words.removeprefix(before).removesuffix(behind).strip()
        for number, figure in self.figures.items():
            if words.startswith(f"{number} "):
                return f"{figure} {words.removeprefix(number).strip()}"
        return words

    def is_next(self, text: str) -> bool:
        """Return whether next week or next month stands in a text."""
        words = f" {plain(text)} "
        return any(f" {each} " in words for each in (*self.next_week, *self.next_month))

    def readings(self, words: str) -> tuple[str, ...]:
        """Return how plain words may be meant: as they stand, bare, and as one of a unit, in the
        case that goes with what may stand before it.
        """
        bare = self.bare(words)
        cases = (f"{before} {each}" for before in self.before for each in (bare, f"1 {bare}"))
        return (words, bare, f"1 {bare}", *cases)

    def of(self, words: str) -> _Length | None:
        """Return the length that plain words are by the units of the language; None for none."""
        bare = self.bare(words)
        one = bare.removeprefix("1 ")
        # одну-две недели may be one week or two
        for named in (bare, bare if one.startswith(self.counts) else one):
            if named in self.fixed:
                return self.fixed[named]
        match = _NUMBERED.fullmatch(bare)
        if match is None or match[2] not in self.units:
            return None
        (days, months), most = self.units[match[2]]
        count = int(match[1])
        return (count * days, count * months) if 1 <= count <= most else None

    def within(self, text: str) -> bool:
        """Return whether a length stands within a text, which then is no day: two weeks in August.

        A year may stand in a day.
        """
        words = self.bare(plain(text))
        return any(
            re.search(rf"(?<!\S)\d{{1,3}} {re.escape(unit)}(?!\S)", words)
            for unit, ((_, months), _) in self.units.items()
            if months < _MONTHS and (len(unit) > 1 or _HAN.match(unit))
        )


NO_LENGTHS = Lengths()
"""The words of a language that has none for lengths of time."""


def lengths(
    tables: Iterable[Mapping[str, str]], counted: Iterable[Mapping[str, str]] = ()
) -> Lengths:
    """Return the words of these tables together: those under [lengths] of words.toml, several
    with commas; `counted` are tables of numbers (`numbers.said`).
    """
    every = list(tables)
    figures = {plain(word): str(number) for word, number in numbers.said(counted).items()}
    figures |= {word: str(_COUNTED[key]) for key in _COUNTED for word in _said(every, key)}
    return Lengths(
        **{key: _said(every, key) for key in ("before", "behind", "next_week", "next_month")},
        figures=dict(sorted(figures.items(), key=lambda f: -len(f[0]))),
        units={
            word: ((days, months), _MOST[unit])
            for unit, days, months, _ in _UNITS
            for word in _said(every, unit)
        },
        fixed={word: length for key, length in _FIXED.items() for word in _said(every, key)},
    )


def _said(tables: Iterable[Mapping[str, str]], key: str) -> tuple[str, ...]:
    words = {plain(word) for table in tables for word in str(table.get(key, "")).split(",")}
    return tuple(sorted(words - {""}, key=lambda word: (-len(word), word)))


def ahead(text: str, language: str, today: date, said: Lengths = NO_LENGTHS) -> date | None:
    """Return the day that lies a length of time ahead: '2 weeks', 'in ten days', 'dans 3 mois'.

    Next week and next month mean their first day, and a unit without a number is one of them, as
    in 'на неделю'. None for what is no such length, in the reader's language or in English.
    """
    words = plain(figures(unicodedata.normalize("NFKC", text.strip()[:_LONGEST])))
    bare = said.bare(words)
    # whole, too: "a" is one in English, and an article in Portuguese
    if not {words, bare}.isdisjoint(said.next_week):
        return today + timedelta(days=_WEEK - today.weekday())
    if not {words, bare}.isdisjoint(said.next_month):
        return _months_on(today.replace(day=1), 1)
    length = said.of(words) or _of_cldr(words, language, said)
    if length is None:
        return None
    days, months = length
    return _months_on(today, months) + timedelta(days=days)


def _of_cldr(words: str, language: str, said: Lengths) -> _Length | None:
    for tongue in dict.fromkeys((language, "en")):
        known = _lengths(tongue)
        if length := next((known[each] for each in said.readings(words) if each in known), None):
            return length
    return None


def _months_on(day: date, months: int) -> date:
    """Return the same day so many months on, or the last one of a shorter month."""
    year, month = divmod(day.month - 1 + months, _MONTHS)
    first = date(day.year + year, month + 1, 1)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))


@cache
def _lengths(language: str) -> dict[str, _Length]:
    """Return lengths of time as they are said, plain, with how many days and months they are."""
    spoken = locale(language)
    known: dict[str, _Length] = {}
    for unit, days, months, most in _UNITS:
        for count, says in product(range(1, most + 1), (True, False)):
            said = format_timedelta(
                timedelta(days=count * (days or months * _MONTH)),
                granularity=unit,
                threshold=_NO_LARGER,
                add_direction=says,
                locale=spoken,
            )
            known[plain(said)] = (count * days, count * months)
    return known
