"""An event that people can come to as calendar apps have it. Pure."""

from datetime import date

from bot.model import Audience, Campaign
from bot.model.events import PlannedEvent
from bot.model.words import EventWords, Words
from bot.rules import ics
from bot.rules.events.when import each_time, is_off

_FOR = Audience.INDIVIDUAL
"""An event is for everybody, and stands once in each feed."""


def is_event(action: str) -> bool:
    """Return whether this is an event, where calendars have an action's id."""
    return action.startswith(ics.MARK)


def name(event: str) -> str:
    """Return what stands for the event with this id, where calendars have an action's id."""
    return f"{ics.MARK}{event}"


def said(
    campaign: Campaign, words: Words, page: str | None, days: tuple[date, date]
) -> list[ics.Event]:
    """Return the campaign's events from the first of two days on: those that come each year as
    often as they do until the last one. `page` is the address below which their pages stand, None
    without pages.
    """
    told = (each_time(event, campaign.observances, *days) for event in campaign.events)
    return [_said(campaign, event, words, page) for times in told for event in times]


def _said(campaign: Campaign, event: PlannedEvent, words: Words, page: str | None) -> ics.Event:
    own = words.events.get(event.id) or EventWords()
    link = campaign.links.get(event.link or "")
    assert event.day is not None  # whose day is known  # noqa: S101
    return ics.Event(
        campaign=campaign.id,
        action=name(event.id),
        audience=_FOR,
        slot=event.slot,
        day=event.day,
        last=event.last_day if event.last_day != event.day else None,
        hours=(event.starts, event.ends) if event.starts else None,
        title=own.title or event.id,
        text=own.about or None,
        hashtags=(),
        links=(link.url,) if link and link.url else (),
        categories=(),
        page=f"{page}/{event.id}" if page else None,
        place=own.place,
        off=is_off(event),
    )
