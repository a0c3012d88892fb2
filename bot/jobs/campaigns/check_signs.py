"""The check for signs that nobody sees and that no text may hold: control characters, and marks
that turn round what follows them.

Calendars, documents and posts are made without them; here they are named, so that somebody takes
them out.
"""

from collections.abc import Iterator
from typing import Final

from bot.files.frozen import TEXTS, Files
from bot.files.toml import as_written
from bot.model import Problem
from bot.text import control_name, control_names, controls

_MOST: Final = 20
"""How many lines of one file are named at most."""

_ADVICE: Final = "which nobody sees and which changes what is shown; take it out"


def run(files: Files) -> list[Problem]:
    """Return the place of each such sign in the tables and templates of these files.

    Those that an expression in a template spells are found by `bot.render.outline`.
    """
    problems: list[Problem] = []
    for held, _ in files.held:
        for name, file in sorted(held.items()):
            if not name.endswith(TEXTS) or file.fault:
                continue
            text = (
                file.data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
            )
            told = [*_raw(name, text), *(_spelled(name, text) if name.endswith(".toml") else ())]
            problems += told[:_MOST]
    return problems


def _raw(name: str, text: str) -> Iterator[Problem]:
    for number, line in enumerate(text.split("\n"), 1) if control_names(text) else ():
        for sign in control_names(line):
            message = f"line {number}: holds {sign}, {_ADVICE}"
            yield Problem(file=name, key="", message=message)


def _spelled(name: str, text: str) -> Iterator[Problem]:
    """Yield a problem for each escape in a table's text that looks harmless there and would become
    a control character.
    """
    if "\\" not in text:
        return
    raw = controls(text)
    for key, value in _texts(as_written(text), ""):
        for sign in controls(value):
            if sign not in raw:
                message = f"{_line(text, sign)}spells {control_name(sign)}, {_ADVICE}"
                yield Problem(file=name, key=key, message=message)


def _texts(value: object, key: str) -> Iterator[tuple[str, str]]:
    """Yield each text of a table with its dotted key."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(name, key)
            yield from _texts(inner, f"{key}.{name}" if key else name)
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield from _texts(inner, f"{key}[{number}]")


def _line(text: str, sign: str) -> str:
    """Return where the sign is first spelled, as 'line 3: '."""
    code, short = ord(sign), {"\b": "\\b", "\f": "\\f", "\r": "\\r"}.get(sign)
    spellings = [f"\\u{code:04x}", f"\\u{code:08x}", *([short] if short else [])]
    lines = enumerate(text.lower().split("\n"), 1)
    number = next((n for n, line in lines if any(each in line for each in spellings)), None)
    return "" if number is None else f"line {number}: "
