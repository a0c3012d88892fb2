"""Seats: what one process of several does at a time, such as asking Telegram for updates.

Who has a seat gives a sign of life again and again; whoever has seen it give none for `OUT` seconds
by their own counter may take it. So no clock of one machine is compared with that of another.
"""

from bot.store.db import Database
from bot.store.topic import Topic

OUT = 15.0
"""Seconds without a sign of life after which a seat is free."""


class Seats(Topic):
    """The seats of a database. `passed` is in seconds of a counter that goes on while the machine
    sleeps; `holder` names a process.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        #: by seat: its holder and beats, and since when these have been seen
        self._seen: dict[str, tuple[tuple[str, int], float]] = {}

    def sit(self, name: str, holder: str, passed: float) -> bool:
        """Take a seat where it is free, or keep it; return whether the holder has it now."""
        if self._beat(name, holder, holder):
            return True
        there = self._there(name)
        if there is None:
            return self._take(name, holder)
        seen, since = self._seen.get(name, (there, passed))
        self._seen[name] = there, since if seen == there else passed
        if passed - self._seen[name][1] < OUT:
            return False
        return self._beat(name, holder, *there)

    def leave(self, name: str, holder: str) -> None:
        """Give a seat up, where it is the holder's."""
        self._database.execute(
            "DELETE FROM seat WHERE name = :name AND holder = :holder",
            {"name": name, "holder": holder},
        )

    def holder(self, name: str) -> str | None:
        """Return who has a seat, living or not; None where nobody does."""
        there = self._there(name)
        return there[0] if there is not None else None

    def _there(self, name: str) -> tuple[str, int] | None:
        row = self._database.row(
            "SELECT holder, beats FROM seat WHERE name = :name", {"name": name}
        )
        return (row[0], row[1]) if row else None

    def _beat(self, name: str, holder: str, before: str, beats: int | None = None) -> bool:
        """Sit down where `before` sits and, with `beats`, has not moved since."""
        return bool(
            self._database.execute(
                "UPDATE seat SET holder = :holder, beats = beats + 1 WHERE name = :name"
                " AND holder = :before AND beats = coalesce(:beats, beats)",
                {"name": name, "holder": holder, "before": before, "beats": beats},
            )
        )

    def _take(self, name: str, holder: str) -> bool:
        return bool(
            self._database.execute(
                "INSERT INTO seat (name, holder, beats) VALUES (:name, :holder, 0)"
                " ON CONFLICT (name) DO NOTHING",
                {"name": name, "holder": holder},
            )
        )
