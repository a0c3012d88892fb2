"""From samples to the usage on each day, with what no source saw."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from bot.model.counting import Sample
from bot.rules.hashtags.windows import DAY, days_between, disjoint, inside_a_day, midnight

WHOLE = 0.9
"""The part of a day that must be covered for the day to count as seen."""

_SLIP = 1e-9


@dataclass(frozen=True, kw_only=True)
class Day:
    """The uses of one hashtag on one day in UTC."""

    day: date
    #: None when nothing of the day was seen
    uses: int | None
    #: our own posts with the hashtag on this network, as the outbox knows them; they are among
    #: `uses` where the source sees them
    own: int = 0
    boosts: int | None = None
    #: only where one window covers the day: accounts of two windows may be the same
    authors: int | None = None
    pledgers: int | None = None
    #: which part of the 24 hours was seen, 0 to 1
    coverage: float
    #: which part of them has passed, 0 to 1
    passed: float = 1.0

    @property
    def whole(self) -> bool:
        """Return whether the whole day was seen, not only a part of it."""
        return self.coverage >= WHOLE


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A time that no sample of the series covers."""

    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What is known of the use of one hashtag on one network."""

    tag: str
    network: str
    source: str
    query: str
    reposts: bool
    #: in order, none left out; a day to come is not among them
    days: tuple[Day, ...]
    gaps: tuple[Gap, ...]
    #: what the source can't see
    blind: tuple[str, ...]
    #: other sources of this network with samples; not added
    others: tuple[str, ...]

    @property
    def coverage(self) -> float:
        """Return which part of the time that has passed was seen, from 0 to 1.

        It is 1 only when nothing is missing.
        """
        passed = sum(day.passed for day in self.days)
        part = sum(day.coverage for day in self.days) / passed if passed else 0.0
        return 1.0 if part > 1 - _SLIP else int(part * 100) / 100

    @property
    def total(self) -> int | None:
        """Return the uses on the days that were seen; None when none was."""
        return _sum(day.uses for day in self.days)

    @property
    def own(self) -> int:
        """Return how many of the uses are our own posts."""
        return sum(day.own for day in self.days)

    @property
    def boosts(self) -> int | None:
        """Return the number of reposts; None where the source doesn't tell."""
        return _sum(day.boosts for day in self.days)

    @property
    def share(self) -> float | None:
        """Return the share of uses by pledge-makers; None where authors are not known."""
        known = [day for day in self.days if day.uses and day.pledgers is not None]
        uses = sum(day.uses or 0 for day in known)
        return sum(day.pledgers or 0 for day in known) / uses if uses else None


