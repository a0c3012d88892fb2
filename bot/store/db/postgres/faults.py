"""The server's errors turned into ours; values of rows and passwords are in none of them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors

from bot.errors import DatabaseBroken, IntegrityError, StoreError
from bot.model.database import Where

BUSY_SECONDS = 30
"""How long who wants to write waits for others."""


@contextmanager
def explained(server: Where) -> Iterator[None]:
    """Turn the server's errors in the block into ours."""
    try:
        yield
    except psycopg.Error as error:
        raise explain(server, error) from error


def explain(where: Where, error: Exception) -> Exception:
    """Return our error for one of the server's: where, the cause, and what to do.

    It quotes no values: the server puts those of a row into its details. A wrong statement is
    returned as it is: it is a mistake in our code.
    """
    words = _words(error)
    match error:
        case psycopg.IntegrityError():
            return IntegrityError(words)
        case errors.DataCorrupted() | errors.IndexCorrupted():
            return DatabaseBroken(
                f"{where}: {words}; restore a backup with `drumbeat restore FILE`"
            )
        case errors.InsufficientPrivilege():
            return StoreError(
                f"{where}: {words}; its user must own the database, or be granted all on its schema"
            )
        case psycopg.OperationalError() | errors.ReadOnlySqlTransaction():
            return StoreError(f"{where}: {words}{_advice(error, words)}")
        case _:
            return error


_TRIED = re.compile(r"- host: \S+, port: \S+, hostaddr: \S+: ")
"""What psycopg puts before what went wrong with each of several hosts."""


def _words(error: Exception) -> str:
    said = error.diag.message_primary if isinstance(error, psycopg.Error) else None
    _, *each = _TRIED.split(said or str(error))
    # of several hosts, the last stands before all of them once more
    return "; ".join(" ".join(one.split()) for one in each or [said or str(error)])


_ADVICE: tuple[tuple[type[Exception], str], ...] = (
    (errors.LockNotAvailable, f"; another process has been writing for {BUSY_SECONDS} s"),
    (errors.DiskFull, "; free some space on the server's disk, nothing was half-written"),
    (errors.TooManyConnections, "; let the server take more (max_connections)"),
    (errors.ReadOnlySqlTransaction, "; is this a standby? Name the primary server"),
    (errors.AdminShutdown, "; the server was stopped or started anew: try again"),
)

_SAID = (
    ("password", "; give it in DRUMBEAT_DATABASE_URL, or in the file DRUMBEAT_DATABASE_URL_FILE"),
    ("does not exist", "; make it with `createdb`, or name another"),
)


def _advice(error: Exception, words: str) -> str:
    for kind, advice in _ADVICE:
        if isinstance(error, kind):
            return advice
    for part, advice in _SAID:
        if part in words:
            return advice
    return "; the server must run and be reached from here"
