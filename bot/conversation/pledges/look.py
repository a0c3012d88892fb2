"""What topics of pledge-makers may look at: plain values.

In effects and in states the pledge 0 is "my newest draft": one that was begun in this very turn has
no number yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bot.model import Audience
from bot.model.form import Form
from bot.model.words import Words
from bot.rules.forms import Answers
from bot.rules.reading.handles import Shape

PURPOSE = "pledge"
"""The purpose of consent to keep and publish a pledge."""


_MADE = ("submitted", "approved", "published")


@dataclass(frozen=True, kw_only=True)
class Promise:
    """A pledge as one of its editors, or staff, sees it."""

    id: int
    campaign: str
    audience: Audience
    stakeholder: str
    #: name of the stakeholder group, in the reader's language
    group: str
    #: '' for an individual
    organisation: str
    answers: Answers
    #: as they were approved last; empty before
    approved: Answers
    #: the word of its state
    state: str
    #: edited since it was approved
    pending: bool
    #: (network's own name, address)
    accounts: tuple[tuple[str, str], ...]
    #: the word of its journey's state
    journey: str
    until: date | None
    #: the day, or None
    verified: date | None
    #: how: 'email' (an official address at `domain` has answered), or 'staff'; '' when it isn't
    how: str = ""
    domain: str = ""
    #: when an official address that somebody gave did not want to answer
    declined: date | None = None
    #: the reader is its focal point
    focal: bool
    #: its focal point can't be reached, or nobody edits it any more
    lost: bool
    #: why staff rejected it; '' when they did not
    reason: str
    #: the day until which a draft is kept
    kept: date

    @property
    def name(self) -> str:
        """'' while it has none."""
        return self.answers.get("name", "")

    @property
    def made(self) -> bool:
        """It stands: its journey runs."""
        return self.state in _MADE

    @property
    def travels(self) -> bool:
        """It has a year of steps; an individual's has none."""
        return self.made and self.audience is not Audience.INDIVIDUAL

    @property
    def needs_check(self) -> bool:
        """Nothing of it is public before somebody has made sure who they are."""
        return self.audience is not Audience.INDIVIDUAL and self.verified is None


@dataclass(frozen=True, kw_only=True)
class Stone:
    """A milestone as one pledge-maker meets it."""

    action: str
    slot: int
    day: date
    title: str
    #: short, for buttons; the same as that of an `Item`
    ref: str
    done: bool
    #: lies after the day they joined, or is done all the same
    counts: bool
    #: the one that the survey for followers belongs to
    survey: bool


@dataclass(frozen=True, kw_only=True)
class Road:
    """How far a pledge is."""

    done: int
    of: int
    ahead: tuple[Stone, ...]
    #: not done: before they joined, or missed
    past: tuple[Stone, ...]


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A letter to an official address that may still be answered."""

    domain: str
    sent: date
    #: the last day on which it can be answered
    until: date
    #: the mail server refuses the mailbox
    bounced: bool


@dataclass(frozen=True, kw_only=True)
class Mate:
    """An editor; nobody's name is kept."""

    person: int
    focal: bool
    me: bool
    #: a group, not one person
    group: bool
    #: '' in this chat, 'mail' or 'room' in letters
    met: str
    #: they stopped or blocked us: nothing reaches them
    away: bool
    since: date


class PledgesLook(Protocol):
    """What a topic may look at beside `View`; everything in the reader's language."""

    @property
    def campaign(self) -> str | None:
        """The campaign that takes pledges today; None where there is none."""

    def draft_days(self, campaign: str) -> int:
        """Days for which an untouched draft is kept."""

    def words(self, campaign: str) -> Words:
        """What the campaign says in the reader's language."""

    def form(self, campaign: str, form: str) -> Form | None:
        """A form, or None."""

    def suggestions(self, campaign: str, group: str) -> tuple[str, ...]:
        """What is suggested to a stakeholder group, or to an audience that is none."""

    def choosing(self, campaign: str) -> tuple[str, ...]:
        """What to ask oneself when choosing."""

    @property
    def shapes(self) -> Mapping[str, Shape]:
        """How handles are written, by network."""

    @property
    def mine(self) -> tuple[Promise, ...]:
        """Those that the person may edit, newest first."""

    def get(self, pledge: int) -> Promise | None:
        """One of mine; 0: my newest draft."""

    def anyone(self, pledge: int) -> Promise | None:
        """For staff: any that is no draft."""

    @property
    def queue(self) -> tuple[Promise, ...]:
        """For staff: what waits for a decision or for a check of who they are, the longest
        first.
        """

    def hearers(self, pledge: int) -> int:
        """How many of its editors hear what becomes of it."""

    def day(self, text: str) -> date | None:
        """The day that was written in the reader's way, or as 2027-08-15.

        None for what can't be read, or may be read in two ways.
        """

    @property
    def mails(self) -> bool:
        """Letters to official addresses can leave."""

    def letter(self, promise: Promise) -> Waiting | None:
        """The newest one that waits for its answer."""

    def hindrance(self, promise: Promise, address: str) -> str:
        """Why no letter may go there: 'shape', 'free', 'left', 'often'.

        With '' for an address, or any: 'today', 'enough', 'many'. '' when one may.
        """

    def review(self, promise: Promise) -> tuple[str, ...]:
        """Suggestions of the SMART review; empty when nothing is to be suggested."""

    def draft(self, promise: Promise) -> tuple[str, str]:
        """Name and content of the document for clearance."""

    def history(self, promise: Promise) -> tuple[Mapping[str, object], ...]:
        """`day`, `kind`, `detail` of each line, oldest first."""

    def mates(self, promise: Promise) -> tuple[Mate, ...]:
        """Its editors, the focal point first."""

    def road(self, promise: Promise) -> Road:
        """Its milestones."""

    def stone(self, promise: Promise, ref: str) -> Stone | None:
        """The milestone that a button means."""

    def ask(self, promise: Promise, stone: Stone) -> str | None:
        """What the milestone asks; None when that can't be said now."""

    def offers(self, promise: Promise) -> frozenset[str]:
        """'survey' and 'scale-up', in their months."""

    def sheet(self, promise: Promise, form: str) -> Mapping[str, str]:
        """The answers so far to a form that is no pledge."""

    def scaling(self, promise: Promise, answers: Answers) -> tuple[str, str]:
        """Name and content of the filled scale-up questionnaire."""
