"""Misspelt names: the nearest of the known ones, and the words to propose it."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Final

from bot.errors import UsageError

_FEW: Final = 20
"""Names that fit a line, unless they are long."""

_LINE: Final = 240
"""Characters that are still read as one line of names."""

_HANDFUL: Final = 5
"""Most names that stand for many."""

_LONGEST: Final = 200
"""Characters above which nothing is compared: it is no name, and takes long."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known name that the word nearly is, or None where it is like none."""
    return next(iter(_near(word, sorted(known), 1)), None)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return '; did you mean …?', or nothing where no known name is near."""
    near = nearest(word, known)
    return f"; did you mean {near!r}?" if near else ""


def suggest(word: str, known: Iterable[str]) -> str:
    """Return '; did you mean …?', else '; there are: …' where the choice is small, else nothing."""
    options = sorted(known)
    choice = f"; {there_are(options)}" if _fit_a_line(options) else ""
    return did_you_mean(word, options) or choice


def there_are(known: Iterable[str], lists: str | None = None) -> str:
    """Return 'there are: …' with all names; where they are too many for a line, a few of them and
    `lists`, the command that lists all.
    """
    options = sorted(known)
    if _fit_a_line(options):
        return f"there are: {', '.join(options) or 'none'}"
    some = ", ".join(options[:_HANDFUL])
    return f"there are {len(options)}, such as {some}{f'; `{lists}` lists them' if lists else ''}"


def meant(word: str, known: Iterable[str], lists: str | None = None) -> str:
    """Return 'did you mean …? there are: …' for a word that is none of the known names.

    Where they are too many for a line, those that are like it or hold it, and `lists`, the command
    that lists all.
    """
    options = sorted(known)
    few = _fit_a_line(options)
    near = _near(word, options, 1) if few else _alike(word, options)
    if not near:
        return there_are(options, lists)
    more = f" {there_are(options)}" if few else f" `{lists}` lists all" if lists else ""
    return f"did you mean {_either(near)}?{more}"


def pick(name: str, known: Iterable[str], what: str, lists: str | None = None) -> str:
    """Return the name when it is known.

    Else raise `UsageError`, which says what no `what` is called, and what `meant` says.
    """
    names = sorted(known)
    if name in names:
        return name
    raise UsageError(f"no {what} is called '{name}'; {meant(name, names, lists)}")


def _fit_a_line(options: Sequence[str]) -> bool:
    return len(options) <= _FEW and len(", ".join(options)) <= _LINE


def _near(word: str, options: Sequence[str], most: int) -> list[str]:
    """Return the names that the word nearly is, the nearest first."""
    if len(word) > _LONGEST:
        return []
    return get_close_matches(word, options, most) or get_close_matches(
        word.casefold(), options, most
    )


def _alike(word: str, options: Sequence[str]) -> list[str]:
    """Return the names that the word nearly is, then those that hold it: a handful."""
    holding = [name for name in options if word and word.casefold() in name.casefold()]
    return list(dict.fromkeys([*_near(word, options, _HANDFUL), *holding]))[:_HANDFUL]


def _either(names: Sequence[str]) -> str:
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
