"""Misspelt names: the nearest of the known ones, and the words to propose it."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from bot.errors import UsageError

_FEW: Final = 20
"""Names that fit a line."""


_LONGEST: Final = 200
"""Characters above which nothing is compared: it is no name, and takes long."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known name that the word nearly is, or None where it is like none."""
    options = sorted(known)
    if len(word) > _LONGEST:
        return None
    near = get_close_matches(word, options, 1) or get_close_matches(word.casefold(), options, 1)
    return near[0] if near else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return '; did you mean …?', or nothing where no known name is near."""
    near = nearest(word, known)
    return f"; did you mean {near!r}?" if near else ""


def suggest(word: str, known: Iterable[str]) -> str:
    """Return '; did you mean …?', else '; there are: …' where the choice is small, else nothing."""
    options = sorted(known)
    choice = f"; there are: {', '.join(options) or 'none'}" if len(options) <= _FEW else ""
    return did_you_mean(word, options) or choice


def pick(name: str, known: Iterable[str], what: str) -> str:
    """Return the name when it is known.

    Else raise `UsageError`, which says what no `what` is called, the nearest, and all there are.
    """
    names = sorted(known)
    if name in names:
        return name
    near = nearest(name, names)
    hint = f"did you mean {near}? " if near else ""
    raise UsageError(f"no {what} is called '{name}'; {hint}there are: {', '.join(names) or 'none'}")
