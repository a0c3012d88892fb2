"""What waits for the answer of who has an address: one row for each letter that asks something.

::

    open ── the link in the letter, and its button ──► confirmed
      ├── "not me", or unsubscribed ─────────────────► refused
      └── no answer in time, or no place ────────────► lapsed

How each begins, and what an answer makes of it, says the topic of its table. Whatever the letter
asked, the address goes with each end where nobody is a contact by it (`addressees`).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from bot.model.pledge import Outcome
from bot.model.subject import Subject
from bot.store.db import Database
from bot.store.pledges.addressees import Addressees
from bot.store.topic import Topic
from bot.times import DAY

FULL = 1_000
"""Letters of one kind that wait for their answer."""

SHARE = 250
"""Those of them whose addresses are of one domain, where not anybody can have one there."""

PATIENT = 6 * 3600
"""Seconds after which one that nobody has answered makes room, where there is none."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What one kind of letter asks, and how it is kept."""

    table: str
    #: what its letters are about
    letter: Subject
    #: days for which it waits
    days: int
    #: whose address it is, by the row's columns; 0 where it is nobody's that would have to go
    person: str = "person"
    #: what is deleted with each end, as it is set
    emptied: str = ""


class Asking(Topic):
    """The base of the topics of such letters."""

    KIND: Kind

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._addressees = Addressees(database, self.KIND.table, self.KIND.letter)

    def refuse(self, person: int) -> int:
        """End all that wait for a person's answer as refused; return how many end."""
        return self._end("person = :person", {"person": person}, Outcome.REFUSED)

    def waiting(self) -> int:
        """Return how many wait for their answer."""
        sql = f"SELECT count(*) FROM {self.KIND.table} WHERE outcome = 1"
        return int(self._database.value(sql))

    def make_room(self, address: str, now: int, *, shared: bool) -> bool:
        """Return whether another may wait, for who has this address ('' where it has none). It is
        `shared` where anybody could have one of its domain.

        Where a domain has as many as it may, or all places are taken, one that has waited for long
        makes room: of that domain, or of the one with the most. So a flood puts out what it sent
        itself, and closes the door to nobody else for more than `PATIENT`. What is shared has no
        share of its own, since those of it have nothing to do with each other.
        """
        if self.waiting() < SHARE:
            return True
        there = self._by_domain()
        theirs, every = there[_domain(address)], sum(map(len, there.values()))
        crowded = len(theirs) >= SHARE and not shared
        if every < FULL and not crowded:
            return True
        crowd = theirs if crowded else max(there.values(), key=len)
        since, number = crowd[0]
        lapsed = since <= now - PATIENT and self.close(number, Outcome.LAPSED)
        return bool(lapsed)

    def _by_domain(self) -> Mapping[str, list[tuple[int, int]]]:
        """Return what waits as (since, number), the oldest first, by the domain of its address."""
        there = defaultdict[str, list[tuple[int, int]]](list)
        for number, since, address in self._database.rows(
            f"SELECT a.id, a.at, coalesce(p.address, '') FROM {self.KIND.table} a LEFT JOIN person"
            " p ON p.id = a.person WHERE a.outcome = 1 ORDER BY a.at, a.id"
        ):
            there[_domain(address)].append((since, number))
        return there

    def close(self, number: int, outcome: Outcome) -> bool:
        """End one that waits; False where none does."""
        return self._end("id = :id", {"id": number}, outcome) > 0

    def _end(self, where: str, params: Mapping[str, object], outcome: Outcome) -> int:
        """End all that wait and of which this is so; return how many end."""
        kind = self.KIND
        with self._database.transaction():
            ending = self._database.rows(
                f"SELECT id, {kind.person} FROM {kind.table} WHERE outcome = 1 AND {where}", params
            )
            for number, person in ending:
                self._database.execute(
                    f"UPDATE {kind.table} SET outcome = :outcome{kind.emptied} WHERE id = :id",
                    {"outcome": outcome, "id": number},
                )
                if person:
                    self._addressees.end(number, person)
        return len(ending)

    def _lapse(self, now: int) -> int:
        """End what nobody has answered in time; return how many end."""
        before = now - self.KIND.days * DAY
        return self._end("at <= :before", {"before": before}, Outcome.LAPSED)

    def _drop(self, now: int, days: int) -> int:
        """Delete after so many days also that there was one, for which the page of an old link
        asks; return how many are gone.
        """
        return self._database.execute(
            f"DELETE FROM {self.KIND.table} WHERE outcome <> 1 AND at <= :before",
            {"before": now - days * DAY},
        )

    def _drop_of(self, person: int) -> None:
        """Delete all that was asked of a person."""
        self._database.execute(
            f"DELETE FROM {self.KIND.table} WHERE person = :person", {"person": person}
        )


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower() if "@" in address else ""
