"""CSV files from people: rows with their line numbers, and everything that is wrong with them at
once, as ``file: line: message``.

Accepted is what spreadsheets write: UTF-8 with or without a byte order mark, or UTF-16 with one,
separated by commas, semicolons or tabs, with quotes round texts, below a line ``sep=;`` or not.
Columns go by their names in the first line, in any order. Days are read as people write them where
they can be read in one way alone.
"""

import codecs
import csv
import io
import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.errors import DataError
from bot.files import limits
from bot.files.opening import read_given
from bot.model import Problem
from bot.names import nearest, suggest
from bot.rules.reading.when import days
from bot.text import control_names

MOST_ROWS = 100_000
"""How many rows a file may have."""

MOST_CELLS = 1_000
"""Most cells of a row: a million separators take as much memory as a million texts."""


_HEADER = 65_536
"""Most characters of the first line, which holds the names of columns."""

# what Excel reads, and some programs write for it, above the names of columns
_SEPARATOR = re.compile(r'\A[ \ufeff]*"?sep=([,;\t])"?[ \t,;]*(?:\r\n?|\n|\Z)', re.IGNORECASE)

_WORKBOOK = b"PK\x03\x04"
"""How the files of spreadsheet programs begin (``.xlsx``, ``.ods``): they are archives."""

UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""How Excel begins what it calls “Unicode text”."""

_TIME = re.compile(r"[T ]\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?Z?\Z")
"""The time that a database or spreadsheet writes behind a day."""

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")

_BEYOND = "\v"
"""Begins what cells without a column are called in a row."""

_LINE = "\v"
_LINE_ENDS = re.compile(r"\r\n?|\n")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row: its line in the file, and its cells without blanks at their ends; an empty cell is
    ''.
    """

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong in one line, for those who read it in another language than a terminal's."""

    #: 0 means the whole file
    line: int
    #: one of the words' keys, and what fills its gaps
    key: str
    values: Mapping[str, object]


