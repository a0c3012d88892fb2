"""Data that belong to no campaign: where texts can be shared (content/share.toml), and child helplines (content/safeguarding.toml)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, Field

from bot.library.files import read_toml
from bot.library.problems import Shape, fit
from bot.model import Problem


@dataclass(frozen=True, kw_only=True)
class ShareTarget:
    """An app in which people share a text as themselves."""

    id: str
    name: str
    #: holds {text}, {url} or {server}
    url: str
    #: 'text', 'url' or 'server'
    takes: str
    #: a counter of `bot.text`, or None without a limit
    counter: str | None
    length: int | None
    checked: date


@dataclass(frozen=True, kw_only=True)
class ChildHelpline:
    """A number, and the page on which it was read."""

    #: ISO 3166 alpha-2
    country: str
    name: str
    number: str
    page: str
    #: when it was read there
    read: date
    #: the page's own date, where it has one
    dated: date | None


@dataclass(frozen=True, kw_only=True)
class Shared:
    """What the files say; the first root that has a file wins."""

    targets: tuple[ShareTarget, ...]
    helplines: tuple[ChildHelpline, ...]


def _https(url: str) -> str:
    if not url.startswith("https://"):
        raise ValueError("must start with https://")
    return url


def _country(code: str) -> str:
    if not (len(code) == 2 and code.isascii() and code.isupper()):  # noqa: PLR2004 - alpha-2
        raise ValueError(f"'{code}' is no country code; write two capital letters, like CM")
    return code


_Text = Annotated[str, Field(min_length=1)]


class _TargetShape(Shape):
    id: _Text
    name: _Text
    url: Annotated[str, AfterValidator(_https)]
    takes: Literal["text", "url", "server"]
    counter: Literal["weighted", "graphemes", "characters", "utf16"] | None = None
    length: Annotated[int, Field(ge=1)] | None = None
    checked: date


class _ShareShape(Shape):
    target: list[_TargetShape] = Field(default_factory=list)


class _LineShape(Shape):
    country: Annotated[str, AfterValidator(_country)]
    name: _Text
    number: _Text
    page: _Text
    read: date
    dated: date | None = None


class _SafeguardingShape(Shape):
    helpline: list[_LineShape] = Field(default_factory=list)


_S = TypeVar("_S", bound=Shape)


def read_shared(roots: Sequence[Path]) -> tuple[Shared, list[Problem]]:
    """Read both files; what is broken is left out and told."""
    share, problems = _read(_ShareShape, "content/share.toml", roots)
    lines, found = _read(_SafeguardingShape, "content/safeguarding.toml", roots)
    targets = tuple(ShareTarget(**one.model_dump()) for one in share.target) if share else ()
    helplines = tuple(ChildHelpline(**one.model_dump()) for one in lines.helpline) if lines else ()
    return Shared(targets=targets, helplines=helplines), [*problems, *found]


def _read(shape: type[_S], name: str, roots: Sequence[Path]) -> tuple[_S | None, list[Problem]]:
    path = next((root / name for root in roots if (root / name).is_file()), None)
    if path is None:
        return None, []
    table, problems = read_toml(path, name)
    if table is None:
        return None, problems
    return fit(shape, table, name)
