"""Signing up for an event, leaving it, and who gets the place that is free then."""

from datetime import datetime, timedelta

from bot.jobs.events.saying import key_of, said, until
from bot.jobs.services import Services
from bot.jobs.texts import notes
from bot.jobs.texts.events import event_of
from bot.model import Campaign
from bot.model.events import (
    CONSENT,
    NEWS,
    EventKey,
    EventNote,
    NoteKind,
    PlannedEvent,
    Standing,
)
from bot.model.events.guests import Told
from bot.model.subject import EventSoon, OfEvent
from bot.rules.events.when import dated, has_begun, is_off, takes
from bot.times import epoch

MOST = 200
"""People who are told something of one event in one look."""

_AT_ONCE = timedelta(days=1)
"""How long before an event its news go out at night, too."""


def open_events(services: Services, now: datetime) -> list[tuple[Campaign, PlannedEvent]]:
    """Return the events of active campaigns for which people can sign up now, by day."""
    today = services.today(now)
    there = [
        (campaign, event)
        for campaign in services.active
        for each in campaign.events
        if takes(event := dated(each, campaign.observances, today), now, today)
    ]
    return sorted(there, key=lambda pair: pair[1].day or today)


def sign_up(
    services: Services,
    campaign: Campaign,
    event: PlannedEvent,
    person: int,
    wording: str,
    now: datetime,
) -> Standing:
    """Keep that somebody signed up, and that they agreed, in which wording; return whether they
    come or wait. Who had done so before stays as they were.
    """
    store, key, moment = services.store, key_of(campaign, event), epoch(now)
    with store.transaction():
        before = store.events.guest(key, person)
        if before is not None:
            return before.standing
        heard = said(services, campaign, event, now).sequence
        standing = Standing.WAITS if is_full(services, campaign, event) else Standing.COMES
        store.events.join(key, person, standing, heard, until(event), moment)
        store.subscribers.agree(person, CONSENT, wording, moment)
    return standing


def is_full(services: Services, campaign: Campaign, event: PlannedEvent) -> bool:
    """Return whether all places are taken."""
    coming = services.store.events.coming(key_of(campaign, event))
    return event.capacity is not None and coming >= event.capacity


def leave(services: Services, key: EventKey, person: int, now: datetime) -> bool:
    """Delete that somebody signed up, and give their place to who waits, unless the data have the
    event no longer; return False where they hadn't.
    """
    store = services.store
    with store.transaction():
        left = store.events.leave(key, person)
        if left and not store.events.of_person(person):
            store.subscribers.withdraw(person, CONSENT, epoch(now))
        if left and (there := event_of(services, key)):
            fill(services, *there, now)
    return left


def fill(services: Services, campaign: Campaign, event: PlannedEvent, now: datetime) -> int:
    """Give free places, and those of who wants no more messages, to those who wait, and tell them,
    until it begins; return how many.
    """
    store, key = services.store.events, key_of(campaign, event)
    today = services.today(now)
    if is_off(event) or has_begun(event, now, today) or not store.waiting(key, 1):
        return 0
    store.drop_stopped(key)
    free = MOST if event.capacity is None else event.capacity - store.coming(key)
    moved_up = store.waiting(key, min(free, MOST)) if free > 0 else []
    for guest in moved_up:
        store.give_place(guest.guest)
        tell(
            services,
            event,
            EventNote(key=key, kind=NoteKind.PLACE, sequence=guest.guest),
            guest,
            now,
        )
    return len(moved_up)


def tell(
    services: Services,
    event: PlannedEvent,
    note: EventNote,
    guest: Told,
    due: datetime,
    grace: timedelta = notes.GRACE,
) -> None:
    """Put a message about an event into the outbox for somebody who signed up."""
    if services.channel(guest.place.channel) is None:
        return
    number = services.store.events.note(note)
    soon = event.starts is not None and event.starts - due < _AT_ONCE and note.kind in _PRESSING
    notes.send(
        services,
        note.key.campaign,
        EventSoon(number) if soon else OfEvent(number),
        guest.place.audience,
        0,
        guest.person,
        guest.place.channel,
        due,
        grace,
    )


_PRESSING = (NoteKind.HOUR, NoteKind.PLACE, *NEWS)
