"""What topics of pledge-makers may look at: plain values.

In effects and in states the pledge 0 is "my newest draft": one that was begun in this very turn has
no number yet.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bot.model import Audience
from bot.model.makers import Form
from bot.model.pledge import Editor, Milestone, Official, Pledge, PledgeState, Verification
from bot.model.shared import HandleShape
from bot.model.words import Words
from bot.rules.forms import Answers
from bot.rules.journey import Progress

PURPOSE = "pledge"
"""The purpose of consent to keep and publish a pledge."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A pledge as one of its editors, or staff, sees it: the pledge, and what is said beside it."""

    pledge: Pledge
    #: name of the stakeholder group, in the reader's language
    group: str
    #: (network's own name, address)
    accounts: tuple[tuple[str, str], ...]
    #: that they are who they say; None while nobody has made sure
    verification: Verification | None
    #: the day on which an official address that somebody gave did not want to answer
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
    def id(self) -> int:
        """The number of the pledge."""
        return self.pledge.id

    @property
    def alone(self) -> bool:
        """It is one person's own, not an organisation's, a country's or a region's."""
        return self.pledge.audience is Audience.INDIVIDUAL

    @property
    def is_draft(self) -> bool:
        """It was begun and never submitted."""
        return self.pledge.state is PledgeState.DRAFT

    @property
    def needs_check(self) -> bool:
        """Nothing of it is public before somebody has made sure who they are."""
        return not self.alone and self.verification is None


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A milestone as one pledge-maker meets it."""

    milestone: Milestone
    title: str
    #: short, for buttons; the same as that of an `Item`
    ref: str
    done: bool
    #: lies after the day they joined, or is done all the same
    counts: bool
    #: the one that the survey for followers belongs to
    survey: bool


@dataclass(frozen=True, kw_only=True)
class Member:
    """An editor as another one, or staff, sees them; nobody's name is kept."""

    editor: Editor
    me: bool
    #: a group, not one person
    group: bool
    #: '' in this chat, 'mail' or 'room' in letters
    met: str

    @property
    def person(self) -> int:
        """The person's number."""
        return self.editor.person


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
        """Return a form of the campaign, None where it has none of this name."""

    def suggestions(self, campaign: str, group: str) -> tuple[str, ...]:
        """What is suggested to a stakeholder group, or to an audience that is none, in the order of
        the data.
        """

    def choosing(self, campaign: str) -> tuple[str, ...]:
        """What to ask oneself when choosing, in the order of the data."""

    @property
    def shapes(self) -> Mapping[str, HandleShape]:
        """How handles are written, by network."""

    @property
    def mine(self) -> tuple[Seen, ...]:
        """The pledges that the person may edit, newest first."""

    def get(self, pledge: int) -> Seen | None:
        """One of the person's pledges, 0 for the newest draft; None when it is none of theirs."""

    def anyone(self, pledge: int) -> Seen | None:
        """For staff: any pledge that is no draft; None when there is none."""

    @property
    def queue(self) -> tuple[Seen, ...]:
        """For staff: pledges that wait for a decision, then approved ones that nobody has checked
        or published, the longest first.
        """

    def hearers(self, pledge: int) -> int:
        """How many editors of the pledge hear what becomes of it."""

    def day(self, text: str) -> date | None:
        """The day that was written in the reader's way, or as 2027-08-15.

        None for what can't be read, or may be read in two ways.
        """

    @property
    def mails(self) -> bool:
        """Whether letters to official addresses can leave."""

    def letter(self, seen: Seen) -> Official | None:
        """The pledge's newest letter that waits for its answer, as an editor may know of it."""

    def hindrance(self, seen: Seen, address: str) -> str:
        """Why no letter may go to the address, as a word; '' when one may.

        The words are 'shape', 'free', 'left' and 'often', and for '' or any address 'today',
        'enough' and 'many'.
        """

    def review(self, seen: Seen) -> tuple[str, ...]:
        """Suggestions of the SMART review; empty when nothing is to be suggested."""

    def draft(self, seen: Seen) -> tuple[str, str]:
        """Name and content of the document for clearance."""

    def history(self, seen: Seen) -> tuple[Mapping[str, object], ...]:
        """`day`, `kind`, `detail` of each line, oldest first, with what stood before an edit."""

    def team(self, seen: Seen) -> tuple[Member, ...]:
        """Its editors, the focal point first."""

    def progress(self, seen: Seen) -> Progress:
        """How far the pledge is: what is done, ahead and past."""

    def asked(self, seen: Seen, milestones: Iterable[Milestone]) -> tuple[Asked, ...]:
        """These milestones of the pledge, with their titles in the reader's language."""

    def step(self, seen: Seen, ref: str) -> Asked | None:
        """The milestone that a button means; None when there is none."""

    def ask(self, seen: Seen, asked: Asked) -> str | None:
        """What the milestone asks; None when that can't be said now."""

    def offers(self, seen: Seen) -> frozenset[str]:
        """The forms 'survey' and 'scale-up', each in its months, where the pledge has a journey."""

    def sheet(self, seen: Seen, form: str) -> Mapping[str, str]:
        """The answers so far to a form that is no pledge."""

    def scaling(self, seen: Seen, answers: Answers) -> tuple[str, str]:
        """Name and content of the filled scale-up questionnaire."""
