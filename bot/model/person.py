"""Persons: who subscribes, who is written to by e-mail or chat services, and what they write to us.

Integers of the enums are stored in the database: never renumber them. Instants that are read by the
thousand stay epoch seconds, as they are stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any

from bot.model.audience import Audience
from bot.model.pledges.peers import Peer
from bot.model.staff import Actor


class Status(IntEnum):
    """Whether a subscriber gets nudges; integers are stored."""

    ACTIVE = 1
    PAUSED = 2
    STOPPED = 3
    BLOCKED = 4
    #: imported; gets one request to confirm, and nothing else
    UNCONFIRMED = 5
    #: a pledge-maker who has not answered: gets nothing until they write (`bot.rules.journey`)
    SILENT = 6

    @property
    def word(self) -> str:
        """Return the word that stands for it in JSON and on screens."""
        return self.name.lower()


AWAY = frozenset({Status.STOPPED, Status.BLOCKED})
"""People whom nothing reaches before they come back by themselves."""


HEARS = frozenset({Status.ACTIVE, Status.PAUSED, Status.SILENT})
"""People who get news of their pledge, whether or not they get prompts at present."""


@dataclass(frozen=True, kw_only=True)
class NewPerson:
    """Somebody who subscribes and has no id yet."""

    channel: int
    #: chat id on the channel's network
    address: str
    audience: Audience
    #: BCP 47 tag
    language: str
    #: ISO 3166 alpha-2, or None
    country: str | None
    zone: str
    #: wished local minute of the day
    minute: int
    named_only: bool = False
    pledge: bool = False
    #: epoch seconds
    joined: int


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where and when somebody wants to be met."""

    id: int
    channel: int
    audience: Audience
    zone: str
    minute: int


NUDGES = "nudges"
"""The purpose of consent to be written to."""


@dataclass(frozen=True, kw_only=True)
class Subscriber:
    """Somebody who has subscribed at some time."""

    id: int
    address: str
    language: str
    #: ISO 3166 alpha-2, or None
    country: str | None
    zone: str
    #: wished minute of the local day
    minute: int
    audience: Audience
    named_only: bool
    pledge: bool
    status: Status
    #: epoch seconds
    joined: int
    #: group, referrer, city, mastodon, carry_on …
    profile: Mapping[str, Any]
    #: the day of their own calendar on which a pause ends; None for one without an end
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Pause:
    """A pause that ends by itself, on a day of the person's own calendar."""

    person: int
    until: date
    zone: str


@dataclass(frozen=True, kw_only=True)
class Ticked:
    """What somebody said of an action: that they did it, or that they leave it out."""

    campaign: str
    action: str
    slot: int
    #: False: left out
    done: bool
    #: epoch seconds
    at: int

    @property
    def key(self) -> tuple[str, str, int]:
        """Return what identifies the action: campaign, action and slot."""
        return self.campaign, self.action, self.slot


@dataclass(frozen=True, kw_only=True)
class BadZone:
    """An unknown time zone, and how many people have it as theirs."""

    zone: str
    problem: str
    people: int


@dataclass(frozen=True, kw_only=True)
class NewContact:
    """A contact as a line of a CSV file gives it."""

    person: NewPerson
    organisation: str
    #: id of the stakeholder group, or ''
    stakeholder: str
    #: where and how they agreed, and the ISO day; None: they are asked to confirm
    consent_source: str | None
    consent_date: str | None
    #: the line names a zone, or an hour: who is there already moves to it
    zone_given: bool = False
    hour_given: bool = False


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A contact who is there already, and the zone and local minute that a file gives them."""

    person: int
    zone: str
    minute: int


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A contact as it is stored; instants in epoch seconds."""

    person: int
    channel: int
    address: str
    organisation: str
    stakeholder: str
    audience: Audience
    language: str
    country: str | None
    zone: str
    minute: int
    status: Status
    consent_source: str | None
    consent_date: str | None
    asked: int | None
    confirmed: int | None


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What an import did, in numbers."""

    new: int
    #: how many were there already; they stay as they are
    known: int
    #: were asked to confirm, and have agreed otherwise: by a recorded consent
    agreed: int
    #: were blocked, and get messages again: their persons' ids
    back: tuple[int, ...]
    #: had unsubscribed or were removed; nobody writes to them again
    left: int
    #: addresses of the new ones
    added: frozenset[str] = frozenset()
    #: of the new ones: had left, and have agreed again on a later day
    returned: int = 0
    #: were there already, and the file gives them another zone or hour; not moved yet
    moved: tuple[Moved, ...] = ()
    #: were there already and have not confirmed yet: their persons' ids
    unconfirmed: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question for the experts; instants in epoch seconds."""

    id: int
    channel: int
    address: str
    language: str
    at: int
    text: str
    #: '' where staff let them know that they can't answer it
    answer: str | None
    answered: int | None
    #: what a question to the makers of a pledge has beside that; None for any other
    peer: Peer | None = None

    @property
    def told_as(self) -> str:
        """Return how the block ends that tells the answer: '_makers' where makers gave it,
        '_refused' where staff say that there is none, '_lapsed' where nobody gave one in time, ''
        for an answer of staff.
        """
        if self.answer == "":
            return "_lapsed" if self.peer is not None and self.peer.lapsed else "_refused"
        theirs = self.peer.reply if self.peer is not None else None
        return "_makers" if theirs and self.answer == theirs else ""


@dataclass(frozen=True, kw_only=True)
class Report:
    """A message about a child in danger, as those see it who look after it."""

    id: int
    #: epoch seconds
    at: int
    country: str | None
    language: str
    text: str
    #: when it left for the safeguarding contact; None before
    told: int | None
    #: when somebody took it; None while nobody has
    taken: int | None
    #: who took it
    taken_by: Actor | None
    #: when others were reminded of it
    reminded: int | None


@dataclass(frozen=True, kw_only=True)
class Flag:
    """A message about a child in danger."""

    id: int
    #: address on the channel by which it came; '' for what was written on a page, by nobody known
    address: str
    country: str | None
    language: str
    #: epoch seconds
    at: int
    text: str
