"""Pledges: what was promised, who may edit it, how its journey goes, and who verified the
pledge-maker.

Integers of the enums are stored in the database: never renumber them. Instants that are read by the
thousand stay epoch seconds, as they are stored; those of a journey are aware datetimes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum
from typing import Any

from bot.model.audience import Audience
from bot.model.person import AWAY, HEARS, Status
from bot.model.staff import Actor


class PledgeState(IntEnum):
    """How far a pledge is on its way to the public; integers are stored."""

    DRAFT = 1
    SUBMITTED = 2
    APPROVED = 3
    REJECTED = 4
    PUBLISHED = 5
    WITHDRAWN = 6

    @property
    def word(self) -> str:
        """Return the word that stands for it in JSON and on screens."""
        return self.name.lower()


MADE = (PledgeState.SUBMITTED, PledgeState.APPROVED, PledgeState.PUBLISHED)
"""States of a pledge that stands, so that its journey runs."""


class JourneyState(IntEnum):
    """The state of a pledge's journey; integers are stored."""

    ACTIVE = 1
    #: "Still with us?" has gone out
    ASKED = 2
    SILENT = 3
    PAUSED = 4
    ENDED = 5

    @property
    def word(self) -> str:
        """Return the word that stands for it in JSON and on screens."""
        return self.name.lower()


@dataclass(frozen=True, kw_only=True)
class Milestone:
    """A dated step of a journey; `slot` as in `Occurrence`."""

    action: str
    slot: int
    day: date


@dataclass(frozen=True, kw_only=True)
class Begun:
    """When a pledge was made, from which the milestones that follow it are counted."""

    #: on its maker's calendar
    day: date
    #: under which these milestones are known, wherever its maker moves: the days since 1970, in UTC
    slot: int


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """A prompt that was sent for a milestone; instants are aware."""

    milestone: Milestone
    sent: datetime
    reminded: datetime | None = None
    answered: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How it stands with a pledge's journey; instants are aware."""

    state: JourneyState
    #: when it came to be so
    since: datetime
    #: the day a pause ends; None unless PAUSED
    until: date | None = None
    #: when they last said anything
    heard: datetime | None = None

    @property
    def counts_from(self) -> datetime:
        """Return the instant before which unanswered prompts are not counted."""
        return self.since if self.heard is None else max(self.since, self.heard)


@dataclass(frozen=True, kw_only=True)
class Report:
    """A milestone that was reported."""

    action: str
    slot: int
    #: epoch seconds
    answered: int
    #: None: reported without one
    link: str | None
    by: Actor


@dataclass(frozen=True, kw_only=True)
class Clock:
    """What time it is at a place, as bounds for what is due there; epoch seconds."""

    place: int
    #: what was sent before this, and not before `late`, is reminded of
    reminded: int
    late: int
    #: once the last prompt was sent before this, it is asked whether they are still there
    asked: int
    #: the last day whose hour has come
    day: date


@dataclass(frozen=True, kw_only=True)
class NewPledge:
    """A pledge that is begun and has no number yet."""

    campaign: str
    audience: Audience
    #: id of the stakeholder group
    stakeholder: str
    #: '' for an individual
    organisation: str
    country: str | None
    language: str
    answers: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Pledge:
    """A pledge as it is stored; instants in epoch seconds."""

    id: int
    campaign: str
    audience: Audience
    stakeholder: str
    organisation: str
    country: str | None
    language: str
    answers: Mapping[str, str]
    #: what may be public; None before the first approval
    approved: Mapping[str, str] | None
    state: PledgeState
    joined: int
    changed: int
    journey: JourneyState
    since: int
    #: the day a pause ends; None unless PAUSED
    until: date | None
    heard: int | None
    #: since when its focal point can't be reached, or nobody edits it any more
    lost: int | None
    #: when it was first sent in; None for a draft
    pledged: int | None = None

    @property
    def name(self) -> str:
        """Return the pledge's name, '' while it has none."""
        return self.answers.get("name", "")

    @property
    def made(self) -> bool:
        """Return whether the pledge stands, so that its journey runs."""
        return self.state in MADE

    @property
    def travels(self) -> bool:
        """Return whether the pledge has a journey; an individual's has none."""
        return self.made and self.audience is not Audience.INDIVIDUAL

    @property
    def pending(self) -> bool:
        """Return whether it was edited since it was approved, so that staff have to look."""
        return (
            self.state in (PledgeState.APPROVED, PledgeState.PUBLISHED)
            and self.answers != self.approved
        )


@dataclass(frozen=True, kw_only=True)
class MadePublic:
    """A pledge that is public, and since when; epoch seconds."""

    pledge: int
    audience: Audience
    #: '' for an individual
    organisation: str
    at: int


@dataclass(frozen=True, kw_only=True)
class StepsDone:
    """How many makers of public pledges reported a milestone on one day in UTC."""

    action: str
    day: date
    count: int


@dataclass(frozen=True, kw_only=True)
class Handle:
    """An account of a pledge-maker on a network."""

    network: str
    #: without '@' in front; 'company/ilo' on networks with sections, 'name@server' where every
    #: server is its own
    name: str
    url: str


