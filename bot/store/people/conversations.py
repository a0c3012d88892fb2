"""Where each chat stands, and which updates were handled."""

from bot.store.db import Database
from bot.store.people.people import Status

KEPT = 3 * 86_400
"""Seconds that a handled update is remembered; networks repeat them for a day at most."""


class Conversations:
    """States of chats, as JSON text."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def state(self, channel: int, address: str) -> str | None:
        """The state, or None where nothing is awaited."""
        found: str | None = self._database.value(
            "SELECT state FROM conversation WHERE channel = :channel AND address = :address",
            {"channel": channel, "address": address},
        )
        return found

    def keep(self, channel: int, address: str, state: str, now: int) -> None:
        """Remember the state."""
        self._database.execute(
            "INSERT INTO conversation (channel, address, state, at) VALUES (:channel, :address,"
            " :state, :now) ON CONFLICT (channel, address) DO UPDATE SET state = excluded.state, at"
            " = excluded.at",
            {"channel": channel, "address": address, "state": state, "now": now},
        )

    def drop(self, channel: int, address: str) -> None:
        """Nothing is awaited any more."""
        self._database.execute(
            "DELETE FROM conversation WHERE channel = :channel AND address = :address",
            {"channel": channel, "address": address},
        )

    def first_time(self, channel: int, number: int, now: int) -> bool:
        """Remember an update's number; False when it was handled already."""
        made = self._database.execute(
            "INSERT INTO handled (channel, number, at) VALUES (:channel, :number, :now) ON CONFLICT"
            " DO NOTHING",
            {"channel": channel, "number": number, "now": now},
        )
        return made == 1

    def move(self, channel: int, old: str, new: str) -> None:
        """The chat has another address.

        What stands there already wins, and whoever had the old one is met nowhere any more.
        """
        if old == new:
            return
        params = {"channel": channel, "old": old, "new": new, "blocked": int(Status.BLOCKED)}
        known = self._database.value(
            "SELECT 1 FROM person WHERE channel = :channel AND address = :new", params
        )
        change = "address = :new" if known is None else "status = :blocked"
        self._database.execute(
            f"UPDATE person SET {change} WHERE channel = :channel AND address = :old", params
        )
        if self.state(channel, new) is None:
            self._database.execute(
                "UPDATE conversation SET address = :new WHERE channel = :channel AND address ="
                " :old",
                params,
            )
        for table in ("question", "flag"):
            self._database.execute(
                f"UPDATE {table} SET address = :new WHERE channel = :channel AND address = :old",
                params,
            )

    def prune(self, now: int, days: int) -> int:
        """Forget handled updates, and what nobody answered for so many days.

        Gives the number of rows.
        """
        gone = self._database.execute(
            "DELETE FROM handled WHERE at < :before", {"before": now - KEPT}
        )
        return gone + self._database.execute(
            "DELETE FROM conversation WHERE at < :before", {"before": now - days * 86_400}
        )
