"""What topics of pledge-makers may look at, as plain values.

In effects and states, pledge 0 means the person's newest draft, since one that is begun in this
very turn has no number yet.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bot.model import Audience
from bot.model.makers import Form
from bot.model.pledge import (
    Editor,
    Milestone,
    Official,
    Pledge,
    PledgeState,
    Verification,
)
from bot.model.pledges.introduction import Acquaintance, Detail
from bot.model.public import ScaleUpResult
from bot.model.shared import HandleShape
from bot.model.words import Words
from bot.rules.forms import Answers
from bot.rules.journey import Progress

PURPOSE = "pledge"
"""The purpose of consent to keep and publish a pledge."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A pledge with what one of its editors, or staff, is told beside it."""

    pledge: Pledge
    #: name of the stakeholder group, in the reader's language
    group: str
    #: the pledge-maker's accounts, each as (the network's own name, address)
    accounts: tuple[tuple[str, str], ...]
    #: how somebody made sure who the pledge-maker is; None while nobody has
    verification: Verification | None
    #: the day on which an official address answered that the pledge isn't theirs
    declined: date | None = None
    #: whether the reader is its focal point
    focal: bool
    #: whether its focal point can't be reached, or nobody edits it any more
    lost: bool
    #: why staff rejected it; '' when they did not
    reason: str
    #: the day until which a draft is kept
    kept: date
    #: for staff, its finished scale-up result; None while there is none
    result: ScaleUpResult | None = None

    @property
    def id(self) -> int:
        """The number of the pledge."""
        return self.pledge.id

    @property
    def alone(self) -> bool:
        """Whether it is one person's, and not an organisation's, a country's or a region's."""
        return self.pledge.audience is Audience.INDIVIDUAL

    @property
    def is_draft(self) -> bool:
        """Whether it was begun and isn't submitted."""
        return self.pledge.state is PledgeState.DRAFT

    @property
    def needs_check(self) -> bool:
        """Whether somebody must still make sure who its maker is, before it may be public."""
        return not self.alone and self.verification is None


