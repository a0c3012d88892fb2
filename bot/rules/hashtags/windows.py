"""Samples and their windows: which of them may be added up."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

DAY = timedelta(days=1)


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
        """What makes samples comparable: source, query, reposts in or out."""
        return self.source, self.query, self.reposts


def disjoint(samples: Iterable[Sample]) -> list[Sample]:
    """The samples of one series that may be added up, in order of time.

    `bot.rules.hashtags` says how they are chosen.
    """
    newest: dict[tuple[datetime, datetime], Sample] = {}
    for sample in sorted(samples, key=lambda s: s.collected):
        newest[sample.start, sample.end] = sample
    ordered = sorted(newest.values(), key=lambda s: (s.end, s.start))
    ends = [sample.end for sample in ordered]
    # best[i]: the most (seconds, freshness) that the first i windows give; taken[i]: with the i-th,
    # after how many others
    best, taken = [(0, 0)], [-1]
    for i, sample in enumerate(ordered):
        before = bisect_right(ends, sample.start, 0, i)
        seconds = round((sample.end - sample.start).total_seconds() * 1000)
        with_it = (
            best[before][0] + seconds,
            best[before][1] + seconds * round(sample.collected.timestamp()),
        )
        taken.append(before if with_it > best[i] else -1)
        best.append(max(with_it, best[i]))
    return _walk_back(ordered, taken)


def _walk_back(ordered: Sequence[Sample], taken: Sequence[int]) -> list[Sample]:
    path, i = [], len(ordered)
    while i > 0:
        if taken[i] >= 0:
            path.append(ordered[i - 1])
        i = taken[i] if taken[i] >= 0 else i - 1
    return path[::-1]


def midnight(day: date) -> datetime:
    """The instant at which the day begins in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def days_between(start: date, end: date) -> list[date]:
    """All days from `start` to `end`, both included."""
    return [start + n * DAY for n in range((end - start).days + 1)]


def inside_a_day(sample: Sample) -> bool:
    """Whether the window lies in one day in UTC."""
    return sample.end.astimezone(UTC) <= midnight(sample.start.astimezone(UTC).date()) + DAY
