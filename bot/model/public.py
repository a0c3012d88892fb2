"""What everybody may see of a pledge, and how public pledges are looked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.model.audience import Audience
from bot.model.makers import BoardPart


@dataclass(frozen=True, kw_only=True)
class PublicMilestone:
    """A step that is done, without the day: when somebody was silent must not follow from it."""

    #: id of the prompt
    action: str
    title: str
    #: first day of the month for which the campaign asked it; None where its calendar has it not
    month: date | None
    #: where to see it, once staff have looked at it; None without one
    link: str | None


@dataclass(frozen=True, kw_only=True)
class PublicLine:
    """A question and its answer, as people read them."""

    ask: str
    answer: str
    #: the answer stands in the words, and the language, of who gave it
    own: bool = True
    #: what it is on the board of scale-up results; None: nothing there
    board: BoardPart | None = None


SCALE_UP = "scale-up"
"""The form by which a pledge-maker finds how the pledge can be brought further."""


RESULT_SHOWN, RESULT_HIDDEN = "scale-up-approved", "scale-up-hidden"
"""Kinds of the lines of history by which staff let its result be shown, or keep it private."""

RESULT_CHANGED, RESULT_AGAIN = "scale-up-changed", "scale-up-again"
"""Kinds of the lines by which an editor's own change ends that it is shown, or brings back what
staff let be shown.
"""


@dataclass(frozen=True, kw_only=True)
class ScaleUpResult:
    """What a pledge-maker found for bringing the pledge further, as staff decide about it."""

    lines: tuple[PublicLine, ...]
    #: a digest of the answers, by which a decision names what it is about
    mark: str
    #: whether everybody may see these answers
    shown: bool
    #: whether staff have decided about these answers
    decided: bool

    @property
    def standing(self) -> str:
        """Return 'waits' for a decision, 'shown' to everybody, or 'private'."""
        return "shown" if self.shown else "private" if self.decided else "waits"


@dataclass(frozen=True, kw_only=True)
class PublicPledge:
    """All that may be public of a pledge, and nothing else: no instant, no state of a journey, no
    editor, no address of a person.
    """

    #: the only thing that its address says
    number: int
    campaign: str
    #: the language that it is written in
    language: str
    name: str
    audience: Audience
    #: id of the stakeholder group
    stakeholder: str
    #: '' for an individual
    organisation: str
    #: what an individual is called; '' stands for "a person in …"
    person: str
    #: ISO 3166 alpha-2
    country: str | None
    description: str
    action: str
    plan: str
    impact: str
    website: str
    #: accounts, each as (the network's own name, address)
    accounts: tuple[tuple[str, str], ...]
    #: ids of the campaign's topics
    topics: tuple[str, ...]
    #: 'in-progress' or 'done', as its maker says; '' where they have said nothing
    progress: str
    milestones: tuple[PublicMilestone, ...]
    #: addresses of their posts that were amplified
    posts: tuple[str, ...]
    #: what they found for bringing it further, once staff have approved it
    scale_up: tuple[PublicLine, ...]
    #: how somebody made sure who made it: 'email', 'staff', '' for an individual
    verified: str

    @property
    def year(self) -> tuple[tuple[date, tuple[PublicMilestone, ...]], ...]:
        """The months (first days) for which steps are done, with these; no other month."""
        months = sorted({step.month for step in self.milestones if step.month is not None})
        return tuple(
            (month, tuple(step for step in self.milestones if step.month == month))
            for month in months
        )


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What is looked for among public pledges: their texts, and what they are filtered by."""

    campaign: str
    #: id of the stakeholder group
    group: str
    country: str
    language: str
    topics: tuple[str, ...]
    progress: str
    #: what counts most: its name, and who made it
    title: str
    words: str
    #: what its maker found for bringing it further; '' keeps it off the board of results
    #: of which form this was made, so that it is made anew when that changes
    form: str
    #: what its maker found for bringing it further; '' keeps it off the board of results
    result: str = ""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What somebody looks for; '' and None leave nothing out."""

    campaign: str
    words: str = ""
    #: only what stands on the board of scale-up results
    board: bool = False
    group: str = ""
    country: str = ""
    topic: str = ""
    progress: str = ""
    language: str = ""
    #: `next` of the page before
    after: tuple[int, int] | None = None
    limit: int = 20


@dataclass(frozen=True, kw_only=True)
class Matches:
    """A page of public pledges: those with the words in name or maker first, and of each kind the
    newest first.
    """

    pledges: tuple[int, ...]
    #: where the next page begins; None on the last
    next: tuple[int, int] | None
    #: how many there are of each value, by 'group', 'country', 'topic', 'progress' and 'language';
    #: None where that was not counted, as so many fit: there may be none of such a value
    counts: Mapping[str, Mapping[str, int | None]]
    #: how many there are in all
    of: int
