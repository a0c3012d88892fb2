"""Reads the Markdown of a document as blocks: what our templates use of CommonMark, and no more."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import regex
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.text import ways


@dataclass(frozen=True, kw_only=True)
class Run:
    """Letters that look alike; a line break is a run of its own."""

    text: str
    strong: bool = False
    emphasis: bool = False
    #: address that it leads to, '' without
    link: str = ""
    #: tag of its language; '' for that of the document
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class Block:
    """A heading, a paragraph, a point of a list or a piece of advice, set apart."""

    kind: Literal["heading", "paragraph", "point", "advice"]
    runs: tuple[Run, ...]
    #: of a heading: 1 is the title
    level: int = 0


_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Signs that show nothing, and that the XML of a Word file can't hold."""

_STRONG: Final = regex.compile(r"(?P<ltr>\p{bc=L})|(?P<rtl>[\p{bc=R}\p{bc=AL}])")
_TELEPHONE: Final = r"\+\p{Nd}[\p{Nd} ()-]{4,20}\p{Nd}"


def _stretch(letters: str, ending: str, others: str) -> str:
    """Return a pattern of what goes one way: from one of `letters` to the last before `others`,
    with what stands between them, brackets that close there, and the sign of a hashtag or account.
    """
    bracket = rf"\([^{others}()]*\)"
    rest = rf"(?:[^{others}()]|{bracket})*(?:[{letters}{ending}]|{bracket})"
    return rf"[#@]?[{letters}](?:{rest})?\p{{M}}*"


_LEFT, _RIGHT = r"\p{bc=L}", r"\p{bc=R}\p{bc=AL}"
_OTHER: Final = {
    "rtl": regex.compile(_stretch(_LEFT, r"\p{bc=EN}", _RIGHT) + "|" + _TELEPHONE),
    "ltr": regex.compile(_stretch(_RIGHT, r"\p{bc=AN}", _LEFT)),
}
"""What goes the other way in a paragraph of this direction."""

_SPOKEN: Final = re.compile('<span lang="(?P<tag>[A-Za-z0-9-]+)">|</span>')
"""The only HTML that is read: from where to where words are in another language."""

_READ: Final = MarkdownIt("commonmark", {"html": True})


def read(text: str) -> tuple[Block, ...]:
    """Return the blocks of a Markdown text, in their order."""
    return tuple(_blocks(_READ.parse(_UNWRITABLE.sub("", text))))


def title(blocks: Sequence[Block]) -> str:
    """Return the words of the first heading, '' without one."""
    heads = (block for block in blocks if block.kind == "heading")
    return "".join(run.text for block in list(heads)[:1] for run in block.runs)


def direction(block: Block, usual: str) -> str:
    """Return the direction of a block, 'ltr' or 'rtl': that of most letters outside its links and
    hashtags. A point keeps that of the document, `usual`, for a list begins at one side.
    """
    text = " ".join(run.text for run in block.runs if not run.link)
    there, other = ways(text), "ltr" if usual == "rtl" else "rtl"
    return other if block.kind != "point" and there[other] > there[usual] else usual


def turns(run: Run, around: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a run that go one way, with their direction, in a block that goes the way
    `around`.
    """
    if run.link and not any(match["rtl"] for match in _STRONG.finditer(run.text)):
        yield run.text, "ltr"
        return
    end, other = 0, "ltr" if around == "rtl" else "rtl"
    for match in _OTHER[around].finditer(run.text):
        parts = ((run.text[end : match.start()], around), (match[0], other))
        yield from ((words, way) for words, way in parts if words)
        end = match.end()
    if run.text[end:]:
        yield run.text[end:], around


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    around: list[str] = []
    level = 0
    for token in tokens:
        if token.nesting > 0:
            around.append(token.type)
            level = int(token.tag[1:]) if token.type == "heading_open" else level
        elif token.nesting < 0:
            around.pop()
        elif token.type == "html_block":
            yield Block(kind="paragraph", runs=(Run(text=token.content.strip()),))
        elif token.type == "inline":
            runs = tuple(_runs(token.children or ()))
            if around[-1] == "heading_open":
                yield Block(kind="heading", runs=runs, level=level)
            elif "list_item_open" in around:
                yield Block(kind="point", runs=runs)
            elif "blockquote_open" in around:
                yield Block(kind="advice", runs=runs)
            else:
                yield Block(kind="paragraph", runs=runs)


def _runs(tokens: Sequence[Token]) -> Iterator[Run]:
    look = Run(text="")
    for token in tokens:
        match token.type:
            case "strong_open" | "strong_close":
                look = replace(look, strong=token.nesting > 0)
            case "em_open" | "em_close":
                look = replace(look, emphasis=token.nesting > 0)
            case "link_open" | "link_close":
                link = str(token.attrs.get("href", "")) if token.nesting > 0 else ""
                look = replace(look, link=link)
            case "softbreak":
                yield replace(look, text=" ")
            case "hardbreak":
                yield replace(look, text="\n")
            case "html_inline" if spoken := _SPOKEN.fullmatch(token.content):
                look = replace(look, language=spoken["tag"] or "")
            case _ if token.content:
                yield replace(look, text=token.content)
