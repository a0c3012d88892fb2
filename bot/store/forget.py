"""Forgetting a person: everything of theirs is deleted, their deliveries lose their name, and a
keyed hash stays.

The key is made once and lies in the same file; without it nobody can tell from a hash whose it is.
"""

import hashlib
import hmac
import secrets

from bot.model import Audience, State
from bot.store.db import Database
from bot.store.meta import Meta
from bot.store.pledges.editors import Editors
from bot.store.pledges.journeys import Journeys
from bot.store.pledges.officials import Officials
from bot.store.pledges.pledges import Pledges

_KEY = "tombstones"


class Forgotten:
    """People who wanted to be forgotten."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._meta = Meta(database)

    def forget(
        self, channel: int, name: str, address: str, now: int, *, contact: bool = True
    ) -> bool:
        """Delete all of the person at this address; `name` is the channel's.

        False when nobody is there (what a chat left behind goes in any case).

        Where there is a safeguarding `contact`, a message about a child that has not reached them
        yet goes there first.
        """
        at: dict[str, int | str] = {"channel": channel, "address": address}
        with self._database.transaction():
            person = self._database.value(
                "SELECT id FROM person WHERE channel = :channel AND address = :address", at
            )
            where = "WHERE channel = :channel AND address = :address"
            self._database.execute(f"DELETE FROM conversation {where}", at)
            wrote = self._database.execute(f"DELETE FROM question {where}", at) + self._flags(
                at, contact
            )
            if person is None:
                if wrote:
                    self.remember(name, address, now)
                return False
            self._anonymise(channel, person)
            self._pledges(person, now)
            Officials(self._database).forget_asker(person)
            Officials(self._database).refuse(person)
            for table, column in (
                ("contact", "person"),
                ("consent", "person"),
                ("profile", "person"),
                ("tick", "person"),
                ("person", "id"),
            ):
                self._database.execute(
                    f"DELETE FROM {table} WHERE {column} = :person", {"person": person}
                )
            self.remember(name, address, now)
        return True

    def _flags(self, at: dict[str, int | str], contact: bool) -> int:
        """What has not reached the contact still does, and is deleted then (`Inbox.flag_left`).

        Gives how many flags there were.
        """
        where = "channel = :channel AND address = :address"
        gone = self._database.execute(
            f"DELETE FROM flag WHERE {where}{' AND told IS NOT NULL' if contact else ''}", at
        )
        return gone + self._database.execute(f"UPDATE flag SET forgotten = 1 WHERE {where}", at)

    def _pledges(self, person: int, now: int) -> None:
        """An individual's own pledge goes with them.

        An organisation's stays with its other editors, or with staff.
        """
        for pledge in Editors(self._database).forget(person, now):
            if (
                self._database.value(
                    "SELECT audience FROM pledge WHERE id = :pledge", {"pledge": pledge}
                )
                == Audience.INDIVIDUAL
            ):
                Pledges(self._database).delete(pledge)
        Journeys(self._database).forget_sheets(person)
        for table in ("pledge_event", "milestone"):
            self._database.execute(
                f"UPDATE {table} SET by_whom = 'a former editor' WHERE by_whom = :by",
                {"by": f"person {person}"},
            )

    def remember(self, name: str, address: str, now: int) -> None:
        """Keep nothing but the keyed hash: nobody writes to this address again of their own
        accord.
        """
        self._database.execute(
            "INSERT INTO tombstone (digest, at) VALUES (:digest, :now) ON CONFLICT (digest) DO"
            " UPDATE SET at = excluded.at",
            {"digest": self._digest(name, address), "now": now},
        )

    def is_gone(self, name: str, address: str) -> bool:
        """Whether this address wanted to be forgotten."""
        return (
            self._database.value(
                "SELECT 1 FROM tombstone WHERE digest = :digest",
                {"digest": self._digest(name, address)},
            )
            is not None
        )

    def _anonymise(self, channel: int, person: int) -> None:
        """Counts stay true, but nothing leads to the person: another number, no receipt, no words.

        What waits is cancelled.
        """
        params = {
            "channel": channel,
            "person": person,
            "nobody": -secrets.randbits(62) - 1,
            "cancelled": int(State.CANCELLED),
        }
        where = (
            "channel = :channel AND recipient = :person AND occurrence IN (SELECT id FROM"
            " occurrence)"
        )
        going = ", ".join(
            str(int(s))
            for s in (
                State.PLANNED,
                State.AWAITING_APPROVAL,
                State.QUEUED,
                State.SENDING,
                State.UNCERTAIN,
            )
        )
        self._database.execute(
            f"UPDATE delivery SET state = :cancelled WHERE {where} AND state IN ({going})", params
        )
        self._database.execute(f"UPDATE delivery SET recipient = :nobody WHERE {where}", params)
        self._database.execute(
            "UPDATE result SET recipient = :nobody, receipt = NULL, url = NULL, error = NULL, text"
            f" = NULL WHERE {where}",
            params,
        )

    def returned(self, name: str, address: str) -> None:
        """They subscribed again, of their own will."""
        self._database.execute(
            "DELETE FROM tombstone WHERE digest = :digest", {"digest": self._digest(name, address)}
        )

    def stones(self) -> list[tuple[str, int]]:
        """All tombstones with their instants: what a restored file must be given."""
        return [
            (row[0], row[1])
            for row in self._database.rows("SELECT digest, at FROM tombstone ORDER BY at, digest")
        ]

    def known_key(self) -> str | None:
        """The key of the hashes, None where nobody was ever forgotten."""
        return self._meta.get(_KEY)

    def key(self) -> str:
        """The key of the hashes; made when there is none."""
        found = self._meta.get(_KEY)
        if found is None:
            found = secrets.token_hex(32)
            self._meta.put(_KEY, found)
        return found

    def bury(self, stones: list[tuple[str, int]], key: str, now: int) -> int:
        """Forget again whom a restored backup brought back: `stones` and `key` are those of the
        file it replaces. Gives how many.
        """
        with self._database.transaction():
            self._meta.put(_KEY, key)
            self._database.many(
                "INSERT INTO tombstone (digest, at) VALUES (:digest, :at) ON CONFLICT (digest) DO"
                " NOTHING",
                [{"digest": digest, "at": at} for digest, at in stones],
            )
            gone = {digest for digest, _ in self.stones()}
            people = self._database.rows(
                "SELECT p.channel, c.name, p.address FROM (SELECT channel, address FROM person"
                " UNION SELECT channel, address FROM flag UNION SELECT channel, address FROM"
                " question) p JOIN channel c ON c.id = p.channel ORDER BY p.channel, p.address"
            )
            back = [row for row in people if self._digest(row[1], row[2]) in gone] if gone else []
            return sum(self.forget(channel, name, address, now) for channel, name, address in back)

    def _digest(self, name: str, address: str) -> str:
        return hmac.new(
            bytes.fromhex(self.key()), f"{name}:{address}".encode(), hashlib.sha256
        ).hexdigest()
