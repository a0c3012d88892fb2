"""Processes: who works on the database, for people who want to see it. Nobody decides by it."""

from collections.abc import Sequence

from bot.model.outbox.processes import Process
from bot.store.topic import Topic

KEPT = 86_400
"""Seconds for which a process that gave no sign of life is shown."""


class Processes(Topic):
    """The processes that share a database."""

    def beat(self, process: Process) -> None:
        """Note that a process lives; those that gave no sign for a day are dropped."""
        with self._database.transaction(beside=True):
            self._database.execute(
                "INSERT INTO process (name, part, version, since, beat, ahead)"
                " VALUES (:name, :part, :version, :since, :beat, :ahead)"
                " ON CONFLICT (name) DO UPDATE SET part = excluded.part,"
                " version = excluded.version, since = excluded.since, beat = excluded.beat,"
                " ahead = excluded.ahead",
                vars(process),
            )
            self._database.execute(
                "DELETE FROM process WHERE beat < :oldest", {"oldest": process.beat - KEPT}
            )

    def leave(self, name: str) -> None:
        """Note that a process has ended."""
        self._database.execute("DELETE FROM process WHERE name = :name", {"name": name})

    def all(self) -> Sequence[Process]:
        """Return all processes that are known, the oldest first."""
        return self._database.select(
            Process,
            "SELECT name, part, version, since, beat, ahead FROM process ORDER BY since, name",
        )
