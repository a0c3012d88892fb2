"""Events as staff see them: when each is, and how many come, wait and were there; nobody's name."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from bot.jobs.events import gone
from bot.jobs.events.gone import GoneEvent
from bot.jobs.events.saying import key_of
from bot.jobs.services import Services
from bot.jobs.texts.events import event_of
from bot.model.events import EventCounts, EventKey, PlannedEvent
from bot.rules.events.when import dated, is_off, is_over, takes


@dataclass(frozen=True, kw_only=True)
class EventRow:
    """An event, and how many people it has."""

    key: EventKey
    #: as it is this time, where it comes each year; as was last said of it, where it is gone
    event: PlannedEvent
    counts: EventCounts
    #: people can sign up for it now
    takes: bool
    over: bool
    #: the data have it no longer
    gone: bool = False

    @property
    def state(self) -> str:
        """Return what became of it: gone where nobody has said that, else as was last said."""
        return "gone" if self.gone and not is_off(self.event) else self.event.state.value


def board(services: Services, now: datetime) -> list[EventRow]:
    """Return the events of active campaigns by day; those whose day nobody knows come last.

    An event that comes each year stands there also as it was in earlier years, and one that the
    data have no longer, of any campaign, as was last said of it, while it is kept who signed up
    for them.
    """
    listed = [_row(services, *there, now) for there in _listed(services, now)]
    known = {row.key for row in listed}
    return sorted([*listed, *_earlier(services, known, now), *_gone(services, now)], key=_by_day)


def _by_day(row: EventRow) -> date:
    return row.event.day or row.event.month or date.max


def _listed(services: Services, now: datetime) -> Iterator[tuple[EventKey, PlannedEvent]]:
    for campaign in services.active:
        for each in campaign.events:
            event = dated(each, campaign.observances, services.today(now))
            yield key_of(campaign, event), event


def _row(services: Services, key: EventKey, event: PlannedEvent, now: datetime) -> EventRow:
    today = services.today(now)
    return EventRow(
        key=key,
        event=event,
        counts=services.store.events.counts(key),
        takes=takes(event, now, today),
        over=is_over(event, now, today),
    )


def _earlier(services: Services, listed: Collection[EventKey], now: datetime) -> Iterator[EventRow]:
    """Yield the events of earlier years of which it is still kept who signed up."""
    active = {campaign.id for campaign in services.active}
    for key in services.store.events.said_of():
        there = event_of(services, key) if key.campaign in active else None
        if there and key not in listed and services.store.events.counts(key).people:
            yield _row(services, key, there[1], now)


def _gone(services: Services, now: datetime) -> Iterator[EventRow]:
    for each in gone.with_guests(services):
        yield _lost(each, over=is_over(each.event, now, services.today(now)))


def _lost(each: GoneEvent, *, over: bool) -> EventRow:
    return EventRow(
        key=each.key, event=each.event, counts=each.counts, takes=False, over=over, gone=True
    )
