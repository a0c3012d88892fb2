"""What a text calls otherwise than the field does: the wrong renderings that language.toml lists
under [avoid], each with the right one.
"""

import re
from collections import ChainMap
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Final

from bot.files.frozen import File, Files
from bot.files.standing import DIGESTS, NAME, read_standing
from bot.files.toml import flat, read_toml, strings
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
    avoid = _avoid(files, tag)
    if not avoid:
        return
    said = _saying(avoid, tag)
    for name in _names(files, tag):
        for key, text in _texts(files, name):
            for wrong in _wrong(said, text):
                message = _message(wrong, avoid[" ".join(wrong.split())])
                yield Problem(file=name, key=key, message=message)


def _wrong(said: "re.Pattern[str]", text: str) -> list[str]:
    return list(dict.fromkeys(each[0].casefold() for each in said.finditer(text)))


def _message(wrong: str, right: str) -> str:
    return f"says “{wrong}”, which is called “{right}” here"


def _avoid(files: Files, tag: str) -> Mapping[str, str]:
    return ChainMap(*(dict(read_standing(files, each)[0].avoid) for each in shorter(tag)))


def _names(files: Files, tag: str) -> list[str]:
    """Return the files of a language whose texts somebody reads."""
    names = {name for held, _ in files.held for name in held}
    return sorted(name for name in names if name.startswith(f"content/{tag}/") and _is_read(name))


def _is_read(name: str) -> bool:
    return name.rpartition("/")[2] not in _NO_TEXTS


def sentences(files: Files, spoken: Container[str]) -> Iterator[tuple[str, str]]:
    """Yield (tag, a sentence with what to do) for the languages in `spoken` of which texts call
    something otherwise than the field does.
    """
    for tag in filter(spoken.__contains__, files.folders("content")):
        if problems := list(map(str, avoided(files, tag))):
            yield tag, f"{tag}: {_few(problems)} ([avoid] of content/{tag}/{NAME} says so)"


def _few(problems: Sequence[str]) -> str:
    more = f"; and {len(problems) - _NAMED} more" if len(problems) > _NAMED else ""
    return f"{'; '.join(problems[:_NAMED])}{more}"


def _saying(avoid: Iterable[str], tag: str) -> "re.Pattern[str]":
    """Return what finds these words, the longest first, in small letters or large."""
    every = "|".join(map(_pattern, sorted(avoid, key=len, reverse=True)))
    unspaced = shorter(tag)[-1] in _UNSPACED
    return re.compile(every if unspaced else rf"(?<!\w)(?:{every})(?!\w)", re.IGNORECASE)


def _pattern(word: str) -> str:
    return r"\s+".join(map(re.escape, word.split()))


def _texts(files: Files, name: str) -> Iterator[tuple[str, str]]:
    """Yield the block or dotted key of each text of a file, as the first root has it."""
    file = files.first(name)
    if file is not None and not file.fault:
        yield from (_in_template if name.endswith(".j2") else _in_table)(file, name)


def _in_template(file: File, _name: str) -> Iterable[tuple[str, str]]:
    return blocks_of(file.data.decode("utf-8-sig", "replace")).items()


def _in_table(file: File, name: str) -> Iterable[tuple[str, str]]:
    table = read_toml(file, name)[0] or {}
    return ((key, each) for key, value in flat(table).items() for each in strings(value))
