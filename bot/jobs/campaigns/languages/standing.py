"""How far each language is read: what `check` says of it, and how somebody accepts it."""

import json
import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.errors import DataError, UsageError
from bot.files.frozen import Files, read_files
from bot.files.standing import NAME, read_standing
from bot.jobs.campaigns import check_common
from bot.jobs.campaigns.languages.beginning import untranslated
from bot.library.shapes import check_language
from bot.model import Problem
from bot.model.standing import Standing
from bot.render.languages.whole import withheld

_KEYS = re.compile(r"^[ \t]*accepted_(?:by|on)[ \t]*=[^\n]*\n?", re.MULTILINE)
_UNREAD = (
    "{tags}: nobody who is named has read these languages' texts, and people are told so; have them"
    f" read, then write reviewed_by and reviewed_on into content/<language>/{NAME}"
)
_UNACCEPTED = (
    "{tags}: texts on consent, privacy and danger stand beside the English, until `drumbeat"
    " language accept TAG --by NAME`"
)
_WITHHELD = (
    "{tags}: not offered in the chat or on pages, since texts are left to translate; `drumbeat"
    " check` names them, and `drumbeat language list` says how many files have some"
)
_LONGEST = 200
"""Most characters of a name."""


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """What was written, and where."""

    file: Path
    standing: Standing
    #: how far it was read before
    before: Standing


def standings(files: Files) -> list[Standing]:
    """Return how far each language is read that has texts of its own, by tag."""
    return [read_standing(files, tag)[0] for tag in files.folders("content")]


def problems(files: Files) -> Iterator[Problem]:
    """Yield what is wrong in each language.toml."""
    for tag in files.folders("content"):
        yield from read_standing(files, tag)[1]


def sentences(files: Files, spoken: Container[str]) -> Iterator[tuple[str, str]]:
    """Yield (tags, a sentence with what to do) for the languages that nobody who is named has read,
    those that nobody has accepted, and those that are begun and not offered; of each those in
    `spoken`, since what nobody gets to read needs no reader.
    """
    every = [each for each in standings(files) if each.language in spoken]
    if tags := _tags(each for each in every if not each.is_read):
        yield tags, _UNREAD.format(tags=tags)
    if tags := _tags(each for each in every if not each.is_accepted):
        yield tags, _UNACCEPTED.format(tags=tags)
    if tags := ", ".join(tag for tag in withheld(files) if tag in spoken):
        yield tags, _WITHHELD.format(tags=tags)


def _tags(those: Iterable[Standing]) -> str:
    return ", ".join(each.language for each in those)


# what is written


def accept(roots: Sequence[Path], shipped: Path, tag: str, by: str, today: date) -> Accepted:
    """Write into content/<tag>/language.toml of the first of `roots`, else of this folder, that
    somebody lets the language's texts stand by themselves.

    Raises `UsageError` for a tag that is none or has no texts, the original, and a name that can't
    stand there; `DataError` with what the language lacks; `OSError` where it can't be written.
    """
    files = read_files([*roots, shipped])
    _judge(files, tag, by)
    target = (roots[0] if roots else Path()) / "content" / tag / NAME
    written = target.read_text("utf-8") if target.exists() else ""
    lines = f"accepted_by = {json.dumps(by, ensure_ascii=False)}\naccepted_on = {today}\n"
    kept = _KEYS.sub("", written)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(f"{lines}{kept}" if kept else lines, "utf-8")
    standing = read_standing(read_files([*(roots or [Path()]), shipped]), tag)[0]
    return Accepted(file=target, standing=standing, before=read_standing(files, tag)[0])


def _judge(files: Files, tag: str, by: str) -> None:
    try:
        check_language(tag)
    except ValueError as error:
        raise UsageError(str(error)) from error
    if Standing(language=tag).is_original:
        raise UsageError(
            f"{tag} is what the others are translated from; there is nothing to accept"
        )
    if not files.has_folder(f"content/{tag}"):
        raise UsageError(f"content/{tag} is not there; `drumbeat new language {tag}` begins it")
    if not by.strip() or len(by) > _LONGEST or not by.isprintable():
        raise UsageError(f"--by must be a name of at most {_LONGEST} characters on one line")
    if wrong := [problem for problem in _faults(files) if _language(problem) == tag]:
        raise DataError(wrong)


def lacking(files: Files) -> dict[str, int]:
    """Return by language how many files of what belongs to no campaign have something lacking."""
    wrong = {(_language(problem), problem.file) for problem in _faults(files)}
    return Counter(tag for tag, _ in wrong)


def _faults(files: Files) -> list[Problem]:
    return [*check_common.run(files), *untranslated(files)]


def _language(problem: Problem) -> str:
    """Return the language of a file below content/; '' for what belongs to none."""
    top, _, below = problem.file.partition("/")
    tag, _, name = below.partition("/")
    return tag if top == "content" and name else ""
