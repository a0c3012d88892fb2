"""What a list has of a delivery: its columns, the tables beside it, and the entry made of them."""

from datetime import date
from functools import lru_cache
from typing import Any

from bot.model import Audience, DeliveryKey, State
from bot.model.outbox import Entry
from bot.store.states import MOVING, UNSENT

COLUMNS = (
    "SELECT d.occurrence, d.channel AS channel_id, d.recipient, o.campaign, o.action, o.audience,"
    " o.slot, o.day, c.name AS channel, c.network, p.language, coalesce(p.pledge, 0) AS pledge,"
    " d.state, d.attempts, d.due, d.expires, r.receipt, r.url, r.error, CASE WHEN d.state NOT IN"
    # what an earlier try said is not what leaves with the next
    f" ({UNSENT}, {MOVING}) THEN r.text END AS text, CASE WHEN d.state ="
    f" {int(State.SENT)} THEN r.at END AS sent"
)

BESIDE = (
    "JOIN occurrence o ON o.id = d.occurrence JOIN channel c ON c.id = d.channel LEFT JOIN"
    " person p ON p.id = d.recipient AND d.recipient > 0 LEFT JOIN result r ON r.occurrence ="
    " d.occurrence AND r.channel = d.channel AND r.recipient = d.recipient"
)

ENTRY = f"{COLUMNS} FROM delivery d {BESIDE}"

# a look-up takes a third of what it takes to call the enum, and lists have a million rows
_AUDIENCES = {int(audience): audience for audience in Audience}
_STATES = {int(state): state for state in State}


@lru_cache(maxsize=1_000)
def _day(text: str) -> date:
    return date.fromisoformat(text)


def as_entry(
    *,
    occurrence: int,
    channel_id: int,
    recipient: int,
    audience: int,
    day: str,
    pledge: int,
    state: int,
    **columns: Any,
) -> Entry:
    """Return the entry of a row with these columns."""
    # all fields at once: a frozen class sets each by a call, and lists have a million rows
    entry = object.__new__(Entry)
    vars(entry).update(
        columns,
        key=DeliveryKey(occurrence, channel_id, recipient),
        audience=_AUDIENCES[audience],
        day=_day(day),
        pledge=bool(pledge),
        state=_STATES[state],
    )
    return entry
