"""How answers look on a terminal: tables that fit its width, colours for states, a pager for long
lists, and lines that are wrapped at words. Rich draws; NO_COLOR leaves the colours out.
"""

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from enum import Enum
from textwrap import wrap
from typing import NamedTuple

from rich import box
from rich.console import Console, Group, RenderableType
from rich.measure import Measurement
from rich.pager import Pager
from rich.table import Table
from rich.text import Text
from typing_extensions import override

from bot.cli.printable import printable

LEAST = 24
"""Cells that a column of words has at least; without them, rows are written as blocks."""

_COLOURS = {
    "green": "live ok sent published approved confirmed active verified amplified",
    "yellow": "awaiting dry resting note uncertain waiting second submitted draft asked"
    " unconfirmed",
    "red": "failed paused problem late rejected blocked missing gone",
    "cyan": "queued sending planned add move",
    "magenta": "held keep",
    "bright_black": "skipped cancelled cancel withdrawn unsubscribed left",
}
_COLOUR = {word: colour for colour, words in _COLOURS.items() for word in words.split()}

_LINK = re.compile(r"https?://(?:www\.)?([^\s/]+)(/\S*)?")


class Role(Enum):
    """What becomes of a column on a terminal; in a pipe all are alike."""

    #: neither broken nor cut
    KEY = "key"
    #: a key that is a state, with its colour
    STATE = "state"
    #: a key that is an instant: to the minute, in UTC
    INSTANT = "instant"
    #: a key that is left out where there is no room
    MORE = "more"
    #: wrapped at words, links whole
    WORDS = "words"
    #: the first words, on one line, links short
    START = "start"


_WIDE = (Role.WORDS, Role.START)
_NO_KEYS = (*_WIDE, Role.MORE)


class Column(NamedTuple):
    """A column of a table, and what becomes of it on a terminal."""

    name: str
    role: Role = Role.KEY


def plain(value: object) -> str:
    """Return a value as people read it, also in a pipe: None is empty, and what can only be so or
    not is yes or no.
    """
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return f"{value:%Y-%m-%dT%H:%M:%SZ}"
        case Enum():
            return printable(str(getattr(value, "word", value.value)))
    return printable(str(value))


def fitting(
    console: Console, columns: Sequence[Column], rows: Sequence[Sequence[object]], title: str = ""
) -> RenderableType:
    """Return rows as a table that fits the terminal.

    Empty columns are left out, and `MORE` columns from the last to the first until it fits. Where
    that isn't enough, each row is a block: keys, words below them.
    """
    shown = [n for n in range(len(columns)) if not rows or any(plain(row[n]) for row in rows)]
    spare = [n for n in reversed(shown) if columns[n].role is Role.MORE]
    endless = console.options.update_width(sys.maxsize)  # or the least is cut to what there is
    while True:
        table = _table([columns[n] for n in shown], [[row[n] for n in shown] for row in rows])
        if Measurement.get(console, endless, table).minimum <= console.width:
            break
        if not spare:
            table = _blocks(console, columns, rows)
            break
        shown.remove(spare.pop(0))
    return Group(Text(printable(title), "bold"), table) if title else table


