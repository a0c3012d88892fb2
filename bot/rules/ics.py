"""Dated actions, and events that people can come to, as an iCalendar feed (RFC 5545, with the
properties of RFC 7986), which calendar apps fetch again and again. Pure.

A UID depends on nothing but which instance of which action it is, so a moved day or a new wording
changes the event and adds none. What was last said of each event is remembered (`Published`)::

    not said yet ──► SEQUENCE 0 ──something changed──► SEQUENCE + 1
                         │                                 │
                         └──────────taken out──────────────┴──► STATUS:CANCELLED, SEQUENCE + 1
                                    and put back: confirmed again, SEQUENCE + 1

What the data themselves say was called off is said so as long as they do.

There is no METHOD: that belongs to messages between people (RFC 5546), whose PUBLISH asks for an
organizer. Without it DTSTAMP says when the event was last changed, so that the same data give the
same bytes whenever they are asked for.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from bot.model import Audience
from bot.text import has_hashtag, without_controls

if TYPE_CHECKING:
    import icalendar

REFRESH = timedelta(hours=12)
"""How often apps may ask again: a day that is called off is then known on the day before."""

MARK = "event:"
"""Stands before the id of an event that people can come to, where an action's id stands else."""

Key = tuple[str, str, Audience, int]
"""Campaign, action, audience and slot: which event it is, whatever is said of it."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One day of one action for one audience, or an event that people can come to, as it is said
    in one language.
    """

    campaign: str
    action: str
    audience: Audience
    #: as in `bot.model.Occurrence`
    slot: int
    day: date
    title: str
    #: what people may share or are asked; None where there is nothing to say
    text: str | None
    #: with '#'
    hashtags: tuple[str, ...]
    #: URLs of its link slots
    links: tuple[str, ...]
    categories: tuple[str, ...]
    #: URL of the page about it; None where there are no public pages
    page: str | None = None
    #: what is said of its audience, such as 'For organisations'; '' for nothing
    whom: str = ""
    #: last day, where it takes several
    last: date | None = None
    #: aware instants of its beginning and end, where they are known
    hours: tuple[datetime, datetime | None] | None = None
    place: str = ""
    #: whether it was called off
    off: bool = False

    @property
    def key(self) -> Key:
        """Return which event it is."""
        return self.campaign, self.action, self.audience, self.slot

    @property
    def uid(self) -> str:
        """Return an identifier that never changes for this instance of the action."""
        return f"{self.campaign}-{self.action}-{self.audience.word}-{self.slot}@drumbeat"

    @property
    def url(self) -> str | None:
        """Return where the event leads: to its page, else to its first link."""
        return self.page or next(iter(self.links), None)

    @property
    def description(self) -> str:
        """Return the text, the hashtags and links that it lacks, and its page.

        The title stands for a text that isn't there. Many apps show this and no URL.
        """
        text = self.text or self.title
        tags = " ".join(tag for tag in self.hashtags if not has_hashtag(text, tag))
        links = "\n".join(link for link in self.links if link not in text)
        return "\n\n".join(part for part in (text, tags, links, self.page) if part)

    @cached_property
    def digest(self) -> str:
        """A digest of all that is said, which changes when, and only when, anything of it does."""
        said = (
            self.day.isoformat(),
            self.title,
            self.whom,
            self.description,
            self.url,
            self.categories,
        )
        when = (self.last, *(self.hours or ()), self.place, self.off)
        told = (*said, *map(str, when)) if any(when) else said
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


@dataclass(frozen=True, kw_only=True)
class Published:
    """What was last said of an event in one language."""

    campaign: str
    action: str
    audience: Audience
    slot: int
    day: date
    title: str
    #: `Event.digest`
    digest: str
    #: how often it has changed since it was first said
    sequence: int
    #: the second in which it last changed; aware
    modified: datetime
    cancelled: bool

    @property
    def key(self) -> Key:
        """Return which event it is."""
        return self.campaign, self.action, self.audience, self.slot


@dataclass(frozen=True, kw_only=True)
class About:
    """What is said of a whole feed."""

    name: str
    #: of the campaign: `#rrggbb`, and the name in CSS; None for a file of several campaigns
    colour: tuple[str, str] | None = None
    #: the feed's own address, and that of its page; None where there are no public pages
    source: str | None = None
    page: str | None = None
    #: whether each event says in its title whom it is for, since the feed is for several audiences
    naming: bool = False
    #: what is said of the feed and above each of its events; '' for nothing
    note: str = ""


