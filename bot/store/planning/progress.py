"""How far a broadcast to people is: of how many rows how many have left, or ended otherwise.

A broadcast may have a million rows, which no index counts. They are read in steps, and the count is
kept for some seconds, so that all who watch share it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.model import State
from bot.store.db import Database
from bot.store.states import listed
from bot.store.topic import Topic

STEP = 5_000
"""Most rows that one step reads, for a millisecond or two."""

KEPT = 20
"""Seconds after which it is counted anew, while somebody watches."""


@dataclass(frozen=True, kw_only=True)
class Gone:
    """The messages of an occurrence to people on one channel, as they were counted."""

    #: all that have fanned out
    rows: int
    sent: int
    #: sent, and all else that no longer waits
    ended: int


class Progress(Topic):
    """The counts, kept in memory."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._kept: dict[tuple[int, int], tuple[int, Gone]] = {}

    def last(self, occurrence: int, channel: int) -> Gone | None:
        """Return the last count; None before the first."""
        kept = self._kept.get((occurrence, channel))
        return kept[1] if kept is not None else None

    def steps(self, occurrence: int, channel: int, now: int) -> Iterator[None]:
        """Count anew where the last count is old, in steps between which others may have their
        turn. While one counts, others go by the count before.
        """
        key = (occurrence, channel)
        at, before = self._kept.get(key, (-KEPT, Gone(rows=0, sent=0, ended=0)))
        if 0 <= now - at < KEPT:
            return
        self._drop_old(now)
        self._kept[key] = (now, before)
        rows = sent = ended = after = 0
        while True:
            n, last, left, over = self._database.rows(
                _COUNT,
                {"occurrence": occurrence, "channel": channel, "after": after, "step": STEP},
            )[0]
            rows, sent, ended = rows + n, sent + left, ended + over
            if n < STEP:
                break
            after = last
            yield
        self._kept[key] = (now, Gone(rows=rows, sent=sent, ended=ended))

    def _drop_old(self, now: int) -> None:
        """Forget what nobody has watched for a while."""
        self._kept = {
            key: kept for key, kept in self._kept.items() if 0 <= now - kept[0] < _WATCHED
        }


_WATCHED = 3600
"""Seconds for which the count of a broadcast is kept that nobody watches."""

_GOING = listed((State.PLANNED, State.AWAITING_APPROVAL, State.QUEUED, State.SENDING))

_COUNT = (
    f"SELECT count(*), max(recipient), count(*) FILTER (WHERE state = {int(State.SENT)}), count(*)"
    f" FILTER (WHERE state NOT IN ({_GOING})) FROM (SELECT recipient, state FROM delivery WHERE"
    " occurrence = :occurrence AND channel = :channel AND recipient > :after ORDER BY recipient"
    " LIMIT :step) few"
)