def _table(columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> RenderableType:
    table = Table(box=box.MINIMAL, show_edge=False, pad_edge=False, header_style="bold")
    for number, column in enumerate(columns):
        table.add_column(
            Text(_name(column)),
            no_wrap=column.role not in _WIDE,
            overflow="fold",
            min_width=_least(column, [_cell(column, row[number]) for row in rows]),
        )
    for row in rows:
        table.add_row(*map(_cell, columns, row))
    return table


def _least(column: Column, cells: Sequence[Text]) -> int:
    """Return how many cells a column needs: a key all of it, words the longest link, kept whole."""
    whole = max((line.cell_len for cell in cells for line in cell.split()), default=1)
    if column.role is Role.WORDS:
        words = [len(word) for cell in cells for word in cell.plain.split()]
        return max(min(LEAST, whole), *words, 1)
    return min(LEAST, whole) if column.role is Role.START else whole


def _name(column: Column) -> str:
    return printable(f"{column.name}, UTC" if column.role is Role.INSTANT else column.name)


def _cell(column: Column, value: object) -> Text:
    """Return a cell for the terminal, coloured where it is a state."""
    text = plain(value)
    if column.role is Role.STATE:
        # two words take two lines, so that the words beside them have room
        return Text(text.replace("_", "\n"), _colour(text))
    if isinstance(value, datetime):
        return Text(f"{value:%Y-%m-%d %H:%M}")
    return _shortened(text) if column.role is Role.START else Text(text)


def _colour(state: str) -> str:
    words = re.split(r"[ _,(]", state, maxsplit=1)
    return _COLOUR.get(words[0], "")


def _shortened(text: str) -> Text:
    """Return a text on one line, with its links as `host/…`, which lead where they did."""
    line, end = Text(no_wrap=True, overflow="ellipsis"), 0
    text = " ".join(text.split())
    for link in _LINK.finditer(text):
        more = "/…" if len(link[2] or "") > 1 else ""
        line.append(text[end : link.start()]).append(f"{link[1]}{more}", f"link {link[0]}")
        end = link.end()
    return line.append(text[end:])


def _blocks(
    console: Console, columns: Sequence[Column], rows: Sequence[Sequence[object]]
) -> RenderableType:
    """Return for each row its keys on one line, and its words indented below them."""
    blocks: list[RenderableType] = []
    for row in rows:
        cells = list(zip(columns, row, strict=True))
        wide = [c for c in cells if c[0].role in _WIDE]
        keys = [_cell(*c) for c in cells if c[0].role not in _NO_KEYS and plain(c[1])]
        line = Text("  ").join(keys)
        line.plain = line.plain.replace("\n", " ")
        blocks.append(line)
        for column, value in wide:
            if column.role is Role.START:
                line = Text("  ").append_text(_cell(column, value))
                line.truncate(console.width, overflow="ellipsis")
                blocks.append(line)
            elif text := plain(value):
                blocks.append(Text(wrapped(text, console.width, "  "), overflow="ignore"))
    return Group(*blocks)


_HEAD = re.compile(r"\s*(?:(?:[-•!]|\d+\.) )?")


def wrapped(text: str, width: int, indent: str = "") -> str:
    """Return the text wrapped at words to this width; what follows on a wrapped line is indented as
    the line is. A longer word, such as a link, stays whole on a line of its own.
    """
    return "\n".join(part for line in text.split("\n") for part in _parts(line, width, indent))


def _parts(line: str, width: int, indent: str) -> list[str]:
    head = _HEAD.match(line)
    below = indent + " " * len(head[0] if head else "")
    return wrap(
        indent + line,
        width,
        subsequent_indent=below,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [""]


class LongPager(Pager):
    """Shows in the reader's PAGER, else `less`, what is longer than the screen; writes what isn't.

    Nothing is paged where nobody sits at the keyboard, on a dumb terminal, or where PAGER is empty.
    """

    def __init__(self, console: Console) -> None:
        self._console = console

    @override
    def show(self, content: str) -> None:
        command = shlex.split(os.environ.get("PAGER", "less"))
        if command and content.count("\n") >= self._console.height and self._is_read():
            with suppress(OSError):  # no such program: written as it is
                _page(command, content)
                return
        self._console.file.write(content)
        self._console.file.flush()

    def _is_read(self) -> bool:
        return (
            sys.stdin.isatty()
            and self._console.file.isatty()
            and not self._console.is_dumb_terminal
        )


def _page(command: list[str], content: str) -> None:
    # what git sets, too: end at once where all fits, colours as they are, leave the text there
    environ = {"LESS": "FRX", **os.environ}
    if not set("Rr") & set(environ["LESS"]) and command[0].endswith("less"):
        content = Text.from_ansi(content).plain
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the pager's
    try:
        # the reader's own program, as they name it
        subprocess.run(command, input=content.encode(), env=environ, check=False)  # noqa: S603
    finally:
        signal.signal(signal.SIGINT, before)
