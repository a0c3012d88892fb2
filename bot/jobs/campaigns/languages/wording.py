"""What a text calls otherwise than the field does: the wrong renderings that language.toml lists
under [avoid], each with the right one.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any, Final

from bot.files.frozen import Files
from bot.files.standing import DIGESTS, NAME, read_standing
from bot.files.toml import flat, read_toml
from bot.languages import shorter
from bot.model import Problem
from bot.render.languages.blocks import blocks_of

_NO_TEXTS: Final = frozenset({NAME, DIGESTS, "typed.toml"})
"""Files whose words nobody reads; what people type may be called as they like."""

_UNSPACED: Final = frozenset({"ar", "ja", "th", "zh"})
"""Languages in which a word grows together with what stands before it."""

_NAMED = 5
"""Most texts that are named in a sentence."""


def avoided(files: Files, tag: str) -> Iterator[Problem]:
    """Yield each text of a language that calls something as its language.toml says that it should
    not, or that of a shorter tag.
    """
    avoid = {
        wrong: right
        for short in reversed(shorter(tag))
        for wrong, right in read_standing(files, short)[0].avoid.items()
    }
    if not avoid:
        return
    said = _saying(avoid, tag)
    for name in sorted({name for held, _ in files.held for name in held}):
        if name.startswith(f"content/{tag}/") and name.rpartition("/")[2] not in _NO_TEXTS:
            for key, text in _texts(files, name):
                for wrong in dict.fromkeys(each[0].casefold() for each in said.finditer(text)):
                    right = avoid[" ".join(wrong.split())]
                    message = f"says “{wrong}”, which is called “{right}” here"
                    yield Problem(file=name, key=key, message=message)


def sentences(files: Files, spoken: Container[str]) -> Iterator[tuple[str, str]]:
    """Yield (tag, a sentence with what to do) for the languages in `spoken` of which texts call
    something otherwise than the field does.
    """
    for tag in files.folders("content"):
        problems = list(avoided(files, tag)) if tag in spoken else []
        if problems:
            told = "; ".join(map(str, problems[:_NAMED]))
            more = f"; and {len(problems) - _NAMED} more" if len(problems) > _NAMED else ""
            yield tag, f"{tag}: {told}{more} ([avoid] of content/{tag}/{NAME} says so)"


def _saying(avoid: Iterable[str], tag: str) -> "re.Pattern[str]":
    """Return what finds these words, the longest first, in small letters or large."""
    words = sorted(avoid, key=len, reverse=True)
    every = "|".join(r"\s+".join(map(re.escape, word.casefold().split())) for word in words)
    unspaced = shorter(tag)[-1] in _UNSPACED
    return re.compile(every if unspaced else rf"(?<!\w)(?:{every})(?!\w)", re.IGNORECASE)


def _texts(files: Files, name: str) -> Iterator[tuple[str, str]]:
    """Yield the block or dotted key of each text of a file, as the first root has it."""
    file = files.first(name)
    if file is None or file.fault:
        return
    if name.endswith(".j2"):
        yield from blocks_of(file.data.decode("utf-8-sig", "replace")).items()
        return
    table: Mapping[str, Any] = read_toml(file, name)[0] or {}
    for key, value in flat(table).items():
        yield from ((key, each) for each in _strings(value))


def _strings(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for each in value:
                yield from _strings(each)
        case dict():
            for each in value.values():
                yield from _strings(each)
