"""Events that people can come to, and the steps of a roadmap, as a campaign's data say them; and
who signed up.

Nothing is filled in: an event whose hour nobody knows has a day, one whose day nobody knows a
month.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, IntEnum, StrEnum
from typing import NamedTuple


class EventState(Enum):
    """What became of an event, as the data say it."""

    PLANNED = "planned"
    #: it takes place at another time than was said before
    MOVED = "moved"
    CANCELLED = "cancelled"
    HELD = "held"


@dataclass(frozen=True, kw_only=True)
class PlannedEvent:
    """Something that people can come to; of its times it has those that are known."""

    id: str
    source: str
    #: the named day on which it comes each year; None for an event of its own
    observance: str | None = None
    #: an aware instant in the event's zone, or only its first day; None where neither is known
    start: date | None = None
    #: likewise, never before `start`; as a day it is the last one
    end: date | None = None
    #: first day of the month in which it is, where no day is known
    month: date | None = None
    #: names of link slots: where it is joined, and where its recording can be seen
    link: str | None = None
    recording: str | None = None
    #: BCP 47 tags
    languages: tuple[str, ...] = ()
    organisers: tuple[str, ...] = ()
    #: how many can come; None without a limit
    capacity: int | None = None
    state: EventState = EventState.PLANNED
    #: people sign up for it here
    signup: bool = False
    #: page of the source; '' where it has none
    url: str = ""
    #: the day on which somebody read it there, or in a stored copy of that page
    read: date | None = None
    #: the year of an event that comes each year; 0 for one of its own
    slot: int = 0

    @property
    def starts(self) -> datetime | None:
        """Return the instant at which it begins; None where only a day is known."""
        return self.start if isinstance(self.start, datetime) else None

    @property
    def ends(self) -> datetime | None:
        """Return the instant at which it ends; None where that is unknown."""
        return self.end if isinstance(self.end, datetime) else None

    @property
    def day(self) -> date | None:
        """Return its first day, where it takes place; None where no day is known."""
        return _day(self.start)

    @property
    def last_day(self) -> date | None:
        """Return its last day, where it takes place; None where no day is known."""
        return _day(self.end) or self.day


def _day(when: date | None) -> date | None:
    return when.date() if isinstance(when, datetime) else when


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Where it stands what came of a step."""

    source: str
    #: page of the source; '' where it has none
    url: str = ""
    read: date | None = None


@dataclass(frozen=True, kw_only=True)
class RoadmapStep:
    """Something that a roadmap had planned; its words say for when, and what came of it."""

    id: str
    source: str
    #: id of the event that it is about
    event: str | None = None
    #: None where nobody knows
    came: Outcome | None = None


class EventKey(NamedTuple):
    """Which event it is, this time."""

    campaign: str
    event: str
    #: `PlannedEvent.slot`
    slot: int


class Standing(IntEnum):
    """How somebody stands who signed up; stored, so never renumbered."""

    COMES = 1
    #: until a place is free
    WAITS = 2


class NoteKind(StrEnum):
    """What a message about an event tells; stored."""

    WEEK = "week"
    DAY = "day"
    HOUR = "hour"
    #: it is over: were you there?
    AFTER = "after"
    RECORDING = "recording"
    #: at another time, in another place, or by another link
    MOVED = "moved"
    OFF = "off"
    #: it takes place though it had been called off
    ON = "on"
    #: who waited has a place now
    PLACE = "place"


KEPT_DAYS = 30
"""Days after an event for which it is kept who signed up."""

CONSENT = "events"
"""The purpose of consent to be reminded of events that one signed up for."""

STAGES: tuple[NoteKind, ...] = (
    NoteKind.WEEK,
    NoteKind.DAY,
    NoteKind.HOUR,
    NoteKind.AFTER,
    NoteKind.RECORDING,
)
"""What everybody who comes is told, in its order; how far somebody is counts from 1."""

NEWS = (NoteKind.MOVED, NoteKind.OFF, NoteKind.ON)
"""What everybody who signed up is told when it changes."""


@dataclass(frozen=True, kw_only=True)
class Guest:
    """Somebody who signed up for an event; instants are epoch seconds."""

    id: int
    key: EventKey
    person: int
    standing: Standing
    at: int
    #: when they said that they were there; None while they haven't
    came: int | None
    #: the number of what they were last told of it (`said.SaidOfEvent.sequence`), and of what they
    #: know, which is older where that has not reached them
    heard: int
    knows: int


@dataclass(frozen=True, kw_only=True)
class EventCounts:
    """How many people come to an event, wait for a place, and said that they were there."""

    comes: int
    waits: int
    there: int

    @property
    def people(self) -> int:
        """Return how many signed up: who comes, and who waits."""
        return self.comes + self.waits


@dataclass(frozen=True, kw_only=True)
class EventNote:
    """What a message about an event is about."""

    key: EventKey
    kind: NoteKind
    #: how often what is said of the event, for a reminder its date, had changed by then; of a
    #: `PLACE`, which guest it is for
    sequence: int
