"""SQLite under the store: a file, its locks and its journal, and its errors turned into ours."""

import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from filelock import FileLock
from sqlite_utils import Database as Tables
from sqlite_utils import Migrations
from typing_extensions import override

from bot.errors import DatabaseBroken, DatabaseGone, IntegrityError, StoreError
from bot.model.database import Where
from bot.store.db.backend import Backend
from bot.store.db.files import MEMORY, alone, make_private, sender_lock

BUSY_SECONDS = 30


class File(Backend):
    """An open database file.

    The connection runs in autocommit mode, so only `BEGIN` begins a transaction, and it takes the
    write lock at once (a deferred one could fail half-way).
    """

    ERRORS = (sqlite3.Error,)
    BEGIN = BEGIN_BESIDE = "BEGIN IMMEDIATE"
    SKIP_LOCKED = ""

    connection: sqlite3.Connection

    def __init__(self, path: Path, *, durable: bool, readonly: bool) -> None:
        self._path = path
        self._lock: FileLock | None = None
        with explained(path):
            _refuse_odd(path)
            self.connection = _connect(path, readonly=readonly)
            try:
                self._set_up(durable, readonly)
            except BaseException:
                self.connection.close()
                raise
        self.tables = Tables(self.connection)
        self._file = _identity(path)

    def _set_up(self, durable: bool, readonly: bool) -> None:
        # A rehearsal in a temporary file has nothing to lose at a power cut; everything else syncs
        # each commit.
        journal = () if readonly else ("journal_mode = WAL",)
        for pragma in (
            *journal,
            f"synchronous = {'FULL' if durable else 'OFF'}",
            # overwrite deleted rows, in place and in pages that become free
            "secure_delete = ON",
            "foreign_keys = ON",
            "cache_size = -16384",
        ):
            self._pragma(pragma)

    def _pragma(self, words: str) -> list[tuple[object, ...]]:
        with explained(self._path):
            return self.connection.execute(f"PRAGMA {words}").fetchall()

    @override
    def explain(self, where: Where, error: Exception) -> Exception:
        return explain(where, error)

    @override
    def clock(self) -> float:
        return time.time()

    @override
    def check_there(self) -> None:
        # Anything written to a file that was moved would go where nobody finds it again, or where
        # another name leads to.
        if _identity(self._path) != self._file:
            raise DatabaseGone(
                f"{self._path}: the database was moved, deleted or replaced while drumbeat had it"
                " open; put it back in its place, or `drumbeat restore` a backup, then start again"
            )

    @override
    def hold_sender_lock(self, *, beside: bool) -> None:
        self._lock = sender_lock(self._path)

    @override
    def alone(self) -> AbstractContextManager[None]:
        return alone(self._path)

    @override
    def applied(self, migrations: Migrations) -> list[str]:
        with explained(self._path):
            return [migration.name for migration in migrations.applied(self.tables)]

    @override
    def migrate(self, migrations: Migrations) -> None:
        # a table that is rebuilt is dropped in between; rows that mean it stay
        self._pragma("foreign_keys = OFF")
        try:
            with explained(self._path), self.tables.atomic():
                migrations.apply(self.tables)
        finally:
            self._pragma("foreign_keys = ON")

    @override
    def has_table(self, name: str) -> bool:
        with explained(self._path):
            there = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = :name"
            return self.connection.execute(there, {"name": name}).fetchone() is not None

    @override
    def faults(self) -> list[str]:
        return [str(words) for (words,) in self._pragma("quick_check") if words != "ok"]

    @override
    def refuse_writes(self, *, refuse: bool) -> None:
        self._pragma(f"query_only = {int(refuse)}")

    @override
    def copy_to(self, path: Path) -> None:
        with suppress(FileExistsError):
            make_private(path)
        try:
            self.connection.execute("VACUUM INTO :path", {"path": str(path)}).fetchall()
        except sqlite3.OperationalError as error:  # of the disk that it is written to
            raise explain(path, error) from error
        except sqlite3.Error as error:
            raise explain(self._path, error) from error

    @override
    def fill_from(self, path: Path) -> None:
        raise StoreError(f"{self._path}: a file is put in its place, and not filled from {path}")

    @override
    def empty_log(self) -> bool:
        with self._without_waiting():
            [(busy, *_)] = self._pragma("wal_checkpoint(TRUNCATE)")
            return not busy

    @override
    def rebuild(self) -> bool:
        # `secure_delete` overwrites a deleted row, but not the copy that stayed behind when the row
        # moved to another page.
        with self._without_waiting():
            try:
                self.connection.execute("VACUUM")
            except sqlite3.OperationalError as error:
                if "locked" in str(error) or "busy" in str(error):
                    return False
                raise explain(self._path, error) from error
        return True

    @override
    def raise_sequences(self, tables: Iterable[str], by: int) -> None:
        for table in tables:
            values = {"table": table, "by": by}
            with explained(self._path):
                raised = "UPDATE sqlite_sequence SET seq = seq + :by WHERE name = :table"
                if not self.connection.execute(raised, values).rowcount:
                    begun = "INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :by)"
                    self.connection.execute(begun, values)

    @override
    def others(self) -> int:
        return 0

    @override
    def names(self) -> list[str]:
        with explained(self._path):
            rows = self.connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            ).fetchall()
        return [name for (name,) in rows]

    @override
    def put(self, table: str, columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> None:
        places = ", ".join("?" * len(columns))
        with explained(self._path):
            self.connection.executemany(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows
            )

    @override
    def numbers_given(self) -> dict[str, int]:
        with explained(self._path):
            return dict(self.connection.execute("SELECT name, seq FROM sqlite_sequence"))

    @override
    def go_on_behind(self, numbers: Mapping[str, int]) -> None:
        given = self.numbers_given()
        with explained(self._path):
            made = self.connection.execute(
                "SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'"
            ).fetchall()
            behind = [
                (numbers[name], name)
                for (name,) in made
                if numbers.get(name, 0) > given.get(name, 0)
            ]
            # a table that has given none yet has no line there
            lacking = [(name,) for _, name in behind if name not in given]
            self.connection.executemany("INSERT INTO sqlite_sequence VALUES (?, 0)", lacking)
            self.connection.executemany("UPDATE sqlite_sequence SET seq = ? WHERE name = ?", behind)

    @contextmanager
    def _without_waiting(self) -> Iterator[None]:
        self._pragma("busy_timeout = 0")
        try:
            yield
        finally:
            self._pragma(f"busy_timeout = {int(BUSY_SECONDS * 1000)}")

    @override
    def close(self) -> None:
        self.connection.close()
        if self._lock is not None:
            self._lock.release()


def _refuse_odd(path: Path) -> None:
    if not path.parent.is_dir():
        raise StoreError(
            f"{path}: the folder {path.parent} does not exist; make it, or name another file with"
            " --db"
        )
    if path != MEMORY and path.exists() and not path.is_file():
        # SQLite waits for ever for a pipe, and reports a folder as a broken disk
        raise StoreError(f"{path}: unable to open: it is no file; name a writable file with --db")


def _identity(path: Path) -> tuple[int, int] | None:
    """Return device and inode of a file, or None where there is no file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _connect(path: Path, *, readonly: bool) -> sqlite3.Connection:
    if not readonly and path != MEMORY and not path.exists():
        # People's addresses lie in it. SQLite gives its helper files the same rights.
        with suppress(OSError):
            make_private(path)
    name = f"{path.absolute().as_uri()}?mode=ro" if readonly else path
    return sqlite3.connect(
        name, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False, uri=readonly
    )


@contextmanager
def explained(where: Where) -> Iterator[None]:
    """Turn SQLite's errors in the block into `StoreError` and its kinds."""
    try:
        yield
    except sqlite3.Error as error:
        raise explain(where, error) from error


def explain(where: Where, error: Exception) -> Exception:
    """Return our error for one of SQLite's, with the file, the cause and what to do.

    A wrong use of SQLite is returned as it is: it is a mistake in our code.
    """
    if isinstance(error, sqlite3.IntegrityError):
        return IntegrityError(str(error))
    if isinstance(error, sqlite3.OperationalError):
        return StoreError(f"{where}: {_advice(str(error))}")
    if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.ProgrammingError):
        return DatabaseBroken(f"{where}: {error}; restore a backup with `drumbeat restore FILE`")
    return error


def _advice(cause: str) -> str:
    if "disk is full" in cause or "disk I/O" in cause:
        return f"{cause}; free some space on this disk, nothing was half-written"
    if "readonly" in cause or "unable to open" in cause:
        return f"{cause}; the file and its folder must be writable for the user who runs drumbeat"
    if "locked" in cause or "busy" in cause:
        return f"{cause} for {BUSY_SECONDS} s; another program holds the write lock"
    return cause
