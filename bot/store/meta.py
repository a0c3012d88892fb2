"""What the database file knows of itself: live or rehearsal, its clock, what was planned last."""

from typing import ClassVar

from typing_extensions import override

from bot.errors import WrongDatabase
from bot.model.who import Purpose, Who
from bot.store.topic import Export, Personal, Topic

LIVE = "live"
REHEARSAL = "rehearsal"

MOVING = "moving"
"""The kind of a database into which another is being moved, and which is not whole yet."""

TRYOUT = "tryout"
"""The key of a file that `drumbeat chat` began, and in which nobody real stands."""

_STAFF_LANGUAGE = "staff language {}"


class Meta(Topic):
    """Pairs of key and value about the database file."""

    PERSONAL: ClassVar[Personal] = {
        Purpose.STAFF: {
            "meta": ("key", "value"),
        }
    }

    @override
    def of(self, who: Who) -> Export:
        language = self.staff_language(who.address)
        return {"staff_language": language} if language else {}

    @override
    def forget(self, who: Who, now: int) -> int:
        # the language in which a member of staff is told things
        self.drop(_STAFF_LANGUAGE.format(who.address))
        return 0

    def staff_language(self, address: str) -> str | None:
        """Return the language in which the member of staff in this chat reads, or None."""
        return self.get(_STAFF_LANGUAGE.format(address))

    def keep_staff_language(self, address: str, language: str) -> None:
        """Remember in which language to tell a member of staff what they haven't asked for."""
        if self.staff_language(address) != language:
            self.put(_STAFF_LANGUAGE.format(address), language)

    def get(self, key: str) -> str | None:
        """Return the value under this key, or None."""
        value: str | None = self._database.value(
            "SELECT value FROM meta WHERE key = :key", {"key": key}
        )
        return value

    def put(self, key: str, value: str) -> None:
        """Set the value of a key, within the caller's transaction where there is one."""
        self._database.execute(
            "INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET"
            " value = excluded.value",
            {"key": key, "value": value},
        )

    def drop(self, key: str) -> None:
        """Delete a key and its value."""
        self._database.execute("DELETE FROM meta WHERE key = :key", {"key": key})

    def claim(self, kind: str) -> None:
        """Mark a new file as `LIVE` or `REHEARSAL`.

        Raises `WrongDatabase` when it is already marked as the other.
        """
        there = self.get("kind")
        if there is None:
            self.put("kind", kind)
        elif there == MOVING:
            raise WrongDatabase(
                f"{self._database.where}: another database is being moved into it, and that has not"
                " come to its end; call `drumbeat move` again, as before"
            )
        elif there != kind:
            command = "`drumbeat rehearse`" if there == REHEARSAL else "`drumbeat run`"
            raise WrongDatabase(
                f"{self._database.where}: this file belongs to {command} ({there}); name another"
                " file with --db"
            )
