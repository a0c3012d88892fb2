"""A server's database in a file and back, by PostgreSQL's own programs."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from psycopg.conninfo import make_conninfo

from bot.errors import StoreError
from bot.model.database import Server

_HOMES = Path("/usr/lib/postgresql")
"""Where Debian keeps the programs of each version, which are not on PATH."""

_ROWS = "TABLE DATA"
"""What the list of a dump says of a table whose rows are in it."""


_COPIED = re.compile(
    r"^COPY [^\n]* \(([^\n]*)\) FROM stdin;\n(.*?)^\\\.$", re.DOTALL | re.MULTILINE
)
"""The columns and rows of a table, as a dump's data are written for people."""

_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def dump(server: Server, path: Path, needed: frozenset[str]) -> None:
    """Write a consistent copy into the file, and read its list; others go on meanwhile.

    Raises `StoreError` where a program is missing or fails, or a needed table is not in the copy.
    """
    _play(server, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={path}")
    listed = _play(server, "pg_restore", "--list", str(path), connects=False)
    there = {line.split()[-2] for line in listed.splitlines() if f" {_ROWS} " in line}
    if lacking := sorted(needed - there):
        raise StoreError(f"{path}: the copy lacks {', '.join(lacking)}; try again")


def fill(server: Server, path: Path) -> None:
    """Bring a copy back into an empty database, whole or not at all.

    Raises `StoreError` where a program is missing or fails.
    """
    options = ("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
    _play(server, "pg_restore", *options, str(path))


def rows_of_copy(server: Server, path: Path, table: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a table in a copy, without bringing it back: each value as text, by its
    column.

    Raises `StoreError` where a program is missing or fails.
    """
    options = ("--data-only", f"--table={table}", "--file=-")
    words = _play(server, "pg_restore", *options, str(path), connects=False)
    for columns, rows in _COPIED.findall(words):
        names = columns.replace('"', "").split(", ")
        for row in rows.split("\n")[:-1]:
            yield dict(zip(names, map(_plain, row.split("\t")), strict=True))


def _plain(value: str) -> str:
    return re.sub(r"\\(.)", lambda match: _ESCAPED.get(match[1], match[1]), value)


def _play(server: Server, program: str, *options: str, connects: bool = True) -> str:
    where = [f"--dbname={make_conninfo('', **dict(server.parameters))}"] if connects else []
    # a password on the line would stand in the list of processes
    secret = {"PGPASSWORD": server.password} if server.password else {}
    done = subprocess.run(  # noqa: S603 - no shell, and a program of our own choice
        [_found(server, program), *where, *options],
        env={**os.environ, **secret},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = " ".join(done.stderr.split())[:500]
        if server.password:
            said = said.replace(server.password, "…")
        raise StoreError(f"{server}: {program} failed: {said or done.returncode}")
    return done.stdout


def _found(server: Server, program: str) -> str:
    newest = sorted(_HOMES.glob(f"*/bin/{program}"), key=lambda path: float(path.parts[-3]))
    path = shutil.which(program) or (str(newest[-1]) if newest else None)
    if path is None:
        raise StoreError(
            f"{server}: {program} is not installed, which copies a database of a server; on Debian"
            " it comes with the package postgresql-client"
        )
    return path
