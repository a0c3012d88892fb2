"""Clearances that were asked for by a link; only a digest of the link's secret is kept."""

import hashlib
from typing import Any, ClassVar

from typing_extensions import override

from bot.model import PUBLIC
from bot.model.outbox import WRITABLE
from bot.model.staff import Actor
from bot.model.staff.clearance import Became, Clearance, Subject
from bot.model.who import Keep, Purpose, Who
from bot.store.db import Database
from bot.store.states import listed
from bot.store.topic import Export, Personal, Topic
from bot.times import DAY, iso

_SELECT = (
    "SELECT id, occurrence, channel, pledge, shown, language, sent_to, address, by_whom, at, until,"
    " became, answered, decided_by, reason FROM clearance"
)

# once its post is due, or doesn't go out any more, nobody can answer
_WAITING = (
    f"{_SELECT} WHERE became = {int(Became.OPEN)} AND until > :now AND (pledge > 0 OR EXISTS"
    " (SELECT 1 FROM delivery d WHERE d.occurrence = clearance.occurrence AND d.channel ="
    f" clearance.channel AND d.recipient = {PUBLIC} AND d.state IN ({listed(WRITABLE)}) AND d.due"
    " > :now))"
)

_COLUMNS = (
    "id",
    "digest",
    "occurrence",
    "channel",
    "pledge",
    "shown",
    "language",
    "sent_to",
    "address",
    "by_whom",
    "at",
    "until",
    "reminded",
    "became",
    "answered",
    "decided_by",
    "reason",
)

# that somebody cleared a post stays; who nobody knows any more is asked no more
_ERASE = (
    "UPDATE clearance SET sent_to = '', decided_by = '', reason = '', address = NULL, became = CASE"
    f" WHEN became = {int(Became.OPEN)} THEN {int(Became.REVOKED)} ELSE became END"
)


class Clearances(Topic):
    """What somebody without an account was asked to clear, and what they answered."""

    PERSONAL: ClassVar[Personal] = {
        Purpose.CLEARANCE: {
            "clearance": ("digest", "sent_to", "address", "by_whom", "decided_by", "reason")
        }
    }

    @override
    def of(self, who: Who) -> Export:
        asked = self._database.rows(
            "SELECT at, sent_to, decided_by, reason FROM clearance WHERE address = :address ORDER"
            " BY id",
            {"address": who.address},
        )
        told = [
            {"at": iso(at), "sent_to": to, "decided_by": name, "reason": reason}
            for at, to, name, reason in asked
        ]
        return {"clearances": told} if told else {}

    @override
    def forget(self, who: Who, now: int) -> int:
        self._unsign(who, "clearance")
        self._database.execute(f"{_ERASE} WHERE address = :address", {"address": who.address})
        return 0

    def ask(
        self,
        subject: Subject,
        secret: str,
        shown: str,
        to: str,
        by: Actor,
        now: int,
        until: int,
        *,
        language: str,
        address: str | None,
    ) -> int:
        """Note that somebody is asked who has the link with this secret; return the number."""
        [(number,)] = self._database.rows(
            "INSERT INTO clearance (digest, occurrence, channel, pledge, shown, language, sent_to,"
            " address, by_whom, at, until, became) VALUES (:digest, :occurrence, :channel, :pledge,"
            " :shown, :language, :to, :address, :by, :now, :until, :open) RETURNING id",
            {
                **vars(subject),
                "digest": _digest(secret),
                "shown": shown,
                "language": language,
                "to": to,
                "address": address,
                "by": by,
                "now": now,
                "until": until,
                "open": Became.OPEN,
            },
        )
        return int(number)

    def renew(self, number: int, secret: str) -> None:
        """Let a clearance be opened by this secret, and no longer by the one before."""
        self._database.execute(
            "UPDATE clearance SET digest = :digest WHERE id = :id",
            {"digest": _digest(secret), "id": number},
        )

    def opened(self, secret: str) -> Clearance | None:
        """Return the clearance that is opened by this secret, or None."""
        return self._database.first(
            _clearance, f"{_SELECT} WHERE digest = :digest", {"digest": _digest(secret)}
        )

    def get(self, number: int) -> Clearance | None:
        """Return the clearance with this number, or None."""
        return self._database.first(_clearance, f"{_SELECT} WHERE id = :id", {"id": number})

    def about(self, subject: Subject) -> list[Clearance]:
        """Return all that were asked for this post or pledge, newest first."""
        return self._database.select(
            _clearance,
            f"{_SELECT} WHERE occurrence = :occurrence AND channel = :channel AND pledge = :pledge"
            " ORDER BY id DESC",
            vars(subject),
        )

    def waiting(self, now: int) -> list[Clearance]:
        """Return those whose link nobody has used or revoked, whose days are not over and whose
        post is still to go out, the first to end first.
        """
        return self._database.select(_clearance, f"{_WAITING} ORDER BY until, id", {"now": now})

    def unreminded(self, now: int) -> list[Clearance]:
        """Return those of `waiting` of which nobody has been told that nobody has answered."""
        sql = f"{_WAITING} AND reminded IS NULL ORDER BY until, id"
        return self._database.select(_clearance, sql, {"now": now})

    def end(self, number: int, became: Became, now: int, *, by: str = "", reason: str = "") -> bool:
        """Note what became of an open one; False where it is open no more.

        `by` is the name of who decided, in their own words.
        """
        return bool(
            self._database.execute(
                "UPDATE clearance SET became = :became, answered = :now, decided_by = :by, reason ="
                " :reason WHERE id = :id AND became = :open",
                {
                    "became": became,
                    "now": now,
                    "by": by,
                    "reason": reason,
                    "id": number,
                    "open": Became.OPEN,
                },
            )
        )

    def erase(self, number: int) -> bool:
        """Take the names, the address and the reason out of a clearance; False where there is
        none. An open one is revoked by it.
        """
        return bool(self._database.execute(f"{_ERASE} WHERE id = :id", {"id": number}))

    def remind(self, number: int, now: int) -> bool:
        """Note that who asked is told that nobody has answered; False where they were before."""
        return bool(
            self._database.execute(
                "UPDATE clearance SET reminded = :now WHERE id = :id AND reminded IS NULL",
                {"now": now, "id": number},
            )
        )

    def take(self, other: Database) -> None:
        """Have those of another file instead of one's own; change nothing where it is too old to
        have any.
        """
        self._replace_all("clearance", _COLUMNS, other)

    @override
    def expire(self, now: int, keep: Keep) -> int:
        return self._database.execute(
            "DELETE FROM clearance WHERE at <= :before", {"before": now - keep.questions * DAY}
        )


def _clearance(
    *, occurrence: int, channel: int, pledge: int, by_whom: str, became: int, **columns: Any
) -> Clearance:
    return Clearance(
        subject=Subject(occurrence=occurrence, channel=channel, pledge=pledge),
        by=Actor(by_whom),
        became=Became(became),
        **columns,
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
