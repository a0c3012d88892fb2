"""Escaping for Markdown: a person's own words show in a document as they were typed."""

import re

_ANYWHERE = re.compile(r"([\\`*_\[\]<>|])")
# Blanks before the number need no match, since each line is stripped first; matching them over
# many empty lines would take quadratic time.
_NUMBER = re.compile(r"^(\d{1,9})\\?([.)])", re.MULTILINE)

_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_PARAGRAPH = re.compile(r"\S(?:[^\n]|\n(?!\n))*")
"""What stands between empty lines."""


def escaped(text: str, spoken: str = "") -> str:
    """Return the text with a backslash before every mark that Markdown would read as its own.

    Line breaks stay line breaks. With `spoken`, a language tag, each paragraph says that it is in
    that language, as HTML does; '' for words in the language of the document.
    """
    shown = _escaped(text)
    if not _TAG.fullmatch(spoken):
        return shown
    return _PARAGRAPH.sub(rf'<span lang="{spoken}">\g<0></span>', shown)


def _escaped(text: str) -> str:
    lines = "\n".join(line.strip() for line in text.splitlines())
    marked = _ANYWHERE.sub(r"\\\1", lines)
    marked = _NUMBER.sub(r"\1\\\2", marked)
    marked = re.sub(r"^([#+~=-])", r"\\\1", marked, flags=re.MULTILINE)
    return re.sub(r"(?<=\S)\n(?=\S)", "\\\\\n", marked)
