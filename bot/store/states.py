"""States of deliveries as they stand in SQL: their numbers, written into the statement itself.

SQLite uses a partial index only where the index's own condition stands in the statement letter by
letter. `RESTING` and `MOVING` are the conditions of the outbox's two (`bot.store.schema`).
"""

from collections.abc import Iterable
from enum import IntEnum

from bot.model import State


def listed(states: Iterable[IntEnum]) -> str:
    """Return the states' numbers for an `IN (…)`, in the order given."""
    return ", ".join(str(int(state)) for state in states)


RESTING = listed((State.PLANNED, State.AWAITING_APPROVAL, State.UNCERTAIN))
"""The condition of one partial index: rows that wait for a day or a person."""

MOVING = listed((State.QUEUED, State.SENDING))
"""The condition of the other partial index: rows to be claimed, and rows in flight."""

UNSENT = listed((State.PLANNED, State.AWAITING_APPROVAL))
"""Posts that may still be moved or dropped without a trace."""

DECIDED = (
    f"(d.state NOT IN ({listed((State.PLANNED, State.AWAITING_APPROVAL, State.QUEUED))}) AND"
    f" (d.state <> {int(State.CANCELLED)} OR EXISTS (SELECT 1 FROM result r WHERE r.occurrence ="
    " d.occurrence AND r.channel = d.channel AND r.recipient = d.recipient)))"
)
"""Of a row `d` of deliveries: something has become of it, or somebody cancelled it.

What planning cancels has no result: it comes back when the data want it again.
"""
