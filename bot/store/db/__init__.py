"""The adapter under every store topic: one connection, explicit transactions, and the database's
errors turned into ours, the same over each kind of database.

Only `transaction()` begins a transaction, and nobody else writes until it has ended; but what is
written many times a second, and safe beside others of its kind, begins with `beside`. Statements
use named parameters only.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol, TypeVar

from sqlite_utils import Migrations

from bot.errors import StoreError
from bot.model.database import Server, Where
from bot.store.db import files
from bot.store.db.backend import Backend, Params, Row
from bot.store.db.files import MEMORY
from bot.store.db.sqlite import File

__all__ = [
    "MEMORY",
    "Database",
    "Params",
    "Row",
    "has_sender",
    "is_present",
    "rows_of_copy",
    "sender_lock",
]

T = TypeVar("T")


class Right(Protocol):
    """The right to be a database's only sender."""

    def release(self) -> None:
        """Give it up."""


def _backend(where: Where, *, durable: bool, readonly: bool) -> Backend:
    if isinstance(where, Server):
        made: Backend = _postgres(where).Cluster(where, durable=durable, readonly=readonly)
        return made
    return File(where, durable=durable, readonly=readonly)


def _postgres(where: Server) -> ModuleType:
    try:
        from bot.store.db import postgres
    except ImportError as error:
        raise StoreError(
            f"{where}: {error.name} is not installed, which a database on a server needs: `pip"
            " install 'drumbeat[postgres]'`"
        ) from None
    return postgres


def is_present(where: Where) -> bool:
    """Return whether there is such a database; raises `StoreError` where nobody may look."""
    if isinstance(where, Server):
        known: bool = _postgres(where).is_present(where)
        return known
    return files.is_present(where)


def has_sender(where: Where) -> bool:
    """Return whether some process sends from this database now.

    Raises `StoreError` when that can't be found out.
    """
    if isinstance(where, Server):
        known: bool = _postgres(where).has_sender(where)
        return known
    return files.has_sender(where)


def rows_of_copy(server: Server, path: Path, table: str) -> list[dict[str, str]]:
    """Return the rows of a table in a copy of a server's database, by the names of its columns,
    without bringing the copy back: each value as text.

    Raises `StoreError` where the file is no such copy.
    """
    return list(_postgres(server).rows_of_copy(server, path, table))


def sender_lock(where: Where) -> Right:
    """Take the right to be a database's only sender, until it is released.

    Raises `DatabaseInUse` when another process has it.
    """
    if isinstance(where, Server):
        right: Right = _postgres(where).Sender(where)
        return right
    return files.sender_lock(where)


