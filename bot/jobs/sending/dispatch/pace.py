"""The pace of an account, by its network's limits, its channels' tables and whether people chat
with it; and how many of its messages may be in flight.
"""

from collections.abc import Sequence
from resource import RLIMIT_NOFILE, getrlimit
from typing import Any

from bot.gate import left_for_sending
from bot.jobs.services import Services
from bot.model import Channel
from bot.rules.pacing import Pacer, State

RESERVE = 5
"""Most messages a second that replies and broadcasts leave each other; a tenth of the limit where
that is less.
"""

TOGETHER = 0.1
"""Seconds whose messages leave together where the pace bounds them, so that they share a commit."""

GATHERED = 40
"""Most messages that gather to leave together: at a fast pace, the time in which some wait for
others is lost.
"""

MOST_FLYING = 600
"""Most messages of an account in flight: each holds a connection of this process."""


def most_flying(services: Services) -> int:
    """Return how many messages of an account may be in flight: `MOST_FLYING`, or its part of the
    descriptors that this process may open where they are fewer.
    """
    channels, networks = services.settings.channels.values(), services.networks
    many = {c.account for c in channels if networks[c.name].IN_FLIGHT > 1}
    share = left_for_sending(getrlimit(RLIMIT_NOFILE)[0]) // max(1, len(many))
    return max(1, min(MOST_FLYING, share))


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
