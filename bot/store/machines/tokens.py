"""Tokens of programs, of which only digests are kept: who reads the file can't use one."""

import hashlib
from collections.abc import Iterable
from typing import Any, ClassVar

from typing_extensions import override

from bot.model.staff.machines import Token, TokenScope
from bot.model.who import Keep, Purpose, Who
from bot.store.db import Database
from bot.store.topic import Export, Personal, Topic
from bot.times import DAY, iso

_HOUR = 3600

_OVER = 30
"""Days for which a token that has ended by itself is still listed."""


class Tokens(Topic):
    """Tokens, by the name of the member of staff whose they are."""

    PERSONAL: ClassVar[Personal] = {Purpose.STAFF: {"api_token": ("digest", "member", "label")}}

    @override
    def of(self, who: Who) -> Export:
        mine = self.all(who.member.name) if who.member is not None else []
        return {"tokens": list(map(_told, mine))} if mine else {}

    @override
    def forget(self, who: Who, now: int) -> int:
        return self.end_all(who.member.name) if who.member is not None else 0

    def add(
        self,
        member: str,
        secret: str,
        label: str,
        scopes: Iterable[TokenScope],
        now: int,
        until: int | None,
    ) -> int:
        """Keep a new token, which ends at the epoch second `until`; return its number."""
        [(number,)] = self._database.rows(
            "INSERT INTO api_token (digest, member, label, scopes, at, until) VALUES (:digest,"
            " :member, :label, :scopes, :now, :until) RETURNING id",
            {
                "digest": _digest(secret),
                "member": member,
                "label": label,
                "scopes": " ".join(sorted(scopes)),
                "now": now,
                "until": until,
            },
        )
        return int(number)

    def find(self, secret: str, now: int) -> Token | None:
        """Return the token with this secret that holds at the epoch second `now`, or None.

        It is looked for by its digest, so how long that takes says nothing of what is kept.
        """
        return self._database.first(
            _token,
            f"{_SELECT} WHERE digest = :digest AND (until IS NULL OR until > :now)",
            {"digest": _digest(secret), "now": now},
        )

    def used(self, token: Token, now: int) -> None:
        """Note that a token is used, to the hour: one write in an hour is enough."""
        hour = now - now % _HOUR
        if (token.used or 0) < hour:
            self._database.execute(
                "UPDATE api_token SET used = :hour WHERE id = :id", {"hour": hour, "id": token.id}
            )

    def all(self, member: str = "") -> list[Token]:
        """Return the tokens of a member, or of all, by number."""
        return self._database.select(
            _token,
            f"{_SELECT} WHERE :member = '' OR member = :member ORDER BY id",
            {"member": member},
        )

    def end(self, number: int) -> bool:
        """End the token of this number; return whether there was one."""
        return bool(self._database.execute("DELETE FROM api_token WHERE id = :id", {"id": number}))

    def end_all(self, member: str) -> int:
        """End all tokens of a member; return how many there were."""
        return self._database.execute(
            "DELETE FROM api_token WHERE member = :member", {"member": member}
        )

    def take(self, other: Database) -> None:
        """Have the tokens of another file instead of one's own; change nothing where it is too old
        to have any.
        """
        columns = ("id", "digest", "member", "label", "scopes", "at", "used", "until")
        self._replace_all("api_token", columns, other)

    @override
    def expire(self, now: int, keep: Keep) -> int:
        return self._database.execute(
            "DELETE FROM api_token WHERE until <= :before", {"before": now - _OVER * DAY}
        )


_SELECT = "SELECT id, member, label, scopes, at, used, until FROM api_token"


def _told(token: Token) -> dict[str, str]:
    return {"label": token.label, "made": iso(token.at)}


def _token(*, scopes: str, **columns: Any) -> Token:
    return Token(scopes=frozenset(map(TokenScope, scopes.split())), **columns)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
