"""What each setting is, and whether it stands in config.toml or is the default: for people who look
at the settings and can't open the file. No secret stands in them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel

from bot.config import shapes
from bot.files.toml import read_toml

_PEOPLE = ("staff", "chat.staff", "safeguarding.name", "safeguarding.contact")
"""Keys that name people, whom `drumbeat staff` shows."""

_ADDRESS = "url"
"""The key of an address of a program elsewhere, whose path may let in whoever knows it."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A value of the settings."""

    #: with dots, as config.toml has it
    key: str
    value: str
    #: whether it stands in config.toml; else it is the default
    written: bool


def explained(path: Path | None) -> list[Setting]:
    """Return each value in the order of the shapes; none for a file that can't be used, and only
    defaults for None.
    """
    table: Mapping[str, object] | None = {}
    if path is not None:
        table, _ = read_toml(path, str(path))
    config, _ = shapes.parse(table or {}, str(path))
    return [] if config is None or table is None else list(_values(config, "", written=True))


def _values(shape: BaseModel, before: str, *, written: bool) -> Iterator[Setting]:
    for name in type(shape).model_fields:
        value, key = getattr(shape, name), f"{before}{name}"
        stands = written and name in shape.model_fields_set
        if key in _PEOPLE or value is None:
            continue
        if isinstance(value, BaseModel):
            yield from _values(value, f"{key}.", written=stands)
        elif isinstance(value, Mapping) and any(isinstance(v, BaseModel) for v in value.values()):
            for each, table in value.items():
                yield from _values(table, f"{key}.{each}.", written=stands)
        else:
            yield Setting(key=key, value=_said(name, value), written=stands)


def _said(name: str, value: object) -> str:
    if name == _ADDRESS and isinstance(value, str) and "://" in value:
        scheme, host, *_ = urlsplit(value)
        return f"{scheme}://{host.rpartition('@')[2]}/…"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{key} = {each}" for key, each in value.items())
    return str(value)
