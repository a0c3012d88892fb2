"""What is said of an event from now on to who signed up, and what counts as a change of it.

Its date and whether it takes place, its place in the campaign's own language, and its link: who
signed up is told of a change of these, with what it was before. A place or link of which nothing
was known is no change while a reminder is still to come, which says it; and neither is another
title, nor another translation.
"""

from datetime import UTC, datetime, time, timedelta

from bot.jobs.services import Services
from bot.model import Campaign
from bot.model.events import KEPT_DAYS, EventKey, NoteKind, PlannedEvent
from bot.model.events.said import EventFacts, SaidOfEvent
from bot.model.words import EventWords
from bot.rules.events.when import is_off, is_reminded
from bot.times import epoch


def key_of(campaign: Campaign, event: PlannedEvent) -> EventKey:
    """Return which event it is, this time."""
    return EventKey(campaign.id, event.id, event.slot)


def said(services: Services, campaign: Campaign, event: PlannedEvent, now: datetime) -> SaidOfEvent:
    """Return how often what those who signed up are told of an event has changed; what differs now
    is kept, and counts up where it is a change.
    """
    store, key = services.store.events, key_of(campaign, event)
    last, facts = store.said(key), facts_of(services, campaign, event)
    digest = f"{event.start} {event.end} {'off' if facts.off else ''}".strip()
    if last is None:
        return _say(services, key, SaidOfEvent(digest=digest, sequence=0, dated=0), facts, event)
    before = store.facts(key, last.sequence)
    if before == facts and last.digest == digest:
        return last
    late = is_reminded(event, now, services.today(now))
    if last.digest != digest:
        changed = last.sequence + 1
        now_said = SaidOfEvent(digest=digest, sequence=changed, dated=changed)
    elif before is not None and _is_elsewhere(before, facts, campaign.language, late=late):
        now_said = SaidOfEvent(digest=digest, sequence=last.sequence + 1, dated=last.dated)
    else:
        now_said = last
    return _say(services, key, now_said, facts, event)


def _say(
    services: Services,
    key: EventKey,
    now_said: SaidOfEvent,
    facts: EventFacts,
    event: PlannedEvent,
) -> SaidOfEvent:
    services.store.events.say(key, now_said, facts)
    # whoever waits for a day that nobody knows yet is kept as long as was said of the one before
    if event.last_day is not None:
        services.store.events.keep_until(key, until(event))
    return now_said


def until(event: PlannedEvent) -> int:
    """Return when it is deleted who signed up for an event whose day is known, in epoch seconds."""
    assert event.last_day is not None  # asked of no other  # noqa: S101
    return epoch(datetime.combine(event.last_day, time(), UTC) + timedelta(days=KEPT_DAYS + 1))


def facts_of(services: Services, campaign: Campaign, event: PlannedEvent) -> EventFacts:
    """Return what the data say of an event."""
    words = {
        tag: services.renderer.words(campaign, tag).events.get(event.id) or EventWords()
        for tag in campaign.languages
    }
    link = campaign.links.get(event.link or "")
    return EventFacts(
        start=event.start.isoformat() if event.start else "",
        end=event.end.isoformat() if event.end else "",
        month=event.month.isoformat() if event.month else "",
        off=is_off(event),
        link=link.url if link else "",
        titles={tag: own.title or event.id for tag, own in words.items()},
        places={tag: own.place for tag, own in words.items() if own.place},
        zone=str(event.starts.tzinfo) if event.starts else "",
    )


def _is_elsewhere(before: EventFacts, facts: EventFacts, language: str, *, late: bool) -> bool:
    """Return whether it takes place elsewhere than was said."""
    pairs = (
        (before.places.get(language, ""), facts.places.get(language, "")),
        (before.link, facts.link),
    )
    return any(old != new and (old or late) for old, new in pairs)


def news(before: EventFacts | None, facts: EventFacts) -> NoteKind | None:
    """Return what somebody who knows an event as it was `before` is told of it, as it is now; None
    where nothing is new to them.
    """
    was_off = before is not None and before.off
    if facts.off:
        return None if was_off else NoteKind.OFF
    if was_off:
        return NoteKind.ON
    return NoteKind.MOVED if before is None or _differs(before, facts) else None


def _differs(before: EventFacts, facts: EventFacts) -> bool:
    place = before.places != facts.places or before.link != facts.link
    return place or before.date != facts.date
