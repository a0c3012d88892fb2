"""Where the conversation of each chat stands, which buttons it shows, and which updates were
handled.
"""

import json
from typing import ClassVar

from typing_extensions import override

from bot.model.person import Status
from bot.model.who import Keep, Purpose, Who
from bot.store.topic import Export, Personal, Topic
from bot.times import DAY

KEPT = 3 * DAY
"""Seconds that a handled update is remembered; networks repeat them for a day at most."""


class Conversations(Topic):
    """The states of conversations, and the buttons below what was last said, as JSON text."""

    PERSONAL: ClassVar[Personal] = {
        Purpose.MESSAGES: {
            "conversation": ("address", "state"),
            "shown": ("address", "buttons"),
        }
    }

    @override
    def of(self, who: Who) -> Export:
        shown = self.shown(who.channel, who.address)
        return {
            "awaited": json.loads(self.state(who.channel, who.address) or "null"),
            "buttons": [label for _, _, label, *_ in json.loads(shown[1])] if shown else [],
        }

    @override
    def forget(self, who: Who, now: int) -> int:
        # Also of somebody who never joined; a state is not counted as a row of theirs.
        self.drop(who.channel, who.address)
        self.hide(who.channel, who.address)
        return 0

    def state(self, channel: int, address: str) -> str | None:
        """Return a chat's state, or None where no answer is awaited."""
        state: str | None = self._database.value(
            "SELECT state FROM conversation WHERE channel = :channel AND address = :address",
            {"channel": channel, "address": address},
        )
        return state

    def keep(
        self, channel: int, address: str, state: str, now: int, until: int | None = None
    ) -> None:
        """Remember where the conversation with a chat stands.

        It is deleted after the epoch second `until`; without one, after the days of a form.
        """
        self._database.execute(
            "INSERT INTO conversation (channel, address, state, at, until) VALUES (:channel,"
            " :address, :state, :now, :until) ON CONFLICT (channel, address) DO UPDATE SET state ="
            " excluded.state, at = excluded.at, until = excluded.until",
            {"channel": channel, "address": address, "state": state, "now": now, "until": until},
        )

    def drop(self, channel: int, address: str) -> None:
        """Delete a chat's state, when no answer is awaited any more."""
        self._database.execute(
            "DELETE FROM conversation WHERE channel = :channel AND address = :address",
            {"channel": channel, "address": address},
        )

    def shown(self, channel: int, address: str) -> tuple[int, str] | None:
        """Return the buttons that a chat shows, and the epoch second of what they stand below; None
        where it shows none.
        """
        row = self._database.row(
            "SELECT at, buttons FROM shown WHERE channel = :channel AND address = :address",
            {"channel": channel, "address": address},
        )
        return None if row is None else (int(row[0]), str(row[1]))

    def show(self, channel: int, address: str, buttons: str, at: int) -> None:
        """Remember the buttons that a chat shows, in the place of those of before."""
        self._database.execute(
            "INSERT INTO shown (channel, address, at, buttons) VALUES (:channel, :address, :at,"
            " :buttons) ON CONFLICT (channel, address) DO UPDATE SET at = excluded.at, buttons ="
            " excluded.buttons",
            {"channel": channel, "address": address, "at": at, "buttons": buttons},
        )

    def hide(self, channel: int, address: str) -> None:
        """Remember that a chat shows no buttons."""
        self._database.execute(
            "DELETE FROM shown WHERE channel = :channel AND address = :address",
            {"channel": channel, "address": address},
        )

    def first_time(self, channel: int, number: int, now: int) -> bool:
        """Record the number of an update; return False when it was handled already."""
        made = self._database.execute(
            "INSERT INTO handled (channel, number, at) VALUES (:channel, :number, :now) ON CONFLICT"
            " DO NOTHING",
            {"channel": channel, "number": number, "now": now},
        )
        return made == 1

    def move(self, channel: int, old: str, new: str) -> None:
        """Move a chat's person, state, questions and messages to another address.

        A state that stands there already wins. Where somebody has the new address already, whoever
        had the old one can't be reached any more.
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
        self.hide(channel, old)  # its buttons were made for the old address
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

    @override
    def expire(self, now: int, keep: Keep) -> int:
        # handled updates, and states that awaited an answer for too long
        gone = self._database.execute(
            "DELETE FROM handled WHERE at < :before", {"before": now - KEPT}
        )
        old = {"before": now - keep.forms * DAY, "now": now}
        gone += self._database.execute("DELETE FROM shown WHERE at < :before", old)
        return gone + self._database.execute(
            "DELETE FROM conversation WHERE at < :before OR until < :now", old
        )
