"""Counts: uses of hashtags, what people did with posts of ours, calls of paid networks with their
costs, and how many take part.
"""

from dataclasses import dataclass
from datetime import date, datetime

from bot.model.audience import Audience
from bot.model.message import DeliveryKey
from bot.model.staff import Actor

MILLION = 1_000_000
"""Money is kept in whole millionths of a US dollar, so that sums are exact."""


UNDECIDED_DAYS = 7
"""Days after which a post that asks something goes, about which nobody has decided."""

REMEMBERED_DAYS = 30
"""Days for which it is known that such a post was there: collectors read back a week at most."""


@dataclass(frozen=True, kw_only=True)
class Spent:
    """The calls of one kind that one channel made on one day in UTC."""

    day: date
    channel: str
    #: the channel's account, which others may share
    account: str
    #: 'post', 'post_with_link', 'read', 'count' or 'delete'
    kind: str
    n: int
    #: millionths of a US dollar
    micros: int


@dataclass(frozen=True, kw_only=True)
class Subscribed:
    """How many subscribers share one audience, language and zone."""

    audience: Audience
    #: BCP 47 tag
    language: str
    zone: str
    count: int


@dataclass(frozen=True, kw_only=True)
class ActionCount:
    """How many times an action was ticked off."""

    campaign: str
    action: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Asking:
    """A post of somebody that asks something, without who wrote it."""

    #: the same on every server
    uri: str
    #: what the place itself needs to find it again; '' where the URI is enough
    post: str
    #: name of the place that gave it
    place: str
    url: str
    #: in which nobody is named
    text: str
    #: BCP 47 tag, as its author says; '' where they say none
    language: str
    #: aware
    posted: datetime


@dataclass(frozen=True, kw_only=True)
class AskedPost(Asking):
    """A post that asks something, as it waits for staff; instants in epoch seconds, but for the
    author's.
    """

    id: int
    network: str
    #: when it was last looked whether it still stands
    seen: int
    #: who has answered the checklist first, where a second person has to look; '' for nobody
    first: Actor
    #: the text that they would answer with, which the second confirms; '' where nobody is awaited
    answer: str
    #: whose hashtag it has; '' where nobody knows
    campaign: str


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One count of one source, as it was collected; never changed afterwards.

    Raises ValueError for an empty window or a naive instant.
    """

    #: in the form of `bot.text.normal`
    tag: str
    #: counted only in posts that carry this campaign hashtag, too; empty for a campaign hashtag
    #: itself
    beside: str = ""
    network: str
    #: which server was asked, or which ones together
    source: str
    #: exactly what was asked
    query: str
    #: the window: `start` is in it, `end` is not
    start: datetime
    end: datetime
    #: seconds of the source's buckets
    resolution: int
    #: whether `uses` holds reposts, too
    reposts: bool
    collected: datetime
    #: posts with the hashtag
    uses: int
    #: reposts of these posts so far; None where the source doesn't tell
    boosts: int | None = None
    #: different accounts among them; None where they are not known
    authors: int | None = None
    #: posts among them by pledge-makers; None where authors are not known
    pledgers: int | None = None
    #: what this source can't see, in words
    blind: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if None in (self.start.tzinfo, self.end.tzinfo, self.collected.tzinfo):
            raise ValueError(f"{self.tag} on {self.source}: instants must be aware")
        if self.end <= self.start:
            raise ValueError(
                f"{self.tag} on {self.source}: the window from {self.start} to {self.end} is empty"
            )

    @property
    def series(self) -> tuple[str, str, bool]:
        """Return what comparable samples have in common: source, query, reposts in or out."""
        return self.source, self.query, self.reposts


@dataclass(frozen=True, kw_only=True)
class Reactions:
    """What a network tells of one post of ours; None for a count that it doesn't tell."""

    views: int | None = None
    likes: int | None = None
    #: without quotes, where the network counts these by themselves
    reposts: int | None = None
    replies: int | None = None
    quotes: int | None = None
    #: deleted or hidden: nobody knows its counts any more, and none of them is 0
    gone: bool = False

    @property
    def together(self) -> int | None:
        """Return how often people liked it, passed it on or answered; None where one of these isn't
        known.
        """
        if self.likes is None or self.reposts is None or self.replies is None:
            return None
        return self.likes + self.reposts + self.replies


REACTIONS = ("views", "likes", "reposts", "replies", "quotes")
"""The counts of `Reactions`, in the order in which they are shown."""

TOGETHER = "together"
"""Likes, reposts and replies as one count, which every network that tells anything gives."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What was read of a post of ours at one age."""

    #: days after it left for which this stands: 1, 7 or 30
    age: int
    #: epoch seconds at which it was read, which may be late
    at: int
    reactions: Reactions


@dataclass(frozen=True, kw_only=True)
class OwnPost:
    """A post of ours that left and was not taken back, with what was read of it."""

    key: DeliveryKey
    campaign: str
    #: the action of the data, or what staff wrote (see `bot.model.subject`)
    action: str
    #: of its occurrence
    day: date
    channel: str
    network: str
    #: its address on the network, '' where that tells none
    url: str
    #: epoch seconds at which it left
    sent: int
    #: what the network calls it, '' where it gave no receipt, so that it can't be asked for
    receipt: str
    #: by age
    readings: tuple[Reading, ...] = ()

    def at(self, age: int) -> Reading | None:
        """Return what was read of it at this age; None where nothing was."""
        return next((each for each in self.readings if each.age == age), None)
