"""SMART review of a pledge, by rules and word lists: what would make it more specific, measurable,
time-bound. Pure; it suggests and never blocks.

Three looks, each with a hint where it finds nothing. Word lists are data
(content/<language>/smart.toml), folded: small letters, without accents.

==========  ========================================================================
measurable  a figure that counts something (not a year, not a numbered convention),
            or a word for one thing that is done or isn't ('ratify', 'publish')
dated       a year, month or day inside the campaign, or words for its end; a later
            one is told apart
one action  the name holds no second promise: 'raise awareness and end …' does,
            'design and carry out …' doesn't
==========  ========================================================================
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import Any


class Hint(Enum):
    """A hint of the review; its words for people are in smart.toml under [hints]."""

    MEASURABLE = "measurable"
    DATED = "dated"
    #: names a year, but one outside the campaign
    LATER = "later"
    ONE_ACTION = "one-action"


@dataclass(frozen=True, kw_only=True)
class Words:
    """The word lists of one language, folded."""

    #: words for something that is done or not: 'ratif*', 'conference'; '*' stands for any ending
    countable: tuple[str, ...]
    #: words for an amount: 'all', 'half', 'per cent'
    amounts: tuple[str, ...]
    #: words before a number that is a name: 'convention', 'c', 'sdg'
    names: tuple[str, ...]
    #: January to December
    months: tuple[str, ...]
    #: 'by the end of the year'
    ends: tuple[str, ...]
    #: beginnings of verbs of promising: 'organis', 'publish'
    verbs: tuple[str, ...]
    #: 'and', 'as well as'; with '+' behind it, one that is written together with the next word
    joins: tuple[str, ...]
    hints: Mapping[Hint, str]


@dataclass(frozen=True, kw_only=True)
class Review:
    """The hints of a review, and the words by which it found measure and day."""

    #: the words that made it measurable and dated, as written, for 'we found …'
    measures: tuple[str, ...]
    dates: tuple[str, ...]
    hints: tuple[Hint, ...]


def words(table: Mapping[str, Any]) -> Words:
    """Return the lists of a smart.toml; raises KeyError when one is missing."""
    lists = {
        key: tuple(fold(word) for word in table[key])
        for key in ("countable", "amounts", "names", "months", "ends", "verbs", "joins")
    }
    return Words(**lists, hints={hint: table["hints"][hint.value] for hint in Hint})


def fold(text: str) -> str:
    """Return the text in small letters without accents.

    Each character stays one character, so that positions in the text stay the same.
    """
    return "".join(unicodedata.normalize("NFD", mark)[0] for mark in text.replace("’", "'").lower())


def review(
    name: str, how: str, lists: Words, start: date | None, end: date | None, today: date
) -> Review:
    """Review a pledge: look for a measure and a day in both texts, and for one action in its name.

    The steps of the 'how' are meant to be many. A campaign that has no end reaches to the end of
    next year, and nothing lies after it.
    """
    both = fold(f"{name}\n{how}")
    first, last = start or date(today.year, 1, 1), end or date(today.year + 1, 12, 31)
    years = [int(match[0]) for match in _YEAR.finditer(both)]
    dates = _dates(both, lists, years, first, last)
    measures = _measures(both, lists)
    hints = []
    if not measures:
        hints.append(Hint.MEASURABLE)
    if not dates:
        hints.append(Hint.LATER if end and any(year > last.year for year in years) else Hint.DATED)
    if _several(fold(name), lists):
        hints.append(Hint.ONE_ACTION)
    return Review(measures=tuple(measures), dates=tuple(dates), hints=tuple(hints))


_HAN = r"\u2e80-\u9fff"
_LETTER = rf"[^\W{_HAN}]"
"""A letter or digit of a script that sets words apart; Chinese doesn't, so any word of it may stand
within others."""
_YEAR = re.compile(rf"(?<!{_LETTER})(?<![.,])(?:19|20)\d\d(?!\d|[.,]\d)")


def _dates(folded: str, lists: Words, years: Sequence[int], first: date, last: date) -> list[str]:
    """Return the words that name a day, month or year of the campaign.

    A month alone counts, unless the only years named lie elsewhere.
    """
    inside = [str(year) for year in years if first.year <= year <= last.year]
    if years and not inside:
        return []
    return list(
        dict.fromkeys([*inside, *_found(folded, lists.months), *_found(folded, lists.ends)])
    )


def _measures(folded: str, lists: Words) -> list[str]:
    """Return figures that are neither a year, nor a day of a month, nor part of a name; and words
    for something that can be counted or ticked off.
    """
    rest = _YEAR.sub(" ", folded)
    names, months = _any(lists.names, ends=False), _any(lists.months)
    rest = _made(rf"(?:{names})\s*(?:n[.o°º]*|num\.?)?\s*\d[\d.]*").sub(" ", rest)
    dates = (
        rf"\b\d{{1,2}}(?:er|st|nd|rd|th|º|°)?\s+(?:de\s+|of\s+)?(?:{months})"
        rf"|(?:{months})\s*\d{{1,2}}(?!{_LETTER})"
        rf"|(?:{months})"
    )
    rest = _made(dates).sub(" ", rest)
    figure = rf"(?<!{_LETTER})(?<!\.)(?:\d[\d.,\s]*|x)(?<![\s.,])(?!{_LETTER})\s*%?"
    figures = [match[0].strip() for match in re.finditer(figure, rest)]
    return list(
        dict.fromkeys([*figures, *_found(rest, lists.amounts), *_found(rest, lists.countable)])
    )


def _several(folded: str, lists: Words) -> bool:
    """Return whether a name holds several promises: a numbered list, or 'raise … and end …'.

    'Design and carry out …' is one promise.
    """
    if len(re.findall(r"(?m)^\s*(?:\d+[.)]|[-•*])\s+\S", folded)) > 1:
        return True
    verb, inner = _any(lists.verbs), _any(lists.verbs, begins=False)
    alone = _any([word for word in lists.joins if not word.endswith("+")])
    # what is written without spaces has none between a verb and what follows
    gap = r"\s*" if any(re.match(f"[{_HAN}]", word) for word in lists.joins) else r"\s+"
    prefix = _any(
        [word.removesuffix("+") for word in lists.joins if word.endswith("+")], ends=False
    )
    again = rf"(?:(?:{alone}){gap}|[;,؛；،]{gap}(?:{prefix})?|(?:{prefix})\s?)(?:{inner})"
    several = rf"(?:{verb}){gap}(?!(?:{alone})\s)(?!(?:{prefix})(?:{inner})\s).*?{again}"
    return _made(several).search(folded) is not None


def _any(wanted: Sequence[str], *, begins: bool = True, ends: bool = True) -> str:
    """Return the pattern of one of the listed words; one that ends with '*' is a beginning.

    Each stands alone or, in a script that sets no words apart, anywhere; it may go on from what is
    before it, and into what is behind it, where it need not begin or end there.
    """
    # one look around for all words of a kind: one for each is slow to make
    kinds: dict[tuple[str, str], list[str]] = {}
    for word in sorted(wanted, key=len, reverse=True):
        stem = word.removesuffix("*")
        before = "" if re.match(f"[{_HAN}]", stem) or not begins else rf"(?<!{_LETTER})"
        behind = r"\w*" if word.endswith("*") else rf"(?!{_LETTER})"
        if not ends or re.search(f"[{_HAN}]$", stem):
            behind = ""
        kinds.setdefault((before, behind), []).append(re.escape(stem))
    each = (f"{before}(?:{'|'.join(stems)}){behind}" for (before, behind), stems in kinds.items())
    return "|".join(each) or "(?!)"


@cache
def _made(pattern: str) -> re.Pattern[str]:
    """Return a pattern made once: the words of seven languages are more than `re` keeps."""
    return re.compile(pattern, re.DOTALL)


def _found(folded: str, wanted: Sequence[str]) -> list[str]:
    """Return which of these words stand in the text, as they stand there."""
    return [match[0] for match in _made(_any(wanted)).finditer(folded)]
