"""What `drumbeat --help` and `--version` answer, without the library that reads commands, which
takes six times as long to load as Python takes to start.
"""

import os
from collections.abc import Mapping, Sequence

from bot import __version__
from bot.cli import commands

ABOUT = "A social-media campaign automation bot. Try: drumbeat rehearse"
VERSION = f"drumbeat {__version__}"
SHOW_VERSION = "Show the version and exit."

HELP_NAMES = ("-h", "--help")
VERSION_NAMES = ("-V", "--version")

_NARROW = 40
"""Columns below which nothing is wrapped to fit: words would stand one below the other."""

_INDENT = "  "


def answer(words: Sequence[str]) -> str | None:
    """Return what is answered to these words after `drumbeat`, or None where a command is asked.

    Only the options that stand alone are answered here.
    """
    if len(words) != 1:
        return None
    if words[0] in HELP_NAMES:
        return page()
    return VERSION if words[0] in VERSION_NAMES else None


def page() -> str:
    """Return the list of commands and options, as wide as the terminal and no wider than a page."""
    listed = {name: help_of(name) for name in names()}
    options = {
        ", ".join(VERSION_NAMES): SHOW_VERSION,
        ", ".join(HELP_NAMES): "Show this message and exit.",
    }
    return "\n".join(
        [
            "Usage: drumbeat [OPTIONS] COMMAND [ARGS]...",
            "",
            *_wrapped(_INDENT, ABOUT),
            "",
            "Options:",
            *_rows(options),
            "",
            "Commands:",
            *_rows(listed),
            "",
            *_wrapped(_INDENT, "Help of a command: drumbeat COMMAND --help"),
        ]
    )


def names(prefix: str = "") -> list[str]:
    """Return the first words after `prefix`, in the table's order, each once."""
    after = (
        command.name.removeprefix(prefix)
        for command in commands.COMMANDS
        if command.name.startswith(prefix)
    )
    return list(dict.fromkeys(name.split()[0] for name in after))


def help_of(name: str) -> str:
    """Return what lists say of a command or a group; raises `KeyError` where there is none."""
    own = next((command.help for command in commands.COMMANDS if command.name == name), None)
    return own or commands.GROUPS[name]


def _rows(texts: Mapping[str, str]) -> list[str]:
    """Return a line for each name with its text beside it; what is too long is wrapped there."""
    width = max(map(len, texts))
    return [
        line
        for name, text in texts.items()
        for line in _wrapped(f"{_INDENT}{name:{width}}{_INDENT}", text)
    ]


def _wrapped(first: str, text: str) -> list[str]:
    columns = _columns()
    if len(first) + len(text) <= columns or columns < _NARROW:
        return [f"{first}{text}"]
    # most terminals are wide enough: what wraps is loaded for those that aren't
    from textwrap import wrap

    return wrap(text, columns, initial_indent=first, subsequent_indent=" " * len(first))


def _columns() -> int:
    """Return how wide the terminal is: what COLUMNS says, else the terminal itself, else 80."""
    said = os.environ.get("COLUMNS", "")
    if said.isdecimal() and int(said):
        return int(said)
    try:
        return os.get_terminal_size().columns or 80
    except OSError:  # a pipe
        return 80