@dataclass(frozen=True, kw_only=True)
class FilledForm:
    """The answers so far to a form that is no pledge."""

    answers: Mapping[str, str] = field(default_factory=dict)
    #: epoch seconds; None while it is not finished
    finished: int | None = None


@dataclass(frozen=True, kw_only=True)
class Verification:
    """The record that a pledge-maker is who they say."""

    #: 'email' (an official address answered) or 'staff'
    method: str
    by: Actor
    note: str
    at: int

    @property
    def how(self) -> str:
        """Return 'email' where an official address answered by itself.

        'staff' where staff have looked, in whatever way.
        """
        answered = self.method == "email" and not self.by.is_staff
        return "email" if answered else "staff"


MESSAGE = "message"
"""The kind of a line of a pledge's history that is a message of staff to its editors."""


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One line of a pledge's history."""

    id: int
    pledge: int
    at: int
    by: Actor
    #: 'begun', 'edited', a state's word, 'returned' (an edit was sent back), 'verified', 'handles',
    #: 'invited', 'joined', 'handed-over', 'taken-over', 'left', 'removed', 'unreachable',
    #: 'reachable', `MESSAGE`, or the journey's words
    kind: str
    detail: Mapping[str, Any]


MOST_EDITORS = 5
"""How many people may edit one pledge."""


INVITE_DAYS = 14
"""Days for which an invitation to edit a pledge is valid."""


STAFF = 0
"""Stands for staff in place of the editor who invited somebody."""


@dataclass(frozen=True, kw_only=True)
class Editor:
    """A person who may edit a pledge."""

    person: int
    #: gets what is for one: reminders, questions
    focal: bool
    #: epoch seconds
    since: int
    #: where they are met; None when nothing is known of them any more
    channel: int | None
    status: Status | None

    @property
    def away(self) -> bool:
        """Return whether nothing that we send reaches them."""
        return self.status is None or self.status in AWAY

    @property
    def hears(self) -> bool:
        """Return whether news of the pledge reaches them."""
        return self.status in HEARS

    @property
    def gets_steps(self) -> bool:
        """Return whether its steps reach them, now or once its journey goes on."""
        return self.status in (Status.ACTIVE, Status.SILENT)


LETTER_DAYS = 14
"""Days for which the answer of an official address is accepted."""


class Outcome(IntEnum):
    """What became of a request to an official address; integers are stored."""

    OPEN = 1
    CONFIRMED = 2
    REFUSED = 3
    LAPSED = 4


@dataclass(frozen=True, kw_only=True)
class Official:
    """A request to an official address; instants in epoch seconds."""

    id: int
    pledge: int
    #: at the address
    person: int
    #: the editor who gave it; 0 once they are forgotten
    asker: int
    at: int
    outcome: Outcome
    address: str
    #: whether the mail server refuses the mailbox
    bounced: bool

    @property
    def domain(self) -> str:
        """Return the domain, which is what is kept of the address."""
        return self.address.rpartition("@")[2]

    @property
    def expires(self) -> int:
        """Return the epoch second from which an answer is not accepted any more."""
        return self.at + LETTER_DAYS * 86_400

    def waits(self, now: int) -> bool:
        """Return whether an answer is still accepted at `now`."""
        return self.outcome is Outcome.OPEN and now < self.expires


LONGEST_REASON = 1_000
"""Most characters of a reason with which staff send something back, and of what they note."""

NOBODY = 0
"""Stands for the person of a proposal whose code nobody has used yet."""


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """A pledge as somebody wrote it on a page, with what they agreed to."""

    new: NewPledge
    handles: tuple[Handle, ...]
    #: the wording that they saw, by purpose
    agreed: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A pledge from a page that waits until who has the address given, or the code, submits it."""

    id: int
    #: at the address, or in the chat where it was opened; `NOBODY` before that
    person: int
    #: epoch seconds
    at: int
    outcome: Outcome
    #: None once it is answered, or has lapsed
    proposed: Proposed | None
    #: whether a code opens it in a chat; else a letter leads to it
    coded: bool

    @property
    def expires(self) -> int:
        """Return the epoch second from which it is not submitted any more."""
        return self.at + LETTER_DAYS * 86_400

    def waits(self, now: int) -> bool:
        """Return whether it may still be submitted at the epoch second `now`."""
        return self.outcome is Outcome.OPEN and now < self.expires


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """A letter that invites who has an address to edit a pledge."""

    id: int
    pledge: int
    #: at the address
    person: int
    #: the editor who gave the address
    asker: int
    #: epoch seconds
    at: int
    outcome: Outcome

    def waits(self, now: int) -> bool:
        """Return whether it may still be accepted at the epoch second `now`."""
        return self.outcome is Outcome.OPEN and now < self.at + INVITE_DAYS * 86_400


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A visit of a maker to their own pages, which a letter opens once."""

    id: int
    person: int
    #: when it was asked for, in epoch seconds
    at: int
    #: when the link was used; None before
    opened: int | None
