"""The shape of deciders.toml: to whom people of a country can write."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from bot.files.shapes import Shape
from bot.library.shapes import Country, Id, Url
from bot.model.makers import Decider
from bot.rules.reading.handles import email


def _address(text: str) -> str:
    if email(text) != text:
        raise ValueError("is no e-mail address; write it like office@parliament.example")
    return text


class DeciderShape(Shape):
    """A table [decider.ID]; its name stands in words.toml, under [deciders]."""

    country: Country
    page: Annotated[Url, Field(min_length=1)]
    read: date
    email: Annotated[str, AfterValidator(_address)] | None = None


class DecidersShape(Shape):
    """Everything that deciders.toml may hold."""

    decider: dict[Id, DeciderShape] = Field(min_length=1)


def deciders_of(shape: DecidersShape | None) -> Mapping[str, Decider]:
    """Return those of a file by their ids; none without one."""
    return {
        name: Decider(
            id=name,
            country=each.country,
            page=each.page,
            read=each.read,
            email=each.email or "",
        )
        for name, each in (shape.decider if shape else {}).items()
    }
