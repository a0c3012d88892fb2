"""Which database is meant: a file, or a server whose URL may hold a password.

A password stands in the environment alone: config.toml is read by many, and what a command is
called with by everybody on the machine.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bot.config.environment import secrets
from bot.errors import DataError
from bot.model import Problem
from bot.model.database import Server, Where, is_url, server

URL: Final = "DRUMBEAT_DATABASE_URL"
"""The variable whose URL goes before what config.toml names; with _FILE, that of a file with it."""

_WHERE_TO = f"put the whole URL into {URL}, or into a file that {URL}_FILE names"


def named(text: str) -> Where:
    """Return what a text names: a server by its URL, else a file.

    Raises `ValueError`, whose words quote nothing, for a URL that is none or that holds a password.
    """
    if not is_url(text):
        return Path(text)
    there = server(text)
    if there.password is not None:
        raise ValueError(f"this URL holds a password, which others can read here; {_WHERE_TO}")
    return there


def given(environ: Mapping[str, str]) -> Server | None:
    """Return the server that the environment names, if any.

    Raises `DataError`, which names the variable and never what it holds.
    """
    known, _ = secrets("database", ("url",), environ)
    if "url" not in known:
        return None
    try:
        return server(known["url"].reveal())
    except ValueError as error:
        raise DataError([Problem(file="environment", key=URL, message=str(error))]) from None


def with_password(where: Where, environ: Mapping[str, str]) -> Where:
    """Return a server with its password, where the environment names the same one."""
    known = given(environ) if isinstance(where, Server) else None
    return known if known is not None and known.without_password() == where else where


def chosen(
    text: str, name: str, folder: Path, environ: Mapping[str, str]
) -> tuple[Where, list[Problem]]:
    """Return the database of a config.toml that names `text`, and what is wrong with it.

    The environment goes before; a file is meant from the folder of config.toml.
    """
    try:
        where = named(text)
        return given(environ) or (folder / where if isinstance(where, Path) else where), []
    except DataError as error:
        return folder, list(error.problems)
    except ValueError as error:
        return folder, [Problem(file=name, key="database", message=str(error))]
