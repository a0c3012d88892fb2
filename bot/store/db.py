"""The adapter under every store topic: one connection, explicit transactions, and SQLite's errors
turned into ours.

The connection runs in autocommit mode, so only `transaction()` begins a transaction, and it takes
the write lock at once (a deferred `BEGIN` could fail half-way). Statements use named parameters
only.
"""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock, Timeout
from sqlite_utils import Database as Tables

from bot.errors import DatabaseBroken, DatabaseGone, DatabaseInUse, StoreError

Params = Mapping[str, Any]
Row = tuple[Any, ...]
T = TypeVar("T")

BUSY_SECONDS = 30
LOCK_SECONDS = 0.5
MIGRATING_SECONDS = 600

_OWNERS = 0o600
"""The mode of files beside the database; whoever can open a lock file could keep its lock."""

MEMORY = Path(":memory:")
"""The path of a database that lives in memory only and leaves no file, as sqlite names it."""


class Database:
    """An open database file.

    `tables` is the same connection as sqlite-utils sees it: for migrations, imports and reports,
    never for hot paths.
    """

    def __init__(self, path: Path, *, durable: bool = True, readonly: bool = False) -> None:
        self.path = path
        self._lock: FileLock | None = None
        with explained(path):
            if not path.parent.is_dir():
                raise StoreError(
                    f"{path}: the folder {path.parent} does not exist; make it, or name another"
                    " file with --db"
                )
            if path != MEMORY and path.exists() and not path.is_file():
                # SQLite waits for ever for a pipe, and reports a folder as a broken disk
                raise StoreError(
                    f"{path}: unable to open: it is no file; name a writable file with --db"
                )
            self._connection = _connect(path, readonly=readonly)
            try:
                self._set_up(durable, readonly)
            except BaseException:
                self._connection.close()
                raise
        self.tables = Tables(self._connection)
        self._file = _identity(path)

    def check_there(self) -> None:
        """Raise `DatabaseGone` when the open file no longer lies at its path.

        Anything written then would go into a file that nobody finds again, or that another name
        leads to.
        """
        if _identity(self.path) != self._file:
            raise DatabaseGone(
                f"{self.path}: the database was moved, deleted or replaced while drumbeat had it"
                " open; put it back in its place, or `drumbeat restore` a backup, then start again"
            )

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
            self._connection.execute(f"PRAGMA {pragma}").fetchall()

    def rows(self, sql: str, params: Params = {}) -> list[Row]:  # noqa: B006 - never changed
        """Return all rows of a query, or of a statement with RETURNING."""
        try:
            return self._connection.execute(sql, params).fetchall()
        except sqlite3.Error as error:
            raise explain(self.path, error) from error

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
        except sqlite3.Error as error:
            raise explain(self.path, error) from error
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
        except sqlite3.Error as error:
            raise explain(self.path, error) from error
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
        except sqlite3.Error as error:
            raise explain(self.path, error) from error

    def many(self, sql: str, params: Iterable[Params]) -> int:
        """Run a statement once for each set of parameters; return the number of rows changed."""
        try:
            return self._connection.executemany(sql, params).rowcount
        except sqlite3.Error as error:
            raise explain(self.path, error) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything in the block together, or nothing of it.

        Inside another transaction it becomes part of that one.
        """
        if self._connection.in_transaction:
            yield
            return
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            # does nothing where SQLite has rolled back by itself, as on a full disk
            self._connection.rollback()
            raise

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo everything in the block when it raises, while the transaction around it goes on."""
        self.execute("SAVEPOINT inner")
        try:
            yield
            self.execute("RELEASE inner")
        except BaseException:
            if self._connection.in_transaction:
                self.execute("ROLLBACK TO inner")
                self.execute("RELEASE inner")
            raise

    def hold_sender_lock(self) -> None:
        """Become the file's only sender; raises `DatabaseInUse` when there is one already.

        The operating system releases the lock when the process ends, however it ends.
        """
        self._lock = sender_lock(self.path)

    def copy_to(self, path: Path) -> None:
        """Write a consistent copy, readable by its owner alone, while others read and write.

        The copy holds only what can be read: no free pages with deleted data. An empty file may
        exist under its name, but no other.
        """
        with suppress(FileExistsError):
            make_private(path)
        try:
            self._connection.execute("VACUUM INTO :path", {"path": str(path)}).fetchall()
        except sqlite3.OperationalError as error:  # of the disk that it is written to
            raise explain(path, error) from error
        except sqlite3.Error as error:
            raise explain(self.path, error) from error

    def empty_log(self) -> bool:
        """Move the whole write-ahead log into the file and truncate it, since deleted data still
        stand in it.

        Does not wait: returns False when somebody reads or writes at this moment.
        """
        with self._without_waiting():
            return not self.value("PRAGMA wal_checkpoint(TRUNCATE)")

    def rebuild(self) -> bool:
        """Write the file anew, without the copies of rows that SQLite leaves in pages which it
        divided.

        `secure_delete` overwrites a deleted row, but not the copy that stayed behind when the row
        moved to another page. A file of a million people takes some seconds, in which nobody else
        can write. Returns False when somebody writes at this moment.
        """
        with self._without_waiting():
            try:
                self._connection.execute("VACUUM")
            except sqlite3.OperationalError as error:
                if "locked" in str(error) or "busy" in str(error):
                    return False
                raise explain(self.path, error) from error
        return True

    @contextmanager
    def _without_waiting(self) -> Iterator[None]:
        self.rows("PRAGMA busy_timeout = 0")
        try:
            yield
        finally:
            self.rows(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")

    def close(self) -> None:
        """Close the connection and release the sender lock."""
        self._connection.close()
        if self._lock is not None:
            self._lock.release()


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


def make_private(path: Path) -> None:
    """Make an empty file that only its owner can read, whatever the umask.

    Raises `FileExistsError` when there is one, another `OSError` when it can't be made.
    """
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OWNERS)
    try:
        os.fchmod(handle, _OWNERS)
    finally:
        os.close(handle)


