"""How old somebody says they are: 17, I’m 17 years old, tengo doce años, мне 15 лет, 我十七岁.

Pure; the words are data: `words`, `beside` and `negated` under [age], and [numbers] of words.toml.
A small number alone is no age: it may be that of an answer.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.rules.reading import numbers
from bot.rules.reading.places import plain

_LONGEST = 80
_NUMBER = re.compile(r"\d{1,3}")

_LEAST, _MOST = 6, 120
"""The least number that is an age by itself, and the most that is one."""

_ASKS = ("?", "؟", "？")
_CLAUSES = re.compile("[,.;!،，。；！]")


@dataclass(frozen=True, kw_only=True)
class Ages:
    """What people write beside an age, and numbers in words, plain (`places.plain`), the longest
    first.
    """

    words: tuple[str, ...] = ()
    #: what says nothing of an age: yes, no, only
    beside: tuple[str, ...] = ()
    #: what says that somebody is not so old: no tengo
    negated: tuple[str, ...] = ()
    figures: tuple[tuple[str, int], ...] = ()


def said(tables: Iterable[Mapping[str, str]], counted: Iterable[Mapping[str, str]]) -> Ages:
    """Return the words of several tables [age], with those of tables [numbers]."""
    listed = list(tables)
    figures = {plain(word): number for word, number in numbers.said(counted).items()}
    return Ages(
        words=_listed(listed, "words"),
        beside=_listed(listed, "beside"),
        negated=_listed(listed, "negated"),
        figures=tuple(sorted(figures.items(), key=lambda pair: -len(pair[0]))),
    )


def _listed(tables: Iterable[Mapping[str, str]], key: str) -> tuple[str, ...]:
    words = {plain(word) for table in tables for word in str(table.get(key, "")).split(",")}
    return tuple(sorted(words - {""}, key=lambda word: (-len(word), word)))


def read(text: str, known: Ages) -> int | None:
    """Return the age that the whole of a text says, in years; None for anything else, such as a
    question.
    """
    if len(text) > _LONGEST or text.rstrip().endswith(_ASKS) or _is_negated(text, known):
        return None
    words = f" {plain(text)} "
    for word, number in known.figures:
        words = words.replace(f" {word} ", f" {number} ")
    # 17ans
    words = re.sub(r"(\d)(?=[^\W\d])|(?<=[^\W\d])(?=\d)", r"\1 ", words)
    alone = _without(words, known.beside)
    left = _without(words, (*known.words, *known.beside))
    least = _LEAST if left == alone else 0
    return int(left) if _NUMBER.fullmatch(left) and least <= int(left) <= _MOST else None


def _is_negated(text: str, known: Ages) -> bool:
    """Return whether a text says of an age that it is not that: "no, tengo 12" does not."""
    clauses = [f" {plain(clause)} " for clause in _CLAUSES.split(text)]
    return any(f" {phrase} " in clause for phrase in known.negated for clause in clauses)


def _without(words: str, phrases: Iterable[str]) -> str:
    for phrase in sorted(phrases, key=len, reverse=True):
        words = words.replace(f" {phrase} ", "  ")
    return words.strip()