def revised(
    events: Iterable[Event], known: Iterable[Published], now: datetime
) -> dict[Key, Published]:
    """Return what is published from now on, given what was: of each event, and of each known one
    that is none of them any more.

    `now` (aware) is when what is new or different counts as changed; no event's change ever goes
    back in time.
    """
    before = {each.key: each for each in known}
    current = {event.key: _next(event, before.get(event.key), now) for event in events}
    gone = {key: _cancelled(each, now) for key, each in before.items() if key not in current}
    return current | gone


def _next(event: Event, last: Published | None, now: datetime) -> Published:
    if last and last.cancelled == event.off and last.digest == event.digest:
        return last
    return Published(
        campaign=event.campaign,
        action=event.action,
        audience=event.audience,
        slot=event.slot,
        day=event.day,
        title=event.title,
        digest=event.digest,
        sequence=last.sequence + 1 if last else 0,
        modified=max(now, last.modified) if last else now,
        cancelled=event.off,
    )


def _cancelled(last: Published, now: datetime) -> Published:
    if last.cancelled:
        return last
    return replace(
        last, cancelled=True, sequence=last.sequence + 1, modified=max(now, last.modified)
    )


def called_off(state: Published) -> Event:
    """Return what is left to say of an event that was taken out: its title and its day."""
    return Event(
        campaign=state.campaign,
        action=state.action,
        audience=state.audience,
        slot=state.slot,
        day=state.day,
        title=state.title,
        text=None,
        hashtags=(),
        links=(),
        categories=(),
    )


def calendar(events: Sequence[tuple[Event, Published]], about: About) -> bytes:
    """Return the feed as bytes: UTF-8, lines folded at 75 octets, ended by CRLF.

    The events stand in the order of their days and UIDs, whatever the order in which they come.
    """
    import icalendar

    whole = icalendar.Calendar()
    whole.add("prodid", "-//drumbeat//drumbeat//EN")
    whole.add("version", "2.0")
    title = without_controls(about.name)
    whole.add("name", title)
    whole.add("x-wr-calname", title)
    whole.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    # the same for Outlook
    whole.add("x-published-ttl", icalendar.vDuration(REFRESH))
    if about.note:
        whole.add("description", about.note)
        whole.add("x-wr-caldesc", about.note)
    if about.colour:
        exact, name = about.colour
        # RFC 7986 takes names only, Apple's calendar the colour itself
        whole.add("color", name)
        whole.add("x-apple-calendar-color", exact)
    if about.source:
        whole.add("source", about.source, parameters={"VALUE": "URI"})
    if about.page:
        whole.add("url", about.page)
    for event, state in sorted(events, key=lambda pair: (pair[0].day, pair[0].uid)):
        whole.add_component(_component(event, state, about))
    return bytes(whole.to_ical())


def _component(event: Event, state: Published, about: About) -> "icalendar.Event":
    import icalendar

    component = icalendar.Event()
    component.add("uid", event.uid)
    component.add("sequence", state.sequence)
    component.add("dtstamp", state.modified)
    component.add("last-modified", state.modified)
    component.add("status", "CANCELLED" if state.cancelled else "CONFIRMED")
    _when(component, event)
    title = f"{event.title} · {event.whom}" if about.naming and event.whom else event.title
    component.add("summary", without_controls(title))
    # neither an action nor what others hold makes anybody busy
    component.add("transp", "TRANSPARENT")
    description = "\n\n".join(part for part in (about.note, event.description) if part)
    component.add("description", without_controls(description))
    if event.url:
        component.add("url", without_controls(event.url))
    if event.place:
        component.add("location", without_controls(event.place))
    if event.categories:
        component.add("categories", [without_controls(each) for each in event.categories])
    return component


def _when(component: "icalendar.Event", event: Event) -> None:
    """Add when it is: instants in UTC, which need no table of a zone's changes, or whole days."""
    if event.hours:
        starts, ends = event.hours
        component.add("dtstart", starts.astimezone(UTC))
        if ends:
            component.add("dtend", ends.astimezone(UTC))
        return
    component.add("dtstart", event.day)
    component.add("dtend", (event.last or event.day) + timedelta(days=1))
