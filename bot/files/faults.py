"""What is wrong with a file's text, in words for somebody who never heard of TOML or encodings:
what Python says, and what to do.
"""

import re
from typing import Final

_PLACE = re.compile(r"\(at line (?P<line>[0-9]+), column (?P<column>[0-9]+)\)")
_SEEN: Final = 200
"""Most characters of a line that are looked at on each side of the place."""

_CURLY = "„“”‟«»‹›‚‘’"
"""Quotes that word processors put in the place of straight ones."""

_STRAIGHT = 'a text stands between straight quotes, "…"; others, such as „…“, may stand within'
_KEYS = "a name before '=' or in brackets has the letters a-z, digits, '-' and '_'"
_DAY = "a day is written like 2027-05-31"
_CLOSE = (
    'a text ends on its line, with the quote that it began with; between """ and """ it may have'
    " several lines"
)
_TWICE = "the same key stands there twice; leave one out"

_HINTS: Final = (
    # what Python says, what stands at the place (in the line before it: '.*¦'), and what to do
    ("Invalid|Expected '='|Expected ']'", rf".*¦[{_CURLY}]", _STRAIGHT),
    ("Expected|Invalid|Unclosed", r".*=\s*\[?\s*[\d¦]{1,3}[.¦]+[\d¦]{1,3}[.¦]+\d", _DAY),
    ("Expected newline", r".*=\s*¦?[+-]?0¦\d", "a number doesn't begin with 0: write 9 for 09"),
    ("Expected newline", r".*=\s*\d+¦,\d", "a number has a point, as in 2.5, and no comma"),
    (
        "Expected newline",
        r""".*=\s*["'].*¦""",
        'behind a text nothing follows on its line; a " within it is written \\", or use „…“',
    ),
    ("Expected newline", ".*", "each key has a line of its own"),
    ("Invalid value", r".*¦(?i:ja|nein|yes|no|true|false)\b", "write true or false"),
    ("Invalid value", r".*¦\w", 'a text stands between quotes, "…"'),
    ("Invalid value", ".*", "write a value behind '='"),
    ("Invalid date", ".*", f"there is no such day; {_DAY}"),
    ("Illegal character '.n'|Unterminated|Expected .['\"]", ".*", _CLOSE),
    ("Cannot declare", ".*", "the same table stands there twice; a list has [[two brackets]]"),
    ("Cannot overwrite|Duplicate|Cannot mutate|Cannot redefine", ".*", _TWICE),
    (
        r"Unescaped|Invalid hex|Escaped",
        ".*",
        r"a backslash is written \\ between double quotes, or the text stands between '…'",
    ),
    ("Expected '='", r".*¦[^\x00-\x7f]", _KEYS),
    ("Expected '='", ".*", "write: key = value; a remark begins with #"),
    ("Unclosed", ".*", "put a comma between two entries, and close the bracket"),
    ("Expected ']|Invalid statement|Invalid initial", ".*", _KEYS),
)


def of_toml(text: str, said: str) -> str:
    """Return what `tomllib` said of this text, and what to do where that is known."""
    place = _PLACE.search(said)
    line = _marked(text, int(place["line"]), int(place["column"])) if place else "¦"
    hint = next(
        (
            hint
            for kind, there, hint in _HINTS
            if re.match(kind, said) and re.match(there, line, re.DOTALL)
        ),
        "",
    )
    message = f"{said[:1].lower()}{said[1:]}"
    return f"{message}; {hint}" if hint else message


def of_encoding(error: UnicodeDecodeError) -> str:
    """Return that a file isn't UTF-8, and in which line that shows."""
    line = error.object[: error.start].count(b"\n") + 1
    return f"is not written in UTF-8 (line {line}); save it as UTF-8"


def _marked(text: str, line: int, column: int) -> str:
    """Return what of a line (counted from 1) stands around a column, with '¦' before it."""
    there = text.replace("\r\n", "\n").split("\n")[line - 1]
    before, after = there[: column - 1], there[column - 1 :]
    return f"{before[-_SEEN:]}¦{after[:_SEEN]}"