class Database:
    """An open database.

    `tables` is what migrations run their statements on: never for hot paths.
    """

    def __init__(self, where: Where, *, durable: bool = True, readonly: bool = False) -> None:
        self.where = where
        self._backend = _backend(where, durable=durable, readonly=readonly)
        self._connection = self._backend.connection
        self.tables = self._backend.tables
        #: what the inner SELECT of a claim ends with (`Backend.SKIP_LOCKED`)
        self.skip_locked = self._backend.SKIP_LOCKED
        #: whether nobody else may send from it
        self.is_only_sender = False
        #: whether others may write while the open transaction does
        self._is_beside = False
        #: how many transactions were taken back: whoever keeps in memory what one of them wrote
        #: looks whether it is still as many
        self.undone = 0

    def clock(self) -> float:
        """Return what the clock of the database's machine shows, in epoch seconds: of a file our
        own.
        """
        return self._backend.clock()

    def check_there(self) -> None:
        """Raise `DatabaseGone` when the open database is no longer in its place.

        Anything written then would go where nobody finds it again.
        """
        self._backend.check_there()

    def rows(self, sql: str, params: Params = {}) -> list[Row]:  # noqa: B006 - never changed
        """Return all rows of a query, or of a statement with RETURNING."""
        try:
            return self._connection.execute(sql, params).fetchall()
        except self._backend.ERRORS as error:
            raise self._backend.explain(self.where, error) from error

    def select(
        self,
        into: Callable[..., T],
        sql: str,
        params: Params = {},  # noqa: B006 - never changed
    ) -> list[T]:
        """Return each row of a query as `into(**columns)`: columns come by their names, so that
        their order in the statement means nothing.
        """
        try:
            cursor = self._connection.execute(sql, params)
            rows = cursor.fetchall()
        except self._backend.ERRORS as error:
            raise self._backend.explain(self.where, error) from error
        names = [column[0] for column in cursor.description]
        return [into(**dict(zip(names, row, strict=True))) for row in rows]

    def first(
        self,
        into: Callable[..., T],
        sql: str,
        params: Params = {},  # noqa: B006 - never changed
    ) -> T | None:
        """Return the first row of a query as `into(**columns)`, or None."""
        return next(iter(self.select(into, sql, params)), None)

    def row(self, sql: str, params: Params = {}) -> Row | None:  # noqa: B006 - never changed
        """Return the first row of a query, or None."""
        try:
            first: Row | None = self._connection.execute(sql, params).fetchone()
        except self._backend.ERRORS as error:
            raise self._backend.explain(self.where, error) from error
        return first

    def value(self, sql: str, params: Params = {}) -> Any:  # noqa: B006 - never changed
        """Return the first column of the first row, or None."""
        row = self.row(sql, params)
        return row[0] if row else None

    def column(self, sql: str, params: Params = {}) -> list[Any]:  # noqa: B006 - never changed
        """Return the first column of all rows."""
        return [row[0] for row in self.rows(sql, params)]

    def execute(self, sql: str, params: Params = {}) -> int:  # noqa: B006 - never changed
        """Run a statement; return the number of rows it changed."""
        try:
            return self._connection.execute(sql, params).rowcount
        except self._backend.ERRORS as error:
            raise self._backend.explain(self.where, error) from error

    def many(self, sql: str, params: Iterable[Params]) -> int:
        """Run a statement once for each set of parameters; return the number of rows changed.

        With `AT_ONCE` of `bot.store.db.dialect` in it, a server runs it once for all of them.
        """
        every = list(params)
        if not every:
            return 0
        try:
            return self._connection.executemany(sql, every).rowcount
        except self._backend.ERRORS as error:
            raise self._backend.explain(self.where, error) from error

    @contextmanager
    def transaction(self, *, beside: bool = False) -> Iterator[None]:
        """Commit everything in the block together, or nothing of it.

        Nobody else writes meanwhile. With `beside`, on a server, others that say so do: then each
        statement in the block must be right whatever of theirs is committed before it. Inside
        another transaction it becomes part of that one, which must be alone where this must.
        """
        if self._connection.in_transaction:
            if self._is_beside and not beside:
                raise RuntimeError("this must be alone, and others write beside the transaction")
            yield
            return
        self.execute(self._backend.BEGIN_BESIDE if beside else self._backend.BEGIN)
        self._is_beside = beside
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            self.undone += 1
            # does nothing where SQLite has rolled back by itself, as on a full disk
            self._connection.rollback()
            raise
        finally:
            self._is_beside = False

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo everything in the block when it raises, while the transaction around it goes on."""
        self.execute("SAVEPOINT step")
        try:
            yield
            self.execute("RELEASE step")
        except BaseException:
            if self._connection.in_transaction:
                self.execute("ROLLBACK TO step")
                self.execute("RELEASE step")
            raise

    def hold_sender_lock(self, *, beside: bool = False) -> None:
        """Become the database's only sender, or with `beside` one of several, of which a file has
        none; raises `DatabaseInUse` where another is the only one, or wants to be.

        It is released when the process ends, however it ends.
        """
        self._backend.hold_sender_lock(beside=beside)
        self.is_only_sender = not beside

    def alone(self) -> AbstractContextManager[None]:
        """Let one process at a time bring the database up to date; the others wait."""
        return self._backend.alone()

    def applied(self, migrations: Migrations) -> list[str]:
        """Return the names of the migrations that were applied, oldest first; changes nothing."""
        return self._backend.applied(migrations)

    def migrate(self, migrations: Migrations) -> None:
        """Apply the migrations that lack, all or none."""
        self._backend.migrate(migrations)

    def has_table(self, name: str) -> bool:
        """Return whether there is a table of this name."""
        return self._backend.has_table(name)

    def faults(self) -> list[str]:
        """Return what a quick look finds unsound, in the database's words."""
        return self._backend.faults()

    def refuse_writes(self, *, refuse: bool) -> None:
        """Let this connection write nothing any more, as on a full disk, or let it again."""
        self._backend.refuse_writes(refuse=refuse)

    def copy_to(self, path: Path) -> None:
        """Write a consistent copy, readable by its owner alone, while others read and write: a file
        as it is, a server's database as `pg_dump` writes it.

        The copy holds only what can be read: nothing of deleted data. An empty file may exist under
        its name, but no other.
        """
        self._backend.copy_to(path)

    def fill_from(self, path: Path) -> None:
        """Bring a copy of a server's database back into this empty one, whole or not at all."""
        self._backend.fill_from(path)

    def empty_log(self) -> bool:
        """Take deleted data out of the journal, where it may still stand.

        Does not wait: returns False when somebody reads or writes at this moment.
        """
        return self._backend.empty_log()

    def rebuild(self) -> bool:
        """Take what may be left of deleted rows out of the tables.

        A file of a million people takes some seconds, in which nobody else can write. Returns False
        when somebody writes at this moment.
        """
        return self._backend.rebuild()

    def raise_sequences(self, tables: Iterable[str], by: int) -> None:
        """Skip this many of the numbers of each table, also where it has given none yet."""
        self._backend.raise_sequences(tables, by)

    def others(self) -> int:
        """Return how many other connections of drumbeat's a server has to the database, however
        little they do; 0 for a file, of which nobody knows.
        """
        return self._backend.others()

    def names(self) -> list[str]:
        """Return the names of all tables that are there, ours or not."""
        return self._backend.names()

    def put(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Add many rows to a table, as fast as the database takes them; within a transaction.

        Raises `IntegrityError` where it refuses one.
        """
        self._backend.put(table, columns, rows)

    def numbers_given(self) -> dict[str, int]:
        """Return, by table, the highest number that was ever given to a row of it, where the
        database keeps it apart from the rows.
        """
        return self._backend.numbers_given()

    def go_on_behind(self, numbers: Mapping[str, int]) -> None:
        """Give no number up to these, by table, to any row from now on."""
        self._backend.go_on_behind(numbers)

    def close(self) -> None:
        """Close the connection and release the sender's lock."""
        self._backend.close()
