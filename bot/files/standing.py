"""content/<language>/language.toml: who has read a language's texts, who accepted them, and the
field's words in it.

A root may have a part of it alone: what it lacks, key by key, comes from the next roots. A language
without the file is read and accepted by nobody.
"""

from collections import ChainMap
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from bot.files.frozen import Files
from bot.files.shapes import Shape, fit
from bot.files.toml import read_toml
from bot.model import Problem
from bot.model.standing import Standing

NAME = "language.toml"

_Term = Annotated[str, Field(min_length=1)]


class _LanguageShape(Shape):
    reviewed_by: str = ""
    reviewed_on: date | None = None
    accepted_by: str = ""
    accepted_on: date | None = None
    terms: dict[str, _Term] = Field(default_factory=dict)
    sources: dict[str, _Term] = Field(default_factory=dict)


def read_standing(files: Files, tag: str) -> tuple[Standing, list[Problem]]:
    """Return how far a language is read, and what is wrong with its file.

    What is broken says nothing.
    """
    name = f"content/{tag}/{NAME}"
    problems: list[Problem] = []
    kept: list[_LanguageShape] = []
    for file in files.each(name):
        table, faults = read_toml(file, name)
        shape, unfit = (None, []) if table is None else fit(_LanguageShape, table, name)
        problems += [*faults, *unfit, *(_halves(shape, name) if shape else ())]
        kept += [shape] if shape else []
    said: Mapping[str, Any] = ChainMap(*(_written(shape) for shape in kept))
    terms = dict(ChainMap(*(shape.terms for shape in kept)))
    sources = dict(ChainMap(*(shape.sources for shape in kept)))
    return Standing(language=tag, **said, terms=terms, sources=sources), problems


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
    return shape.model_dump(exclude_unset=True, exclude={"terms", "sources"})
