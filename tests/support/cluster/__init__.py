"""A server of PostgreSQL of the tests' own, in a folder that ends with them.

It listens on a socket in that folder, where it trusts whoever may open it, and on a free port of
127.0.0.1, where it wants a password.
"""

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from sqlite_utils import Database as Tables

from bot.model.database import Server
from bot.store import Store
from bot.store.db import Database

PASSWORD = "four & twenty % blackbirds/"

_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "autovacuum": "off",
    "listen_addresses": "127.0.0.1",
    "unix_socket_permissions": "0777",
}

_TEMPLATE = "made"


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs; None where it is not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    roots = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    return roots[-1].parent if roots else None


def _version(path: Path) -> float:
    return float(path.parts[-3])


def _ends_with_us() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)  # PR_SET_PDEATHSIG


class Cluster:
    """A running server."""

    #: what more `initdb` is told
    MADE_WITH: tuple[str, ...] = ()

    def __init__(self, bin_: Path, folder: Path) -> None:
        self._bin, self.folder = bin_, folder
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._as = {}
        if os.geteuid() == 0:  # which it refuses
            user = _other()
            os.chown(folder, user.pw_uid, user.pw_gid)
            self._as = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self._data = folder / "data"
        self._make()
        self.start()

    def _make(self) -> None:
        """Make its data."""
        (secret := self.folder / "secret").write_text(PASSWORD)
        self._play(
            *("initdb", "-D", self._data, "-U", "drumbeat", "-E", "UTF8", "--no-locale", "-N"),
            *("--auth=scram-sha-256", f"--pwfile={secret}", *self.MADE_WITH),
        )
        hba = "local all,replication all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        (self._data / "pg_hba.conf").write_text(hba)
        self._set(_SETTINGS)

    def _set(self, settings: Mapping[str, str]) -> None:
        """Write its settings, and where it listens."""
        there = {"port": str(self.port), "unix_socket_directories": str(self.folder)}
        with (self._data / "postgresql.conf").open("a") as conf:
            conf.writelines(
                f"{name} = '{value}'\n" for name, value in {**settings, **there}.items()
            )

    def _play(self, program: str, *args: object) -> None:
        line = [str(self._bin / program), *map(str, args)]
        done = subprocess.run(
            line, capture_output=True, text=True, check=False, cwd="/", **self._as
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [str(self._bin / "postgres"), "-D", str(self._data)],
                stdout=log,
                stderr=log,
                cwd="/",
                preexec_fn=_ends_with_us,  # noqa: PLW1509 - no thread of ours is under way
                **self._as,
            )
        until = time.monotonic() + 30
        while True:
            if self._answers():
                return
            assert time.monotonic() < until, (self.folder / "log").read_text()
            time.sleep(0.05)

    def has_ended(self, seconds: float = 0.0) -> bool:
        """Return whether it has ended by itself, or does so within these seconds."""
        with suppress(subprocess.TimeoutExpired):
            self._server.wait(seconds)
        return self._server.returncode is not None

    @property
    def pid(self) -> int:
        """Return the number of its first process."""
        return self._server.pid

    def _answers(self) -> bool:
        import psycopg

        try:
            self.run("postgres", "SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """Stop the server: at once, or with SIGINT after it has ended what runs."""
        with suppress(ProcessLookupError):
            self._server.send_signal(how)
        self._server.wait(20)

    def run(self, database: str, *statements: str) -> None:
        """Run statements in a database, beside drumbeat."""
        import psycopg

        with psycopg.connect(**self.server(database).connecting(), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def server(self, database: str) -> Server:
        """Return a database of this server, over its socket."""
        parameters = {"host": str(self.folder), "port": str(self.port), "user": "drumbeat"}
        return Server(tuple(sorted({**parameters, "dbname": database}.items())))

    def url(self, database: str) -> str:
        """Return the URL of a database over its socket, where nobody needs a password."""
        return str(self.server(database))

    def empty(self, name: str) -> Server:
        """Return a new database without tables."""
        self.run("postgres", f"CREATE DATABASE {name}")
        return self.server(name)

    def made(self, name: str) -> Server:
        """Return a new database with the tables of this version."""
        from psycopg.errors import InvalidCatalogName

        try:
            self.run("postgres", f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
        except InvalidCatalogName:  # the template is not there yet
            with tempfile.TemporaryDirectory() as keys:
                Store(self.empty(_TEMPLATE), keys=Path(keys) / "keys").close()
            return self.made(name)
        return self.server(name)

    def shut(self, name: str) -> None:
        """End all connections to a database, and let nobody in."""
        self.run(
            "postgres",
            f"ALTER DATABASE {name} ALLOW_CONNECTIONS false",
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
        )

    def open(self, name: str) -> None:
        """Let people into a database again."""
        self.run("postgres", f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

    def drop(self, name: str) -> None:
        """Delete a database, whoever still uses it."""
        self.run("postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def close(self) -> None:
        """Stop the server; its folder is deleted by who made it."""
        self.stop()


def _other() -> pwd.struct_passwd:
    """Return a user of this machine who is not the superuser."""
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise AssertionError("neither postgres nor nobody is a user here")


@contextmanager
def running() -> Iterator[Cluster | None]:
    """Yield a server that ends with the block; None where PostgreSQL is not installed."""
    if (bin_ := programs()) is None:
        yield None
        return
    # a short path: a socket's may have 107 bytes
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        cluster = Cluster(bin_, Path(folder))
        try:
            yield cluster
        finally:
            cluster.close()


def tables(database: Database) -> list[str]:
    """Return the names of all tables of a database of either kind."""
    if isinstance(database.tables, Tables):
        return database.column("SELECT name FROM sqlite_master WHERE type = 'table'")
    return database.column("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")


def name_of(path: Path) -> str:
    """Return the name of the database that stands for a file."""
    return f"f{sha256(str(path.absolute()).encode()).hexdigest()[:20]}"