def usage(
    samples: Iterable[Sample],
    start: date,
    end: date,
    *,
    now: datetime,
    own: Mapping[date, int] | None = None,
    patience: timedelta = DAY,
) -> Usage | None:
    """Return what is known from `start` to `end`, where all `samples` are of one hashtag on one
    network.

    None without a usable sample. A gap shorter than `patience` that reaches up to `now` is not
    counted as one: the next collection fills it.
    """
    by_series: dict[tuple[str, str, bool], dict[date, list[Sample]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for sample in samples:
        if inside_a_day(sample) and start <= sample.start.astimezone(UTC).date() <= end:
            by_series[sample.series][sample.start.astimezone(UTC).date()].append(sample)
    known = {
        series: {day: disjoint(of_day) for day, of_day in days.items()}
        for series, days in by_series.items()
    }
    if not known:
        return None
    chosen = max(sorted(known), key=lambda series: _worth(series, known[series]))
    return _usage(
        known[chosen],
        known,
        start,
        min(end, now.astimezone(UTC).date()),
        now=now,
        own=own or {},
        patience=patience,
    )


def _worth(
    series: tuple[str, str, bool], days: Mapping[date, Sequence[Sample]]
) -> tuple[int, bool, int, float]:
    """Return a value by which series are compared; the greatest one speaks for its network.

    The series that knows most whole days wins; among equals one without reposts, then the one that
    saw most.
    """
    seen = [_covered(samples) for samples in days.values()]
    uses = sum(sample.uses for samples in days.values() for sample in samples)
    return sum(part >= WHOLE for part in seen), not series[2], uses, sum(seen)


def _covered(samples: Iterable[Sample]) -> float:
    return sum((s.end - s.start) / DAY for s in samples)


def _usage(
    days: Mapping[date, Sequence[Sample]],
    known: Collection[tuple[str, str, bool]],
    start: date,
    end: date,
    *,
    now: datetime,
    own: Mapping[date, int],
    patience: timedelta,
) -> Usage:
    used = [sample for day in sorted(days) for sample in days[day]]
    last = used[-1]
    return Usage(
        tag=last.tag,
        network=last.network,
        source=last.source,
        query=last.query,
        reposts=last.reposts,
        days=tuple(
            _day(day, days.get(day, ()), own.get(day, 0), now) for day in days_between(start, end)
        ),
        gaps=tuple(_gaps(used, midnight(start), min(now, midnight(end) + DAY), now - patience)),
        blind=tuple(dict.fromkeys(words for sample in used for words in sample.blind)),
        others=tuple(
            sorted(
                {f"{source} ({query})" for source, query, _ in known}
                - {f"{last.source} ({last.query})"}
            )
        ),
    )


def _day(day: date, samples: Sequence[Sample], own: int, now: datetime) -> Day:
    passed = min(1.0, (now - midnight(day)) / DAY)
    if not samples:
        return Day(day=day, uses=None, own=own, coverage=0.0, passed=passed)
    alone = samples[0] if len(samples) == 1 else None
    return Day(
        day=day,
        uses=sum(sample.uses for sample in samples),
        own=own,
        boosts=_all(sample.boosts for sample in samples),
        authors=alone.authors if alone else None,
        pledgers=_all(sample.pledgers for sample in samples),
        coverage=_covered(samples),
        passed=max(passed, _covered(samples)),
    )


def _all(values: Iterable[int | None]) -> int | None:
    """Return the sum of the values; None when any is unknown."""
    numbers = list(values)
    return None if None in numbers else _sum(numbers)


def _sum(values: Iterable[int | None]) -> int | None:
    """Return the sum of the known values; None when none is known."""
    numbers = [value for value in values if value is not None]
    return sum(numbers) if numbers else None


def _gaps(
    samples: Sequence[Sample], start: datetime, end: datetime, awaited: datetime
) -> Iterable[Gap]:
    position = start
    for sample in samples:
        if sample.start > position:
            yield Gap(start=position, end=sample.start)
        position = max(position, sample.end)
    # what has only just passed is still to be collected
    if position < end and position < awaited:
        yield Gap(start=position, end=end)


def within(whole: Usage, start: date, end: date) -> Usage:
    """Return the part of a usage from `start` to `end`."""
    days = tuple(day for day in whole.days if start <= day.day <= end)
    first, last = midnight(start), midnight(end) + DAY
    gaps = tuple(
        replace(gap, start=max(gap.start, first), end=min(gap.end, last))
        for gap in whole.gaps
        if gap.end > first and gap.start < last
    )
    return replace(whole, days=days, gaps=gaps)


def companions(samples: Iterable[Sample]) -> dict[str, int]:
    """Return other hashtags in posts with a campaign hashtag, with their uses, most used first.

    The samples must be of one series.
    """
    by_day: dict[tuple[str, date], list[Sample]] = defaultdict(list)
    for sample in samples:
        if sample.beside and inside_a_day(sample):
            by_day[sample.tag, sample.start.astimezone(UTC).date()].append(sample)
    counts: dict[str, int] = defaultdict(int)
    for (tag, _), of_day in by_day.items():
        counts[tag] += sum(sample.uses for sample in disjoint(of_day))
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
