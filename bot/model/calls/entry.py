"""Calls for stories and contests, and what people send."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum, IntEnum

from bot.model.makers import Form, Question
from bot.model.staff import Actor

ENTRY_DAYS = 180
"""Days that what nobody chose is kept, and how somebody can be reached."""

MOST_WAITING = 2_000
"""Entries of a call that wait; with as many nobody can send another to it."""

MOST_HOURLY = 200
"""Entries that a call takes within an hour, so that a flood leaves room for those who come later.
"""


class CallKind(Enum):
    """What people are called for."""

    STORY = "story"
    CONTEST = "contest"


@dataclass(frozen=True, kw_only=True)
class CallTo:
    """To the makers of which pledges a call goes: of any of these groups, countries and topics;
    what is empty leaves nobody out.
    """

    groups: tuple[str, ...] = ()
    #: ISO 3166 alpha-2
    countries: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call of the campaign: open between two days, in a month of every year, or by staff's word
    alone.
    """

    id: str
    kind: CallKind
    source: str
    #: None where `month` says when
    opens: date | None = None
    closes: date | None = None
    month: int | None = None
    #: None where it goes to nobody, and stands on its page
    to: CallTo | None = None
    #: what is asked of who sends something; none where that is a text and a link
    questions: tuple[Question, ...] = ()

    def is_open(self, today: date) -> bool:
        """Return whether its own days say that something can be sent on this day."""
        if self.opens is not None and self.closes is not None:
            return self.opens <= today <= self.closes
        return self.month == today.month

    def turns(self, after: date, until: date) -> bool:
        """Return whether its own days begin or end after one day, and by another."""
        return any(after < day <= until for day in self._turns(after, until))

    def _turns(self, after: date, until: date) -> Iterator[date]:
        """Yield the days on which it becomes open or closed by itself."""
        if self.opens is not None and self.closes is not None:
            yield self.opens
            yield self.closes + timedelta(days=1)
        elif self.month is not None:
            for year in range(after.year, until.year + 1):
                yield date(year, self.month, 1)
                yield date(year + self.month // 12, self.month % 12 + 1, 1)


@dataclass(frozen=True, kw_only=True)
class CallWord:
    """That staff opened a call, or closed it, on a day."""

    number: int
    campaign: str
    call: str
    day: date
    opened: bool


class EntryState(IntEnum):
    """What became of an entry."""

    WAITS = 1
    #: a child is shown, and one person has found nothing against it
    SECOND = 2
    PRIVATE = 3
    #: everybody sees it
    FAVOURITE = 4

    @property
    def word(self) -> str:
        """Return it as a word."""
        return self.name.lower()


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What somebody sends to a call."""

    campaign: str
    call: str
    #: BCP 47 tag of the page
    language: str
    #: as it shall be shown; '' for nobody's
    name: str
    text: str
    #: '' for none; both are '' where the call has questions of its own
    link: str
    #: how they can be reached, in their words; never shown
    contact: str
    #: whether everybody may see it
    shows: bool
    #: to the questions of the call, by their ids
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What somebody sent, and what became of it."""

    id: int
    sent: Sent
    #: epoch seconds
    at: int
    state: EntryState
    #: who looked first where a second look is needed
    first: Actor | None
    #: when it became what it is, in epoch seconds; None while nobody has looked at it
    decided: int | None


def _question(name: str, words: int | None, *, required: bool = False) -> Question:
    return Question(
        id=name,
        step=None,
        choice=False,
        choices=(),
        max_words=words,
        required=required,
        advice=False,
        link=name == "link",
    )


ALWAYS = (_question("name", 5), _question("contact", 10))
"""What is asked of who sends something to any call."""

PLAIN = (_question("text", 300, required=True), _question("link", None))
"""What is asked before that, where the call has no questions of its own."""


def form_of(call: Call) -> Form:
    """Return what is asked of who sends something to a call."""
    return Form(id="call", source=call.source, questions=(*(call.questions or PLAIN), *ALWAYS))
