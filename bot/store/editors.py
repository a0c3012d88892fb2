"""Who may edit a pledge: one to five people, one of them its focal point; others come by a one-time invitation."""

import hashlib
import secrets
from dataclasses import dataclass

from bot.errors import UsageError
from bot.store.db import Database

MOST = 5
INVITE_DAYS = 14


@dataclass(frozen=True, kw_only=True)
class Editor:
    """Somebody who may edit a pledge."""

    person: int
    #: gets what is for one: reminders, questions
    focal: bool
    #: epoch seconds
    since: int


class Editors:
    """The people behind pledges."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, pledge: int) -> list[Editor]:
        """Its editors, the focal point first."""
        rows = self._database.rows(
            "SELECT person, focal, since FROM pledge_editor WHERE pledge = :pledge ORDER BY focal DESC, since, person", {"pledge": pledge}
        )
        return [Editor(person=row[0], focal=bool(row[1]), since=row[2]) for row in rows]

    def focal(self, pledge: int) -> int | None:
        """The focal point; None where staff look after the pledge for somebody who is on no channel."""
        found: int | None = self._database.value(
            "SELECT person FROM pledge_editor WHERE pledge = :pledge AND focal = 1", {"pledge": pledge}
        )
        return found

    def may_edit(self, pledge: int, person: int) -> bool:
        """Whether this person is among its editors."""
        return any(editor.person == person for editor in self.of(pledge))

    def add(self, pledge: int, person: int, now: int) -> bool:
        """Let somebody edit; the first one is the focal point. False when they do already; raises `UsageError` when there are five."""
        with self._database.transaction():
            there = self.of(pledge)
            if any(editor.person == person for editor in there):
                return False
            if len(there) >= MOST:
                raise UsageError(f"pledge {pledge} has {MOST} editors already; one of them has to leave first")
            self._database.execute(
                "INSERT INTO pledge_editor (pledge, person, focal, since) VALUES (:pledge, :person, :focal, :now)",
                {"pledge": pledge, "person": person, "focal": int(not there), "now": now},
            )
        return True

    def remove(self, pledge: int, person: int) -> bool:
        """Take somebody out; the one who has been there longest becomes the focal point, where it was they. False when they weren't in."""
        with self._database.transaction():
            was_focal = self.focal(pledge) == person
            gone = self._database.execute(
                "DELETE FROM pledge_editor WHERE pledge = :pledge AND person = :person", {"pledge": pledge, "person": person}
            )
            left = self.of(pledge)
            if was_focal and left:
                self._set_focal(pledge, left[0].person)
        return gone == 1

    def hand_over(self, pledge: int, frm: int, to: int) -> None:
        """Make another editor the focal point; raises `UsageError` when `frm` isn't it, or `to` no editor."""
        with self._database.transaction():
            if self.focal(pledge) != frm:
                raise UsageError("only the focal point can hand a pledge over")
            if not self.may_edit(pledge, to):
                raise UsageError("the new focal point has to be an editor first: send them an invitation")
            self._set_focal(pledge, to)

    def _set_focal(self, pledge: int, person: int) -> None:
        self._database.execute(
            "UPDATE pledge_editor SET focal = CASE WHEN person = :person THEN 1 ELSE 0 END WHERE pledge = :pledge",
            {"person": person, "pledge": pledge},
        )

    def invite(self, pledge: int, by: int, now: int) -> str:
        """A token that lets one person in, once, within 14 days: 22 letters, fit for a deep link. Only its digest is kept.

        Raises `UsageError` when `by` is no editor or there are five.
        """
        with self._database.transaction():
            if not self.may_edit(pledge, by):
                raise UsageError("only an editor can invite somebody")
            if len(self.of(pledge)) >= MOST:
                raise UsageError(f"pledge {pledge} has {MOST} editors already; one of them has to leave first")
            token = secrets.token_urlsafe(16)
            self._database.execute(
                "INSERT INTO pledge_invite (digest, pledge, by_person, expires) VALUES (:digest, :pledge, :by, :expires)",
                {"digest": _digest(token), "pledge": pledge, "by": by, "expires": now + INVITE_DAYS * 86_400},
            )
        return token

    def invited(self, token: str, now: int) -> int | None:
        """The pledge that this token lets into; None when it is unknown, used or too old."""
        found: int | None = self._database.value(
            "SELECT pledge FROM pledge_invite WHERE digest = :digest AND used IS NULL AND expires > :now",
            {"digest": _digest(token), "now": now},
        )
        return found

    def accept(self, token: str, person: int, now: int) -> int | None:
        """Let the bearer of this token edit; gives the pledge, or None when it is unknown, used or too old. Raises `UsageError` as `add`.

        Who edits already doesn't use it up.
        """
        with self._database.transaction():
            pledge: int | None = self._database.value(
                "SELECT pledge FROM pledge_invite WHERE digest = :digest AND used IS NULL AND expires > :now",
                {"digest": _digest(token), "now": now},
            )
            if pledge is not None and self.add(pledge, person, now):
                self._database.execute(
                    "UPDATE pledge_invite SET used = :now WHERE digest = :digest", {"digest": _digest(token), "now": now}
                )
        return pledge

    def forget(self, person: int) -> list[int]:
        """Take somebody out of all pledges; gives those that nobody edits any more."""
        with self._database.transaction():
            rows = self._database.rows("SELECT pledge FROM pledge_editor WHERE person = :person ORDER BY pledge", {"person": person})
            for (pledge,) in rows:
                self.remove(pledge, person)
            self._database.execute("DELETE FROM pledge_invite WHERE by_person = :person AND used IS NULL", {"person": person})
        return [pledge for (pledge,) in rows if not self.of(pledge)]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
