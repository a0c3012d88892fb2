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


class Term(NamedTuple):
    """Under what some pledges of a campaign stand, such as the word 'school'."""

    kind: str
    term: str


class Kinds(NamedTuple):
    """The kinds of terms of some text: of its words, and of their beginnings."""

    word: str
    beginning: str


TITLE = Kinds("title", "title-beginning")
"""Words of the name, and of who made it."""

TEXT = Kinds("word", "beginning")
"""Words of all that is public of it, the name among them."""


def folded(text: str) -> list[str]:
    """Return the words of a text as they are looked for: small letters and digits, no accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(mark for mark in plain if unicodedata.category(mark)[0] != "M")
    return [word[:LONGEST_WORD] for word in _WORD.findall(kept.casefold())]


_SIGN = r"[\p{Han}\p{Hiragana}\p{Katakana}]"
_WORD = regex.compile(rf"{_SIGN}|(?:(?!{_SIGN})[\p{{L}}\p{{N}}])+")


def terms_of(shown: Shown) -> set[Term]:
    """Return all terms of a pledge, whose texts are folded words with blanks between."""
    title = set(shown.title.split())
    return {
        Term(EVERY, ""),
        *_filed(shown),
        *_worded(TITLE, title),
        *_worded(TEXT, title | set(shown.words.split())),
    }


def asked(wanted: Wanted) -> list[Term]:
    """Return the filters by which somebody looks for pledges."""
    given: Mapping[str, str] = {kind: getattr(wanted, kind) for kind in FILTERS}
    return [Term(kind, value) for kind, value in given.items() if value]


def _filed(shown: Shown) -> Iterator[Term]:
    for kind in ("group", "country", "progress", "language"):
        if value := str(getattr(shown, kind)):
            yield Term(kind, value)
    for topic in shown.topics:
        yield Term("topic", topic)


def _worded(kinds: Kinds, words: set[str]) -> Iterator[Term]:
    for word in words:
        yield Term(kinds.word, word)
        for length in range(1, min(LONGEST_BEGINNING, len(word)) + 1):
            yield Term(kinds.beginning, word[:length])
