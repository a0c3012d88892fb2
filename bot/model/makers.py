"""What a campaign offers to pledge-makers: forms, the journey of a year, stakeholder groups, and
examples of pledges; and to whom people can write.

Their words stand in words.toml under the same ids.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from bot.model.audience import Audience


class PagePart(Enum):
    """What an answer is on the public page of a pledge; an answer that is none of these is never
    public.
    """

    NAME = "name"
    DESCRIPTION = "description"
    ACTION = "action"
    PLAN = "plan"
    IMPACT = "impact"
    WEBSITE = "website"
    TOPICS = "topics"
    #: how far it is, as its maker says: 'in-progress' or 'done'
    PROGRESS = "progress"
    #: the name of an individual, of which the first word is shown, or the first character where it
    #: has no words
    PERSON = "person"
    #: an answer, of which there is one, lets all words of that name be shown
    FULL_NAME = "full-name"


class Meeting(Enum):
    """What an answer says of how pledge-makers can work together; both have the same choices."""

    OFFERS = "offers"
    NEEDS = "needs"


class BoardPart(Enum):
    """What an answer to the scale-up questionnaire is on the board of results, in its order."""

    COST = "cost"
    EVIDENCE = "evidence"
    #: by whom it could be repeated, and what they would need
    REPEAT = "repeat"


@dataclass(frozen=True, kw_only=True)
class Question:
    """One entry of a form: a question, or advice to be read."""

    id: str
    step: str | None
    #: one of `choices`, else free text
    choice: bool
    #: ids of the answers; empty for free text, and where they are the person's own and known only
    #: when asked
    choices: tuple[str, ...]
    max_words: int | None
    required: bool
    #: asks nothing: it is read and passed by
    advice: bool
    #: takes any of `choices`; kept as ids with blanks between
    several: bool = False
    #: these choices are the campaign's topics
    topics: bool = False
    #: by what pledges are matched (`bot.rules.pledges.matching`); None: by neither
    match: Meeting | None = None
    #: what the answer is on the board of scale-up results; None: it stands on the pledge's page
    #: alone
    board: BoardPart | None = None
    #: takes one link
    link: bool = False
    #: its choices are the next steps of the country that is asked, once it is known which
    steps: bool = False
    #: not asked in the row of questions, but offered once these are answered
    later: bool = False
    #: of whom it is asked; empty: of everyone
    audiences: frozenset[Audience] = frozenset()
    #: what the answer is on the pledge's public page; None: it is never public
    page: PagePart | None = None


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form: its questions in the order in which they are asked."""

    id: str
    source: str
    questions: tuple[Question, ...]

    def question(self, question_id: str) -> Question | None:
        """Return the question with this id, or None."""
        return next((question for question in self.questions if question.id == question_id), None)

    def fitting(self, audience: Audience) -> "Form":
        """Return the form as it is asked of this audience."""
        fit = (q for q in self.questions if not q.audiences or audience in q.audiences)
        return replace(self, questions=tuple(fit))

    def on_page(self, part: PagePart) -> Question | None:
        """Return the question whose answer is this part of the pledge's page, or None."""
        return next((question for question in self.questions if question.page is part), None)

    @property
    def steps(self) -> tuple[str, ...]:
        """Return the ids of the form's steps, in order; empty where it has none."""
        return tuple(dict.fromkeys(question.step for question in self.questions if question.step))


@dataclass(frozen=True, kw_only=True)
class AfterPledge:
    """So many months and days after a pledge was made, for its maker alone."""

    days: int = 0
    months: int = 0


@dataclass(frozen=True, kw_only=True)
class JourneyRules:
    """The numbers of a campaign's journey.toml."""

    #: days until an unanswered prompt is reminded of
    reminder_days: int = 10
    #: unanswered prompts in a row until we ask whether they are still with us
    unanswered: int = 2
    #: days that an untouched draft is kept
    draft_days: int = 90
    #: month in which the survey is offered; None: never
    survey: int | None = None
    #: month from which the scale-up questionnaire is offered, or how long after the pledge; None:
    #: never
    scale_up: int | AfterPledge | None = None
    #: each pledge has twelve months of its own, where the year of others is the campaign's
    own_year: bool = False


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A pledge that a group might make."""

    id: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Group:
    """A stakeholder group: a kind of pledge-maker."""

    id: str
    audience: Audience
    source: str
    #: in the order of the file
    suggestions: tuple[Suggestion, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PledgeTopic:
    """Something that pledges are about, by which they can be looked for."""

    id: str
    source: str


@dataclass(frozen=True, kw_only=True)
class SmartExample:
    """A draft of a pledge and what becomes of it, for one audience."""

    id: str
    audience: Audience
    source: str


@dataclass(frozen=True, kw_only=True)
class ChoosingQuestion:
    """A question that helps to choose a pledge."""

    id: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Published:
    """Something that was published elsewhere, word for word: a pledge, or the story of one."""

    id: str
    name: str
    #: their stakeholder group
    kind: str
    #: ISO 3166 alpha-2
    country: str | None
    #: where their office is
    seat: str | None
    title: str | None
    quote: str
    source: str
    #: the day on which it was published, where that is known
    day: date | None = None


@dataclass(frozen=True, kw_only=True)
class Countries:
    """A list of countries, which is always shown with its label and date."""

    label: str
    #: ISO 3166 alpha-2
    codes: tuple[str, ...]
    source: str
    as_of: date


@dataclass(frozen=True, kw_only=True)
class PartnerOrganisation:
    """A partner of a campaign, as the source prints it."""

    number: int | None
    name: str
    group: str
    country: str
    website: str | None
    #: the source broke the address over two lines and may have lost a hyphen: it is no link
    broken: bool = False
    #: the day a person last saw the website answer
    checked: date | None = None

    @property
    def address(self) -> str | None:
        """Return the website as an address to link to; None without one, or with a broken one."""
        if not self.website or self.broken:
            return None
        return self.website if "://" in self.website else f"https://{self.website}"


@dataclass(frozen=True, kw_only=True)
class Partners:
    """The partners of a campaign on the day of their list."""

    members: tuple[PartnerOrganisation, ...]
    source: str
    as_of: date

    @property
    def unchecked(self) -> bool:
        """Return whether there is a website that no person has seen answer since."""
        return any(member.address and member.checked is None for member in self.members)


@dataclass(frozen=True, kw_only=True)
class Decider:
    """Somebody to whom people of a country can write."""

    id: str
    #: ISO 3166 alpha-2
    country: str
    #: where the address, or who it is where one lives, was read
    page: str
    #: on this day
    read: date
    #: '' where the page alone leads there
    email: str
