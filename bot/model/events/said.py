"""What those who signed up for an event were told of it: kept, so that a change can be told with
what it was before, also once the data say nothing of the event any more.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.model.events import EventState, PlannedEvent


@dataclass(frozen=True, kw_only=True)
class SaidOfEvent:
    """How often what was said of an event has changed."""

    #: its date, and whether it takes place, in a form that only compares
    digest: str
    #: how often any of it has changed
    sequence: int
    #: `sequence` of the last change of its date, which reminders speak of
    dated: int


@dataclass(frozen=True, kw_only=True)
class EventFacts:
    """What was said of an event; what nobody knew is empty."""

    #: ISO 8601: an instant with its offset, or a day
    start: str
    end: str
    #: the first day of the month
    month: str
    off: bool
    #: an address
    link: str
    #: by language
    titles: Mapping[str, str]
    places: Mapping[str, str]
    #: IANA name of the event's zone; '' where it has no hour, or what was said is from before this
    zone: str = ""

    @property
    def text(self) -> str:
        """Return it as it is kept."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> Self:
        """Return what is kept as `text`."""
        return cls(**json.loads(text))

    @property
    def date(self) -> tuple[str, str, str]:
        """Return all that says when it is."""
        return self.start, self.end, self.month

    def event(self, name: str, slot: int) -> PlannedEvent:
        """Return the event with this id as it was then."""
        return PlannedEvent(
            id=name,
            source="",
            start=_when(self.start, self.zone),
            end=_when(self.end, self.zone),
            month=_when(self.month),
            state=EventState.CANCELLED if self.off else EventState.PLANNED,
            slot=slot,
        )


def _when(text: str, zone: str = "") -> date | None:
    if "T" not in text:
        return date.fromisoformat(text) if text else None
    moment = datetime.fromisoformat(text)
    try:
        return moment.astimezone(ZoneInfo(zone)) if zone else moment
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return moment  # this machine doesn't know the zone; the offset stands in the text
