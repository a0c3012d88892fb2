"""The calendar feed of a campaign: what it asks for by day and its events, for apps that fetch it
again and again.

What a feed says follows from the data alone; what it said before is remembered in the store, so
that a change counts up, what was taken out is called off, and a feed knows since when it says what
it says (`bot.rules.ics`). Only what somebody was given is remembered.
"""

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from bot.jobs.campaigns.calendar import LIST, CalendarEntry, of_action, sayable, window
from bot.jobs.services import Services
from bot.languages import nearest
from bot.model import Action, Audience, Campaign, Role
from bot.render import Renderer
from bot.rules import colours, ics, planner
from bot.rules.events import calendars

Pages = Callable[[str, str, str | None], str]
"""Gives the whole address of the public page of an action, from language, campaign and action; of
the campaign, without an action; of its events for `EVENTS`.
"""

EVENTS = ics.MARK
"""Stands for all of a campaign's events where `Pages` takes an action."""

_FALLBACK = "en"
"""The language whose words stand for those that pages lack in another."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which feed is wanted."""

    campaign: Campaign
    #: the tag of the language in which pages are read
    language: str
    #: None: all in one
    audience: Audience | None = None
    #: an action's id, for its days alone, or what stands for an event
    #: (`bot.rules.events.calendars.name`); None: all
    action: str | None = None
    pages: Pages
    #: the feed's own address
    source: str | None = None


@dataclass(frozen=True, kw_only=True)
class Feed:
    """A feed as it is given: the same data give the same bytes."""

    content: bytes
    #: since when it says this; aware, in full seconds
    modified: datetime
    events: int


def span(campaign: Campaign, today: date) -> tuple[date, date]:
    """Return the first and last day of a feed: those of a dated campaign, else of this year and the
    next, within its own.
    """
    start, end = window(campaign, None, today)
    if campaign.start and campaign.end:
        return start, end
    return start, min(date(end.year + 1, 12, 31), campaign.end or date.max)


async def feed(services: Services, wanted: Wanted, now: datetime) -> Feed:
    """Return a feed, and remember what it says; a store that can't be written remembers nothing.

    Between two actions others have their turn, since a year's texts take a quarter of a second.
    Raises `RenderError` for a broken template, `StoreError`.
    """
    campaign, moment = wanted.campaign, now.replace(microsecond=0)
    today = services.today(now)
    days = span(campaign, today)
    said = dict[ics.Key, ics.Event]()
    for action in campaign.actions:
        if wanted.action not in (None, action.id):
            continue
        said |= {event.key: event for event in _of(services.renderer, wanted, action, days, today)}
        await asyncio.sleep(0)
    said |= {event.key: event for event in _events(services.renderer, wanted, days)}
    published = _remembered(services, wanted, said, days[0], moment)
    chosen = [
        (said.get(key) or _gone(state, wanted, services.renderer), state)
        for key, state in published.items()
    ]
    content = await asyncio.to_thread(ics.calendar, chosen, _about(services, wanted))
    modified = max((state.modified for _, state in chosen), default=moment)
    if wanted.action is None:
        modified = _since(services, wanted, content, modified, moment)
    return Feed(content=content, modified=modified, events=len(chosen))


def _of(
    renderer: Renderer, wanted: Wanted, action: Action, days: tuple[date, date], today: date
) -> list[ics.Event]:
    campaign = wanted.campaign
    speaks = nearest(wanted.language, campaign.languages) or campaign.language
    listed = of_action(
        campaign,
        action,
        renderer,
        days=days,
        language=speaks,
        today=today,
        audiences=(wanted.audience,) if wanted.audience else tuple(Audience),
    )
    said = events(campaign, listed, renderer, speaks)
    return [addressed(event, campaign, wanted.language, renderer, wanted.pages) for event in said]


def addressed(
    event: ics.Event, campaign: Campaign, language: str, renderer: Renderer, pages: Pages | None
) -> ics.Event:
    """Return the event with its page, where there are pages, and with what is said of its audience.

    Both are in the language of pages, which may have other tags than a campaign.
    """
    page = pages(language, event.campaign, event.action) if pages else None
    whom = audiences(renderer, campaign, language).get(event.audience.word, "")
    return replace(event, page=page, whom=whom)


def _events(renderer: Renderer, wanted: Wanted, days: tuple[date, date]) -> list[ics.Event]:
    campaign = wanted.campaign
    words = renderer.words(campaign, wanted.language)
    below = wanted.pages(wanted.language, campaign.id, EVENTS)
    listed = calendars.said(campaign, words, below, days)
    return [event for event in listed if wanted.action in (None, event.action)]


