"""Who sends from a database of a server: one process alone, or several that share an advisory
lock, so that nobody is alone beside them.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from bot.errors import DatabaseGone, DatabaseInUse
from bot.model.database import Server
from bot.store.db.postgres.faults import explain, explained
from bot.store.db.postgres.line import SCHEMA, Line

log = logging.getLogger(__name__)

_SENDER = 7_302
"""The class of the advisory lock of who sends."""

_TAKE = f"SELECT pg_try_advisory_lock({_SENDER}, {SCHEMA})"

_SHARE = f"SELECT pg_try_advisory_lock_shared({_SENDER}, {SCHEMA})"

_HELD = (
    "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND database ="
    " (SELECT oid FROM pg_database WHERE datname = current_database()) AND CAST(classid AS BIGINT)"
    f" = {_SENDER} AND CAST(objid AS BIGINT) = {SCHEMA}"
)


class Sender:
    """The right to be a database's only sender, or `beside` others one of several, held by a
    connection of its own until it ends.

    Raises `DatabaseInUse` where another process is in the way.
    """

    def __init__(self, server: Server, *, beside: bool = False) -> None:
        self._server = server
        self._take = _SHARE if beside else _TAKE
        with explained(server):
            self._line = Line(server)
            [(got,)] = self._line.execute(self._take).fetchall()
        if not got:
            self._line.close()
            raise DatabaseInUse(
                f"{server}: another `drumbeat run` or `rehearse` works on this database; stop it"
                " first, or name another with --db"
            )

    def renew(self) -> None:
        """Take the right again where the connection broke, as after a restart of the server.

        Raises `DatabaseGone` where another process took it meanwhile.
        """
        try:
            [held] = self._line.execute(f"{_HELD} AND pid = pg_backend_pid()").fetchall() or [None]
        except psycopg.Error as error:
            raise explain(self._server, error) from None
        if held is not None:
            return
        log.warning("%s: the connection that holds the sender's right broke", self._server)
        [(got,)] = self._line.execute(self._take).fetchall()
        if not got:
            raise DatabaseGone(
                f"{self._server}: another process sends from this database since the connection to"
                " the server broke; start again where that one has ended"
            )

    @property
    def pid(self) -> int:
        """The number of the server's process that holds it."""
        return self._line.pid

    def release(self) -> None:
        """Give the right up."""
        self._line.close()


def is_present(server: Server) -> bool:
    """Return whether drumbeat has made its tables there; raises `StoreError` where nobody knows."""
    with _looking(server) as line:
        return has_table(line, "meta")


def has_sender(server: Server) -> bool:
    """Return whether some process sends from this database now."""
    with _looking(server) as line:
        return line.execute(_HELD).fetchone() is not None


@contextmanager
def _looking(server: Server) -> Iterator[Line]:
    with explained(server):
        line = Line(server, readonly=True)
        try:
            yield line
        finally:
            line.close()


def has_table(line: Line, name: str) -> bool:
    """Return whether there is a table of this name."""
    there = "SELECT to_regclass(CAST(:name AS TEXT)) IS NOT NULL"
    return bool(line.execute(there, {"name": name}).fetchall()[0][0])
