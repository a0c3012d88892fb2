"""What each setting is that is in use, and where it comes from: for people who look at the settings
and can't open the file. No secret stands in them.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel

from bot.config import Settings, load, shapes, shipped_config
from bot.config.database import given
from bot.config.environment import secrets
from bot.errors import DataError
from bot.files.toml import read_toml

_PEOPLE = ("staff", "chat.staff", "safeguarding.name", "safeguarding.contact")
"""Keys that name people, whom `drumbeat staff` shows."""

_SECRET = ("alerts.url", "alerts.heartbeat")
"""Keys that config.toml may have, though the whole address lets in whoever knows it."""

_ADDRESS = "url"
"""The key of an address of a program elsewhere, whose path may let in whoever knows it."""

_PASSWORD = re.compile(r"(?<=://)[^/@\s]*:[^/@\s]*@")


class Source(Enum):
    """Where a value comes from."""

    WRITTEN = "written"
    DEFAULT = "default"
    ENVIRONMENT = "environment"
    #: an option of the command by which the process was started
    STARTED = "started"


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A value of the settings."""

    #: with dots, as config.toml has it
    key: str
    #: None for a secret
    value: str | None
    source: Source


def explained(settings: Settings, environ: Mapping[str, str] | None = None) -> list[Setting]:
    """Return each value of the file of these settings in the order of the shapes, with what the
    environment (the process's own by default) or the command line gives in its place.

    No line for a file that can't be used; without a file all are defaults, as they are shipped.
    """
    file, own = settings.file or shipped_config(), settings.file is not None
    table, _ = read_toml(file, str(file))
    config, _ = shapes.parse(table or {}, str(file))
    if config is None or table is None:
        return []
    environ = os.environ if environ is None else environ
    lines = {each.key: each for each in _values(config, "", written=own)}
    return list((lines | _given(settings, environ)).values())


def is_another(settings: Settings, environ: Mapping[str, str] | None = None) -> bool:
    """Return whether the file of these settings says something else by now, or can't be used; of
    its secrets nothing is known.
    """
    read, _ = load(settings.file, environ=environ)
    if read is None:
        return True
    alike = replace(read, database=settings.database, alerts=settings.alerts, keys=settings.keys)
    return alike != settings


def _given(settings: Settings, environ: Mapping[str, str]) -> dict[str, Setting]:
    """Return what goes before the file, by key."""
    try:
        alerts, _ = secrets("alerts", ("url", "heartbeat"), environ)
        server = given(environ)
    except DataError:  # it is another environment than the one by which these were read
        alerts, server = {}, None
    hidden = {f"alerts.{name}": (None, Source.ENVIRONMENT) for name in alerts}
    return {
        key: Setting(key=key, value=value, source=source)
        for key, (value, source) in {**hidden, **_database(settings, server)}.items()
    }


def _database(settings: Settings, server: object) -> dict[str, tuple[str | None, Source]]:
    """Return the database, where it isn't the one that the file names."""
    read, _ = load(settings.file, environ={})
    if read is None or read.database == settings.database:
        return {}
    source = Source.ENVIRONMENT if settings.database == server else Source.STARTED
    return {"database": (str(settings.database), source)}


def _values(shape: BaseModel, before: str, *, written: bool) -> Iterator[Setting]:
    for name, about in type(shape).model_fields.items():
        value, key = getattr(shape, name), f"{before}{about.alias or name}"
        stands = written and name in shape.model_fields_set
        if key in _PEOPLE or value is None:
            continue
        if isinstance(value, BaseModel):
            yield from _values(value, f"{key}.", written=stands)
        elif isinstance(value, Mapping) and any(isinstance(v, BaseModel) for v in value.values()):
            for each, table in value.items():
                yield from _values(table, f"{key}.{each}.", written=stands)
        else:
            source = Source.WRITTEN if stands else Source.DEFAULT
            said = None if key in _SECRET else _said(name, value)
            yield Setting(key=key, value=said, source=source)


def _said(name: str, value: Any) -> str:
    if name == _ADDRESS and isinstance(value, str) and "://" in value:
        scheme, host, *_ = urlsplit(value)
        return f"{scheme}://{host.rpartition('@')[2]}/…"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(_said("", each) for each in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key} = {_said('', each)}" for key, each in value.items())
    return _PASSWORD.sub("…@", str(value))
