"""A database moved whole into another one: from a file to a server, and the way back.

Nobody sends from either meanwhile, nor writes into the old one. The keys don't lie in a database,
so they don't go along: those that belong to it must be where the new one looks for them.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from bot.config import KEYS_FILE
from bot.errors import DatabaseInUse, KeysMissing, StoreError
from bot.model.database import Where
from bot.store import Store
from bot.store import keys as kept_keys
from bot.store.db import Database, is_present

Watch = Callable[[int], AbstractContextManager[Callable[[int], None]]]
"""Gives, for a number of rows to come, a context whose function is told how many are done."""


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A table that is the same in both databases."""

    table: str
    rows: int
    #: SHA-256 of all its rows in the order of their key, in hex
    checksum: str


@dataclass(frozen=True, kw_only=True)
class Moved:
    """What a move did, for people and as JSON."""

    source: Where
    target: Where
    #: each table, the same in both, but `meta`, in which the new one says where it is from
    tables: tuple[Compared, ...]
    #: whether it had come to its end before, so that both were compared alone
    before: bool
    #: the file of the keys, and the fingerprint of the one that belongs to it; None without a key
    keys: Path
    fingerprint: str | None


def move(source: Where, target: Where, keys: Path | None, watch: Watch) -> Moved:
    """Copy a database whole into an empty one, and compare both row by row.

    Where that was broken off it goes on. `keys` is the file of the keys, by default the one beside
    each.

    Raises `StoreError` when there is nothing to move, the target holds anything else or a row
    differs, `DatabaseInUse` when somebody sends from one of them, `KeysMissing` when the keys are
    not where the new database looks for them.
    """
    if source == target:
        raise StoreError(f"{target}: this is the database itself; name another one with --to")
    if not is_present(source):
        raise StoreError(f"{source}: there is no database to move; name it with --db")
    with ExitStack() as ends:
        old = ends.enter_context(closing(Store(source, keys=keys)))
        old.database.hold_sender_lock()
        _refuse_busy(old.database)
        old.keys.settle()
        there = _keys_of(old, target, keys)
        new = ends.enter_context(closing(Database(target)))
        new.hold_sender_lock()
        _refuse_busy(new)
        # nothing is written there until the end
        ends.enter_context(old.database.transaction())
        tables, before = _moved(old, new, watch)
        return Moved(
            source=source,
            target=target,
            tables=tables,
            before=before,
            keys=there,
            fingerprint=kept_keys.belonging(old.database),
        )


def _refuse_busy(database: Database) -> None:
    """Raise `DatabaseInUse` where workers, pages or a chat still have it open: of several, none
    holds the right to be the only sender.
    """
    if others := database.others():
        raise DatabaseInUse(
            f"{database.where}: {others} other connections of drumbeat's have it open; stop its"
            " workers, pages and chat first"
        )


def _keys_of(old: Store, target: Where, named: Path | None) -> Path:
    """Return the file in which the new database has its keys, once it holds the right one."""
    file = kept_keys.place(target, named)
    if not kept_keys.is_there(old.database, file):
        raise KeysMissing(
            f"{target}: the keys that belong to it are missing: {file}"
            f" {kept_keys.why_missing(file)}. Copy {old.keys.path} there, or name one file for both"
            f" with {KEYS_FILE}"
        )
    return file


def _moved(old: Store, new: Database, watch: Watch) -> tuple[tuple[Compared, ...], bool]:
    """Return the tables, and whether the move had come to its end before."""
    going = old.move_into(new)
    with watch(2 * going.total()) as done:
        for rows in going.steps():
            done(rows)
        tables = []
        for name, rows, checksum in going.compare():
            tables.append(Compared(table=name, rows=rows, checksum=checksum))
            done(rows)
    tables += [Compared(table=name, rows=n, checksum=checksum) for name, n, checksum in going.end()]
    return tuple(tables), going.ended
