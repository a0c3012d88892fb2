"""The log of who did what: numbers, a verb and a time, which triggers keep from being changed."""

from collections.abc import Iterable
from typing import Any, ClassVar

from typing_extensions import override

from bot.model.staff import FORMER, MACHINE, REHEARSAL, Actor
from bot.model.staff.audit import OF_LOOKS, OF_NAMES, Deed, Look, Verb
from bot.model.who import Keep, Purpose, Who
from bot.store.db import Database
from bot.store.topic import Export, Personal, Topic, signatures, signed
from bot.times import DAY, iso

MOST_SHOWN = 1_000
"""Lines that are read at once."""


class Audit(Topic):
    """What people decided, in the order in which they did.

    A line names who acted by a number; the name of a number is forgotten with its owner, and the
    line stays. Why somebody wanted to see who people are stands beside the line, in words that go
    with whoever typed them and with whom alone they saw.
    """

    PERSONAL: ClassVar[Personal] = {
        Purpose.LOG: {
            "audit_actor": ("name",),
            "audit_look": ("person", "why"),
        }
    }

    @override
    def of(self, who: Who) -> Export:
        said = [look for name, _ in signatures(who) for look in self._said(name)]
        parts = {"looks": said, "looked_at": self._at(who.person or 0)}
        return {name: part for name, part in parts.items() if part}

    def _at(self, person: int) -> list[dict[str, str]]:
        """Return why somebody wanted to see who this person is, in the words of who did."""
        return self._database.select(
            lambda *, at, why: {"at": iso(at), "why": why},
            "SELECT l.at, k.why FROM audit_look k JOIN audit l ON l.id = k.line WHERE k.person ="
            " :person ORDER BY l.id",
            {"person": person},
        )

    def _said(self, by: Actor) -> list[dict[str, str]]:
        """Return why somebody wanted to see who people are, in their own words."""
        return self._database.select(
            lambda *, at, why: {"at": iso(at), "why": why},
            "SELECT l.at, k.why FROM audit_look k JOIN audit l ON l.id = k.line JOIN audit_actor a"
            " ON a.id = l.actor WHERE a.name = :by ORDER BY l.id",
            {"by": by},
        )

    @override
    def forget(self, who: Who, now: int) -> int:
        for name, _ in signatures(who):
            self._forget_words(name)
        self.forget_looks(who.person or 0)
        self._unsign(who, "audit_actor", "name")
        return 0

    def _forget_words(self, name: Actor) -> None:
        self._database.execute(
            "DELETE FROM audit_look WHERE line IN (SELECT l.id FROM audit l JOIN audit_actor a ON"
            " a.id = l.actor WHERE a.name = :name)",
            {"name": name},
        )

    def forget_looks(self, person: int) -> None:
        """Delete why somebody wanted to see who this person is; that they did stays."""
        self._database.execute("DELETE FROM audit_look WHERE person = :person", {"person": person})

    def note(
        self,
        by: Actor,
        verb: Verb,
        now: int,
        about: object = "",
        *,
        digest: str = "",
        look: Look | None = None,
    ) -> None:
        """Add a line, in the transaction of what it is about; `about` is a number, or several with
        '-' between, `digest` tells what was looked at from what came later, `look` why.

        What drumbeat does by itself, and what a rehearsal does in the place of staff, is no
        decision of a person and leaves no line.
        """
        if by not in (MACHINE, REHEARSAL):
            self._add(by, verb, now, str(about), digest, look)

    def why(self, line: int) -> str:
        """Return why somebody wanted to see who people are; '' where nobody said so, or it is
        forgotten.
        """
        look = self._look(line)
        return look.why if look is not None else ""

    def _look(self, line: int) -> Look | None:
        return self._database.first(
            Look, "SELECT why, person FROM audit_look WHERE line = :line", {"line": line}
        )

    def take(self, other: Database) -> None:
        """Add the lines of another file that are newer than all of this one, and forget whom it has
        forgotten; do nothing where it is too old to have any.
        """
        if not other.has_table("audit"):
            return
        for former in FORMER:
            forgotten = other.column(_NUMBERS, {"name": former})
            self._database.many(
                "UPDATE audit_actor SET name = :name WHERE id = :id",
                [{"name": former, "id": number} for number in forgotten],
            )
            self._forget_words(former)
        last = self._database.value("SELECT coalesce(max(id), 0) FROM audit")
        newer = f"{_LINES} WHERE l.id > :last ORDER BY l.id"
        theirs, looks = Audit(other), other.has_table("audit_look")
        for deed in other.select(signed(Deed), newer, {"last": last}):
            whom = theirs.named(int(deed.object)) if deed.verb in OF_NAMES else None
            about = deed.object if whom is None else str(self.number(whom))
            look = theirs._look(deed.id) if looks and deed.verb in OF_LOOKS else None
            self._add(deed.by, deed.verb, deed.at, about, deed.digest, look)

    def _add(
        self, by: Actor, verb: str, now: int, about: str, digest: str, look: Look | None
    ) -> None:
        [(line,)] = self._database.rows(
            "INSERT INTO audit (at, actor, verb, object, digest) VALUES (:now, :actor, :verb,"
            " :object, :digest) RETURNING id",
            {
                "now": now,
                "actor": self.number(by),
                "verb": str(verb),
                "object": about,
                "digest": digest,
            },
        )
        if look is not None:
            self._database.execute(
                "INSERT INTO audit_look (line, person, why) VALUES (:line, :person, :why)",
                {"line": line, **vars(look)},
            )

    def number(self, actor: Actor) -> int:
        """Return the number by which lines tell of this actor, who gets one where they have none;
        also for lines about somebody.
        """
        known = self._database.value(
            "SELECT max(id) FROM audit_actor WHERE name = :name", {"name": actor}
        )
        if known is None:
            [(known,)] = self._database.rows(
                "INSERT INTO audit_actor (name) VALUES (:name) RETURNING id", {"name": actor}
            )
        return int(known)

    def named(self, number: int) -> Actor | None:
        """Return whose number this is, or None for nobody's."""
        name = self._database.value(
            "SELECT name FROM audit_actor WHERE id = :number", {"number": number}
        )
        return Actor(name) if name is not None else None

    def read(
        self,
        *,
        before: int | None = None,
        since: int = 0,
        verb: str = "",
        by: Iterable[Actor] | None = None,
        most: int = MOST_SHOWN,
    ) -> list[Deed]:
        """Return lines, the newest first: those older than the line `before`, not from before the
        epoch second `since`, whose verb begins with `verb`, and of these actors alone.
        """
        values: dict[str, Any] = {
            "before": before if before is not None else 2**62,
            "since": since,
            "most": most,
        }
        lines = f"{_LINES} WHERE l.id < :before AND l.at >= :since"
        if by is not None:
            lines += f" AND l.actor IN ({self._numbers(by)})"
        begun = {f"verb{at}": str(each) for at, each in enumerate(Verb) if each.startswith(verb)}
        if verb:
            # verb by verb, since the index has the lines of one in this order: as many are read of
            # each as are among the newest of all
            lines = " UNION ALL ".join(f"{lines} AND l.verb = :{name}" for name in begun)
            values |= begun
        return self._database.select(signed(Deed), f"{lines} ORDER BY id DESC LIMIT :most", values)

    def knows(self, actors: Iterable[Actor]) -> bool:
        """Return whether there is a line of one of these actors."""
        return bool(self._numbers(actors))

    def _numbers(self, actors: Iterable[Actor]) -> str:
        """Return the numbers of actors for an `IN (…)`; of somebody forgotten there are several."""
        known = (self._database.column(_NUMBERS, {"name": actor}) for actor in actors)
        return ", ".join(str(int(number)) for numbers in known for number in numbers)

    @override
    def expire(self, now: int, keep: Keep) -> int:
        before = {"before": now - keep.audit * DAY}
        self._database.execute(
            "UPDATE audit_kept SET since = :before WHERE since < :before", before
        )
        self._database.execute(
            "DELETE FROM audit_look WHERE line IN (SELECT id FROM audit WHERE at < :before)", before
        )
        gone = self._database.execute("DELETE FROM audit WHERE at < :before", before)
        self._database.execute(
            "DELETE FROM audit_actor WHERE NOT EXISTS (SELECT 1 FROM audit l WHERE l.actor ="
            " audit_actor.id) AND CAST(id AS TEXT) NOT IN (SELECT l.object FROM audit l WHERE"
            f" l.verb IN ({_OF_NAMES}))",
        )
        return gone


_OF_NAMES = ", ".join(f"'{verb}'" for verb in OF_NAMES)

_NUMBERS = "SELECT id FROM audit_actor WHERE name = :name"

_LINES = (
    "SELECT l.id AS id, l.at, a.name AS by, l.verb, l.object, l.digest FROM audit l JOIN"
    " audit_actor a ON a.id = l.actor"
)
