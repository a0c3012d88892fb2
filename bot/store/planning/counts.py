"""The count of waves: how many messages wait of each, and how many people one that is to come would
reach.

It is made in steps that each read some thousand rows, and kept, so that whoever asks shares it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.model import State
from bot.model.outbox.waves import ComingWave
from bot.model.person import Status
from bot.store.db import Database
from bot.store.planning.plan import Plan
from bot.store.sending.holds import HoldRows, Holds
from bot.store.sending.statements import MOMENTS
from bot.store.states import MOVING
from bot.store.topic import Topic

STEP = 5_000
"""Most rows that one step reads, for some milliseconds."""

KEPT = 120
"""Seconds after which a count is made anew where nobody has done so meanwhile; the job `waves`
makes one each minute.
"""

_LAST = 2**62
"""Later than anything is due."""


@dataclass(frozen=True, kw_only=True)
class Fanned:
    """Messages to people of one wave that wait or are in flight; instants in epoch seconds."""

    channel: int
    occurrence: int
    due: int
    expires: int
    total: int
    #: of these, those that no hold of a country keeps back
    free: int
    #: of all, those in flight
    flying: int


@dataclass(frozen=True, kw_only=True)
class Count:
    """All waves at one instant."""

    #: epoch seconds
    at: int
    fanned: tuple[Fanned, ...]
    #: waves to come, with the people whom each would reach
    coming: tuple[tuple[ComingWave, int], ...]

    def broadcast(self, occurrence: int, channel: int) -> tuple[int, int]:
        """Return how many messages of an occurrence have not left on a channel, and how many of
        them are due at one instant at most.
        """
        by_due: dict[int, int] = {}
        for wave in self.fanned:
            if (wave.occurrence, wave.channel) == (occurrence, channel):
                by_due[wave.due] = by_due.get(wave.due, 0) + wave.total - wave.flying
        for coming, people in self.coming:
            if (coming.occurrence, coming.channel_id) == (occurrence, channel):
                by_due[coming.due] = by_due.get(coming.due, 0) + people
        return sum(by_due.values()), max(by_due.values(), default=0)


class Counts(Topic):
    """The count of waves, kept for some time in memory."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._plan, self._holds = Plan(database), HoldRows(database)
        self._kept: tuple[object, Count] | None = None

    def now(self, now: int) -> Count:
        """Return the count, made here and now where there is none of the last two minutes, or a
        hold of a country came or went since.
        """
        while (count := self._fresh(now)) is None:
            for _ in self.steps(now):
                pass
        return count

    def is_fresh(self, now: int) -> bool:
        """Return whether `now` has a count that was made before."""
        return self._fresh(now) is not None

    def _fresh(self, now: int) -> Count | None:
        if self._kept is None:
            return None
        key, count = self._kept
        fresh = 0 <= now - count.at < KEPT and key == self._key(self._holds.current())
        return count if fresh else None

    @staticmethod
    def _key(holds: Holds) -> object:
        return holds.people, sorted(holds.params.items(), key=str)

    def steps(self, now: int) -> Iterator[None]:
        """Make the count anew, in steps between which others may have their turn; what changes
        meanwhile may be in it or not.
        """
        holds = self._holds.current()
        fanned: list[Fanned] = []
        coming: list[tuple[ComingWave, int]] = []
        # those to come first: what fans out meanwhile is rather counted twice than not at all
        for wave in self._plan.coming(now):
            people = 0
            for n in self._people(wave):
                people += n
                yield
            coming.append((wave, people))
        for (channel,) in self._database.rows("SELECT id FROM channel ORDER BY id"):
            params = {"channel": channel, "now": _LAST}
            for due, expires, occurrence in self._database.rows(MOMENTS, params):
                moment = {
                    "channel": channel,
                    "due": due,
                    "expires": expires,
                    "occurrence": occurrence,
                }
                total = free = flying = 0
                for state in (State.QUEUED, State.SENDING):
                    for n, unheld in self._rows(moment, state, holds):
                        total, free = total + n, free + unheld
                        flying += n if state is State.SENDING else 0
                        yield
                if total:
                    fanned.append(Fanned(**moment, total=total, free=free, flying=flying))
        count = Count(at=now, fanned=tuple(fanned), coming=tuple(coming))
        self._kept = (self._key(holds), count)

    def _people(self, wave: ComingWave) -> Iterator[int]:
        """Yield how many people a wave would reach if it fanned out now, step by step."""
        after: int | None = wave.after
        while after is not None:
            read, last, people = self._database.rows(
                _PEOPLE,
                {
                    "place": wave.place,
                    "after": after,
                    "due": wave.due,
                    "named": int(wave.named),
                    "step": STEP,
                },
            )[0]
            yield people
            after = last if read == STEP else None

    def _rows(
        self, moment: dict[str, int], state: State, holds: Holds
    ) -> Iterator[tuple[int, int]]:
        """Yield how many messages of one moment are in this state, and how many of them no hold of
        a country keeps back, step by step.
        """
        after: int | None = 0
        while after is not None:
            n, last, free = self._database.rows(
                _ROWS.format(held=holds.people),
                {**moment, **holds.params, "state": int(state), "after": after, "step": STEP},
            )[0]
            yield n, free
            after = last if n == STEP else None


_PEOPLE = (
    "SELECT count(*), max(p.id), count(*) FILTER (WHERE p.status ="
    f" {int(Status.ACTIVE)} AND p.joined <= :due AND p.named_only <= :named) FROM (SELECT id,"
    " status, joined, named_only FROM person WHERE place = :place AND id > :after ORDER BY id LIMIT"
    " :step) p"
)

_ROWS = (
    "SELECT count(*), max(d.recipient), count(*) FILTER (WHERE 1 = 1{held}) FROM (SELECT"
    " occurrence, channel, recipient FROM delivery WHERE channel = :channel AND due = :due AND"
    f" expires = :expires AND occurrence = :occurrence AND state IN ({MOVING}) AND state = :state"
    " AND recipient > :after ORDER BY recipient LIMIT :step) d"
)
