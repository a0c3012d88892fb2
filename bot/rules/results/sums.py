"""Sums of what people did with posts of ours, and comparisons of two months. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.model.counting import REACTIONS, TOGETHER, OwnPost
from bot.rules.results.standing import Standing, is_late, standing

LEAST: Final = 20
"""With fewer of a kind than these in both months, chance decides, and nothing is compared."""


@dataclass(frozen=True, kw_only=True)
class Sum:
    """What people did with several posts on one network, at one age."""

    network: str
    #: how many posts stand in each way
    posts: Mapping[Standing, int]
    #: how many of them were read late
    late: int
    #: of each kind of `REACTIONS`, and of `TOGETHER`, that is known of any post: the sum
    counts: Mapping[str, int]
    #: and of how many posts it is the sum
    known: Mapping[str, int]

    @property
    def total(self) -> int:
        """Return how many posts there are, whatever is known of them."""
        return sum(self.posts.values())

    def each(self, kind: str) -> float | None:
        """Return the number for one post of which it is known, on average; None where it is known
        of none.
        """
        posts = self.known.get(kind, 0)
        return self.counts[kind] / posts if posts else None


def summed(
    posts: Iterable[OwnPost], age: int, now: int, tells: Mapping[str, bool]
) -> dict[str, Sum]:
    """Return what people did with these posts, by network; `tells`: which of them tell counts."""
    by_network: dict[str, list[OwnPost]] = {}
    for post in posts:
        by_network.setdefault(post.network, []).append(post)
    return {
        network: _summed(network, by_network[network], age, now, tells=tells.get(network, False))
        for network in sorted(by_network)
    }


def _summed(network: str, posts: list[OwnPost], age: int, now: int, *, tells: bool) -> Sum:
    counts, known = Counter[str](), Counter[str]()
    for post in posts:
        reading = post.at(age)
        for kind in (*REACTIONS, TOGETHER):
            n = getattr(reading.reactions, kind) if reading else None
            if n is not None:
                counts[kind] += n
                known[kind] += 1
    return Sum(
        network=network,
        posts=Counter(standing(post, age, now, tells=tells) for post in posts),
        late=sum(is_late(post, age) for post in posts),
        counts={kind: counts[kind] for kind in known},
        known=dict(known),
    )


@dataclass(frozen=True, kw_only=True)
class Change:
    """A month beside the one before, by what one post had on average."""

    #: None where it can't be said
    ratio: float | None
    #: 'unknown', 'few' or 'none' (there was nothing before), '' where there is a ratio
    why: str


def change(now: Sum | None, before: Sum | None, kind: str) -> Change:
    """Compare one kind of two months on one network, each post with its like: a month of more posts
    is no better one.
    """
    here, there = (each.each(kind) if each else None for each in (now, before))
    if now is None or before is None or here is None or there is None:
        return Change(ratio=None, why="unknown")
    if max(now.counts[kind], before.counts[kind]) < LEAST:
        return Change(ratio=None, why="few")
    if not there:
        return Change(ratio=None, why="none")
    return Change(ratio=round(here / there, 2), why="")
