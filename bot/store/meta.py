"""What the file knows of itself: a real one or a rehearsal's, its clock, what was planned last."""

from bot.errors import WrongDatabase
from bot.store.db import Database

LIVE = "live"
REHEARSAL = "rehearsal"


class Meta:
    """Key and value pairs about the file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str) -> str | None:
        """The value, or None."""
        found: str | None = self._database.value(
            "SELECT value FROM meta WHERE key = :key", {"key": key}
        )
        return found

    def put(self, key: str, value: str) -> None:
        """Set the value; inside a transaction it is part of it."""
        self._database.execute(
            "INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET"
            " value = excluded.value",
            {"key": key, "value": value},
        )

    def drop(self, key: str) -> None:
        """Forget the value."""
        self._database.execute("DELETE FROM meta WHERE key = :key", {"key": key})

    def claim(self, kind: str) -> None:
        """Mark a new file as `LIVE` or `REHEARSAL`.

        Raises `WrongDatabase` when it is of the other kind.
        """
        there = self.get("kind")
        if there is None:
            self.put("kind", kind)
        elif there != kind:
            command = "`drumbeat rehearse`" if there == REHEARSAL else "`drumbeat run`"
            raise WrongDatabase(
                f"{self._database.path}: this file belongs to {command} ({there}); name another"
                " file with --db"
            )
