"""Pauses that end by themselves: nudges come again from the day on which a person wanted them."""

from datetime import datetime, timedelta

from bot.jobs.services import Services
from bot.model.person import Status
from bot.rules import dates

_AHEAD = timedelta(days=1)
"""How much further than in UTC the calendar may be somewhere."""


def run(services: Services, now: datetime) -> int:
    """End the pauses whose day has come where the person lives; return how many these were."""
    store, ended = services.store, 0
    with store.transaction():
        for pause in store.subscribers.pauses((now + _AHEAD).date()):
            if pause.until <= now.astimezone(dates.zone(pause.zone)).date():
                store.subscribers.pause(pause.person, None)
                ended += store.people.change(pause.person, Status.PAUSED, Status.ACTIVE)
    return ended
