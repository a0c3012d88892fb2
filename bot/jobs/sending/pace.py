"""The pace of an account, by its network's limits, its channels' tables and whether people chat
with it.
"""

from collections.abc import Sequence
from typing import Any

from bot.jobs.services import Services
from bot.model import Channel
from bot.rules.pacing import Pacer, State

RESERVE = 5
"""Most messages a second that replies and broadcasts leave each other; a tenth of the limit where
that is less.
"""


def pacer(
    services: Services, channels: Sequence[Channel], state: State | None, moment: float
) -> Pacer:
    """Return the pacer of the account whose channels these are, at least one; `state` is what it
    goes on from, if anything, at the epoch second `moment`.
    """
    limits = services.networks[channels[0].name].limits
    limit = min([limits.per_second, *(c.per_second for c in channels if c.per_second)])
    pace: dict[str, Any] = {
        "limit": limit,
        "now": moment,
        "window": services.pacing_window,
        "per_day": limits.per_day,
        "reserve": _reserve(services, channels, limit),
    }
    return Pacer.from_state(state, **pace) if state else Pacer(**pace)


def _reserve(services: Services, channels: Sequence[Channel], limit: float) -> int:
    """Return how many messages a second replies and broadcasts leave each other: 0 where nobody
    chats with this account.
    """
    chats = any(
        c.nudges and services.networks[c.name].BUTTONS and c.name not in services.dry
        for c in channels
    )
    return min(RESERVE, int(limit) // 10) if chats else 0
