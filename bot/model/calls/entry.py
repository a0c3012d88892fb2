"""Calls for stories and contests, and what people send."""

from dataclasses import dataclass
from datetime import date
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
class Call:
    """A call of the campaign: open between two days, or in a month of every year."""

    id: str
    kind: CallKind
    source: str
    #: None where `month` says when
    opens: date | None = None
    closes: date | None = None
    month: int | None = None

    def is_open(self, today: date) -> bool:
        """Return whether something can be sent on this day."""
        if self.opens is not None and self.closes is not None:
            return self.opens <= today <= self.closes
        return self.month == today.month


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
    #: '' for none
    link: str
    #: how they can be reached, in their words; never shown
    contact: str
    #: whether everybody may see it
    shows: bool


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


FORM = Form(
    id="call",
    source="",
    questions=(
        _question("text", 300, required=True),
        _question("link", None),
        _question("name", 5),
        _question("contact", 10),
    ),
)
"""What is asked of who sends something to any call."""
