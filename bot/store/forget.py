"""Forgetting a person: everything of theirs is deleted, their deliveries are made anonymous, and
only a keyed hash of their address is kept.

The key of the hashes lies in a file of its own (`bot.store.keys`); without it nobody can tell whose
address a hash stands for.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import ClassVar

from bot.model.staff import Member
from bot.model.who import Purpose, Tombstone, Who
from bot.store.db import Database
from bot.store.keys import Keys
from bot.store.meta import Meta
from bot.store.topic import Personal, Topic
from bot.text import address_form

_TRACES = "traces"
_REBUILT = "rebuilt"


class Tombstones(Topic):
    """Keyed hashes of the addresses of people who wanted to be forgotten.

    They are kept on purpose, so that neither an import nor a restore brings these people back.
    """

    PERSONAL: ClassVar[Personal] = {Purpose.FORGOTTEN: {"tombstone": ("digest",)}}

    def __init__(self, database: Database, keys: Keys) -> None:
        super().__init__(database)
        self._keys = keys
        self._meta = Meta(database)

    def remember(self, name: str, address: str, now: int) -> None:
        """Keep the keyed hash of an address, so that nobody writes to it again unasked."""
        self.leave_traces(now)
        self._database.execute(
            "INSERT INTO tombstone (digest, at) VALUES (:digest, :now) ON CONFLICT (digest) DO"
            " UPDATE SET at = excluded.at",
            {"digest": self._digests(name, address)[0], "now": now},
        )

    def is_gone(self, name: str, address: str) -> bool:
        """Return whether this address wanted to be forgotten, however it is spelled."""
        return self.gone_at(name, address) is not None

    def gone_at(self, name: str, address: str) -> int | None:
        """Return the epoch second at which this address wanted to be forgotten, the last one,
        however it is spelled; None where it did not.
        """
        sql = "SELECT at FROM tombstone WHERE digest = :digest"
        times = (
            self._database.value(sql, {"digest": each}) for each in self._digests(name, address)
        )
        return max((int(at) for at in times if at is not None), default=None)

    def returned(self, name: str, address: str) -> None:
        """Delete the hash of an address whose owner has subscribed again."""
        self._database.many(
            "DELETE FROM tombstone WHERE digest = :digest",
            [{"digest": each} for each in self._digests(name, address)],
        )

    def leave_traces(self, now: int) -> None:
        """Record that somebody's words or address were deleted, so that the file is written anew
        soon.
        """
        if self._meta.get(_TRACES) is None:
            self._meta.put(_TRACES, str(now))

    def traces(self) -> int | None:
        """Return since when the file may hold traces of somebody who was forgotten, in epoch
        seconds.

        Such traces lie in gaps of its pages. None where there are none.
        """
        since = self._meta.get(_TRACES)
        return None if since is None else int(since)

    def rebuilt(self) -> int:
        """Return the epoch second when the file was last written anew; 0 for never."""
        return int(self._meta.get(_REBUILT) or 0)

    def without_traces(self, now: int) -> None:
        """Record that the file was written anew and so holds no traces."""
        with self._database.transaction():
            self._meta.drop(_TRACES)
            self._meta.put(_REBUILT, str(now))

    def tombstones(self) -> list[Tombstone]:
        """Return all tombstones, oldest first, so that a restored file can be given them."""
        return self._database.select(
            Tombstone, "SELECT digest, at FROM tombstone ORDER BY at, digest"
        )

    def _digests(self, name: str, address: str) -> list[str]:
        """Return all hashes under which an address may be kept; new tombstones use the first."""
        return [
            hmac.new(bytes.fromhex(key), f"{name}:{form}".encode(), hashlib.sha256).hexdigest()
            for key in self._keys.ring().tombstones
            for form in _forms(address)
        ]


def _forms(address: str) -> list[str]:
    """Return the forms in which hashes of an address may have been made; the normal one first."""
    return list(dict.fromkeys((address_form(address), address.lower(), address)))


class Forgotten(Tombstones):
    """Forgets people: calls `forget` of each of the `topics`, in their order."""

    def __init__(self, database: Database, keys: Keys, topics: Sequence[Topic]) -> None:
        super().__init__(database, keys)
        self._topics = topics

    def forget_at(
        self,
        channel: int,
        name: str,
        address: str,
        now: int,
        *,
        contact: bool = True,
        member: Member | None = None,
    ) -> bool:
        """Delete all data of the person at this address.

        `name` is the name of the channel, `member` whom of the staff they act as. Returns False
        when nobody is there; what an unsubscribed chat left behind is deleted in any case. With a
        safeguarding `contact`, a message about a child that has not reached them yet is kept until
        it has.
        """
        with self._database.transaction():
            person = self._database.value(
                "SELECT id FROM person WHERE channel = :channel AND address = :address",
                {"channel": channel, "address": address},
            )
            who = Who(
                person=person, channel=channel, address=address, member=member, guarded=contact
            )
            theirs = sum(topic.forget(who, now) for topic in self._topics)
            self.leave_traces(now)
            if theirs:
                self.remember(name, address, now)
        return person is not None

    def bury(self, tombstones: Sequence[Tombstone], now: int, members: Mapping[str, Member]) -> int:
        """Forget again the people whom a restored backup brought back; return how many.

        `tombstones` are those of the file that the backup replaces; `members` gives staff by
        the addresses of their chats.
        """
        with self._database.transaction():
            self._database.many(
                "INSERT INTO tombstone (digest, at) VALUES (:digest, :at) ON CONFLICT (digest) DO"
                " NOTHING",
                [vars(tombstone) for tombstone in tombstones],
            )
            gone = {tombstone.digest for tombstone in self.tombstones()}
            people = self._database.rows(
                "SELECT p.channel, c.name, p.address FROM (SELECT channel, address FROM person"
                " UNION SELECT channel, address FROM flag UNION SELECT channel, address FROM"
                " question UNION SELECT channel, address FROM conversation) p JOIN channel c ON"
                " c.id = p.channel ORDER BY p.channel, p.address"
            )
            return sum(
                self.forget_at(channel, name, address, now, member=members.get(address))
                for channel, name, address in (people if gone else ())
                if not gone.isdisjoint(self._digests(name, address))
            )
