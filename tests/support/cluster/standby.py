"""A second server, which has all that the first one wrote and takes its place when that is gone."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.model.database import Server
from cluster import Cluster, programs


class Standby(Cluster):
    """A standby without which the primary takes no commit for done."""

    def __init__(self, bin_: Path, folder: Path, primary: Cluster) -> None:
        self._primary = primary
        super().__init__(bin_, folder)

    def _make(self) -> None:
        there = ("-h", self._primary.folder, "-p", self._primary.port, "-U", "drumbeat")
        self._play("pg_basebackup", *there, "-D", self._data, "-R", "-c", "fast")
        self._set({})

    def start(self) -> None:
        super().start()
        self._primary.run(
            "postgres",
            "ALTER SYSTEM SET synchronous_standby_names = '*'",
            "SELECT pg_reload_conf()",
        )

    def promote(self) -> None:
        """Let it be the primary from now on, and wait until it is."""
        self.run("postgres", "SELECT pg_promote()")


@contextmanager
def pair() -> Iterator[tuple[Cluster, Standby] | None]:
    """Yield a primary of its own and its standby; None where PostgreSQL is not installed."""
    if (bin_ := programs()) is None:
        yield None
        return
    with (
        tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as one,
        tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as other,
    ):
        for folder in (one, other):
            Path(folder).chmod(0o755)
        primary = Cluster(bin_, Path(one))
        try:
            standby = Standby(bin_, Path(other), primary)
            try:
                yield primary, standby
            finally:
                standby.close()
        finally:
            primary.close()


def either(one: Cluster, other: Cluster, database: str) -> Server:
    """Return the database on whichever of two servers takes writes."""
    hosts = f"{one.folder},{other.folder}"
    named = {"host": hosts, "port": f"{one.port},{other.port}", "user": "drumbeat"}
    found = {**named, "dbname": database, "target_session_attrs": "read-write"}
    return Server(tuple(sorted(found.items())))
