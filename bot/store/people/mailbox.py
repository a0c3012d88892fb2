"""What was read of the mailbox in which reports and answers arrive, and whose letters come back.

A message is marked as read in the transaction of what it led to, so that a crash between the two
leaves neither. Its name there says that it was read; the digest of its bytes, that it lies there
under another name, as after a server has numbered its messages anew.
"""

from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from bot.model.mail import BOUNCES_DAYS, Verdict
from bot.model.who import Keep, Purpose, Who
from bot.store.topic import Export, Personal, Topic
from bot.times import DAY, iso

KEPT = 60
"""Days for which it is known that a message was read; older ones are not looked at."""


@dataclass(frozen=True, kw_only=True)
class Returned:
    """Somebody whose letters come back."""

    person: int
    verdict: Verdict
    #: the server's own, without any address
    words: str
    #: epoch seconds of the first report and of the last
    since: int
    at: int
    times: int


class Mailbox(Topic):
    """Messages that were read, and people whose letters come back."""

    PERSONAL: ClassVar[Personal] = {Purpose.MESSAGES: {"mail_bounce": ("person",)}}

    @override
    def of(self, who: Who) -> Export:
        there = self.returned(who.person) if who.person is not None else None
        if there is None:
            return {}
        told = {"verdict": there.verdict.value, "words": there.words, "times": there.times}
        return {"letters_returned": {**told, "since": iso(there.since), "at": iso(there.at)}}

    @override
    def forget(self, who: Who, now: int) -> int:
        return self.arrives(who.person or 0)

    @override
    def expire(self, now: int, keep: Keep) -> int:
        gone = self._database.execute(
            "DELETE FROM mail_read WHERE at < :before", {"before": now - KEPT * DAY}
        )
        return gone + self._database.execute(
            "DELETE FROM mail_bounce WHERE at < :before", {"before": now - BOUNCES_DAYS * DAY}
        )

    def names(self, place: str) -> frozenset[str]:
        """Return the names under which messages lie in this mailbox that were read."""
        return frozenset(
            self._database.column(
                "SELECT name FROM mail_read WHERE place = :place", {"place": place}
            )
        )

    def read(self, place: str, name: str, digest: str, now: int) -> bool:
        """Mark a message as read; return False where it was read before, by whatever name."""
        known = self._database.value(
            "SELECT count(*) FROM mail_read WHERE digest = :digest", {"digest": digest}
        )
        self._database.execute(
            "INSERT INTO mail_read (place, name, digest, at) VALUES (:place, :name, :digest, :now)"
            " ON CONFLICT DO NOTHING",
            {"place": place, "name": name, "digest": digest, "now": now},
        )
        return not known

    def returns(self, person: int, verdict: Verdict, words: str, now: int) -> None:
        """Record that a letter to somebody came back."""
        self._database.execute(
            "INSERT INTO mail_bounce (person, verdict, words, since, at, times) VALUES (:person,"
            " :verdict, :words, :now, :now, 1) ON CONFLICT (person) DO UPDATE SET verdict ="
            " excluded.verdict, words = excluded.words, at = excluded.at, times ="
            " mail_bounce.times + 1",
            {"person": person, "verdict": verdict.value, "words": words, "now": now},
        )

    def arrives(self, person: int) -> int:
        """Record that letters to somebody no longer come back; return how many they were about."""
        return self._database.execute(
            "DELETE FROM mail_bounce WHERE person = :person", {"person": person}
        )

    def returned(self, person: int) -> Returned | None:
        """Return what the reports say of somebody; None where no letter came back."""
        return self._database.first(
            _returned, f"{_RETURNED} WHERE person = :person", {"person": person}
        )

    def since(self, moment: int) -> list[Returned]:
        """Return everybody whose letters came back since then, who did last first."""
        return self._database.select(
            _returned,
            f"{_RETURNED} WHERE at >= :moment ORDER BY at DESC, person",
            {"moment": moment},
        )

    def sent(self, person: int, occurrence: int) -> int | None:
        """Return the epoch second at which a letter about this occurrence left for somebody; None
        where none did, or nobody knows any more.
        """
        at: int | None = self._database.value(
            "SELECT r.at FROM person p JOIN result r ON r.occurrence = :occurrence AND r.channel ="
            " p.channel AND r.recipient = p.id WHERE p.id = :person",
            {"person": person, "occurrence": occurrence},
        )
        return at


_RETURNED = "SELECT person, verdict, words, since, at, times FROM mail_bounce"


def _returned(*, verdict: str, **columns: int) -> Returned:
    return Returned(verdict=Verdict(verdict), **columns)  # type: ignore[arg-type]
