"""The tables as a move goes through them: what refers to others comes after these, and each is read
in the order of its key, page by page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

from sqlite_utils.db import Table as Made

from bot.store.db import MEMORY, Database, Row
from bot.store.schema import migrate

PAGE = 5_000
"""Rows of one page."""

PAGE_OF_FILES = 16
"""The same of tables whose rows may hold a picture of some megabytes."""

LEDGERS = frozenset({"_sqlite_migrations", "migration", "sqlite_sequence"})
"""Tables that each kind of database keeps for itself."""

META = "meta"
"""The table that says what a database is; it comes last."""

Key = Sequence[Any]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of the store's."""

    name: str
    columns: tuple[str, ...]
    #: the columns of its key; () for a table of one row
    key: tuple[str, ...]
    #: rows that are read at once
    page: int

    def key_of(self, row: Row) -> Key:
        """Return the key of one of its rows."""
        return [row[self.columns.index(name)] for name in self.key]

    def rows(self, database: Database, after: Key | None) -> list[Row]:
        """Return the page behind a key, the first for None, without the character NUL, which a
        file may have in a text and a server takes in none.
        """
        behind = ""
        if after is not None:
            marks = ", ".join(f":k{n}" for n in range(len(self.key)))
            behind = f" WHERE ({', '.join(self.key)}) > ({marks})"
        order = f" ORDER BY {', '.join(self.key)}" if self.key else ""
        rows = database.rows(
            f"SELECT {', '.join(self.columns)} FROM {self.name}{behind}{order} LIMIT :page",
            {"page": self.page, **{f"k{n}": value for n, value in enumerate(after or ())}},
        )
        return [tuple(map(_clean, row)) for row in rows]

    def pages(self, database: Database) -> Iterator[list[Row]]:
        """Yield all pages, the last of which is not full."""
        after: Key | None = None
        while True:
            rows = self.rows(database, after)
            yield rows
            if len(rows) < self.page:
                return
            after = self.key_of(rows[-1])


def tables() -> tuple[Table, ...]:
    """Return all tables of this version but `META`, those that others refer to first."""
    empty = Database(MEMORY)
    try:
        migrate(empty)
        made = {each.name: each for each in empty.tables.tables if each.name not in LEDGERS}
        order = TopologicalSorter(
            {name: {key.other_table for key in each.foreign_keys} for name, each in made.items()}
        )
        return tuple(_table(made[name]) for name in order.static_order() if name != META)
    finally:
        empty.close()


def _table(made: Made) -> Table:
    holds_files = any(column.type == "BLOB" for column in made.columns)
    return Table(
        name=made.name,
        columns=tuple(column.name for column in made.columns),
        key=() if made.pks == ["rowid"] else tuple(made.pks),
        page=PAGE_OF_FILES if holds_files else PAGE,
    )


def _clean(value: Any) -> Any:
    return value.replace("\0", "") if isinstance(value, str) and "\0" in value else value
