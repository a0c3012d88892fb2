"""How staff enter their desk: links that open it once, and sessions of browsers.

Only digests of secrets are kept: who reads the file, or a backup of it, can't enter.
"""

import hashlib
from typing import ClassVar

from typing_extensions import override

from bot.model.staff import Session
from bot.model.who import Keep, Purpose, Who
from bot.store.topic import Personal, Topic
from bot.times import DAY

IDLE = 12 * 3600
"""Seconds after which a session ends in which nothing was asked."""

_MINUTE = 60

_AHEAD = 3600
"""Seconds by which a clock may be set back: what is of later than that is not believed, or it would
hold for as long as the clock was ahead.
"""


class Logins(Topic):
    """Links and sessions, by the name of the member of staff whose they are."""

    PERSONAL: ClassVar[Personal] = {
        Purpose.STAFF: {
            "desk_link": ("digest", "member"),
            "desk_session": ("digest", "member"),
        }
    }

    @override
    def forget(self, who: Who, now: int) -> int:
        if who.member is not None:
            self.end_all(who.member.name)
            self._database.execute(
                "DELETE FROM desk_link WHERE member = :name", {"name": who.member.name}
            )
        return 0

    def promise(self, name: str, secret: str, now: int, until: int) -> None:
        """Note a link whose secret opens the desk for a member, once, until the epoch second
        `until`.
        """
        self._database.execute(
            "INSERT INTO desk_link (digest, member, at, until) VALUES (:digest, :name, :now,"
            " :until)",
            {"digest": _digest(secret), "name": name, "now": now, "until": until},
        )

    def promised(self, name: str, since: int) -> int:
        """Return how many links a member was given since this epoch second."""
        return int(
            self._database.value(
                "SELECT count(*) FROM desk_link WHERE member = :name AND at > :since",
                {"name": name, "since": since},
            )
        )

    def opens(self, secret: str, now: int) -> str | None:
        """Return the name of the member for whom this link opens the desk now, or None."""
        name: str | None = self._database.value(
            f"SELECT member FROM desk_link WHERE {_OPEN}",
            {"digest": _digest(secret), "now": now, "ahead": now + _AHEAD},
        )
        return name

    def use(self, secret: str, now: int) -> str | None:
        """Use a link up; return the name of its member, None where it opens nothing."""
        names: list[str] = self._database.column(
            f"UPDATE desk_link SET used = :now WHERE {_OPEN} RETURNING member",
            {"digest": _digest(secret), "now": now, "ahead": now + _AHEAD},
        )
        return names[0] if names else None

    def begin(self, name: str, secret: str, now: int) -> None:
        """Begin the session of a browser that keeps this secret."""
        self._database.execute(
            "INSERT INTO desk_session (digest, member, began, seen, language) VALUES (:digest,"
            " :name, :now, :now, '')",
            {"digest": _digest(secret), "name": name, "now": now},
        )

    def session(self, secret: str, now: int, *, used: bool = True) -> Session | None:
        """Return the session that this secret keeps open at the epoch second `now`, or None.

        That it is `used` is noted once a minute at most; what a page asks by itself is no use.
        """
        here = {
            "digest": _digest(secret),
            "now": now,
            "idle": now - IDLE,
            "ahead": now + _AHEAD,
        }
        session = self._database.first(
            Session,
            "SELECT digest, member, seen, language FROM desk_session WHERE digest = :digest AND"
            " seen > :idle AND seen <= :ahead",
            here,
        )
        if used and session is not None and session.seen + _MINUTE <= now:
            self._database.execute(
                "UPDATE desk_session SET seen = :now WHERE digest = :digest AND seen < :now", here
            )
        return session

    def speak(self, session: Session, language: str) -> None:
        """Let a session read in this language."""
        self._database.execute(
            "UPDATE desk_session SET language = :language WHERE digest = :digest",
            {"language": language, "digest": session.digest},
        )

    def end(self, session: Session) -> None:
        """End one session."""
        self._database.execute(
            "DELETE FROM desk_session WHERE digest = :digest", {"digest": session.digest}
        )

    def end_all(self, name: str) -> int:
        """End all sessions of a member, and the links that would open another; return the number
        of sessions.
        """
        self._database.execute(
            "DELETE FROM desk_link WHERE member = :name AND used IS NULL", {"name": name}
        )
        return self._database.execute(
            "DELETE FROM desk_session WHERE member = :name", {"name": name}
        )

    def shut_out(self) -> None:
        """End all sessions of everybody, and all links that would open one."""
        self._database.execute("DELETE FROM desk_link")
        self._database.execute("DELETE FROM desk_session")

    @override
    def expire(self, now: int, keep: Keep) -> int:
        gone = self._database.execute(
            "DELETE FROM desk_link WHERE at <= :before", {"before": now - DAY}
        )
        return gone + self._database.execute(
            "DELETE FROM desk_session WHERE seen <= :before", {"before": now - IDLE}
        )


_OPEN = "digest = :digest AND used IS NULL AND until > :now AND at <= :ahead"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
