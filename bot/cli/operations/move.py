"""`drumbeat move`: the database whole into another one, on a server or in a file."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    emit_json,
    open_settings_anyhow,
    progress,
    say,
)

if TYPE_CHECKING:
    from bot.jobs.moving.move import Moved
    from bot.model.database import Where

ToOption = Annotated[
    str,
    typer.Option(
        "--to",
        metavar="WHERE",
        help="An empty database: a new file, or postgresql://USER@HOST/NAME.",
        show_default=False,
    ),
]


def move(
    *,
    to: ToOption,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Copy the database whole into an empty one, and compare both row by row.

    Broken off anywhere, even by kill -9, it goes on where it was when it is called again. Nobody
    may send meanwhile. Works with a config.toml that has problems too.
    """
    from bot.jobs.moving.move import move as take_over

    settings = open_settings_anyhow(config, db)
    watch = partial(progress, label="rows copied and compared")
    moved = take_over(settings.database, _where(to), settings.keys, watch)
    if json:
        emit_json(
            {
                "database": str(moved.source),
                "to": str(moved.target),
                "rows": _rows(moved),
                "before": moved.before,
                "keys": moved.keys,
                "fingerprint": moved.fingerprint,
                "tables": moved.tables,
            }
        )
    else:
        _tell(moved)


def _where(text: str) -> "Where":
    """Return the database that the command was given.

    Its password is libpq's own to find, since everybody on a machine reads a command.
    """
    from bot.model.database import is_url, server

    if not is_url(text):
        return Path(text)
    try:
        named = server(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    if named.password is not None:
        raise typer.BadParameter(
            "a password in a command is read by everybody on this machine: leave it out, and give"
            " it in PGPASSWORD, or in the file ~/.pgpass"
        )
    return named


def _rows(moved: "Moved") -> int:
    return sum(table.rows for table in moved.tables)


def _tell(moved: "Moved") -> None:
    for table in moved.tables:
        if table.rows:
            say(f"{table.table}: {table.rows:,} rows, {table.checksum[:16]}")
    what = "had been moved to" if moved.before else "moved to"
    say(
        f"{moved.source} {what} {moved.target}: {_rows(moved):,} rows of {len(moved.tables)}"
        " tables, the same in both"
    )
    if moved.fingerprint:
        say(f"its keys are in {moved.keys} (fingerprint {moved.fingerprint})")
    say(f"name it as `database`, and put {moved.source} away: what both send from is sent twice")