def _remembered(
    services: Services,
    wanted: Wanted,
    said: Mapping[ics.Key, ics.Event],
    start: date,
    now: datetime,
) -> dict[ics.Key, ics.Published]:
    """Return what is published of what is wanted, after remembering it."""
    feeds, campaign, language = services.store.feeds, wanted.campaign.id, wanted.language
    with nullcontext() if services.store.readonly else services.store.transaction():
        known = [
            each
            for each in feeds.published(campaign, language)
            if wanted.audience in (None, each.audience) or calendars.is_event(each.action)
            if wanted.action in (None, each.action)
            # what is over is gone without being called off
            if each.day >= start or each.key in said
        ]
        current = ics.revised(said.values(), known, now)
        if services.store.readonly:
            return current
        if new := set(current.values()).difference(known):
            feeds.drop_before(campaign, language, start)
            feeds.keep(language, new)
    return current


def _since(
    services: Services, wanted: Wanted, content: bytes, modified: datetime, now: datetime
) -> datetime:
    """Return since when a whole feed says this: its name changes, and what is over leaves it, too,
    without a change of any event.
    """
    digest = hashlib.sha256(content).hexdigest()[:32]
    feeds, place = services.store.feeds, (wanted.campaign.id, wanted.language, wanted.audience)
    last = feeds.changed(*place)
    if last and last[0] == digest:
        return last[1]
    since = max(now, modified, last[1]) if last else modified
    if not services.store.readonly:
        feeds.change(*place, digest, since)
    return since


def _gone(state: ics.Published, wanted: Wanted, renderer: Renderer) -> ics.Event:
    event = addressed(
        ics.called_off(state), wanted.campaign, wanted.language, renderer, wanted.pages
    )
    if wanted.campaign.action(state.action):
        return event
    if calendars.is_event(state.action):
        event = replace(event, whom="")
    return replace(event, page=wanted.pages(wanted.language, state.campaign, None))


def _about(services: Services, wanted: Wanted) -> ics.About:
    renderer, campaign = services.renderer, wanted.campaign
    title = renderer.words(campaign, wanted.language).title
    whom = audiences(renderer, campaign, wanted.language)
    name = whom.get(wanted.audience.word) if wanted.audience else None
    return ics.About(
        name=f"{title} · {name}" if name else title,
        colour=coloured(campaign),
        source=wanted.source,
        page=wanted.pages(wanted.language, campaign.id, None),
        naming=wanted.audience is None and wanted.action is None and is_for_several(campaign),
        note=_rehearsal(renderer, campaign, wanted.language) if services.rehearsal else "",
    )


def coloured(campaign: Campaign) -> tuple[str, str]:
    """Return the campaign's colour as it is, and the name in CSS that comes nearest to it."""
    return campaign.colours.accent, colours.named(campaign.colours.accent)


def _rehearsal(renderer: Renderer, campaign: Campaign, language: str) -> str:
    return str(_words(renderer, campaign, language)["site"]["rehearsal"])


def is_for_several(campaign: Campaign) -> bool:
    """Return whether the campaign asks more than one audience for something."""
    return len({each for action in campaign.actions for each in action.audiences}) > 1


def audiences(renderer: Renderer, campaign: Campaign, language: str) -> Mapping[str, str]:
    """Return what is said of each audience on the campaign's pages, by its word."""
    said: Mapping[str, str] = _words(renderer, campaign, language)["audiences"]
    return said


def _words(renderer: Renderer, campaign: Campaign, language: str) -> Mapping[str, Any]:
    return renderer.page_words(campaign, language, fallback=_FALLBACK)


def events(
    campaign: Campaign, listed: Iterable[CalendarEntry], renderer: Renderer, language: str
) -> list[ics.Event]:
    """Return the dated entries as calendar events; an action of a month stands on the day of its
    nudge.

    Where there is nothing to share, as with the steps of a pledge, the text is what is asked.
    """
    dated = [(entry, entry.nudge) for entry in listed if entry.nudge]
    return [
        _event(campaign, entry, day, entry.text or _asked(campaign, entry, renderer, language))
        for entry, day in dated
    ]


def _asked(
    campaign: Campaign, entry: CalendarEntry, renderer: Renderer, language: str
) -> str | None:
    action, audience = campaign.action(entry.id), Audience[entry.audience.upper()]
    if action is None or not renderer.wordings(
        campaign, action, Role.NUDGE, language=language, network=LIST
    ):
        return None
    text = partial(renderer.text, campaign, action, Role.NUDGE, language=language, network=LIST)
    return sayable(partial(text, audience=audience, day=entry.nudge))


def _event(campaign: Campaign, entry: CalendarEntry, day: date, text: str | None) -> ics.Event:
    action = campaign.action(entry.id)
    slots = planner.instances(action, day, day) if action else []
    return ics.Event(
        campaign=entry.campaign,
        action=entry.id,
        audience=Audience[entry.audience.upper()],
        slot=slots[0][1],
        day=day,
        title=entry.title,
        text=text,
        hashtags=entry.hashtags,
        links=entry.links,
        categories=(entry.kind, *(tag.removeprefix("#") for tag in entry.hashtags)),
    )
