"""When an event is: which day a yearly one has, whether it is over, whether one can still sign up.

Pure; `now` is aware.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.model import Observance
from bot.model.events import EventState, PlannedEvent
from bot.rules import dates

_LINGERS = timedelta(days=60)
"""How long the event of a yearly day stays the one of this year, before it is that of the next."""

_YEARS = 30
"""Most years in which a named day is looked for; a 29 February comes within eight."""


def dated(event: PlannedEvent, observances: Mapping[str, Observance], today: date) -> PlannedEvent:
    """Return an event that comes each year as it is this time: with its day, and the year as its
    slot. One of its own stays as it is, and so does one whose named day doesn't come again.
    """
    named = observances.get(event.observance or "")
    if named is None:
        return event
    first = today - _LINGERS
    coming = dates.days(named.when, first, first.replace(day=1, year=first.year + _YEARS))
    if not coming:
        return event
    return replace(event, start=coming[0], slot=coming[0].year)


def each_time(
    event: PlannedEvent, observances: Mapping[str, Observance], first: date, last: date
) -> list[PlannedEvent]:
    """Return an event as often as it comes within these days, both included; one of its own once
    or not at all.
    """
    named = observances.get(event.observance or "")
    days = dates.days(named.when, first, last) if named else []
    own = [event] if event.day and first <= event.day else []
    return [replace(event, start=day, slot=day.year) for day in days] or own


def this_time(
    event: PlannedEvent, observances: Mapping[str, Observance], slot: int
) -> PlannedEvent:
    """Return an event that comes each year as it is in the year that is its slot; one of its own as
    it is.
    """
    if not slot:
        return event
    return next(iter(each_time(event, observances, date(slot, 1, 1), date(slot, 12, 31))), event)


def is_over(event: PlannedEvent, now: datetime, today: date) -> bool:
    """Return whether it has ended: with its end, or where that is unknown with its last day, on the
    calendar of `today`.
    """
    if event.ends:
        return event.ends <= now
    if event.last_day:
        return event.last_day < today
    return event.month is not None and event.month < today.replace(day=1)


_LAST_WORD = timedelta(hours=1)
"""How long before its start who signed up is reminded for the last time."""


def is_reminded(event: PlannedEvent, now: datetime, today: date) -> bool:
    """Return whether those who signed up were reminded for the last time: what is found out after
    that no reminder says.
    """
    if event.starts:
        return event.starts - _LAST_WORD <= now
    return event.day is not None and event.day - timedelta(days=1) <= today


def is_off(event: PlannedEvent) -> bool:
    """Return whether it was called off."""
    return event.state is EventState.CANCELLED


def has_begun(event: PlannedEvent, now: datetime, today: date) -> bool:
    """Return whether nobody can join it from its start any more: with its hour, or where that is
    unknown once it is over.
    """
    return event.starts <= now if event.starts else is_over(event, now, today)


def takes(event: PlannedEvent, now: datetime, today: date) -> bool:
    """Return whether people can sign up for it now."""
    known = event.day is not None and not is_off(event)
    return event.signup and known and not has_begun(event, now, today)
