"""Dated actions as an iCalendar file (RFC 5545): all-day events that calendar apps may fetch again
and again.

A UID depends on nothing but which instance of which action it is, so a moved day or a new wording
changes the event and adds none.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from bot.model import Audience
from bot.text import has_hashtag

if TYPE_CHECKING:
    import icalendar


@dataclass(frozen=True, kw_only=True)
class Event:
    """One day of one action for one audience, in one language."""

    campaign: str
    action: str
    audience: Audience
    #: as in `bot.model.Occurrence`
    slot: int
    day: date
    title: str
    #: what people may share; None where there is nothing to share
    text: str | None
    #: with '#'
    hashtags: tuple[str, ...]
    #: URLs; the first becomes the event's own
    links: tuple[str, ...]
    categories: tuple[str, ...]

    @property
    def uid(self) -> str:
        """Return an identifier that never changes for this instance of the action."""
        return f"{self.campaign}-{self.action}-{self.audience.word}-{self.slot}@drumbeat"


def calendar(
    events: Iterable[Event], *, name: str, stamp: datetime, modified: datetime | None = None
) -> bytes:
    """Return the file as bytes: UTF-8, long lines folded, lines ended by CRLF.

    `stamp` (aware) is when the file was made; `modified` (aware) is when its data last changed, and
    is left out where that is not known.
    """
    import icalendar

    whole = icalendar.Calendar()
    whole.add("prodid", "-//drumbeat//drumbeat//EN")
    whole.add("version", "2.0")
    # METHOD:PUBLISH tells readers of events and invites nobody
    whole.add("method", "PUBLISH")
    whole.add("name", name)
    whole.add("x-wr-calname", name)
    for event in events:
        whole.add_component(_component(event, stamp, modified))
    return bytes(whole.to_ical())


def _component(event: Event, stamp: datetime, modified: datetime | None) -> "icalendar.Event":
    import icalendar

    component = icalendar.Event()
    component.add("uid", event.uid)
    component.add("dtstamp", stamp)
    component.add("dtstart", event.day)
    component.add("dtend", event.day + timedelta(days=1))
    component.add("summary", event.title)
    # an action makes nobody busy
    component.add("transp", "TRANSPARENT")
    if modified:
        component.add("last-modified", modified)
    if description := _description(event):
        component.add("description", description)
    if event.links:
        component.add("url", event.links[0])
    if event.categories:
        component.add("categories", list(event.categories))
    return component


def _description(event: Event) -> str:
    """Join the text, the hashtags that it lacks, and the links that it lacks."""
    text = event.text or ""
    tags = " ".join(tag for tag in event.hashtags if not has_hashtag(text, tag))
    links = "\n".join(link for link in event.links if link not in text)
    return "\n\n".join(part for part in (text, tags, links) if part)
