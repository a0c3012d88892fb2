"""The day until which something is, as people write it: a day, a length of time, a day of the week,
tomorrow, the 15th.

Pure; the words are those of `clock` and `lengths`. What may be read in two ways is not guessed.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta

from bot.rules.reading.han import figures
from bot.rules.reading.places import plain
from bot.rules.reading.when import days, weekdays
from bot.rules.reading.when.clock import Words, folded, numbered, without
from bot.rules.reading.when.lengths import Lengths, ahead

NO_DAY = date.min
"""Stands for what says something of time, and no day."""

_LONGEST = 200
_ASKS = "?؟"
_MONTHS_ON = 62
"""Days within which every number of a day of the month comes: two months of 31 days."""


def read(
    text: str, language: str, today: date, said: Words, spans: Lengths, *, alone: bool = False
) -> date | None:
    """Return the day that is meant, however far it lies in the past or ahead; None for what is
    none, `NO_DAY` for what no language shall take for one: a length of time among other words, a
    question, a day of the week that may be a month, a day from or after which something is, or not.
    The words are those of `language`; with `alone` no other word stands beside the day than
    those that say nothing, else others do before an “until”.
    """
    written = unicodedata.normalize("NFKC", text.strip()[:_LONGEST])
    left = without(folded(figures(written)), said.daily).strip(" .!,;،。！，")
    no_end = _is_no_end(left, said)
    day = ahead(left, language, today, spans)
    if day and not (no_end and spans.is_next(left)):
        return day
    if no_end or spans.within(left) or _is_either(left, said, language):
        return NO_DAY
    return _day(written, left, language, today, said, alone=alone)


def _is_no_end(left: str, said: Words) -> bool:
    """Return whether a folded text asks, or says of a day that it is no end.

    A word behind a figure belongs to its month, as in 15 من آب.
    """
    names = (*said.until, *said.after_tomorrow, *said.of_next_week, *said.first)
    rest = without(left, sorted(names, key=len, reverse=True))
    return any(sign in left for sign in _ASKS) or bool(said.says_no_end.search(rest))


def _is_either(left: str, said: Words, language: str) -> bool:
    """Return whether a folded text may be a day of the week with its number, or of a month: mar 3
    is Tuesday or March.
    """
    names, words = weekdays.names(said, language), plain(left).split()
    either = any(word in names and days.is_month(word, language) for word in words)
    return either and any(map(str.isdecimal, words))


def _day(
    written: str, left: str, language: str, today: date, said: Words, *, alone: bool
) -> date | None:
    """Return the day that a text names, as it is written, or folded."""
    words = said.beside | weekdays.names(said, language)
    beside = days.Beside(words=words, leading=() if alone else said.leading)
    if day := days.read(written, language, today, beside):
        return day
    bare = without(left, said.until)
    if day := _of_month((left, bare), said, today):
        return day
    bare = without(bare, said.fillers)
    numbered = without(bare, said.first, " 1 ")
    named = days.read(numbered, language, today, beside)
    return named or _near(bare, said, language, today)


def _near(bare: str, said: Words, language: str, today: date) -> date | None:
    """Return tomorrow, the day after, or the next such day of the week, which is never today."""
    if on := days.days_on(bare, said):
        return today + timedelta(days=on)
    found = weekdays.read(bare, said, language, today)
    if found is None:
        return None
    day, is_fixed = found
    return day + timedelta(days=weekdays.WEEK) if day == today and not is_fixed else day


def _of_month(texts: tuple[str, ...], said: Words, today: date) -> date | None:
    """Return the next day with the number that a text has as a day of the month: the 15th."""
    number = next(_numbers(texts, said), 0)
    coming = (today + timedelta(days=on) for on in range(1, _MONTHS_ON))
    return next((day for day in coming if day.day == number), None)


def _numbers(texts: tuple[str, ...], said: Words) -> Iterator[int]:
    for phrase in said.of_month:
        for text in texts:
            if match := re.fullmatch(numbered(phrase), text):
                yield int(match[1])