def keep_owner(new: Path, old: Path) -> None:
    """Give a new file the owner of the one that it replaces, or else of its folder, where the
    superuser writes it for a service, as SQLite does for what lies beside a database.

    Where the file system knows no owners, nothing changes.
    """
    if os.geteuid() != 0:
        return
    with suppress(OSError):
        state = (old if old.exists() else old.parent).stat()
        os.chown(new, state.st_uid, state.st_gid)


@contextmanager
def alone(path: Path, *, instead: str = "name another file with --db") -> Iterator[None]:
    """Hold a lock so that one process at a time makes or migrates the file; the others wait.

    Raises `StoreError` after ten minutes, or where no lock can be made; its message ends with
    `instead`, which says what to do.
    """
    lock = _held(
        FileLock(f"{path}.opening.lock", timeout=MIGRATING_SECONDS, mode=_OWNERS), path, instead
    )
    try:
        yield
    finally:
        # Whoever waits on the lock file that is deleted here will find the work done.
        Path(lock.lock_file).unlink(missing_ok=True)
        lock.release()


def _held(lock: FileLock, path: Path, instead: str) -> FileLock:
    try:
        lock.acquire()
    except Timeout:
        raise StoreError(
            f"{path}: another process has been bringing this file up to date for ten minutes; wait"
            " until it has ended"
        ) from None
    except OSError as error:
        raise StoreError(
            f"{path}: {error.strerror}: its folder must be there and writable; mend it, or"
            f" {instead}"
        ) from None
    return lock


def is_present(path: Path) -> bool:
    """Return whether there is such a file; raises `StoreError` where nobody may look."""
    try:
        return path.exists()
    except PermissionError as error:
        raise StoreError(
            f"{path}: can't be looked at: {error.strerror}; its folder must be open for the user"
            " who runs drumbeat"
        ) from None


def is_made(path: Path) -> bool:
    """Return whether the file exists and is not empty."""
    return path == MEMORY or (path.exists() and path.stat().st_size > 0)


def sender_lock(path: Path) -> FileLock:
    """Take the right to be this file's only sender, until it is released.

    Raises `DatabaseInUse` when another process has it.
    """
    # Wait a little: `has_sender` of another process may hold the lock for a moment.
    lock = FileLock(f"{path}.lock", timeout=LOCK_SECONDS, mode=_OWNERS)
    try:
        lock.acquire()
    except Timeout:
        raise DatabaseInUse(
            f"{path}: another `drumbeat run` or `rehearse` works on this file; stop it first, or"
            " name another file with --db"
        ) from None
    except OSError as error:
        raise StoreError(
            f"{lock.lock_file}: {error.strerror or error}; the folder of the database must be"
            " writable"
        ) from None
    # the service comes after who restores for it
    keep_owner(Path(lock.lock_file), path)
    return lock


def has_sender(path: Path) -> bool:
    """Return whether some process sends from this file now.

    Raises `StoreError` when that can't be found out.
    """
    lock = FileLock(f"{path}.lock", timeout=0, mode=_OWNERS)
    if not is_present(Path(lock.lock_file)):
        return False
    try:
        with lock:
            return False
    except Timeout:
        return True
    except OSError as error:
        raise StoreError(
            f"{lock.lock_file}: {error.strerror or error}; who asks whether drumbeat runs must be"
            " able to write it"
        ) from None


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn SQLite's errors in the block into `StoreError` and its kinds."""
    try:
        yield
    except sqlite3.Error as error:
        raise explain(path, error) from error


def explain(path: Path, error: sqlite3.Error) -> Exception:
    """Return our error for one of SQLite's, with the file, the cause and what to do.

    A violated constraint is returned as it is: it is a mistake in our code.
    """
    if isinstance(error, sqlite3.OperationalError):
        return StoreError(f"{path}: {_advice(str(error))}")
    if isinstance(error, sqlite3.DatabaseError) and not isinstance(
        error, sqlite3.IntegrityError | sqlite3.ProgrammingError
    ):
        return DatabaseBroken(f"{path}: {error}; restore a backup with `drumbeat restore FILE`")
    return error


def _advice(cause: str) -> str:
    if "disk is full" in cause or "disk I/O" in cause:
        return f"{cause}; free some space on this disk, nothing was half-written"
    if "readonly" in cause or "unable to open" in cause:
        return f"{cause}; the file and its folder must be writable for the user who runs drumbeat"
    if "locked" in cause or "busy" in cause:
        return f"{cause} for {BUSY_SECONDS} s; another program holds the write lock"
    return cause
