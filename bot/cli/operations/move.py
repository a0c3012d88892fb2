"""`drumbeat move`: the database whole into another one, on a server or in a file."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    db_option,
    emit_json,
    open_settings_anyhow,
    progress,
    say,
)

if TYPE_CHECKING:
    from bot.jobs.moving.move import Moved
    from bot.model.database import Where

    ToOption = Where
else:  # as `DbOption`
    ToOption = Annotated[Path, db_option("An empty database.", "--to")]


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
    moved = take_over(settings.database, to, settings.keys, watch)
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
    say(
        f"name it as `database`, and let nobody send from {moved.source} any more: what both send"
        " from is sent twice"
    )
