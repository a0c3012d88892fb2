"""Introductions: two pledge-makers whom staff suggest to each other, and what each of them lets the
other know.

Integers of the enums are stored in the database: never renumber them. Instants are epoch seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, IntEnum

from bot.model.person import Status

ASKED_DAYS = 14
"""Days for which each side may answer."""

TOLD_DAYS = 14
"""Days after which what was passed on is deleted here, counted from the last day for answers."""

NO_MORE, ONCE_MORE = "unmatched", "matched"
"""Kinds of the lines of a pledge's history by which its maker wants to be suggested to nobody any
more, or again.
"""

MOST_OPEN = 3
"""Introductions about which one maker is asked at a time, and suggestions for one."""


class Why(Enum):
    """A reason why two pledge-makers might work together, as the first of them sees it."""

    #: the first offers what the second needs
    GIVES = "gives"
    #: the second offers what the first needs
    TAKES = "takes"
    #: both pledges are about the same topics
    TOPIC = "topic"
    COUNTRY = "country"
    #: what they pledge is said in the same rare words
    WORDS = "words"

    @property
    def turned(self) -> "Why":
        """The same reason as the second of them sees it."""
        return {Why.GIVES: Why.TAKES, Why.TAKES: Why.GIVES}.get(self, self)


@dataclass(frozen=True, kw_only=True)
class Reason:
    """A reason with what it is about: ids of choices or topics, a country's code, or words."""

    why: Why
    about: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Match:
    """Two pledges that are worth introducing to each other; `first` has the smaller number."""

    first: int
    second: int
    #: the higher, the better
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, kw_only=True)
class Askable:
    """Who may be asked for a pledge whether they want to know somebody."""

    pledge: int
    person: int
    channel: int
    status: Status


class Detail(Enum):
    """What a maker can let another know."""

    NAME = "name"
    EMAIL = "email"
    TELEGRAM = "telegram"
    PHONE = "phone"


Details = Mapping[Detail, str]


class IntroductionState(IntEnum):
    """What became of an introduction; integers are stored."""

    OPEN = 1
    #: both said yes, and got what the other ticked
    MADE = 2
    #: somebody said no, nobody answered, or one of them is not there any more
    ENDED = 3
    #: staff want it never suggested
    DISMISSED = 4

    @property
    def word(self) -> str:
        """Return the word that stands for it in JSON and on screens."""
        return self.name.lower()


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the two who are introduced."""

    id: int
    introduction: int
    pledge: int
    #: who is asked for the pledge; 0 once they are forgotten
    person: int
    #: None while they have said nothing
    agreed: bool | None
    #: what they let the other know
    details: Details


@dataclass(frozen=True, kw_only=True)
class Acquaintance:
    """Another pledge-maker, as who is asked about them sees them: by their public pledge alone."""

    #: the number of the reader's side
    side: int
    campaign: str
    organisation: str
    #: the name of their pledge
    name: str
    #: the address of its page; '' where we have no pages
    page: str
    #: why they might work together, each a sentence to the reader
    reasons: tuple[str, ...]
    #: the last day for an answer
    until: date
    #: what the reader has ticked so far
    details: Details
    #: None while the reader has said nothing
    agreed: bool | None
    #: whether both have said yes
    made: bool
    #: the epoch second from which no answer is taken any more
    expires: int

    def asks(self, now: int) -> bool:
        """Return whether the reader may still answer at `now`; that the other has said no changes
        nothing, since nobody shall see that by it.
        """
        return self.agreed is None and now < self.expires


@dataclass(frozen=True, kw_only=True)
class Introduction:
    """Two pledges whose makers are asked whether they want to know each other."""

    id: int
    at: int
    became: IntroductionState
    #: as the first of the two sees them
    reasons: tuple[Reason, ...]
    sides: tuple[Side, Side]

    @property
    def expires(self) -> int:
        """Return the epoch second from which no answer is taken any more."""
        return self.at + ASKED_DAYS * 86_400

    def side(self, number: int) -> Side:
        """Return the side with this number."""
        return next(side for side in self.sides if side.id == number)

    def other(self, side: Side) -> Side:
        """Return the side across from this one."""
        return next(each for each in self.sides if each.id != side.id)

    def seen_by(self, side: Side) -> tuple[Reason, ...]:
        """Return the reasons as this side sees them."""
        if side is self.sides[0]:
            return self.reasons
        return tuple(Reason(why=each.why.turned, about=each.about) for each in self.reasons)
