"""Links by which people invite friends: each counts who came by it, and names nobody.

Of who came a keyed hash is kept that is another one for each link, so that nobody counts twice who
leaves and comes again, and nobody can tell who came by several. It stays as long as the link does.
"""

import hashlib
import hmac
import secrets
from typing import ClassVar

from typing_extensions import override

from bot.model.who import Purpose, Who
from bot.store.db import Database
from bot.store.keys import Keys
from bot.store.topic import Export, Personal, Topic
from bot.text import address_form
from bot.times import iso

MOST = 100
"""How many one link counts; who comes later is welcome all the same."""

_BYTES = 16
"""Bytes of a link's code, which nobody can guess: 22 characters."""


class Friends(Topic):
    """The links of people who invite friends, and how many came by each."""

    PERSONAL: ClassVar[Personal] = {
        Purpose.MESSAGES: {
            "friend_link": ("person", "code"),
            "friend_came": ("digest",),
        }
    }

    def __init__(self, database: Database, keys: Keys) -> None:
        super().__init__(database)
        self._keys = keys

    @override
    def of(self, who: Who) -> Export:
        made = self._database.row(
            "SELECT at FROM friend_link WHERE person = :person", {"person": who.person}
        )
        if who.person is None or made is None:
            return {}
        return {"invite_link": {"made": iso(made[0]), "came": self.came(who.person)}}

    @override
    def forget(self, who: Who, now: int) -> int:
        # the link opens nothing special any more, and what it counted goes with it
        theirs = {"person": who.person}
        self._database.execute(
            "DELETE FROM friend_came WHERE link IN (SELECT id FROM friend_link WHERE person ="
            " :person)",
            theirs,
        )
        self._database.execute("DELETE FROM friend_link WHERE person = :person", theirs)
        return 0

    def code(self, person: int, now: int) -> str:
        """Return the code of a person's own link, which is made where there is none."""
        with self._database.transaction():
            self._database.execute(
                "INSERT INTO friend_link (person, code, at) VALUES (:person, :code, :now) ON"
                " CONFLICT (person) DO NOTHING",
                {"person": person, "code": secrets.token_urlsafe(_BYTES), "now": now},
            )
            code: str = self._database.value(
                "SELECT code FROM friend_link WHERE person = :person", {"person": person}
            )
        return code

    def has(self, person: int) -> bool:
        """Return whether a person has a link of their own."""
        return (
            self._database.row(
                "SELECT 1 FROM friend_link WHERE person = :person", {"person": person}
            )
            is not None
        )

    def came(self, person: int) -> int:
        """Return how many came by a person's link; 0 where there is none."""
        return int(
            self._database.value(
                "SELECT count(*) FROM friend_link l JOIN friend_came c ON c.link = l.id WHERE"
                " l.person = :person",
                {"person": person},
            )
        )

    def count(self, code: str, channel: str, address: str) -> bool:
        """Count somebody at an address on a channel, who has never subscribed before, to the link
        with this code; return False where there is none, it has counted them, or counts no more.
        """
        with self._database.transaction():
            link = self._database.value(
                "SELECT l.id FROM friend_link l WHERE l.code = :code AND (SELECT count(*) FROM"
                " friend_came c WHERE c.link = l.id) < :most",
                {"code": code, "most": MOST},
            )
            digests = self._digests(code, channel, address)
            if link is None or any(self._is_there(link, each) for each in digests):
                return False
            self._database.execute(
                "INSERT INTO friend_came (link, digest) VALUES (:link, :digest)",
                {"link": link, "digest": digests[0]},
            )
        return True

    def _is_there(self, link: int, digest: str) -> bool:
        there = self._database.row(
            "SELECT 1 FROM friend_came WHERE link = :link AND digest = :digest",
            {"link": link, "digest": digest},
        )
        return there is not None

    def _digests(self, code: str, channel: str, address: str) -> list[str]:
        """Return all hashes under which somebody may be counted; new ones use the first."""
        said = f"{code}:{channel}:{address_form(address)}".encode()
        return [
            hmac.new(bytes.fromhex(key), said, hashlib.sha256).hexdigest()
            for key in self._keys.ring().tombstones
        ]
