"""Windows of samples: which samples may be added up without counting twice."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from bot.model.counting import Sample

DAY = timedelta(days=1)


def disjoint(samples: Iterable[Sample]) -> list[Sample]:
    """Return those samples of one series that may be added up, in order of time.

    How they are chosen is said in `bot.rules.hashtags`.
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
    """Return the instant at which the day begins in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def days_between(start: date, end: date) -> list[date]:
    """Return all days from `start` to `end`, both included."""
    return [start + n * DAY for n in range((end - start).days + 1)]


def inside_a_day(sample: Sample) -> bool:
    """Return whether the sample's window lies within one day in UTC."""
    return sample.end.astimezone(UTC) <= midnight(sample.start.astimezone(UTC).date()) + DAY
