"""What those who signed up for an event are told, when: reminders a week, a day and an hour before,
at their own hour where the day is all that counts; whether they were there; the recording; and at
once each new date, place and link, that it was called off, and that it takes place after all. What
the data have no longer is `gone`.

A message goes into the outbox some time before it is due, and whether it still concerns somebody is
asked when it leaves (`bot.jobs.texts.events.concerns`).
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfoNotFoundError

from bot.jobs.events import gone
from bot.jobs.events.news import spread
from bot.jobs.events.saying import key_of, said
from bot.jobs.events.signing import MOST, fill, tell
from bot.jobs.services import Services
from bot.model import Campaign
from bot.model.events import (
    STAGES,
    EventNote,
    EventState,
    NoteKind,
    PlannedEvent,
)
from bot.model.events.guests import Told
from bot.rules import dates
from bot.rules.events.when import dated, is_off, is_over
from bot.rules.journey import Met
from bot.times import epoch

_BEFORE = {NoteKind.WEEK: 7, NoteKind.DAY: 1}
"""Days before an event, on the calendar of who is reminded."""

_AN_HOUR = timedelta(hours=1)
_A_DAY = timedelta(days=1)


def run(services: Services, now: datetime) -> int:
    """Tell guests of active campaigns' events what is due; return how many messages were put into
    the outbox, or passed by since they come too late.
    """
    today = services.today(now)
    told = sum(
        look(services, campaign, event, now) for campaign, event in _of_guests(services, today)
    )
    return told + gone.look(services, now)


def opens(event: PlannedEvent, kind: NoteKind) -> datetime | None:
    """Return from when on messages of this kind are put into the outbox; None where that hangs on
    no day of the event's, or this is not known.
    """
    if event.day is None or event.last_day is None:
        return None
    if kind in _BEFORE:
        return _midnight(event.day) - timedelta(days=_BEFORE[kind] + 1)
    if kind is NoteKind.HOUR:
        return event.starts - 2 * _AN_HOUR if event.starts else None
    return event.ends or _midnight(event.last_day + _A_DAY)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _of_guests(services: Services, today: date) -> Iterator[tuple[Campaign, PlannedEvent]]:
    """Yield the events for which people sign up, or once could: who did hears of them though nobody
    else signs up any more.
    """
    for campaign in services.active:
        for each in campaign.events:
            event = dated(each, campaign.observances, today)
            if event.signup or services.store.events.said(key_of(campaign, event)):
                yield campaign, event


def look(services: Services, campaign: Campaign, event: PlannedEvent, now: datetime) -> int:
    """Tell the guests of one event what is due; return how many messages that are."""
    today = services.today(now)
    with services.store.transaction():
        now_said = said(services, campaign, event, now)
        over = is_over(event, now, today)
        # a date that is corrected afterwards is no news to anybody
        steps = 0 if over else spread(services, key_of(campaign, event), event, now_said, now)
        if is_off(event) or event.day is None:
            return steps
        steps += fill(services, campaign, event, now)
        for stage, kind in enumerate(STAGES, 1):
            if _is_near(campaign, event, kind, now, over=over):
                note = EventNote(key=key_of(campaign, event), kind=kind, sequence=now_said.dated)
                steps += _remind(services, event, note, stage, now)
    return steps


def _is_near(
    campaign: Campaign, event: PlannedEvent, kind: NoteKind, now: datetime, *, over: bool
) -> bool:
    """Return whether it is time to put these messages into the outbox."""
    first = opens(event, kind)
    if kind in _BEFORE or kind is NoteKind.HOUR:
        return not over and first is not None and first <= now
    link = campaign.links.get(event.recording or "")
    recorded = event.state is EventState.HELD and link is not None and bool(link.url)
    return over and (recorded or kind is NoteKind.AFTER)


def _remind(
    services: Services, event: PlannedEvent, note: EventNote, stage: int, now: datetime
) -> int:
    guests = services.store.events.untold(note.key, stage, MOST)
    for guest in guests:
        services.store.events.told(guest.guest, stage)
        due, ends = _due(services, event, note.kind, guest, now)
        # who signed up later knows already
        if guest.at < epoch(due) and now < ends:
            tell(services, event, note, guest, due, ends - due)
    return len(guests)


def _due(
    services: Services, event: PlannedEvent, kind: NoteKind, guest: Told, now: datetime
) -> tuple[datetime, datetime]:
    """Return when somebody is told, and from when on it would be too late: what is said of tomorrow
    is wrong on the day after.
    """
    if kind is NoteKind.HOUR and event.starts is not None:
        return event.starts - _AN_HOUR, event.starts
    if kind not in _BEFORE:
        return now, now + 7 * _A_DAY
    met = _met(services, guest)
    day = event.starts.astimezone(met.zone).date() if event.starts else event.day
    assert day is not None  # asked of no other  # noqa: S101
    told = day - timedelta(days=_BEFORE[kind])
    return met.at(told), dates.instant(told + _A_DAY, 0, met.zone)


def _met(services: Services, guest: Told) -> Met:
    try:
        zone = dates.zone(guest.place.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = dates.zone("UTC")  # planning tells of it
    return Met(zone=zone, minute=guest.place.minute, quiet=services.settings.quiet)
