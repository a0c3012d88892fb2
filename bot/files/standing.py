"""content/<language>/language.toml: who has read a language's texts, who accepted them, and the
field's words in it; beside it digests.toml, which says how those texts were on that day.

A root may have a part of the first alone: what it lacks, key by key, comes from the next roots. Of
the second each table is that of the nearest root that has it, and counts where it names who did it
on which day as the first does: else it is of texts that they never saw. A language without these
files is read and accepted by nobody.
"""

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import Field

from bot.files.frozen import Files
from bot.files.shapes import Shape, fit
from bot.files.toml import read_toml
from bot.model import Problem
from bot.model.standing import Standing

NAME = "language.toml"

DIGESTS = "digests.toml"
"""The file that `drumbeat language accept` and `review` write."""

_Term = Annotated[str, Field(min_length=1)]


class _LanguageShape(Shape):
    reviewed_by: str = ""
    reviewed_on: date | None = None
    accepted_by: str = ""
    accepted_on: date | None = None
    terms: dict[str, _Term] = Field(default_factory=dict)
    sources: dict[str, _Term] = Field(default_factory=dict)
    avoid: dict[_Term, _Term] = Field(default_factory=dict)


class _DigestsShape(Shape):
    reviewed_by: str = ""
    reviewed_on: date | None = None
    accepted_by: str = ""
    accepted_on: date | None = None
    accepted: dict[str, dict[str, str]] | None = None
    reviewed: dict[str, str] | None = None


S = TypeVar("S", bound=Shape)


def read_standing(files: Files, tag: str) -> tuple[Standing, list[Problem]]:
    """Return how far a language is read, and what is wrong with its file.

    What is broken says nothing.
    """
    name = f"content/{tag}/{NAME}"
    kept, problems = _shapes(files, _LanguageShape, name)
    digests, faults = _shapes(files, _DigestsShape, f"content/{tag}/{DIGESTS}")
    problems += [*(half for shape in kept for half in _halves(shape, name)), *faults]
    said: Mapping[str, Any] = ChainMap(*(_written(shape) for shape in kept))
    accepted, reviewed = _known(digests, "accepted", said), _known(digests, "reviewed", said)
    standing = Standing(
        language=tag,
        **said,
        terms=dict(ChainMap(*(shape.terms for shape in kept))),
        sources=dict(ChainMap(*(shape.sources for shape in kept))),
        avoid={
            " ".join(wrong.casefold().split()): right
            for wrong, right in ChainMap(*(shape.avoid for shape in kept)).items()
        },
        accepted={
            (file, key): digest for file, keys in accepted.items() for key, digest in keys.items()
        },
        reviewed={file: frozenset(digests.split()) for file, digests in reviewed.items()},
    )
    return standing, problems


def _shapes(files: Files, shape: type[S], name: str) -> tuple[list[S], list[Problem]]:
    """Return what the file says in each root where it can be read, and what is wrong with it."""
    kept: list[S] = []
    problems: list[Problem] = []
    for file in files.each(name):
        table, faults = read_toml(file, name)
        fitting, unfit = (None, []) if table is None else fit(shape, table, name)
        problems += [*faults, *unfit]
        kept += [fitting] if fitting else []
    return kept, problems


def _known(digests: Iterable[_DigestsShape], what: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the digests of what was `accepted` or `reviewed`, by file; none where they are of
    another name or day than is said, as where a command ended between the two files.
    """
    names = (f"{what}_by", f"{what}_on")
    for each in digests:
        known: dict[str, Any] | None = getattr(each, what)
        if known is not None:
            is_same = all(
                (getattr(each, name) or None) == (said.get(name) or None) for name in names
            )
            return known if is_same else {}
    return {}


def _halves(shape: _LanguageShape, name: str) -> Iterator[Problem]:
    """Yield a problem for a name without its day, and a day without its name."""
    for done, by, on in (
        ("reviewed", shape.reviewed_by, shape.reviewed_on),
        ("accepted", shape.accepted_by, shape.accepted_on),
    ):
        if bool(by.strip()) != (on is not None):
            lacking, how = (f"{done}_on", "the day") if by.strip() else (f"{done}_by", "who did it")
            yield Problem(file=name, key=lacking, message=f"is missing; write {how}")


def _written(shape: _LanguageShape) -> dict[str, Any]:
    return shape.model_dump(exclude_unset=True, exclude={"terms", "sources", "avoid"})
