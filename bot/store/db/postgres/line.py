"""A connection by psycopg: one writer at a time, and made anew when the server was away.

The promise of SQLite that nobody else writes while a transaction is open is kept by an advisory
lock, which each transaction and each statement that changes rows takes first; those that go on
beside each other share it. Isolation stays READ COMMITTED: a snapshot from before the lock was
waited for would hide what the others wrote.
"""

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg import pq
from psycopg.types.numeric import FloatLoader, Int8Dumper
from typing_extensions import override

from bot.errors import StoreError
from bot.model.database import Server
from bot.store.db.backend import Params, Row
from bot.store.db.dialect import said, said_of_all
from bot.store.db.postgres.faults import BUSY_SECONDS

OLDEST = 13
"""The oldest server that is taken."""

_CONNECTION = {
    "application_name": "drumbeat",
    "client_encoding": "utf8",
    # a server that is silent is given up soon: another try, or the supervisor, comes after it
    "connect_timeout": "5",
    "keepalives": "1",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
"""Parameters of libpq; those of the URL go before."""

_SESSION = (
    f"SET lock_timeout = '{BUSY_SECONDS}s'",
    # the server, too, gives up soon who is silent, and with them their locks: by itself after hours
    "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;"
    " SET tcp_user_timeout = 20000",
    # who is suspended within a transaction keeps nobody from writing for ever
    "SET idle_in_transaction_session_timeout = '60s'",
    # statements go by their indexes, which lie in memory; at the price of a disk that seeks a table
    # of ten thousand rows would rather be read whole for fifty of them
    "SET random_page_cost = 1.1",
)

PLANS_LAST = 10.0
"""Seconds after which statements are planned anew: a table grows by a million rows within some, and
a plan that was made while it was small reads it whole.
"""

_WRITER = 7_301
"""The class of the advisory lock of who writes."""

SCHEMA = "(hashtext(current_schema()) & 2147483647)"
"""The second key of advisory locks, so that several schemas may lie in one database."""

ALONE = f"BEGIN; SELECT pg_advisory_xact_lock({_WRITER}, {SCHEMA})"
"""Begins a transaction when nobody else writes, who then waits until it has ended."""

BESIDE = (
    f"BEGIN; SELECT pg_advisory_xact_lock_shared({_WRITER}, {SCHEMA}); SET LOCAL plan_cache_mode ="
    " force_generic_plan"
)
"""Begins one when nobody writes who must be alone; others of its kind write beside it. A claim's
limit is a parameter, so that the server would rather plan it each time, for a third of its time.
"""

_LOST = "the connection to the server was lost within a transaction, which did nothing"


class _Whole(FloatLoader):
    """`sum` of whole numbers is `numeric` there, and a whole number here."""

    @override
    def load(self, data: Any) -> Any:
        text = bytes(data).decode()
        return float(text) if "." in text or "N" in text else int(text)


class _Cursor(psycopg.Cursor[Any]):
    @override
    def fetchall(self) -> list[Any]:
        return super().fetchall() if self.description else []


class Line:
    """A connection to a server, made anew after it broke, but not within a transaction."""

    def __init__(self, server: Server, *, durable: bool = True, readonly: bool = False) -> None:
        self._server = server
        self._session = (
            *_SESSION,
            *(() if durable else ("SET synchronous_commit = off",)),
            *(("SET default_transaction_read_only = on",) if readonly else ()),
        )
        self._readonly = readonly
        self._within = False
        #: when plans were dropped last, in seconds of `time.monotonic`
        self._planned = 0.0
        self._connection = self._connect()

    def _connect(self) -> psycopg.Connection[Any]:
        parameters: dict[str, Any] = {**_CONNECTION, **self._server.connecting()}
        connection = psycopg.connect(autocommit=True, cursor_factory=_Cursor, **parameters)
        try:
            _refuse_unfit(self._server, connection)
            # whole numbers are never sent as smaller ones, whose sums would be out of range
            for kind in (int, bool):
                connection.adapters.register_dumper(kind, Int8Dumper)
            connection.adapters.register_loader("numeric", _Whole)
            for words in self._session:
                connection.execute(words)
        except BaseException:
            connection.close()
            raise
        return connection

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._within

    def execute(self, sql: str, params: Params = {}, /) -> psycopg.Cursor[Any]:  # noqa: B006
        """Run a statement; one that changes rows alone is a transaction of its own."""
        if sql in {ALONE, BESIDE}:
            return self._begun(sql)
        if sql == "COMMIT":
            return self._committed()
        text, writes, makes = said(sql)
        if makes and not self._within:
            return self._making(text)
        if writes and not self._within:
            with self._alone():
                return self._run(text, params)
        return self._run(text, params)

    def _making(self, text: str) -> psycopg.Cursor[Any]:
        # who only reads may fill a table of their own there, but neither make nor drop one
        try:
            return self._run(f"BEGIN READ WRITE; {text}; COMMIT", None)
        except BaseException:
            self.rollback()
            raise

    def executemany(self, sql: str, params: Iterable[Params], /) -> psycopg.Cursor[Any]:
        """Run a statement once for each set of parameters, all or none; in one go where it has a
        place for them.
        """
        every = list(params)
        if not self._within:
            with self._alone():
                return self._run_many(sql, every)
        return self._run_many(sql, every)

    @property
    def pid(self) -> int:
        """The number of the server's process behind the connection."""
        return self._connection.info.backend_pid

    def copy(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Add rows to a table by COPY, within a transaction."""
        words = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
        with self._connection.cursor() as cursor, cursor.copy(words) as copy:
            for row in rows:
                copy.write_row(row)

    def rollback(self) -> None:
        """End the transaction without its changes, where one is open."""
        self._within = False
        if not self._connection.closed and self._status() != pq.TransactionStatus.IDLE:
            # where the server is gone, so are the changes
            with suppress(psycopg.OperationalError):
                self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _status(self) -> int:
        return self._connection.pgconn.transaction_status

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._begun(ALONE)
        try:
            yield
            self._committed()
        except BaseException:
            self.rollback()
            raise

    def _begun(self, how: str) -> psycopg.Cursor[Any]:
        try:
            # who only reads waits for nobody
            cursor = self._run("BEGIN" if self._readonly else how, None)
            if time.monotonic() - self._planned > PLANS_LAST:
                self._run("DISCARD PLANS", None)
                self._planned = time.monotonic()
        except BaseException:
            self.rollback()
            raise
        self._within = True
        return cursor

    def _committed(self) -> psycopg.Cursor[Any]:
        cursor = self._run("COMMIT", None)
        self._within = False
        return cursor

    def _run(self, text: str, params: Params | None) -> psycopg.Cursor[Any]:
        if self._connection.closed:
            self._renew()
        try:
            return self._execute(text, params)
        except psycopg.OperationalError:
            # a connection that broke while nobody used it: nothing was done by it
            if self._within or not self._connection.closed:
                raise
            self._renew()
            return self._execute(text, params)

    def _execute(self, text: str, params: Params | None) -> psycopg.Cursor[Any]:
        if params is None:
            return self._connection.execute(text, prepare=False)
        try:
            return self._connection.execute(text, params)
        except psycopg.DataError:
            clean = _without_nul(params)
            if clean is None:
                raise
            return self._connection.execute(text, clean)

    def _run_many(self, sql: str, every: list[Params]) -> psycopg.Cursor[Any]:
        text = said_of_all(sql, _columns(every))
        if text is not None:
            return self._run(text, {"rows": _in_one(every)})
        every = [_without_nul(params) or params for params in every]
        if self._connection.closed:
            self._renew()
        cursor = self._connection.cursor()
        cursor.executemany(said(sql).text, every)
        return cursor

    def _renew(self) -> None:
        if self._within:
            raise psycopg.OperationalError(_LOST)
        self._connection = self._connect()


def _columns(every: list[Params]) -> tuple[tuple[str, str], ...]:
    """Return the names of all parameters, and of what type they are; one without values is text."""
    return tuple(
        (name, "bigint" if any(isinstance(params[name], int) for params in every) else "text")
        for name in every[0]
    )


def _in_one(every: list[Params]) -> str:
    """Return all rows as one text of JSON, in which NUL would be an escape."""
    rows = json.dumps(every, ensure_ascii=False)
    if "\\u0000" not in rows:
        return rows
    return json.dumps([_without_nul(params) or params for params in every], ensure_ascii=False)


def _without_nul(params: Params) -> Mapping[str, Any] | None:
    """Return the parameters without the character NUL, which no text holds there; None where none
    has one.
    """
    if not any(isinstance(value, str) and "\0" in value for value in params.values()):
        return None
    return {
        name: value.replace("\0", "") if isinstance(value, str) else value
        for name, value in params.items()
    }


def _refuse_unfit(server: Server, connection: psycopg.Connection[Any]) -> None:
    version = connection.info.server_version // 10_000
    if version < OLDEST:
        raise StoreError(
            f"{server}: this is PostgreSQL {version}; drumbeat needs {OLDEST} or newer"
        )
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise StoreError(
            f"{server}: its texts are in {encoding}; make a database in UTF8: `createdb"
            f" --template=template0 --encoding=UTF8 {server.name}`"
        )
