"""Events as staff see them: when each is, and how many come, wait and were there; nobody's name."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from bot.jobs.events.saying import key_of
from bot.jobs.services import Services
from bot.model import Campaign
from bot.model.events import EventCounts, PlannedEvent
from bot.rules.events.when import dated, is_over, takes


@dataclass(frozen=True, kw_only=True)
class EventRow:
    """An event, and how many people it has."""

    campaign: Campaign
    #: as it is this time, where it comes each year
    event: PlannedEvent
    counts: EventCounts
    #: people can sign up for it now
    takes: bool
    over: bool


def board(services: Services, now: datetime, campaign: str | None = None) -> list[EventRow]:
    """Return the events of active campaigns, or of one of them, by day; those whose day nobody
    knows come last.
    """
    today = services.today(now)
    rows = _rows(services, now, today, campaign)
    return sorted(rows, key=lambda row: row.event.day or row.event.month or date.max)


def _rows(services: Services, now: datetime, today: date, only: str | None) -> Iterator[EventRow]:
    for campaign in services.active:
        for each in campaign.events if only in (None, campaign.id) else ():
            event = dated(each, campaign.observances, today)
            yield EventRow(
                campaign=campaign,
                event=event,
                counts=services.store.events.counts(key_of(campaign, event)),
                takes=takes(event, now, today),
                over=is_over(event, now, today),
            )
