"""The terms under which a public pledge stands in the index: its words, their beginnings, and the
values of the filters.

Words are folded before they are stored and before they are looked for: small letters, no accents,
each Chinese or Japanese character a word of its own.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import regex

from bot.model.public import Shown, Wanted

MOST_WORDS = 12
"""Words of a search that are looked for."""

LONGEST_WORD = 64
"""Characters of a word that count."""

LONGEST_BEGINNING = 4
"""Characters of beginnings that are terms of their own; what begins with more is looked for among
the words, which are few then.
"""

FILTERS = ("group", "country", "topic", "progress", "language")
"""By what pledges are filtered: fields of `Wanted`, and kinds of terms."""

EVERY = "every"
"""The kind of the one term, '', under which all public pledges of a campaign stand."""

BOARD = "board-"
"""How the kinds of terms begin under which a pledge stands on the board of scale-up results; there
are the same kinds as among all pledges.
"""


class Term(NamedTuple):
    """Under what some pledges of a campaign stand, such as the word 'school'."""

    kind: str
    term: str


class Kinds(NamedTuple):
    """The kinds of terms of some text: of its words, and of their beginnings."""

    word: str
    beginning: str


def title(place: str) -> Kinds:
    """Return the kinds of words of the name, and of who made it; `place` is '' or `BOARD`."""
    return Kinds(f"{place}title", f"{place}title-beginning")


def text(place: str) -> Kinds:
    """Return the kinds of words of all that is looked through there, the name among them."""
    return Kinds(f"{place}word", f"{place}beginning")


def folded(text: str) -> list[str]:
    """Return the words of a text as they are looked for: small letters and digits, no accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(mark for mark in plain if unicodedata.category(mark)[0] != "M")
    return [word[:LONGEST_WORD] for word in _WORD.findall(kept.casefold())]


_SIGN = r"[\p{Han}\p{Hiragana}\p{Katakana}]"
_WORD = regex.compile(rf"{_SIGN}|(?:(?!{_SIGN})[\p{{L}}\p{{N}}])+")


def terms_of(shown: Shown) -> set[Term]:
    """Return all terms of a pledge, whose texts are folded words with blanks between."""
    words, result = set(shown.words.split()), set(shown.result.split())
    board = _terms(BOARD, shown, words | result) if result else ()
    return {*_terms("", shown, words), *board}


def _terms(place: str, shown: Shown, words: set[str]) -> Iterator[Term]:
    named = set(shown.title.split())
    yield Term(f"{place}{EVERY}", "")
    for kind, value in _filed(shown):
        yield Term(f"{place}{kind}", value)
    yield from _worded(title(place), named)
    yield from _worded(text(place), named | words)


def asked(wanted: Wanted) -> list[Term]:
    """Return the filters by which somebody looks for pledges."""
    given: Mapping[str, str] = {kind: getattr(wanted, kind) for kind in FILTERS}
    return [Term(f"{place_of(wanted)}{kind}", value) for kind, value in given.items() if value]


def place_of(wanted: Wanted) -> str:
    """Return how the kinds of terms begin among which somebody looks for pledges."""
    return BOARD if wanted.board else ""


def _filed(shown: Shown) -> Iterator[tuple[str, str]]:
    """Yield the filters under which a pledge stands, each with its value."""
    for kind in ("group", "country", "progress", "language"):
        if value := str(getattr(shown, kind)):
            yield kind, value
    for topic in shown.topics:
        yield "topic", topic


def _worded(kinds: Kinds, words: set[str]) -> Iterator[Term]:
    for word in words:
        yield Term(kinds.word, word)
        for length in range(1, min(LONGEST_BEGINNING, len(word)) + 1):
            yield Term(kinds.beginning, word[:length])