@dataclass(frozen=True, kw_only=True)
class Written:
    """A pledge from a page, as who has opened it in the chat is shown it, in short."""

    id: int
    #: whether it was made a pledge since, and waits no longer; then nothing else is known of it
    made: bool
    #: the day on which it is deleted
    until: date
    name: str = ""
    organisation: str = ""
    #: name of the stakeholder group, in the reader's language; '' for none
    group: str = ""
    #: what will be done; '' where the form asks nothing of it
    action: str = ""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A milestone of one pledge, with what its maker did about it."""

    milestone: Milestone
    title: str
    #: the short reference that buttons carry; the same as that of an `Item`
    ref: str
    done: bool
    #: whether it lies after the day on which they joined, or is done all the same
    counts: bool
    #: whether it is the one that the survey for followers belongs to
    survey: bool
    #: whether it is one of the month in which the campaign ends, which looks back on the year
    last: bool


@dataclass(frozen=True, kw_only=True)
class Member:
    """An editor as another editor, or staff, sees them; names of people are not kept."""

    editor: Editor
    #: whether it is the reader
    me: bool
    #: whether it is a group chat, and not one person
    group: bool
    #: how they are reached: '' by this chat, 'mail' or 'room' by letters
    met: str

    @property
    def person(self) -> int:
        """The number of the person, or of the group."""
        return self.editor.person


class PledgesLook(Protocol):
    """Pledges and what is said of them, in the reader's language."""

    @property
    def campaign(self) -> str | None:
        """Id of the campaign that takes pledges today; None where there is none."""

    @property
    def form_page(self) -> str:
        """Where the page stands on which a pledge can be written; '' where there is none."""

    def opened_by(self, code: str) -> Written | None:
        """Return the pledge from a page that this code opens for the person.

        None for an unknown code, what was deleted or is too old, and what somebody else has opened.
        """

    def written(self, proposal: int) -> Written | None:
        """Return a pledge from a page that the person has opened; None as for `opened_by`."""

    def draft_days(self, campaign: str) -> int:
        """Return the days for which the campaign keeps an untouched draft."""

    def words(self, campaign: str) -> Words:
        """Return the campaign's words in the reader's language."""

    def form(self, campaign: str, form: str) -> Form | None:
        """Return a form of the campaign, None where it has none of this name."""

    def suggestions(self, campaign: str, group: str) -> tuple[str, ...]:
        """Return the pledges that are suggested to a group, in the order of the data.

        `group` is a stakeholder group's id or an audience's word.
        """

    def choosing(self, campaign: str) -> tuple[str, ...]:
        """Return the questions that help to choose a pledge, in the order of the data."""

    @property
    def shapes(self) -> Mapping[str, HandleShape]:
        """How handles are written on each network, by its name."""

    @property
    def mine(self) -> tuple[Seen, ...]:
        """The pledges that the person may edit, newest first."""

    def get(self, pledge: int) -> Seen | None:
        """Return a pledge of the person's, for 0 the newest draft; None when it isn't theirs."""

    def anyone(self, pledge: int) -> Seen | None:
        """Return, for staff, any pledge that is no draft; None when there is none."""

    @property
    def queue(self) -> tuple[Seen, ...]:
        """For staff, the pledges that wait for a decision, then approved ones to be published, then
        those whose scale-up result waits.

        Within each, those that have waited longest come first.
        """

    def address(self, seen: Seen) -> str:
        """Return where the pledge's page stands once it is public; '' where we have no pages."""

    def year_page(self, seen: Seen) -> str:
        """Return where the page of the pledge's year stands; '' while it has none."""

    def hearers(self, pledge: int) -> int:
        """Return how many editors of the pledge are told what becomes of it."""

    @property
    def mails(self) -> bool:
        """Whether letters to official addresses can leave."""

    def letter(self, seen: Seen) -> Official | None:
        """Return the pledge's newest letter that waits for an answer, as editors may see it."""

    def hindrance(self, seen: Seen, address: str) -> str:
        """Return why no letter may go to the address, as a word of its reason; '' when one may.

        'shape', 'free', 'left' and 'often' are reasons of an address; 'today', 'enough' and 'many'
        are reasons for any address, also for ''.
        """

    def review(self, seen: Seen) -> tuple[str, ...]:
        """Return the hints of the SMART review; empty where there are none."""

    def draft(self, seen: Seen) -> tuple[str, str]:
        """Return name and content of the pledge as a document for clearance."""

    def history(self, seen: Seen) -> tuple[Mapping[str, object], ...]:
        """Return `day`, `kind` and `detail` of each line of the history, oldest first.

        The detail of an edit is what stood there before.
        """

    def team(self, seen: Seen) -> tuple[Member, ...]:
        """Return the pledge's editors, the focal point first."""

    def acquaintance(self, side: int) -> Acquaintance | None:
        """Return the other maker about whom the person is asked on this side; None where it isn't
        theirs.
        """

    @property
    def detail_names(self) -> Mapping[Detail, str]:
        """What each thing is called that a maker can let another know."""

    def progress(self, seen: Seen) -> Progress:
        """Return how far the pledge is: what of its year is done, ahead and past."""

    def asked(self, seen: Seen, milestones: Iterable[Milestone]) -> tuple[Asked, ...]:
        """Return these milestones of the pledge with their titles in the reader's language."""

    def step(self, seen: Seen, ref: str) -> Asked | None:
        """Return the milestone that a button means; None when there is none."""

    def ask(self, seen: Seen, asked: Asked) -> str | None:
        """Return what the milestone asks; None when that can't be said now."""

    def offers(self, seen: Seen) -> frozenset[str]:
        """Return which of 'survey' and 'scale-up' the pledge-maker is offered this month."""

    def survey(self, seen: Seen) -> str:
        """Return what its maker posts to invite followers to the survey; '' outside its month."""

    def surveyed(self, seen: Seen) -> tuple[int, tuple[str, str] | None]:
        """Return how many have answered the pledge's newest survey, with name and content of a
        document of what they wrote; None for that where they are too few to be told of.
        """

    def sheet(self, seen: Seen, form: str) -> Mapping[str, str]:
        """Return the answers so far to a form that is no pledge."""

    def scaling(self, seen: Seen, answers: Answers) -> tuple[str, str]:
        """Return name and content of the filled scale-up questionnaire as a document."""
