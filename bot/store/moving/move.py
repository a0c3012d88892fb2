"""A move: the rows of a database, page by page, into an empty one, where each page and how far it
has come are one transaction; then both are compared row by row, and only then is the new one whole.

A move that was broken off anywhere goes on where it was. Until it has come to its end nobody else
can work with the new database: it is of the kind `MOVING` (`bot.store.meta`).
"""

import json
from collections.abc import Iterator
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path

from bot.errors import IntegrityError, StoreError
from bot.store.db import Database, Row
from bot.store.meta import MOVING, Meta
from bot.store.moving.tables import LEDGERS, META, Key, Table, tables
from bot.store.schema import migrate
from bot.store.sending import restored

_STATE, _KIND = "moving", "kind"
"""The keys in `meta` of how far a move has come, and of what a database is."""

_MOVED = "moved from"
"""The key in `meta` of where a database was moved from; it doesn't go along."""


Compared = tuple[str, int, str]
"""A table that is the same in both databases, how many rows it has, and the SHA-256 of all of them
in their order, in hex."""


class Move:
    """A move that begins, or goes on.

    Raises `StoreError` where the target holds anything but the beginning of this very move.
    """

    def __init__(self, source: Database, target: Database) -> None:
        self._source, self._target = source, target
        where = source.where
        #: the same from whatever folder the move goes on
        self._named = str(where.absolute() if isinstance(where, Path) else where)
        self._meta = Meta(target)
        self._tables = tables()
        self._paged = [table for table in self._tables if table.key]
        if Meta(source).get(_KIND) == MOVING:
            raise StoreError(
                f"{source.where}: a move into it has not come to its end; finish that one first"
            )
        restored.refuse_unended(source)
        self._refuse_others()
        migrate(target)
        #: whether it came to its end before
        self.ended = self._meta.get(_MOVED) == self._named
        if self._meta.get(_STATE) is None and not self.ended:
            self._begin()
        elif not self.ended and self._state()[0] != self._named:
            raise StoreError(
                f"{target.where}: it holds the beginning of a move from {self._state()[0]}; finish"
                " that one, or begin with an empty database"
            )

    def _refuse_others(self) -> None:
        """Refuse what is none of ours, or a database of ours in use, before anything is changed."""
        there, known = set(self._target.names()), {table.name for table in self._tables}
        if others := sorted(there - known - LEDGERS - {META}):
            raise self._full(", ".join(others[:3]))
        kind = self._meta.get(_KIND) if META in there else None
        if kind not in (None, MOVING) and self._meta.get(_MOVED) != self._named:
            raise self._full(f"a database of `drumbeat`, {kind}")

    def _full(self, what: str) -> StoreError:
        return StoreError(
            f"{self._target.where}: it is not empty ({what}); a database is moved only into one"
            " that holds nothing"
        )

    def _begin(self) -> None:
        if full := [table.name for table in self._paged if table.rows(self._target, None)]:
            raise self._full(", ".join(full[:3]))
        with self._target.transaction():
            self._meta.put(_KIND, MOVING)
            self._keep("", None)

    def _state(self) -> tuple[str, str, Key | None]:
        """Return where the rows come from, the table under way ('' before the first), and the key
        behind which its rows lack.
        """
        kept = json.loads(self._meta.get(_STATE) or "{}")
        return kept["from"], kept["table"], kept["after"]

    def _keep(self, table: str, after: Key | None) -> None:
        state = {"from": self._named, "table": table, "after": after}
        self._meta.put(_STATE, json.dumps(state))

    def total(self) -> int:
        """Return how many rows `steps` yields, and `compare` after it."""
        return sum(self._count(self._source, table) for table in self._paged)

    @staticmethod
    def _count(database: Database, table: Table) -> int:
        return int(database.value(f"SELECT count(*) FROM {table.name}"))

    def steps(self) -> Iterator[int]:
        """Copy what lacks, in steps; yield the number of rows of each, first of those that were
        there already.
        """
        if self.ended:
            yield self.total()
            return
        _, under_way, after = self._state()
        names = [table.name for table in self._paged]
        first = names.index(under_way) if under_way else 0
        yield sum(self._count(self._target, table) for table in self._paged[: first + 1])
        for table in self._paged[first:]:
            yield from self._copy(table, after if table.name == under_way else None)

    def _copy(self, table: Table, after: Key | None) -> Iterator[int]:
        while rows := table.rows(self._source, after):
            after = table.key_of(rows[-1])
            with self._target.transaction():
                try:
                    self._target.put(table.name, table.columns, rows)
                except IntegrityError as error:
                    raise StoreError(
                        f"{self._target.where}: the rows of {table.name} up to {list(after)} are"
                        f" refused: {error}"
                    ) from error
                self._keep(table.name, after)
            yield len(rows)

    def compare(self) -> Iterator[Compared]:
        """Yield each table with its rows, once each is found to be the same in both databases.

        Raises `StoreError` at the first row that isn't.
        """
        for table in self._paged:
            yield self._compared(table)

    def _compared(self, table: Table) -> Compared:
        digest, count = sha256(), 0
        both = zip_longest(table.pages(self._source), table.pages(self._target))
        for theirs, ours in both:
            if theirs is None or ours is None or theirs != ours:
                raise self._differs(table, theirs or [], ours or [])
            count += len(ours)
            digest.update("".join(f"{row!r}\n" for row in ours).encode())
        return table.name, count, digest.hexdigest()

    def _differs(self, table: Table, theirs: list[Row], ours: list[Row]) -> StoreError:
        pairs = zip_longest(theirs, ours, fillvalue=None)
        row = next(their or our for their, our in pairs if their != our)
        why = (
            "it was moved before, and one of the two was used since"
            if self.ended
            else f"{self._source.where} was changed since the move began; begin anew with an empty"
            " database"
        )
        return StoreError(
            f"{self._target.where}: {table.name} {table.key_of(row or ())} is not the same as in"
            f" {self._source.where}: {why}"
        )

    def end(self) -> list[Compared]:
        """Make the new database whole: what it is, its numbers that are never given twice, and no
        longer a move. Return the tables of one row, compared.
        """
        single = [table for table in self._tables if not table.key]
        with self._target.transaction():
            if not self.ended:
                for table in single:
                    self._take_over(table)
                self._take_over_meta()
                self._target.go_on_behind(self._numbers())
            return [self._compared(table) for table in single]

    def _take_over_meta(self) -> None:
        rows = self._source.rows("SELECT key, value FROM meta ORDER BY key")
        self._target.execute("DELETE FROM meta")
        self._target.put(META, ("key", "value"), [row for row in rows if row[0] != _MOVED])
        self._meta.put(_MOVED, self._named)

    def _take_over(self, table: Table) -> None:
        """Have the one row of a table that always has one."""
        for row in table.rows(self._source, None):
            values = dict(zip(table.columns, row, strict=True))
            changes = ", ".join(f"{name} = :{name}" for name in values)
            self._target.execute(f"UPDATE {table.name} SET {changes}", values)

    def _numbers(self) -> dict[str, int]:
        """Return, of each table with numbers of its own, the highest that it has ever given."""
        given = self._source.numbers_given()
        numbered = [table.name for table in self._paged if table.key == ("id",)]
        return {
            name: max(
                given.get(name, 0),
                int(self._source.value(f"SELECT coalesce(max(id), 0) FROM {name}")),
            )
            for name in numbered
        }
