"""Pauses that end by themselves: nudges come again from the day on which a person wanted them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfoNotFoundError

from bot.jobs.services import Services
from bot.model.person import Status
from bot.rules import dates

_AHEAD = timedelta(days=1)
"""How much further than in UTC the calendar may be somewhere."""


def run(services: Services, now: datetime) -> int:
    """End the pauses whose day has come where the person lives; return how many these were.

    Where nobody knows the person's zone it waits until it is corrected.
    """
    store, ended = services.store, 0
    with store.transaction():
        for pause in store.subscribers.pauses((now + _AHEAD).date()):
            today = _today(pause.zone, now)
            if today is not None and pause.until <= today:
                store.subscribers.pause(pause.person, None)
                ended += store.people.change(pause.person, Status.PAUSED, Status.ACTIVE)
    return ended


def _today(zone: str, now: datetime) -> date | None:
    try:
        return now.astimezone(dates.zone(zone)).date()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None  # planning tells of it
