"""The log of who did what: numbers, a verb and a time, which triggers keep from being changed."""

from collections.abc import Mapping
from typing import Any, ClassVar

from typing_extensions import override

from bot.model.staff import MACHINE, REHEARSAL, Actor
from bot.model.staff.audit import Deed, Verb
from bot.model.who import Keep, Who
from bot.store.topic import Topic, signed
from bot.times import DAY

MOST_SHOWN = 1_000
"""Lines that are read at once."""


class Audit(Topic):
    """What people decided, in the order in which they did.

    A line names who acted by a number; the name of a number is forgotten with its owner, and the
    line stays.
    """

    PERSONAL: ClassVar[Mapping[str, tuple[str, ...]]] = {"audit_actor": ("name",)}

    @override
    def forget(self, who: Who, now: int) -> int:
        self._unsign(who, "audit_actor", "name")
        return 0

    def note(
        self, by: Actor, verb: Verb, now: int, about: object = "", *, digest: str = ""
    ) -> None:
        """Add a line, in the transaction of what it is about; `about` is a number, or several with
        '-' between, `digest` tells what was looked at from what came later.

        What drumbeat does by itself, and what a rehearsal does in the place of staff, is no
        decision of a person and leaves no line.
        """
        if by in (MACHINE, REHEARSAL):
            return
        self._database.execute(
            "INSERT INTO audit (at, actor, verb, object, digest) VALUES (:now, :actor, :verb,"
            " :object, :digest)",
            {
                "now": now,
                "actor": self._number(by),
                "verb": verb.value,
                "object": str(about),
                "digest": digest,
            },
        )

    def _number(self, by: Actor) -> int:
        known = self._database.value(
            "SELECT max(id) FROM audit_actor WHERE name = :name", {"name": by}
        )
        if known is None:
            [(known,)] = self._database.rows(
                "INSERT INTO audit_actor (name) VALUES (:name) RETURNING id", {"name": by}
            )
        return int(known)

    def read(
        self, *, before: int | None = None, verb: str = "", by: str = "", most: int = MOST_SHOWN
    ) -> list[Deed]:
        """Return lines, the newest first: those older than the line `before`, whose verb begins
        with `verb`, and that were done under the name `by`.
        """
        values: dict[str, Any] = {
            "before": before if before is not None else 2**62,
            "from": verb,
            "upto": f"{verb}~",
            "by": by,
            "most": most,
        }
        return self._database.select(
            signed(Deed),
            "SELECT l.id, l.at, a.name AS by, l.verb, l.object, l.digest FROM audit l JOIN"
            " audit_actor a ON a.id = l.actor WHERE l.id < :before AND (:from = '' OR (l.verb >="
            " :from AND l.verb < :upto)) AND (:by = '' OR a.name = :by) ORDER BY l.id DESC LIMIT"
            " :most",
            values,
        )

    @override
    def expire(self, now: int, keep: Keep) -> int:
        before = {"before": now - keep.audit * DAY}
        self._database.execute(
            "UPDATE audit_kept SET since = :before WHERE since < :before", before
        )
        gone = self._database.execute("DELETE FROM audit WHERE at < :before", before)
        self._database.execute(
            "DELETE FROM audit_actor WHERE NOT EXISTS (SELECT 1 FROM audit l WHERE l.actor ="
            " audit_actor.id)"
        )
        return gone
