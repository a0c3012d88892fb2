"""What a database of each kind does in its own way, behind the one face `bot.store.db.Database`."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from sqlite_utils import Migrations

from bot.model.database import Where

Params = Mapping[str, Any]
Row = tuple[Any, ...]


class Cursor(Protocol):
    """What a statement gave."""

    @property
    def rowcount(self) -> int:
        """How many rows it changed."""

    @property
    def description(self) -> Any:
        """Its columns, the name of each first; None where it gives no rows."""

    def fetchall(self) -> list[Row]:
        """Return all rows that are left."""

    def fetchone(self) -> Row | None:
        """Return the next row, or None."""


class Connection(Protocol):
    """A connection on which nothing begins a transaction by itself."""

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""

    def execute(self, sql: str, params: Params = ..., /) -> Cursor:
        """Run a statement with parameters named `:name`."""

    def executemany(self, sql: str, params: Iterable[Params], /) -> Cursor:
        """Run a statement once for each set of parameters."""

    def rollback(self) -> None:
        """End the transaction without its changes, where one is open."""

    def close(self) -> None:
        """Close the connection."""


class Backend(Protocol):
    """A database of one kind."""

    #: the errors of its library
    ERRORS: tuple[type[Exception], ...]

    #: the statement that begins a transaction which alone may write
    BEGIN: str

    #: the same of one that others may write beside which begin so, too; in a file there are none
    BEGIN_BESIDE: str

    #: what ends the inner SELECT of a claim so that it passes by what another claims just now:
    #: nothing where one at a time writes; of PostgreSQL " FOR UPDATE OF d SKIP LOCKED", without
    #: which a second claimer waits, and then finds nothing though much is due
    SKIP_LOCKED: str

    connection: Connection

    #: what migrations run their statements on
    tables: Any

    def explain(self, where: Where, error: Exception) -> Exception:
        """Return our error for one of the library's: where, the cause, and what to do."""

    def clock(self) -> float:
        """Return what the clock of the database's machine shows, in epoch seconds."""

    def check_there(self) -> None:
        """Raise `DatabaseGone` when what is written would go where nobody finds it again."""

    def hold_sender_lock(self, *, beside: bool) -> None:
        """Become the only sender, or one of several; raises `DatabaseInUse`."""

    def alone(self) -> AbstractContextManager[None]:
        """Let one process at a time bring the database up to date; the others wait."""

    def applied(self, migrations: Migrations) -> list[str]:
        """Return the names of those that were applied, oldest first; changes nothing."""

    def migrate(self, migrations: Migrations) -> None:
        """Apply those that lack, all or none."""

    def has_table(self, name: str) -> bool:
        """Return whether there is a table of this name."""

    def faults(self) -> list[str]:
        """Return what a quick look finds unsound, in the database's words."""

    def refuse_writes(self, *, refuse: bool) -> None:
        """Let this connection take no write any more, or let it again."""

    def copy_to(self, path: Path) -> None:
        """Write a consistent copy into a file, readable by its owner alone."""

    def fill_from(self, path: Path) -> None:
        """Bring a copy back into an empty database; a file takes the place of another instead."""

    def empty_log(self) -> bool:
        """Take deleted data out of the journal; False when somebody is in the way."""

    def rebuild(self) -> bool:
        """Take what is left of deleted rows out of the tables; False when somebody writes."""

    def raise_sequences(self, tables: Iterable[str], by: int) -> None:
        """Skip this many numbers of each table."""

    def others(self) -> int:
        """Return how many other connections of drumbeat's there are."""

    def names(self) -> list[str]:
        """Return the names of all tables that are there."""

    def put(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Add many rows to a table."""

    def numbers_given(self) -> dict[str, int]:
        """Return the highest number that each table has ever given."""

    def go_on_behind(self, numbers: Mapping[str, int]) -> None:
        """Give no number up to these any more."""

    def close(self) -> None:
        """Close the connection and release the sender's lock."""
