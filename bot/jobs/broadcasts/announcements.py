"""Announcements on their way into the outbox, step by step, as waves fan out."""

from collections.abc import Iterator
from datetime import timedelta

from bot.jobs.services import Services

GRACE = timedelta(days=3)
"""The grace of an announcement, which waits for nudges of the same day."""


def run(services: Services) -> int:
    """Bring announcements into the outbox, and return the number of new deliveries."""
    return sum(steps(services))


def steps(services: Services) -> Iterator[int]:
    """Do the same step by step, so that others may have their turn; yield the number of deliveries
    of each step.
    """
    for oneoff in services.store.oneoffs.to_fan_out():
        expires = oneoff.at + int(GRACE.total_seconds())
        while (made := services.store.oneoffs.fan_out(oneoff, expires)) is not None:
            yield made
