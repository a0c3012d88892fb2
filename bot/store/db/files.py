"""The files beside a database's own: who may read them, who makes them, who sends."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from bot.errors import DatabaseInUse, StoreError

LOCK_SECONDS = 0.5
MIGRATING_SECONDS = 600

_OWNERS = 0o600
"""The mode of files beside the database; whoever can open a lock file could keep its lock."""

MEMORY = Path(":memory:")
"""The path of a database that lives in memory only and leaves no file, as sqlite names it."""


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
