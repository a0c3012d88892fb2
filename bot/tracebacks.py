"""Tracebacks for the log: where something failed, not what it was about.

An error's own words may quote a person, an address or a secret: `ValueError` holds what could not
be read, `KeyError` what was looked for, the errors of libraries whole answers of servers. They
stand in the log only where they are known to speak of the program and its files.
"""

import sqlite3
import traceback
from collections.abc import Iterator

from bot.errors import IntegrityError, NoPlace, OutOfResources, RenderError, StandsStill, StoreError

_SPOKEN = (
    StoreError,
    IntegrityError,
    RenderError,
    StandsStill,
    OutOfResources,
    NoPlace,
    sqlite3.Error,
)
_SPOKEN_OF_PYTHON = (OSError, ImportError, AttributeError, NameError, MemoryError, RecursionError)
"""Of libraries' subclasses nobody knows what they hold: `smtplib` puts addresses into them."""


def is_discreet(error: BaseException) -> bool:
    """Return whether an error's own words quote nobody, since they speak of the program and its
    files alone.
    """
    pythons = type(error).__module__ == "builtins"
    return isinstance(error, _SPOKEN) or (pythons and isinstance(error, _SPOKEN_OF_PYTHON))


def discreet(error: BaseException) -> str:
    """Return the traceback of an error and of its causes, with the class of each.

    The words of an error are in it only where they quote nobody.
    """
    return "\n".join(_lines(error, set()))


def _lines(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and id(before) not in seen:
        yield from _lines(before, seen)
        yield ""
    yield "Traceback (most recent call last):"
    yield "".join(traceback.format_tb(error.__traceback__)).rstrip("\n")
    yield _named(error)
    for inner in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
        if id(inner) not in seen:
            yield from _lines(inner, seen)


def _named(error: BaseException) -> str:
    kind = type(error)
    pythons = kind.__module__ == "builtins"
    name = kind.__qualname__ if pythons else f"{kind.__module__}.{kind.__qualname__}"
    return f"{name}: {error}" if is_discreet(error) else name
