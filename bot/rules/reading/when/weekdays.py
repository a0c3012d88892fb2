"""Days of the week as people write them: Friday, до пятницы, sexta que vem, 下周一.

Names are those of CLDR, and others under [instants] of words.toml. “Next Friday” is read where
both who means the coming one and who means that of next week mean the same day.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from difflib import SequenceMatcher
from functools import cache

from babel.dates import get_day_names

from bot.languages import locale
from bot.rules.reading.places import plain
from bot.rules.reading.when.clock import Words, without

WEEK = 7
_SURE = 5
"""Fewest letters of a day's name that is known by all but its last one."""

_LONG, _LIKE = 6, 0.85
"""Fewest letters of a name that is known with a slip in it, and how much alike the two must be."""


def read(text: str, said: Words, language: str, today: date) -> tuple[date, bool] | None:
    """Return the day that a folded text names, today or one to come, and whether it is fixed: else
    the same day of a later week may be meant where this one is over. None for none, or either of
    two.
    """
    rest, after = _without(text, said.of_next_week)
    rest, following = _without(rest, said.following)
    rest, _ = _without(rest, said.coming)
    weekday = _weekday(rest, said, language)
    if weekday is None:
        return None
    monday = today + timedelta(days=WEEK - today.weekday())
    if after:
        return monday + timedelta(days=weekday), True
    day = today + timedelta(days=(weekday - today.weekday()) % WEEK)
    if following and not monday <= day:
        return None
    return day, following


def _without(text: str, phrases: Iterable[str]) -> tuple[str, bool]:
    """Return a text without these words, and whether there were any; 下下周 has one too many."""
    rest = without(text, phrases, once=True)
    return rest, rest != " ".join(text.split())


def _weekday(text: str, said: Words, language: str) -> int | None:
    """Return the day of the week, Monday 0, whose name this is in the language or in English."""
    word = plain(text)
    tables = (said.days, *map(_days, dict.fromkeys((language, "en"))))
    if (weekday := next((names[word] for names in tables if word in names), None)) is not None:
        return weekday
    # in another case (до пятницы, до четверга), or misspelt
    for names in tables:
        near = {day for name, day in names.items() if _is_near(word, name)}
        if len(near) == 1:
            return near.pop()
    return None


def _is_near(word: str, name: str) -> bool:
    """Return whether a word is a name, long enough to be sure, with another last letter or one
    more, or with a slip.
    """
    # Chinese characters stand apart in it
    length = len(name.replace(" ", ""))
    if length >= _SURE and word[:-1] in (name, name[:-1]):
        return True
    long = min(length, len(word)) >= _LONG
    return long and SequenceMatcher(None, word, name).ratio() >= _LIKE


def names(said: Words, language: str) -> frozenset[str]:
    """Return the plain words of the names that days of the week have."""
    every = (said.days, _days(language), _days("en"))
    return frozenset(word for names in every for name in names for word in name.split())


@cache
def _days(language: str) -> Mapping[str, int]:
    return {
        plain(str(name)): number
        for width in ("wide", "abbreviated")
        for number, name in get_day_names(width, "format", locale(language)).items()
    }