class Problems:
    """Collects what is wrong in one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Problem] = []
        #: the same by keys, of what is wrong with the file as a CSV file
        self.faults: list[Fault] = []
        #: columns that nobody asked for, and that are not read
        self.unread: list[str] = []

    def fault(self, line: int, key: str, message: str, **values: object) -> None:
        """Add what is wrong in this line, with the key by which words of a language say it."""
        self.add(line, message)
        self.faults.append(Fault(line=line, key=key, values=values))

    def add(self, line: int, message: str) -> None:
        """Add what is wrong in this line; line 0 means the whole file."""
        self.found.append(Problem(file=self.file, key=str(line) if line else "", message=message))


def read(
    path: Path, columns: Sequence[str], required: Collection[str], *, others: bool = False
) -> tuple[list[Line], Problems]:
    """Return all rows of the file, also those with a problem, so that everything else in them can
    be looked at.

    With `others` it may have further columns whose names are like none of ours.
    """
    problems = Problems(str(path))
    try:
        data = read_given(path, limits.MOST_CSV)
    except OSError as error:
        problems.add(0, f"can't be read: {error.strerror or error}")
        return [], problems
    return _read(data, problems, columns, required, others=others)


def read_sent(
    data: bytes, columns: Sequence[str], required: Collection[str]
) -> tuple[list[Line], Problems]:
    """Return all rows of a file that somebody sent, as `read` does; it is called 'the file'."""
    return _read(data, Problems("the file"), columns, required, others=False)


def _read(
    data: bytes,
    problems: Problems,
    columns: Sequence[str],
    required: Collection[str],
    *,
    others: bool,
) -> tuple[list[Line], Problems]:
    whole = _text(data, problems)
    separator = _SEPARATOR.match(whole)
    text = whole[separator.end() :] if separator else whole
    above = 1 if separator else 0
    if not text.strip():
        if not problems.found:
            listed = ", ".join(columns)
            problems.fault(
                0,
                "empty",
                f"is empty; its first line has the names of the columns: {listed}",
                columns=listed,
            )
        return [], problems
    dialect = _dialect(text, columns, separator[1] if separator else None)
    _check_width(text, dialect.delimiter, above, problems)
    if problems.found:
        return [], problems
    reader = csv.DictReader(
        io.StringIO(text, newline=""), dialect=dialect, restkey=_BEYOND, restval=""
    )
    header = [name.strip().lower() for name in reader.fieldnames or []]
    reader.fieldnames = [name or f"{_BEYOND}{place}" for place, name in enumerate(header)]
    named = [name for name in header if name]
    if others:
        problems.unread = [name for name in named if _is_other(name, columns)]
    known = [name for name in named if name not in problems.unread]
    _check_header(known, columns, required, above + 1, problems)
    if problems.found:
        return [], problems
    return _lines(reader, columns, required, above, problems), problems


def look(path: Path) -> None:
    """Raise `DataError` where there is no such file, without reading what may be a pipe."""
    try:
        path.stat()
    except OSError as error:
        problems = Problems(str(path))
        problems.add(0, f"can't be read: {error.strerror or error}")
        raise DataError(problems.found) from None


def day(text: str, today: date) -> date | None:
    """Return the day that a cell means: 2027-02-28, 28.2.2027, 28/02/2027 10:30, 28 February 2027.

    None for what is no day with its year, or could be two, as 03/04/2027.
    """
    words = _TIME.sub("", text)
    with suppress(ValueError):
        return date.fromisoformat(words)
    return days.read(words, "en", today) if _YEAR.search(words) else None


def _is_other(name: str, columns: Sequence[str]) -> bool:
    return name not in columns and nearest(name, columns) is None


def decoded(data: bytes) -> str:
    """Return what stands in a file; raises `UnicodeDecodeError` for what is in no such encoding."""
    return data.decode("utf-16" if data.startswith(UTF16) else "utf-8-sig")


def _text(data: bytes, problems: Problems) -> str:
    if data.startswith(_WORKBOOK):
        problems.fault(0, "workbook", "is a workbook and no CSV; save the sheet as “CSV UTF-8”")
        return ""
    try:
        return decoded(data)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problems.fault(line, "coding", "is not written in UTF-8; save it as “CSV UTF-8”")
    return ""


def _dialect(text: str, columns: Sequence[str], said: str | None) -> type[csv.Dialect]:
    """Return the dialect of the separator that the file has `said`; else of the one that gives the
    first line most names of columns, or else most cells.
    """

    def fit(delimiter: str) -> tuple[int, int]:
        first = csv.reader(io.StringIO(text[:_HEADER], newline=""), delimiter=delimiter)
        try:
            cells = [cell.strip().lower() for cell in next(first, ())]
        except csv.Error:
            cells = []
        return sum(cell in columns for cell in cells), len(cells)

    class Dialect(csv.excel):
        delimiter = said or max(",;\t", key=fit)

    return Dialect


def _check_width(text: str, delimiter: str, above: int, problems: Problems) -> None:
    """Refuse lines with too many cells before the reader makes them; separators in quotes don't
    count.
    """
    quoted = re.compile(rf'(?:\A|(?<=[{delimiter}\r\n]))"[^"]*(?:""[^"]*)*(?:"|\Z)')
    number = above + 1
    # replace texts in quotes by characters that end neither line nor cell
    for row in io.StringIO(quoted.sub(_lines_within, text), newline=""):
        if row.count(delimiter) >= MOST_CELLS:
            problems.fault(
                number,
                "wide",
                f"has more than {MOST_CELLS:,} cells; is it a list at all?",
                most=MOST_CELLS,
            )
            return
        number += 1 + row.count(_LINE)


def _lines_within(quoted: re.Match[str]) -> str:
    return _LINE * len(_LINE_ENDS.findall(quoted[0]))


def _check_header(
    header: list[str],
    columns: Sequence[str],
    required: Collection[str],
    line: int,
    problems: Problems,
) -> None:
    for name in header:
        if name not in columns:
            problems.fault(
                line,
                "column",
                f"there is no column {name!r}{suggest(name, columns)}",
                column=name,
                columns=", ".join(columns),
            )
        elif header.count(name) > 1:
            problems.fault(line, "twice", f"the column {name!r} stands there twice", column=name)
            break
    missing = [name for name in required if name not in header]
    if missing:
        problems.fault(
            line,
            "lacks",
            f"the column{'s' * (len(missing) > 1)} {', '.join(missing)} must be there; all columns:"
            f" {', '.join(columns)}",
            column=", ".join(missing),
            columns=", ".join(columns),
        )


def _goes_beyond(row: Mapping[str, str | list[str] | None]) -> bool:
    """Return whether something stands in a cell that has no column."""
    return any(
        "".join(cell or "").strip() for name, cell in row.items() if name.startswith(_BEYOND)
    )


def _lines(
    reader: "csv.DictReader[str]",
    columns: Sequence[str],
    required: Collection[str],
    above: int,
    problems: Problems,
) -> list[Line]:
    lines: list[Line] = []
    try:
        for row in reader:
            number = above + reader.line_num
            if not any("".join(cell or "").strip() for cell in row.values()):
                continue
            if _goes_beyond(row):
                problems.fault(
                    number,
                    "beyond",
                    "has more cells than the first line; put a text that holds the separator in"
                    " quotes",
                )
            cells = {n: (cell or "").strip() for n, cell in row.items() if n in columns}
            if not any(cells.values()):
                continue
            for name, sign in ((n, s) for n, cell in cells.items() for s in control_names(cell)):
                problems.fault(
                    number,
                    "unseen",
                    f"{name}: holds {sign}, which nobody sees; take it out",
                    column=name,
                    sign=sign.partition(" ")[0],
                )
            for name in [name for name in required if not cells.get(name)]:
                problems.fault(number, "blank", f"{name}: is empty; fill it in", column=name)
            lines.append(Line(number=number, cells=cells))
            if len(lines) > MOST_ROWS:
                problems.fault(
                    number,
                    "rows",
                    f"there are more than {MOST_ROWS:,} rows; split the file",
                    most=MOST_ROWS,
                )
                break
    except csv.Error as error:
        problems.fault(above + reader.line_num, "unreadable", f"can't be read: {error}")
    if not lines and not problems.found:
        problems.fault(0, "no_rows", "has no rows below its first line")
    return lines
