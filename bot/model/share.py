"""Posts and links of pledge-makers on their way to the public, and what staff answered about them.

Integers of the enums are stored in the database: never renumber them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, IntEnum
from pathlib import Path

from typing_extensions import override

from bot.model.outbox import Instance
from bot.model.staff import Actor


class ReviewState(IntEnum):
    """The state of a post or link under review; integers are stored."""

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
        """Return the word that stands for it in JSON and on screens."""
        return self.name.lower()


QUEUE = (ReviewState.WAITING, ReviewState.SECOND, ReviewState.BLOCKED)
"""Reviews that staff still have to look at."""

OPEN = (*QUEUE, ReviewState.APPROVED)
"""Reviews of which nothing is public yet: the author may delete it, staff may refuse."""


class Answer(Enum):
    """A person's answer to a question of the checklist."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


Answers = Mapping[str, Answer]
"""What a person says to each question, by the id of the question."""


LINK = ""
"""The network that a link has in the queue: none."""


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
    """A row of the review queue; instants in epoch seconds, but for the author's."""

    id: int
    state: ReviewState
    #: staff have verified before that the account is the pledge-maker's own; True for a link
    known: bool
    #: who cleared it first; None where nobody has
    first: Actor | None
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
        """Return whether it is a link that was sent in, not a post."""
        return self.network == LINK


@dataclass(frozen=True, kw_only=True)
class Given:
    """The answers of one person to the checklist."""

    by: Actor
    at: int
    answers: Mapping[str, Answer]


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """Something in a text that doesn't fit its network; nothing is ever cut."""

    #: text (there is none), long, picture, hashtags, link or alt
    kind: str
    #: the network's own name
    network: str
    #: why the text could not be made
    words: str = ""
    #: counted, and the most that is taken
    count: int = 0
    most: int = 0

    @override
    def __str__(self) -> str:
        match self.kind:
            case "long":
                return (
                    f"the text counts {self.count}, but {self.most} is the most: shorten it by"
                    f" {self.count - self.most}"
                )
            case "picture":
                return f"{self.network} takes nothing without a picture, and there is none"
            case "hashtags":
                return f"{self.network} takes at most {self.most} hashtags"
            case "link":
                return (
                    f"a link in the text can't be tapped on {self.network}; put it into the profile"
                )
            case "alt":
                return (
                    f"the alt text has {self.count} characters, {self.most} are the most on"
                    f" {self.network}"
                )
        return self.words


@dataclass(frozen=True, kw_only=True)
class Blank(Instance):
    """A pack whose text is not made yet."""

    id: str
    #: name of the channel; None where the network has none
    channel: str | None
    network: str
    #: the network's own name, where it has no channel
    label: str
    language: str
    due: datetime
    #: worthless after this
    expires: datetime
    #: paused, dry, or none: why no channel posts it by itself
    why: str
    #: the same in a sentence
    reason: str


@dataclass(frozen=True, kw_only=True)
class Pack(Blank):
    """All that a person needs to post something by hand."""

    #: empty when a flaw says why there is none
    text: str
    picture: Path | None
    alt: str | None
    flaws: tuple[Flaw, ...]
    #: ids of the actions and prompts that ask people for a video, where the post speaks for them
    video: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[str, ...]:
        """Return what is wrong with the text, in sentences."""
        return tuple(map(str, self.flaws))

    def as_json(self) -> dict[str, object]:
        """Return the keys of `drumbeat packs --json`, which are a contract."""
        return {key: getattr(self, key) for key in _KEYS}


_KEYS = (
    "id", "channel", "network", "language", "campaign", "action", "due", "expires",
    "text", "picture", "alt", "video", "reason", "problems",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class HandPost:
    """A post that somebody made by hand."""

    occurrence: int
    network: str
    language: str
    url: str
    by: Actor
    #: epoch seconds
    at: int
