"""Data that belong to no campaign: where texts can be shared (content/share.toml), child helplines
(content/safeguarding.toml), names of places, how accounts are written (content/handles.toml), and
where anybody can have a mailbox (content/freemail.toml).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import prod
from typing import Annotated, Literal, TypeVar

import regex
from pydantic import AfterValidator, Field

from bot.files.frozen import File, Files
from bot.files.shapes import Shape, fit
from bot.files.toml import read_toml
from bot.gaps import gaps
from bot.model import PlaceNames, Problem
from bot.model.shared import ChildHelpline, FreeMail, HandleShape, ShareTarget
from bot.rules import dates

HELPLINES = "content/safeguarding.toml"
"""The file of the child helplines, below a root."""

_LONGEST = 300
"""Most characters of a pattern for names."""

_MOST_REPEATS = 200_000
"""Most that the repeats of a pattern may come to, multiplied: nested ones take memory like it."""


@dataclass(frozen=True, kw_only=True)
class Shared:
    """What the shared files of content/ say; of each file, the first root that has it wins."""

    targets: tuple[ShareTarget, ...]
    #: None where the file is broken
    helplines: tuple[ChildHelpline, ...] | None
    places: PlaceNames
    #: by network, in the file's order; None where the file is missing or broken
    handles: Mapping[str, HandleShape] | None
    #: None where the file is missing or broken
    free_mail: FreeMail | None


def _https(url: str) -> str:
    if not url.startswith("https://"):
        raise ValueError("must start with https://")
    return url


def _country(code: str) -> str:
    if not (len(code) == 2 and code.isascii() and code.isupper()):  # noqa: PLR2004 - alpha-2
        raise ValueError(f"'{code}' is no country code; write two capital letters, like CM")
    return code


def _zone(name: str) -> str:
    try:
        dates.zone(name)
    except (KeyError, OSError):  # a folder of zones is no zone
        raise ValueError(
            f"there is no time zone '{name}'; write one of the IANA table, like Africa/Lagos"
        ) from None
    return name


def _pattern(text: str) -> str:
    if len(text) > _LONGEST or prod(map(int, re.findall(r"(\d+)\}", text))) > _MOST_REPEATS:
        raise ValueError(
            f"is no pattern of at most {_LONGEST} characters and {_MOST_REPEATS:,} repeats; make it"
            " simpler"
        )
    try:
        re.compile(text)
        regex.compile(text)
    except Exception as error:
        raise ValueError(f"can't be used: {error}") from error
    return text


def _profile(url: str) -> str:
    try:
        unknown = sorted(gaps(url) - {"name", "server"})
    except ValueError as error:
        raise ValueError(f"has a brace too many or too few: {error}") from None
    if unknown:
        raise ValueError(f"has the gap {{{unknown[0]}}}; there are {{name}} and {{server}}")
    return url


def _small(words: list[str]) -> list[str]:
    if any(word != word.lower() for word in words):
        raise ValueError("must be a list of texts in small letters")
    return words


_Text = Annotated[str, Field(min_length=1)]
_Country = Annotated[str, AfterValidator(_country)]
_Zone = Annotated[str, AfterValidator(_zone)]


class _TargetShape(Shape):
    id: _Text
    name: _Text
    url: Annotated[str, AfterValidator(_https)]
    takes: Literal["text", "url", "server"]
    counter: Literal["weighted", "graphemes", "characters", "utf16"] | None = None
    length: Annotated[int, Field(ge=1)] | None = None
    checked: date
    servers: Annotated[list[str], AfterValidator(_small)] = Field(default_factory=list)


class _ShareShape(Shape):
    target: list[_TargetShape] = Field(default_factory=list)


class _LineShape(Shape):
    country: _Country
    name: _Text
    number: _Text
    page: _Text
    read: date
    dated: date | None = None
    hours: str = ""
    by: str = ""


class _SafeguardingShape(Shape):
    helpline: list[_LineShape] = Field(default_factory=list)


class _PlacesShape(Shape):
    countries: dict[_Country, list[_Text]] = Field(default_factory=dict)
    cities: dict[_Zone, list[_Text]] = Field(default_factory=dict)
    forms: dict[_Text, list[_Text]] = Field(default_factory=dict)
    main: list[_Zone] = Field(default_factory=list)
    too_wide: list[_Text] = Field(default_factory=list)
    before: list[_Text] = Field(default_factory=list)


class _HandleShape(Shape):
    label: _Text
    words: list[str] = Field(default_factory=list)
    hosts: list[str] = Field(default_factory=list)
    name: Annotated[str, AfterValidator(_pattern)]
    sections: list[str] = Field(default_factory=list)
    url: Annotated[_Text, AfterValidator(_profile)]
    suffix: str = ""
    example: _Text
    not_names: list[str] = Field(default_factory=list)
    checked: date | None = None


class _HandlesShape(Shape):
    networks: dict[str, _HandleShape]


class _FreeMailShape(Shape):
    names: Annotated[list[str], AfterValidator(_small)]
    domains: Annotated[list[str], AfterValidator(_small)]


_S = TypeVar("_S", bound=Shape)


def read_shared(files: Files) -> tuple[Shared, list[Problem]]:
    """Read the shared files; return what they say, without the broken ones, and every problem."""
    share, problems = _read(_ShareShape, "content/share.toml", files)
    helplines, faults = helplines_in(files.first(HELPLINES))
    named, wrong = _read(_PlacesShape, "content/places.toml", files)
    accounts, misshapen = _read(_HandlesShape, "content/handles.toml", files)
    mail, unfit = _read(_FreeMailShape, "content/freemail.toml", files)
    targets = tuple(_target(row) for row in share.target) if share else ()
    shared = Shared(
        targets=targets,
        helplines=helplines,
        places=_places(named) if named else PlaceNames(),
        handles=_handles(accounts) if accounts else None,
        free_mail=_free_mail(mail) if mail else None,
    )
    return shared, [*problems, *faults, *wrong, *misshapen, *unfit]


def helplines_in(file: File | None) -> tuple[tuple[ChildHelpline, ...] | None, list[Problem]]:
    """Return the child helplines of a file, in its order, or None and what is wrong with it.

    A file that isn't there has none.
    """
    if file is None:
        return (), []
    shape, problems = _read_file(_SafeguardingShape, HELPLINES, file)
    if shape is None:
        return None, problems
    return tuple(ChildHelpline(**row.model_dump()) for row in shape.helpline), problems


def _target(row: _TargetShape) -> ShareTarget:
    return ShareTarget(**{**row.model_dump(), "servers": tuple(row.servers)})


def _handles(shape: _HandlesShape) -> dict[str, HandleShape]:
    return {
        network: HandleShape(
            network=network,
            label=entry.label,
            words=tuple(word.casefold() for word in (network, entry.label, *entry.words)),
            hosts=tuple(entry.hosts),
            name=re.compile(entry.name),
            sections=tuple(entry.sections),
            url=entry.url,
            suffix=entry.suffix,
            example=entry.example,
            not_names=frozenset(entry.not_names),
        )
        for network, entry in shape.networks.items()
    }


def _free_mail(shape: _FreeMailShape) -> FreeMail:
    return FreeMail(names=frozenset(shape.names), domains=frozenset(shape.domains))


def _places(shape: _PlacesShape) -> PlaceNames:
    return PlaceNames(
        countries=tuple((name, code) for code, names in shape.countries.items() for name in names),
        cities=tuple(
            (form, zone)
            for zone, names in shape.cities.items()
            for name in names
            for form in (name, *shape.forms.get(name, ()))
        ),
        forms=tuple((form, name) for name, forms in shape.forms.items() for form in forms),
        main=tuple(shape.main),
        too_wide=tuple(shape.too_wide),
        before=tuple(shape.before),
    )


def _read(shape: type[_S], name: str, files: Files) -> tuple[_S | None, list[Problem]]:
    file = files.first(name)
    return (None, []) if file is None else _read_file(shape, name, file)


def _read_file(shape: type[_S], name: str, file: File) -> tuple[_S | None, list[Problem]]:
    table, problems = read_toml(file, name)
    if table is None:
        return None, problems
    return fit(shape, table, name)
