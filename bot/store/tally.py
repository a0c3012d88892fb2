"""Past occurrences as counts: how far their deliveries are counted, and what must be counted again.

The table `tally` holds, per occurrence, channel, state and day, how many deliveries have ended so.
Its counts stand for rows that nobody reads any more when counting: those of an occurrence that is
`COUNTED`, and those that were pruned. Of an occurrence before that, the rows are the counts. So
what moves often, on the way out, counts nothing; whatever touches a row that has ended, or adds
one, calls `reopen` in its transaction.
"""

from collections.abc import Iterable
from enum import IntEnum

from bot.model import State
from bot.store.db import Database
from bot.store.states import listed


class Stage(IntEnum):
    """How far the deliveries of an occurrence have become counts."""

    #: its rows are counted when somebody asks
    OPEN = 0
    #: being counted, in steps; any change lets it begin anew
    COUNTING = 1
    #: what has ended is in `tally`; the rows are still there
    COUNTED = 2
    #: counted, and it has no row of a nudge: none is left, or only posts were made
    PRUNED = 3


ENDED = listed((State.SENT, State.FAILED, State.SKIPPED, State.CANCELLED))
"""States that are kept as counts."""

NOT_COUNTED = f"stage < {int(Stage.COUNTED)}"
"""The condition of the partial index over the occurrences whose rows are still counted."""

DAY = 86_400
"""Seconds: the day in `tally` is the number of the UTC day on which a delivery was due."""


def reopen(database: Database, occurrences: Iterable[int]) -> None:
    """Have the rows of these occurrences counted anew, since one was added or has left its state.

    Belongs into the transaction of the change, after it. What was pruned stays counted.
    """
    for occurrence in set(occurrences):
        if database.execute(_OPEN, {"occurrence": occurrence}):
            database.execute(_ONLY_PRUNED, {"occurrence": occurrence})


_OPEN = f"UPDATE occurrence SET stage = {int(Stage.OPEN)} WHERE id = :occurrence AND stage > 0"

BEGIN_ANEW = f"UPDATE occurrence SET stage = {int(Stage.OPEN)} WHERE stage = {int(Stage.COUNTING)}"
"""What is being counted just now is counted from its first row again."""

_ONLY_PRUNED = (
    "UPDATE tally SET n = pruned, posts = 0 WHERE occurrence = :occurrence AND n > pruned"
)
