"""Posts and links of pledge-makers on their way to the public, and what staff answered about them.

Integers of the enums are stored in the database: never renumber them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, IntEnum


class ReviewState(IntEnum):
    """Where a post or link stands; integers are stored."""

    WAITING = 1
    SECOND = 2
    APPROVED = 3
    SENT = 4
    REJECTED = 5
    BLOCKED = 6
    RETRACTING = 7
    RETRACTED = 8
    UNCERTAIN = 9
    FAILED = 10

    @property
    def word(self) -> str:
        """The word in JSON and on screens."""
        return self.name.lower()


QUEUE = (ReviewState.WAITING, ReviewState.SECOND, ReviewState.BLOCKED)
"""What staff still have to look at."""

OPEN = (*QUEUE, ReviewState.APPROVED)
"""What is not out yet: its author may delete it, staff may say no."""


class Answer(Enum):
    """What a person says to a question."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


Answers = Mapping[str, Answer]
"""What a person says to each question, by the id of the question."""


LINK = ""
"""The network of a link."""


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """Somebody else's post, as a network showed it."""

    #: the same on every server
    uri: str
    #: what the network itself needs to find it again
    post: str
    url: str
    #: handle in small letters, without '@' in front; '' for a link
    author: str
    #: '' once nobody needs it any more
    text: str
    #: has pictures, video or sound; always so for a link, which nobody can see into
    media: bool
    #: aware
    posted: datetime


@dataclass(frozen=True, kw_only=True)
class Candidate(Sighting):
    """A pledge-maker's post or link that could become public."""

    network: str
    pledge: int
    #: name of the channel that found it, and would amplify it; None for a link
    channel: str | None


@dataclass(frozen=True, kw_only=True)
class Review(Candidate):
    """A row of the queue, or of what came of it; instants of ours in epoch seconds."""

    id: int
    state: ReviewState
    #: staff have verified before that the account is the pledge-maker's own; True for a link
    known: bool
    #: who cleared it first; None where nobody has
    first: str | None
    #: 'boost' or 'quote'
    way: str
    receipt: str | None
    receipt_url: str | None
    #: when it became public
    done: int | None
    error: str | None
    #: when it was last looked whether it still stands
    seen: int

    @property
    def is_link(self) -> bool:
        """A link, not a post."""
        return self.network == LINK


@dataclass(frozen=True, kw_only=True)
class Given:
    """The answers of one person to the checklist."""

    by: str
    at: int
    answers: Mapping[str, Answer]


@dataclass(frozen=True, kw_only=True)
class HandPost:
    """A post that somebody made by hand."""

    occurrence: int
    network: str
    language: str
    url: str
    by: str
    #: epoch seconds
    at: int
