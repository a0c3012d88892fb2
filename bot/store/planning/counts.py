"""The count of waves: how many messages wait of each, and how many people one that is to come would
reach.

It is made in steps that each read some thousand rows, and kept, so that whoever asks shares it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from bot.model import Audience, State
from bot.model.outbox import Late, Scope
from bot.model.outbox.holds import Holds
from bot.model.outbox.waves import ComingWave
from bot.model.person import Status
from bot.store.db import Database
from bot.store.planning.plan import Plan
from bot.store.sending.holds import HoldRows
from bot.store.sending.scopes import of_action, of_people, tag
from bot.store.sending.statements import LATE_POSTS, MOMENTS
from bot.store.states import MOVING, RESTING
from bot.store.topic import Topic

STEP = 5_000
"""Most rows that one step reads, for some milliseconds."""

EVERY = 60
"""Seconds after which the job `waves` makes the count anew."""

KEPT = 2 * EVERY
"""Seconds after which whoever asks makes it anew, where nobody has done so meanwhile."""

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
    #: of these, those that no hold of a part of the people keeps back
    free: int
    #: of all, those in flight
    flying: int
    #: of those that wait, how many each hold of a part of the people keeps back
    held: Mapping[Scope, int]

    @property
    def waiting(self) -> int:
        """Return how many of them have not left, nor are in flight."""
        return self.total - self.flying


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
                by_due[wave.due] = by_due.get(wave.due, 0) + wave.waiting
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
        hold of a part of the people came or went since.
        """
        while (count := self._fresh(now)) is None:
            for _ in self.steps(now):
                pass
        return count

    def is_fresh(self, now: int) -> bool:
        """Return whether `now` has a count that was made before."""
        return self._fresh(now) is not None

    def is_due(self, now: int) -> bool:
        """Return whether the count shall be made anew, before anybody has to wait for it."""
        return self._fresh(now, EVERY) is None

    def late(self, scope: Scope, now: int) -> list[Late]:
        """Return what waits in this scope although its grace is over, oldest day first.

        It is counted per occurrence and channel, messages to people as in `now`: of a part of the
        people, only where just this scope is held.
        """
        counts: Counter[tuple[int, int]] = Counter()
        for wave in self.now(now).fanned:
            if wave.due <= now and wave.expires <= now:
                n = wave.held.get(scope, 0) if scope.of_people else wave.waiting
                counts[wave.occurrence, wave.channel] += n
        params = {"now": now, **scope.values}
        for occurrence, channel, n in self._database.rows(_LATE_PLANNED, params):
            counts[occurrence, channel] += n
        if scope.may_be_posts:
            for (channel,) in self._database.rows(_SPEAKS, {"language": scope.language}):
                counts.update(self._database.rows(LATE_POSTS, {"channel": channel, "now": now}))
        late = (
            self._database.first(
                partial(_late, count=n),
                _LATE_OF,
                {"occurrence": key[0], "number": key[1], **scope.values},
            )
            for key, n in counts.items()
            if n
        )
        return sorted(
            (each for each in late if each is not None),
            key=lambda each: (
                each.day,
                each.action,
                each.channel,
                each.occurrence,
                each.channel_id,
            ),
        )

    def _fresh(self, now: int, kept: int = KEPT) -> Count | None:
        if self._kept is None:
            return None
        key, count = self._kept
        fresh = 0 <= now - count.at < kept and key == self._key(self._holds.current())
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
        for channel in self._database.column("SELECT id FROM channel ORDER BY id"):
            params = {"channel": channel, "now": _LAST}
            for due, expires, occurrence in self._database.rows(MOMENTS, params):
                moment = {
                    "channel": channel,
                    "due": due,
                    "expires": expires,
                    "occurrence": occurrence,
                }
                total = free = flying = 0
                held: Counter[Scope] = Counter()
                for state in (State.QUEUED, State.SENDING):
                    for n, unheld, of in self._rows(moment, state, holds):
                        total, free = total + n, free + unheld
                        if state is State.SENDING:
                            flying += n
                        else:
                            held.update(of)
                        yield
                if total:
                    counted = Fanned(**moment, total=total, free=free, flying=flying, held=held)
                    fanned.append(counted)
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
    ) -> Iterator[tuple[int, int, dict[Scope, int]]]:
        """Yield, step by step, how many messages of one moment are in this state, how many of them
        no hold of a part of the people keeps back, and how many each of these keeps back.
        """
        after: int | None = 0
        each = (
            _UNHELD.format(held=holds.people),
            *(_OF.format(test) for _, test in holds.of_people),
        )
        sql = f"SELECT count(*), max(d.recipient), {', '.join(each)} FROM {_STEP_OF_ROWS}"
        while after is not None:
            params = {**moment, **holds.params, "state": int(state), "after": after, "step": STEP}
            n, last, free, *many = self._database.rows(sql, params)[0]
            yield n, free, {of[0]: m for of, m in zip(holds.of_people, many, strict=True) if m}
            after = last if n == STEP else None


_PEOPLE = (
    "SELECT count(*), max(p.id), count(*) FILTER (WHERE p.status ="
    f" {int(Status.ACTIVE)} AND p.joined <= :due AND p.named_only <= :named) FROM (SELECT id,"
    " status, joined, named_only FROM person WHERE place = :place AND id > :after ORDER BY id LIMIT"
    " :step) p"
)

_STEP_OF_ROWS = (
    "(SELECT occurrence, channel, recipient FROM delivery WHERE channel = :channel AND due = :due"
    f" AND expires = :expires AND occurrence = :occurrence AND state IN ({MOVING}) AND state ="
    " :state AND recipient > :after ORDER BY recipient LIMIT :step) d"
)

_UNHELD = "count(*) FILTER (WHERE 1 = 1{held})"

_OF = "count(*) FILTER (WHERE {})"

_SPEAKS = (
    f"SELECT c.id FROM channel c WHERE :language = '' OR {tag('c.language', ':language')} ORDER BY"
    " c.id"
)

_LATE_PLANNED = (
    "SELECT d.occurrence, d.channel, count(*) FROM (SELECT occurrence, channel, recipient FROM"
    f" delivery WHERE state IN ({RESTING}) AND state = {int(State.PLANNED)} AND due <= :now AND"
    f" expires <= :now) d WHERE {of_people('d')} GROUP BY d.occurrence, d.channel"
)

_LATE_OF = (
    "SELECT o.campaign, o.action, o.audience, o.day, o.id AS occurrence, c.id AS channel_id, c.name"
    " AS channel FROM occurrence o JOIN channel c ON c.id = :number WHERE o.id = :occurrence AND"
    " :channel IN ('', c.name) AND :campaign IN ('', o.campaign) AND (:action = '' OR"
    f" {of_action('o', ':action')})"
)


def _late(*, audience: int, day: str, **columns: Any) -> Late:
    return Late(audience=Audience(audience), day=date.fromisoformat(day), **columns)
