"""What programs are told of how things are: numbers alone, and of people nothing."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.jobs.operations import status
from bot.jobs.services import Services
from bot.times import epoch

BACK = timedelta(days=30)
"""Posts whose time ended longer ago are not counted."""


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """How things are, in numbers."""

    #: posts of the last 30 days and to come, by the word of their state
    posts: dict[str, int]
    #: channels by state: live, dry, paused, held, resting
    channels: dict[str, int]
    holds: int
    #: what somebody should look at
    alarms: int


def numbers(services: Services, now: datetime) -> Numbers:
    """Return how things are now."""
    store = services.store
    channels = status.channels(services.settings, store, services.dry, now)
    states = store.browsing.count_posts(epoch(now - BACK))
    return Numbers(
        posts={state.word: number for state, number in states.items()},
        channels=dict(Counter(channel.state for channel in channels)),
        holds=len(store.holds.all()),
        alarms=len(store.alerts.current()),
    )
