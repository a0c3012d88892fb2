"""Visits of makers to their own pages: a letter opens one, once, and a secret in the browser keeps
it open for a while.

Only a digest of the secret is kept: who reads the file, or a backup of it, can't visit.
"""

import hashlib
from typing import Any, ClassVar

from typing_extensions import override

from bot.model.pledge import Visit
from bot.model.who import Keep, Purpose, Who
from bot.store.db import Database
from bot.store.topic import Export, Personal, Topic
from bot.times import DAY, iso


class Visits(Topic):
    """Who asked for a letter, and whose pages are open."""

    PERSONAL: ClassVar[Personal] = {Purpose.PLEDGES: {"visit": ("person", "digest")}}

    def __init__(self, database: Database) -> None:
        super().__init__(database)

    @override
    def of(self, who: Who) -> Export:
        if who.person is None:
            return {}
        return {"visits": [iso(visit.at) for visit in self.of_person(who.person)]}

    @override
    def forget(self, who: Who, now: int) -> int:
        if who.person is not None:
            self._database.execute(
                "DELETE FROM visit WHERE person = :person", {"person": who.person}
            )
        return 0

    def ask(self, person: int, now: int) -> int:
        """Note that somebody asked for a letter; return the number of the visit."""
        [(visit,)] = self._database.rows(
            "INSERT INTO visit (person, at, digest, until) VALUES (:person, :now, '', 0) RETURNING"
            " id",
            {"person": person, "now": now},
        )
        return int(visit)

    def get(self, visit: int) -> Visit | None:
        """Return the visit with this number, or None."""
        return self._database.first(Visit, f"{_SELECT} WHERE id = :id", {"id": visit})

    def of_person(self, person: int) -> list[Visit]:
        """Return the visits of a person that are still known, oldest first."""
        return self._database.select(
            Visit, f"{_SELECT} WHERE person = :person ORDER BY id", {"person": person}
        )

    def open(self, visit: int, secret: str, now: int, until: int) -> bool:
        """Open a visit until the epoch second `until`, for who knows the secret; False where it was
        opened before.
        """
        return bool(
            self._database.execute(
                "UPDATE visit SET opened = :now, digest = :digest, until = :until WHERE id = :id"
                " AND opened IS NULL",
                {"now": now, "digest": _digest(secret), "until": until, "id": visit},
            )
        )

    def who(self, secret: str, now: int) -> int | None:
        """Return whose visit this secret keeps open at the epoch second `now`, or None."""
        person: Any = self._database.value(
            "SELECT person FROM visit WHERE digest = :digest AND until > :now",
            {"digest": _digest(secret), "now": now},
        )
        return None if person is None else int(person)

    def end(self, person: int) -> None:
        """End all open visits of a person, on whatever machine."""
        self._database.execute(
            "UPDATE visit SET until = 0, digest = '' WHERE person = :person", {"person": person}
        )

    @override
    def expire(self, now: int, keep: Keep) -> int:
        return self._database.execute(
            "DELETE FROM visit WHERE at <= :before", {"before": now - DAY}
        )


_SELECT = "SELECT id, person, at, opened FROM visit"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
