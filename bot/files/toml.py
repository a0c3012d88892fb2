"""Reading TOML files into tables; a broken file becomes a problem that names the line."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.files import faults, limits
from bot.files.frozen import File
from bot.files.opening import read_given
from bot.kept import Kept
from bot.model import Problem
from bot.text import without_controls

_ADVICE = "look at the file and its permissions"

_DEEP = "is nested too deeply; put fewer tables and lists into each other"
_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
_LONG_KEY = re.compile(rf"(?<![\w-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{limits.MOST_KEY}}}")


class _Beyond(ValueError):
    """The table is beyond a limit."""


_TABLES: Kept[str, Mapping[str, Any]] = Kept(500)
"""Tables that were parsed, by their text: a reload parses only what has changed."""


def read_toml(
    path: Path | File, file: str, *, advice: str = _ADVICE
) -> tuple[Mapping[str, Any] | None, list[Problem]]:
    """Read one file; `file` is its name for people, `advice` what to do where it can't be read.

    Return the table, without control characters in its texts, or None and what is wrong with the
    file. The table is shared by all who read the same text and must not be changed.
    """
    try:
        data = path.read_bytes() if isinstance(path, File) else read_given(path, limits.MOST_TEXT)
    except OSError as error:
        return None, [_problem(file, f"can't be read: {error.strerror or error}; {advice}")]
    try:
        text = data.decode("utf-8-sig")
        return _parsed(text), []
    except UnicodeDecodeError as error:
        message = faults.of_encoding(error)
    except _Beyond as error:
        message = str(error)
    except RecursionError:
        message = _DEEP
    except ValueError as error:  # TOMLDecodeError, or int()'s own for thousands of digits
        message = f"is no valid TOML: {faults.of_toml(text, str(error))}"
    return None, [_problem(file, message)]


def as_written(text: str) -> Mapping[str, Any] | None:
    """Parse a text and leave control characters in its values as they are.

    None where it can't be parsed; `read_toml` is what reports that.
    """
    try:
        return _bounded(text)
    except (ValueError, RecursionError):
        return None


def flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, object]:
    """Return the table in one level, with dotted keys."""
    leaves: dict[str, object] = {}
    for key, value in table.items():
        leaves |= (
            flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
        )
    return leaves


def strings(value: object) -> Iterator[str]:
    """Yield the texts in a value, which may be a list or a table of them."""
    match value:
        case str():
            yield value
        case list():
            for each in value:
                yield from strings(each)
        case dict():
            yield from strings(list(value.values()))


def _problem(file: str, message: str) -> Problem:
    return Problem(file=file, key="", message=message)


def _parsed(text: str) -> Mapping[str, Any]:
    return _TABLES.made(text, lambda: _clean(_bounded(text)))


def _bounded(text: str) -> dict[str, Any]:
    """Parse a text; raises `ValueError` for what is no TOML, or beyond the limits."""
    if _LONG_KEY.search(text):
        raise _Beyond(f"has a key of more than {limits.MOST_KEY} parts; make it shorter")
    table = tomllib.loads(text)
    _judge(table)
    return table


def _judge(table: Mapping[str, Any]) -> None:
    """Raise `_Beyond` for a table that is too deep, holds too much, or has too long a number."""
    pending: list[tuple[object, int]] = [(table, 1)]
    count = 0
    while pending:
        value, depth = pending.pop()
        count += 1
        if count > limits.MOST_VALUES:
            raise _Beyond(
                f"has more than {limits.MOST_VALUES:,} values; divide it, or leave some out"
            )
        if depth > limits.MOST_DEPTH:
            raise _Beyond(_DEEP)
        if isinstance(value, int) and abs(value) >= 10**limits.MOST_DIGITS:
            raise _Beyond(f"has a number of more than {limits.MOST_DIGITS} digits; make it smaller")
        inner = (
            value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        )
        pending += [(each, depth + 1) for each in inner]


def _clean(value: Any) -> Any:
    match value:
        case str():
            return without_controls(value)
        case dict():
            return {key: _clean(each) for key, each in value.items()}
        case list():
            return [_clean(each) for each in value]
    return value
