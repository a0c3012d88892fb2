"""Somebody's own words inside a Markdown document: they show as they were typed, whatever marks
they hold.
"""

import re

_ANYWHERE = re.compile(r"([\\`*_\[\]<>|])")
# no blanks before it: a line has none left, and those over many empty lines would take for ever
_NUMBER = re.compile(r"^(\d{1,9})\\?([.)])", re.MULTILINE)


def escaped(text: str) -> str:
    """The text with every mark that Markdown would read as its own behind a backslash.

    Its line breaks stay line breaks.
    """
    lines = "\n".join(line.strip() for line in text.splitlines())
    marked = _ANYWHERE.sub(r"\\\1", lines)
    marked = _NUMBER.sub(r"\1\\\2", marked)
    marked = re.sub(r"^([#+~=-])", r"\\\1", marked, flags=re.MULTILINE)
    return re.sub(r"(?<=\S)\n(?=\S)", "\\\\\n", marked)
