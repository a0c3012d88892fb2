"""How words are read from a table of a file, whatever may be wrong in it."""

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_W = TypeVar("_W", bound="DataclassInstance")


def texts_of(table: object) -> dict[str, str]:
    """Return the texts of a table by their keys, without those that are empty."""
    entries = table.items() if isinstance(table, Mapping) else ()
    return {str(name): text for name, value in entries if (text := text_of(value))}


def read(kind: type[_W], table: object) -> _W:
    """Return words of this kind, from those texts of the table for which it has a field."""
    names = {each.name for each in fields(kind)}
    return kind(**{name: text for name, text in texts_of(table).items() if name in names})


def text_of(value: object) -> str:
    """Return a value of a table as a text; '' for none, and for a table."""
    return "" if value is None or isinstance(value, Mapping) else str(value)
