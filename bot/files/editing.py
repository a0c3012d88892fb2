"""TOML files of people, changed with their comments, order and blanks left as they are."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import tomlkit


def with_keys(text: str, values: Mapping[str, str | date]) -> str:
    """Return a TOML text with these keys outside of all tables: in the place of those that it has,
    else before all else, where no comment speaks of another key.

    Raises ValueError for what is no TOML.
    """
    table = tomlkit.parse(text)
    new = tomlkit.document()
    for key, value in values.items():
        (table if key in table else new)[key] = value
    return new.as_string() + table.as_string()


def parsed(text: str) -> Mapping[str, Any]:
    """Return what a TOML text says; raises ValueError for what is none."""
    return tomlkit.parse(text).unwrap()


def as_toml(table: Mapping[str, Any]) -> str:
    """Return a table as TOML."""
    return tomlkit.dumps(table)
