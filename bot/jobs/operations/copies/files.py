"""The files of a backup and of a restore: nothing is half-written, and nothing is overwritten."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from bot.errors import DatabaseBroken, StoreError, WrongDatabase
from bot.model.database import Where
from bot.store import copies
from bot.store.db import Database
from bot.store.db.files import keep_owner, make_private

_BESIDE = ("", "-wal", "-shm", "-journal")
"""Endings of the files that may belong to one database."""

OURS = {"meta", "delivery", "_sqlite_migrations"}
"""Tables by which a database of any version is recognised."""

HISTORY = frozenset({"delivery", "result"})
"""Tables that grow with each message. To compare their indexes with their rows takes longer than
all else of a backup, and none of these says that a row is the only one of its kind.
"""


@contextmanager
def new_file(target: Path) -> Iterator[Path]:
    """Yield a name to write under. What lies there becomes `target` when the block ends well, and
    is deleted when it does not.
    """
    if target.exists():
        raise StoreError(
            f"{target}: the file is there already; name a new one, nothing is overwritten"
        )
    part = target.with_name(f"{target.name}.part")
    try:
        # the file holds people's addresses
        make_private(part)
    except FileExistsError:
        raise StoreError(
            f"{part}: another backup is being written there, or one was broken off; wait for it, or"
            " delete this file"
        ) from None
    except OSError as error:
        raise StoreError(
            f"{target}: {error.strerror}; its folder must be there and writable"
        ) from None
    with removed(part):
        yield part
        _sync(part)
        try:
            os.link(part, target)
        except FileExistsError:
            raise StoreError(
                f"{target}: the file is there already; name a new one, nothing is overwritten"
            ) from None
        except OSError:  # a file system without links
            part.rename(target)
        _sync(target.parent)


@contextmanager
def removed(part: Path) -> Iterator[None]:
    """Delete whatever lies under this name when the block ends."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"{part}: {error}") from error
    finally:
        remove(part)


def remove(part: Path) -> None:
    """Delete a file and what may lie beside it."""
    for ending in _BESIDE:
        with suppress(OSError):
            Path(f"{part}{ending}").unlink(missing_ok=True)


def write_copy(source: Path, part: Path) -> None:
    """Write a consistent copy of one database file into another."""
    database = Database(source, readonly=True)
    try:
        # name the file that people know where it is no database at all
        database.value("PRAGMA schema_version")
        database.copy_to(part)
    finally:
        database.close()


@contextmanager
def opened(where: Where) -> Iterator[Database]:
    """Open a database for as long as the block lasts."""
    database = Database(where)
    try:
        yield database
    finally:
        database.close()


def check(copy: Database, named: Path, *pragmas: str) -> None:
    """Raise `DatabaseBroken`, naming the file that people know, unless each of these checks of
    SQLite's has nothing to say.
    """
    try:
        messages = {str(words) for each in pragmas for (words,) in copy.rows(f"PRAGMA {each}")}
    except DatabaseBroken as error:
        messages = {str(error.__cause__ or error)}
    if broken := sorted(messages - {"ok"}):
        raise DatabaseBroken(
            f"{named}: not sound: {broken[0]}; `drumbeat restore` brings an older backup back"
        )


def quick(copy: Database) -> list[str]:
    """Return the checks of a backup: all pages and rows, and of all tables but the history their
    indexes, too.
    """
    tables = [name for (name,) in copy.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    small = [name for name in tables if name not in HISTORY]
    return ["quick_check", *(f"integrity_check('{name}')" for name in small)]


def verify(part: Path, file: Path) -> None:
    """Raise an error that names `file` unless its copy is a sound and live database of ours."""
    with opened(part) as copy:
        tables = copy.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        if not {name for (name,) in tables} >= OURS:
            raise WrongDatabase(f"{file}: this is no database of drumbeat")
        copy.where = file
        copies.refuse_unfit(copy, file)
        # copied as they were, and not compared with the rows when the backup was made
        copy.rows("REINDEX")
        check(copy, file, "integrity_check")


def swap(part: Path, target: Path, now: datetime) -> Path | None:
    """Put `part` in the place of `target`, and return where the old file is kept, if there was one.

    Its -wal and -shm go with it, since they would spoil the new file.
    """
    _sync(part)
    aside = target.with_name(f"{target.name}.before-restore-{now:%Y%m%dT%H%M%SZ}")
    kept = aside if target.exists() else None
    if kept is not None:
        _settle(target)
        _keep(target, kept)
    # Also where the database itself is gone: SQLite would replay its journal into the new one.
    for ending in _BESIDE[1:]:
        with suppress(FileNotFoundError):
            Path(f"{target}{ending}").rename(f"{aside}{ending}")
    # an older version may have left them readable to others
    for ending in _BESIDE:
        with suppress(OSError):
            Path(f"{aside}{ending}").chmod(0o600)
    keep_owner(part, target)
    part.replace(target)
    _sync(target.parent)
    # set journal mode WAL again, as for a database in use
    with suppress(StoreError), opened(target):
        pass
    return kept


def _settle(target: Path) -> None:
    """Write the journal into the file itself, where that is sound enough."""
    with suppress(StoreError), opened(target) as present:
        present.rows("PRAGMA wal_checkpoint(TRUNCATE)")


def _keep(target: Path, kept: Path) -> None:
    """Link the file to another name, so that it stays in its place until the new one replaces it:
    there is a database at every instant.
    """
    try:
        os.link(target, kept)
    except FileExistsError:
        raise StoreError(f"{kept}: the file is there already; try again in a second") from None
    except OSError:  # a file system without links
        target.rename(kept)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
