"""What stands in each block of a template, as it is written, and the digest of such a text."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from jinja2 import Environment, TemplateSyntaxError

from bot.kept import Kept


@dataclass(frozen=True, kw_only=True)
class Block:
    """One block as it is written."""

    name: str
    #: its first tag, with the blanks that this takes away
    begin: str
    #: what stands between its tags
    body: str
    #: where its first tag begins in the text
    start: int

    @property
    def end(self) -> int:
        """Where its last tag begins in the text."""
        return self.start + len(self.begin) + len(self.body)


_Tag = tuple[int, int, list[str]]
"""Where a tag begins and ends, and its words."""

# what cuts texts into tags, comments and what lies between, so that nothing here reads another one
_LEXER: Final = Environment(autoescape=False).lexer  # noqa: S701 - nothing is rendered with it

_SELF: Final = re.compile(r"\bself\b")

_READ: Final[Kept[str, tuple[Block, ...]]] = Kept(500)
"""Blocks that were read, by their template's text: a reload reads only what has changed."""


def blocks(text: str) -> tuple[Block, ...]:
    r"""Return the blocks of a template's text in the order of their first tags, as Jinja reads it:
    what stands in comments, between raw and endraw, or between quotes is none. A line of the text
    ends with "\n".

    Raises `ValueError` with the line for a text that is no template.
    """
    return _READ.made(text, lambda: tuple(sorted(_blocks(text), key=lambda block: block.start)))


def blocks_of(text: str) -> Mapping[str, str]:
    """Return what stands in each block of a template's text, by the block's name; nothing of a text
    that is no template, and no block that stands there twice.
    """
    try:
        every = blocks(text.replace("\r\n", "\n").replace("\r", "\n"))
    except ValueError:
        return {}
    times = Counter(block.name for block in every)
    return {block.name: block.body for block in every if times[block.name] == 1}


def with_bodies(text: str, body: Callable[[Block], str]) -> str:
    """Return a template's text with what `body` makes of each block between its tags; a block
    within another one is a part of that one.

    Raises `ValueError` as `blocks`.
    """
    said, at = "", 0
    for block in blocks(text):
        if block.start >= at:
            said += f"{text[at : block.start]}{block.begin}{body(block)}"
            at = block.end
    return said + text[at:]


def digests(text: str) -> Mapping[str, str]:
    """Return the digest of each block of `blocks_of` by name; of one that says others (`self`) that
    of all with them, since it changes where one of these does.
    """
    bodies = blocks_of(text)
    every = "\n".join(bodies.values())
    return {
        name: digest(f"{body}\n{every}" if _SELF.search(body) else body)
        for name, body in bodies.items()
    }


def digest(text: str) -> str:
    """Return 12 hexadecimal digits by which a text is known again, however its lines are broken."""
    return sha256(" ".join(text.split()).encode()).hexdigest()[:12]


def _blocks(text: str) -> Iterator[Block]:
    open_ = list[_Tag]()
    for tag in _tags(text):
        match tag[2]:
            case ["block", *_]:
                open_.append(tag)
            case ["endblock", *_] if open_:
                yield _block(text, open_.pop(), tag)
            case ["endblock", *_]:
                raise ValueError(f"line {_line(text, tag)}: endblock ends no block")
    for tag in open_:
        raise ValueError(f"line {_line(text, tag)}: the block has no endblock")


def _block(text: str, first: _Tag, last: _Tag) -> Block:
    (start, within, words), (end, _, _) = first, last
    name = words[1] if len(words) > 1 else ""
    return Block(name=name, begin=text[start:within], body=text[within:end], start=start)


def _line(text: str, tag: _Tag) -> int:
    return text.count("\n", 0, tag[0]) + 1


def _tags(text: str) -> Iterator[_Tag]:
    start, words = 0, list[str]()
    for kind, piece, at in _pieces(text):
        if kind == "block_begin":
            start, words = at, []
        elif kind == "block_end":
            yield start, at + len(piece), words
        elif kind != "whitespace":
            words.append(piece)


def _pieces(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield each piece of the text with its kind and where it begins."""
    at = 0
    try:
        for _, kind, piece in _LEXER.tokeniter(text, None):
            at = text.index(piece, at)  # blanks that a tag takes away are in no piece
            yield kind, piece, at
            at += len(piece)
    except TemplateSyntaxError as error:
        raise ValueError(f"line {error.lineno}: {error.message}") from error
