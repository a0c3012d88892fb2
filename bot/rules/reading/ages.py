"""How old somebody says they are: 17, I’m 17 years old, tengo doce años, мне 15 лет, 我十七岁.

Pure; the words are data: `words` and `beside` under [age], and [numbers] of words.toml. A small
number alone is no age: it may be that of an answer.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.rules.reading import numbers
from bot.rules.reading.places import plain

_LONGEST = 80
_NUMBER = re.compile(r"\d{1,3}")

_LEAST = 6
"""The least number that is an age by itself."""


@dataclass(frozen=True, kw_only=True)
class Ages:
    """What people write beside an age, and numbers in words, plain (`places.plain`), the longest
    first.
    """

    words: tuple[str, ...] = ()
    #: what says nothing of an age: yes, no, only
    beside: tuple[str, ...] = ()
    figures: tuple[tuple[str, int], ...] = ()


def said(tables: Iterable[Mapping[str, str]], counted: Iterable[Mapping[str, str]]) -> Ages:
    """Return the words of several tables [age], with those of tables [numbers]."""
    listed = list(tables)
    figures = {plain(word): number for word, number in numbers.said(counted).items()}
    return Ages(
        words=_listed(listed, "words"),
        beside=_listed(listed, "beside"),
        figures=tuple(sorted(figures.items(), key=lambda pair: -len(pair[0]))),
    )


def _listed(tables: Iterable[Mapping[str, str]], key: str) -> tuple[str, ...]:
    words = {plain(word) for table in tables for word in str(table.get(key, "")).split(",")}
    return tuple(sorted(words - {""}, key=lambda word: (-len(word), word)))


def read(text: str, known: Ages) -> int | None:
    """Return the age that the whole of a text says, in years; None for anything else."""
    if len(text) > _LONGEST:
        return None
    words = f" {plain(text)} "
    for word, number in known.figures:
        words = words.replace(f" {word} ", f" {number} ")
    # 17ans
    words = re.sub(r"(\d)(?=[^\W\d])|(?<=[^\W\d])(?=\d)", r"\1 ", words)
    alone = _without(words, known.beside)
    left = _without(words, (*known.words, *known.beside))
    if not _NUMBER.fullmatch(left) or (left == alone and int(left) < _LEAST):
        return None
    return int(left)


def _without(words: str, phrases: Iterable[str]) -> str:
    for phrase in sorted(phrases, key=len, reverse=True):
        words = words.replace(f" {phrase} ", "  ")
    return words.strip()
