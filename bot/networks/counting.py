"""What every collector is to the rest of the house: it asks one network's servers, its *places*,
how often a hashtag was used.

A collector blocks, so who calls it does so in a thread, and never in two at once. It asks once and
never waits to retry: that belongs to the job. What a place refuses is a value beside the samples of
the others, a `NetworkError` that says what is known (see `bot.networks.base`).

Posts are looked at where a network gives posts and not counts. They stay in memory while they are
counted: neither text nor author is kept. Where somebody wants to know what people ask (`Ask.asks`),
the texts of posts that do are given on, without their author.
"""

import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from bot.errors import NetworkError
from bot.model import Secret
from bot.model.counting import Asking, Sample
from bot.networks.common.bounds import API, Bounds
from bot.rules.hashtags import DAY
from bot.text import normal

FEWEST_BESIDE = 3
"""Another hashtag is counted from so many posts of a day on: a rarer one could say who wrote."""

MOST_BESIDE = 20
"""At most so many other hashtags are kept of a day."""


UNREAD = re.compile(r"posts before (\d{4}-\d\d-\d\d \d\d:\d\d) UTC: ")
"""How a blind spot begins that `unread` wrote."""


def unread(before: datetime) -> str:
    """Return the blind spot of posts before an instant in UTC that are too many to be read."""
    return f"posts before {before:%Y-%m-%d %H:%M} UTC: they are too many to be read at once"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A server that is asked."""

    #: its name in samples and alerts
    name: str
    #: None for the network's own
    url: str | None
    secrets: Mapping[str, Secret] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What a collector is asked for: a hashtag and a window."""

    #: as people write it, with '#'
    tag: str
    #: from when on, in UTC; sources that tell no more than the last days give these
    since: datetime
    now: datetime
    #: handles of pledge-makers on this network, in small letters without the first '@'; None: their
    #: share is not to be counted
    pledgers: Collection[str] | None = None
    #: whether a text asks something; None: no text is given on
    asks: Callable[[str], bool] | None = None

    @property
    def word(self) -> str:
        """The hashtag without the '#' in front."""
        return self.tag.removeprefix("#")


@dataclass(frozen=True, kw_only=True)
class Found:
    """What came of asking: samples, calls and troubles."""

    samples: tuple[Sample, ...]
    #: answered calls, for the price
    calls: int = 0
    #: posts that ask something, where that was wanted
    asking: tuple[Asking, ...] = ()
    #: place -> what was the matter
    troubles: Mapping[str, NetworkError] = field(default_factory=dict)


class Collector(ABC):
    """Counts the uses of hashtags on one network."""

    #: fields of the secret of a channel's account that it uses
    SECRETS: ClassVar[tuple[str, ...]] = ()
    #: how far back it can see
    REACH: ClassVar[timedelta] = timedelta(days=7)
    #: loggers of its client library that may show a secret, and those that must be silent below
    #: WARNING
    LOGGERS: ClassVar[tuple[str, ...]] = ()
    SILENT: ClassVar[tuple[str, ...]] = ()
    #: kind of its calls in the price list of the network
    KIND: ClassVar[str] = "read"

    #: how long a place may take over each request, and how much it may say
    BOUNDS: ClassVar[Bounds] = API

    def __init__(self, places: Sequence[Place]) -> None:
        self.places = tuple(places)

    @abstractmethod
    def collect(self, ask: Ask) -> Found:
        """Ask every place; raises nothing that a network can cause."""

    def gone(self, posts: Sequence[Asking]) -> Collection[str]:  # noqa: ARG002
        """Return the URIs of those posts that are not there any more, or not for everybody.

        Raises `NetworkError` where nothing is known. A collector that gives no posts on is asked
        for none.
        """
        return ()

    def close(self) -> None:  # noqa: B027 - not all have something to let go of
        """Let go of all connections of this collector."""


@dataclass(frozen=True, kw_only=True)
class Post:
    """A post while it is counted."""

    #: the same on every server
    uri: str
    at: datetime
    author: str
    #: its hashtags, with '#', in the form of `bot.text.normal`
    tags: frozenset[str]
    boosts: int
    #: what is given on of it; None where it asks nothing, or nobody wants to know
    asking: Asking | None = None


@dataclass(frozen=True, kw_only=True)
class Read:
    """Posts that were read without a gap from `start` on."""

    posts: Sequence[Post]
    start: datetime
    blind: tuple[str, ...] = ()


def given_on(reads: Iterable[Read], ask: Ask) -> tuple[Asking, ...]:
    """Return the posts with the hashtag that ask something, each once."""
    tag = normal(ask.tag)
    posts = (post for read in reads for post in read.posts if post.asking and tag in post.tags)
    return tuple({post.uri: post.asking for post in posts if post.asking}.values())


def by_day(read: Read, ask: Ask, *, network: str, source: str, query: str) -> list[Sample]:
    """Count posts per day in UTC, from `read.start` to now; and other hashtags on whole days."""
    samples: list[Sample] = []
    start, tag = read.start.astimezone(UTC), normal(ask.tag)
    while start < ask.now:
        day_end = datetime(start.year, start.month, start.day, tzinfo=UTC) + DAY
        end = min(day_end, ask.now)
        posts = {
            post.uri: post for post in read.posts if start <= post.at < end and tag in post.tags
        }.values()
        sample = Sample(
            tag=tag,
            network=network,
            source=source,
            query=query,
            start=start,
            end=end,
            resolution=int(DAY.total_seconds()),
            reposts=False,
            collected=ask.now,
            uses=len(posts),
            boosts=sum(post.boosts for post in posts),
            authors=len({post.author for post in posts}),
            pledgers=(
                None if ask.pledgers is None else sum(post.author in ask.pledgers for post in posts)
            ),
            blind=read.blind,
        )
        samples.append(sample)
        if end - start == DAY:
            samples += _beside(sample, posts)
        start = day_end
    return samples


def _beside(campaign: Sample, posts: Iterable[Post]) -> Iterable[Sample]:
    counts = Counter(tag for post in posts for tag in post.tags if tag != campaign.tag)
    for tag, uses in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_BESIDE]:
        if uses >= FEWEST_BESIDE:
            yield Sample(
                tag=tag,
                beside=campaign.tag,
                network=campaign.network,
                source=campaign.source,
                query=campaign.query,
                start=campaign.start,
                end=campaign.end,
                resolution=campaign.resolution,
                reposts=campaign.reposts,
                collected=campaign.collected,
                uses=uses,
                blind=campaign.blind,
            )
