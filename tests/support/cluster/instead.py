"""Lets whatever opens a database file work on a database of the tests' server in its place, so that
tests which were written for one kind of database are played on the other.
"""

from pathlib import Path
from typing import Any

import house
import pytest

from bot.jobs.operations import doctor
from bot.model.database import Server, Where
from bot.store import db
from bot.store.db import files, postgres
from bot.store.db.files import MEMORY
from bot.store.db.sqlite import File
from cluster import Cluster, name_of


class Instead:
    """The databases that stand for files while a test is played."""

    def __init__(self, cluster: Cluster, stands: pytest.MonkeyPatch) -> None:
        self._cluster = cluster
        self._made: dict[str, Server] = {}
        self._lines: list[Any] = []
        stands.setattr(db, "_backend", self._backend)
        stands.setattr(house, "begin", self.server)
        stands.setattr(files, "is_present", self._is_present)
        stands.setattr(doctor, "_of_file", lambda *_: [])  # there is none to look at
        stands.setattr(files, "has_sender", self._has_sender)
        stands.setattr(files, "sender_lock", lambda path: postgres.Sender(self.server(path)))

    def server(self, path: Path) -> Server:
        """Return the database that stands for a file; it is made, with its tables."""
        name = name_of(path)
        if name not in self._made:
            self._made[name] = self._cluster.made(name)
        return self._made[name]

    def _is_present(self, path: Path) -> bool:
        return name_of(path) in self._made or path.exists()

    def _has_sender(self, path: Path) -> bool:
        # who only asks makes nothing
        return name_of(path) in self._made and postgres.has_sender(self.server(path))

    def _backend(self, where: Where, *, durable: bool, readonly: bool) -> Any:
        if where == MEMORY or (isinstance(where, Path) and where.exists()):
            return File(where, durable=durable, readonly=readonly)
        server = where if isinstance(where, Server) else self.server(where)
        line = postgres.Cluster(server, durable=durable, readonly=readonly)
        self._lines.append(line)
        return line

    def close(self) -> None:
        """Close what tests left open, and delete the databases."""
        for line in self._lines:
            line.close()
        for name in self._made:
            self._cluster.drop(name)
