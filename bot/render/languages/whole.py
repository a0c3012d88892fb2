"""Whether a language has all that belongs to no campaign: what is offered to people is whole, or
somebody answers for it.

English says what there is. Looked at are names alone, of files, blocks and keys, and the marks of
what nobody has translated yet; `check` says what else is wrong.
"""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Final

from bot.files.frozen import File, Files
from bot.files.standing import read_standing
from bot.files.toml import flat, read_toml
from bot.languages import shorter
from bot.model.standing import ORIGINAL as MODEL
from bot.render.languages.blocks import blocks_of
from bot.render.split import before

PARTS: Final = ("chat", "desk.toml", "documents", "mail", "public.toml", "smart.toml", "web.toml")
"""Folders and files of one language; each may be there or not."""

_MARK = re.compile(rb"\{#-?\s*untranslated\s*-?#\}|^[ \t]*#[ \t]*untranslated[ \t]*$", re.MULTILINE)


def names_of(files: Files, tag: str, part: str) -> list[str]:
    """Return the files of a part below the language's folder."""
    if part.endswith(".toml"):
        return [part] if files.first(f"content/{tag}/{part}") else []
    return [f"{part}/{name}" for name in files.within(f"content/{tag}/{part}")]


def offered(files: Files, tags: Iterable[str], part: str) -> frozenset[str]:
    """Return those of the tags in which a part of what belongs to no campaign can be offered."""
    return frozenset(tag for tag in tags if _is_offered(files, tag, part))


def withheld(files: Files) -> list[str]:
    """Return the languages whose chat or pages are begun and not offered, since they aren't whole,
    sorted.
    """
    begun = (
        (tag, part)
        for tag in files.folders("content")
        for part in ("chat", "public.toml", "web.toml")
        if names_of(files, tag, part)
    )
    return sorted({tag for tag, part in begun if not _is_offered(files, tag, part)})


def _is_offered(files: Files, tag: str, part: str) -> bool:
    every = names_of(files, MODEL, part)
    return _is_answered_for(files, tag) or all(_is_whole(files, tag, name) for name in every)


def _is_answered_for(files: Files, tag: str) -> bool:
    return MODEL in shorter(tag) or read_standing(files, tag)[0].is_accepted


def _is_whole(files: Files, tag: str, name: str) -> bool:
    """Return whether a file says all that the English one does, and bears no mark."""
    own = [file for each in shorter(tag) for file in files.each(f"content/{each}/{name}")]
    if any(_MARK.search(file.data) for file in own):
        return False
    said = {part for file in own for part in _said(file, name)}
    wanted = {part for file in files.each(f"content/{MODEL}/{name}") for part in _said(file, name)}
    stem = PurePosixPath(name).stem
    return all(part in said or before(stem, part) in said for part in wanted)


def _said(file: File, name: str) -> set[str]:
    """Return the names of a template's blocks, or the dotted keys of a table."""
    if name.endswith(".j2"):
        return set(blocks_of(file.data.decode("utf-8-sig", "replace")))
    return set(flat(read_toml(file, name)[0] or {}))
