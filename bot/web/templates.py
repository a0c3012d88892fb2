"""The templates of pages, read once: an update of the package must not mix new pages with running
code. Everything is escaped, and a name that a page isn't given fails.
"""

import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined, Template
from markupsafe import Markup, escape
from typing_extensions import override

from bot.languages import colon, comma
from bot.text import first_way, in_turn, spans_from_left, ways

_PARTS = Path(__file__).parent / "parts"


_TAGS = re.compile(
    r"(<(script|style|title|textarea|option|code|svg|bdi)\b.*?</\2>|<[^>]*>)",
    re.DOTALL | re.IGNORECASE,
)
"""What is no text to read, or holds no elements; a `bdi` has its direction already."""

_BETWEEN = " \n\t–—·:,;،؛"
"""What stands between two pieces of a line, and belongs to neither."""

_OWN_WAY = re.compile(r'<(\w+)\b[^>]*\bdir="(auto|ltr)"')
_HOLDS_NONE = re.compile(
    r"<(?:input|img|br|hr|meta|link|bdi|code|option|textarea|style|script|svg|title)\b"
)

_OF_LEFT = re.compile(r"[A-Za-z\d\u00c0-\u058f]")

_FROM_RIGHT = re.compile(r'\s*<!doctype html>\s*<html[^>]* dir="rtl"', re.IGNORECASE)


def turned(html: str) -> str:
    """Return HTML that is read from the right with what is read from the left in elements of its
    own: else “#Tag” has its sign at its end, and “116 111” comes as “111 116”.
    """
    pieces, own = list[str](), None
    for text, tag in _parts(html):
        if own is not None:
            own.read(text)
        pieces += [_apart(text) if own is None or own.way == "rtl" else text, tag]
        own = _opened(tag) if own is None else own.behind(tag)
    return "".join(pieces)


class _Own:
    """An element with a direction of its own; browsers tell `auto` by the first letter in it that
    has one and stands in no `bdi`.
    """

    def __init__(self, name: str, way: str) -> None:
        self.way = way
        self._name = name
        self._depth = 1

    def read(self, text: str) -> None:
        """Take the direction of a text in it, where none was known before."""
        if self.way == "auto":
            self.way = first_way(unescape(text)) or self.way

    def behind(self, tag: str) -> "_Own | None":
        """Return the element in which what stands behind a tag in it is; None outside."""
        if tag == f"</{self._name}>":
            self._depth -= 1
        elif re.match(rf"<{self._name}\b(?!.*</)", tag, re.DOTALL):
            self._depth += 1
        return self if self._depth else None


def _opened(tag: str) -> _Own | None:
    opened = _OWN_WAY.match(tag)
    return _Own(opened[1], opened[2]) if opened and not _HOLDS_NONE.match(tag) else None


def _parts(html: str) -> Iterator[tuple[str, str]]:
    """Yield each text with the tag behind it; '' behind the last."""
    done = 0
    for tag in _TAGS.finditer(html):
        yield html[done : tag.start()], tag[0]
        done = tag.end()
    yield html[done:], ""


def _apart(part: str) -> str:
    if not _OF_LEFT.search(part):
        return part
    text = unescape(part)
    there = ways(text)
    whole = len(text) - len(text.lstrip(_BETWEEN)), len(text.rstrip(_BETWEEN))
    spans = [whole] if there and not there["rtl"] else spans_from_left(text)
    return "".join(
        _own(piece) if inside else escape(piece) for piece, inside in in_turn(text, spans)
    )


def _own(piece: str) -> str:
    return Markup("<bdi>{}</bdi>").format(piece)


_CHINESE = re.compile(r'\s*<!doctype html>\s*<html[^>]* lang="zh\b', re.IGNORECASE)

_BESIDE_SIGN = re.compile(
    r"(?<=[，。：；！？、）》]) +(?![#@ ]|https?:|$)|(?<! ) ++(?=[，。：；！？、）（《])"
)
_IN_LINE = re.compile(r"<(?:a|b|bdi|cite|code|em|i|q|small|span|strong|time)\b")
_AFTER_SIGN = re.compile("[，。：；！？、）》] +$")


def tightened(html: str) -> str:
    """Return HTML without blanks beside signs of Chinese, which bring their own: templates set one
    between a label and what it says.
    """
    return "".join(f"{_beside(text, tag)}{tag}" for text, tag in _parts(html))


def _beside(text: str, tag: str) -> str:
    text = _BESIDE_SIGN.sub("", text)
    return text.rstrip(" ") if _IN_LINE.match(tag) and _AFTER_SIGN.search(text) else text


class _Page(Template):
    """A template whose pages have what goes the other way in elements of its own, and in Chinese no
    blanks beside signs.
    """

    @override
    def render(self, *args: Any, **kwargs: Any) -> str:
        html = super().render(*args, **kwargs)
        if _FROM_RIGHT.match(html):
            return turned(html)
        return tightened(html) if _CHINESE.match(html) else html


class _Templates(Environment):
    """Looks for `words.title` among the keys of a table first: Jinja asks for an attribute before,
    and each that a table lacks raises an error, some thousand times in a long page.
    """

    template_class = _Page

    @override
    def getattr(self, obj: Any, attribute: str) -> Any:
        try:
            return obj[attribute] if type(obj) is dict else getattr(obj, attribute)
        except (KeyError, AttributeError):
            return super().getattr(obj, attribute)


def environment(folder: Path, **filters: Callable[..., object]) -> Environment:
    """Return the templates of a folder, which can import from `parts/` what all pages share."""
    files = (*_PARTS.glob("*.html"), *folder.glob("*.html"))
    made = _Templates(
        loader=DictLoader({file.name: file.read_text("utf-8") for file in files}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(filters)
    made.globals.update(colon=colon, comma=comma)
    return made
