"""Samples to usage: nothing twice, gaps said, lift and trend withheld where they can't be said."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.counting import Sample
from bot.rules.hashtags import (
    DAY,
    Day,
    Gap,
    Surge,
    Usage,
    companions,
    days_between,
    disjoint,
    lift,
    midnight,
    surge,
    trend,
    usage,
    within,
)

FIRST = date(2021, 5, 3)  # a Monday
HOUR = timedelta(hours=1)


def at(hours: float, day: date = FIRST) -> datetime:
    return midnight(day) + hours * HOUR


def sample(
    start=0.0,
    end=24.0,
    uses=5,
    *,
    collected=30.0,
    day=FIRST,
    source="one.example",
    query="q",
    reposts=False,
    **fields,
) -> Sample:
    return Sample(
        **{
            "tag": "#tree",
            "network": "somewhere",
            "source": source,
            "query": query,
            "start": at(start, day),
            "end": at(end, day),
            "resolution": 3600,
            "reposts": reposts,
            "collected": at(collected, day),
            "uses": uses,
            **fields,
        }
    )


def used(*samples: Sample, start=FIRST, end=FIRST, now=None, **options) -> Usage:
    found = usage(samples, start, end, now=now or at(24 * 60), **options)
    assert found is not None
    return found


def whole(counts: Iterable[int | None], *, end: date) -> Usage:
    """A usage whose last day is `end`; None is a day that nobody saw."""
    counts = list(counts)
    days = days_between(end - (len(counts) - 1) * DAY, end)
    return Usage(
        tag="#tree",
        network="somewhere",
        source="one.example",
        query="q",
        reposts=False,
        days=tuple(
            Day(day=d, uses=n, coverage=0.0 if n is None else 1.0)
            for d, n in zip(days, counts, strict=True)
        ),
        gaps=(),
        blind=(),
        others=(),
    )


# windows


def test_the_newest_sample_of_a_window_counts():
    old, new, older = sample(uses=5), sample(uses=3, collected=40), sample(uses=9, collected=26)
    assert disjoint([old, new, older]) == [new]
    assert used(old, new, older).total == 3


def test_a_day_is_not_added_to_its_own_hours():
    hours = [sample(h, h + 1, uses=1, collected=25) for h in range(24)]
    found = used(sample(uses=30, collected=24.5), *hours)
    assert found.total == 24, "the hours are newer"
    assert used(sample(uses=30, collected=26), *hours).total == 30, "the day is newer"


def test_a_newer_window_that_sees_less_does_not_push_out_one_that_sees_more():
    found = used(sample(uses=30, collected=24), sample(22, 24, uses=4, collected=25))
    assert (found.total, found.coverage) == (30, 1.0)


def test_windows_that_overlap_in_part_are_never_added_up():
    found = used(sample(0, 13, uses=10), sample(12, 24, uses=10))
    assert found.total == 10
    assert found.gaps == (Gap(start=at(13), end=at(24)),)


def test_a_running_hour_gives_way_to_the_whole_one():
    found = used(
        sample(0, 10, uses=4), sample(10, 10.5, uses=1), sample(10, 11, uses=7, collected=31)
    )
    assert found.total == 11


WINDOWS = st.lists(
    st.tuples(
        st.integers(0, 23), st.integers(1, 24), st.integers(0, 50), st.integers(24, 60)
    ).filter(lambda w: w[0] < w[1]),
    max_size=9,
)


@given(WINDOWS)
def test_windows_that_are_added_up_never_overlap_and_no_choice_covers_more(windows):
    samples = [
        sample(start, end, uses, collected=collected) for start, end, uses, collected in windows
    ]
    chosen = disjoint(samples)
    assert all(one.end <= other.start for one, other in pairwise(chosen))
    assert set(map(id, chosen)) <= set(map(id, samples))
    best = 0.0
    unique = list({(s.start, s.end): s for s in samples}.values())
    for mask in range(1 << len(unique)):
        subset = sorted((s for n, s in enumerate(unique) if mask >> n & 1), key=lambda s: s.start)
        if all(one.end <= other.start for one, other in pairwise(subset)):
            best = max(best, sum((s.end - s.start) / DAY for s in subset))
    assert sum((s.end - s.start) / DAY for s in chosen) == pytest.approx(best)
    for one in chosen:
        assert one.collected == max(
            s.collected for s in samples if (s.start, s.end) == (one.start, one.end)
        ), "the newest of its window"


@given(WINDOWS, st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(windows, random):
    # an instant of collection each, so that there is one newest
    samples = [
        sample(start, end, uses, collected=24 + n)
        for n, (start, end, uses, _) in enumerate(windows)
    ]
    twice = samples * 2
    random.shuffle(twice)
    assert disjoint(twice) == disjoint(samples)


@given(WINDOWS)
def test_coverage_and_gaps_make_up_the_whole_day(windows):
    samples = [sample(*window[:3], collected=window[3]) for window in windows]
    found = usage(samples, FIRST, FIRST, now=at(48))
    if found is None:
        assert not samples
        return
    missing = sum((gap.end - gap.start) / DAY for gap in found.gaps)
    [day] = found.days
    assert day.coverage + missing == pytest.approx(1.0)
    assert (found.coverage == 1.0) == (not found.gaps)


def test_a_window_over_midnight_can_not_be_split():
    assert usage([sample(20, 28)], FIRST, FIRST + DAY, now=at(60)) is None


def test_an_empty_window_and_a_naive_instant_are_refused():
    with pytest.raises(ValueError, match="is empty"):
        sample(3, 3)
    with pytest.raises(ValueError, match="must be aware"):
        Sample(**{**vars(sample()), "collected": datetime(2021, 5, 3)})


# sources


def test_sources_are_never_added_up_and_the_one_that_knows_more_days_speaks():
    days = [FIRST, FIRST + DAY]
    large = [sample(uses=90, source="large.example", day=days[0])]
    steady = [sample(uses=10, source="steady.example", day=day) for day in days]
    found = used(*large, *steady, end=days[1])
    assert (found.source, found.total) == ("steady.example", 20)
    assert found.others == ("large.example (q)",)


def test_of_sources_that_know_the_same_days_the_one_that_sees_more_speaks():
    assert used(sample(uses=3), sample(uses=8, source="z.example")).total == 8
    assert used(sample(uses=3), sample(uses=8, source="z.example", reposts=True)).total == 3, (
        "reposts are not uses"
    )


def test_another_query_is_another_series():
    found = used(sample(uses=3, query="#tree"), sample(uses=2, query="#tree lang:en"))
    assert (found.total, found.others) == (3, ("one.example (#tree lang:en)",))


def test_own_posts_and_boosts_stand_apart():
    found = used(sample(uses=7, boosts=12), own={FIRST: 2, FIRST + DAY: 9})
    assert (found.total, found.own, found.boosts) == (7, 2, 12)
    assert used(sample(uses=7)).boosts is None, "not told is not zero"
    assert used(sample(0, 12, boosts=1), sample(12, 24)).boosts is None, "half told is not told"


def test_the_share_of_pledge_makers_needs_known_authors():
    assert used(sample(uses=8, pledgers=2)).share == 0.25
    assert used(sample(uses=8)).share is None
    assert used(sample(uses=0, pledgers=0)).share is None


def test_accounts_of_two_windows_may_be_the_same():
    assert used(sample(authors=4)).days[0].authors == 4
    assert used(sample(0, 12, authors=4), sample(12, 24, authors=4)).days[0].authors is None


# gaps


def test_a_day_that_nobody_saw_has_no_number_and_is_a_gap():
    found = used(sample(uses=4), sample(uses=6, day=FIRST + 2 * DAY), end=FIRST + 2 * DAY)
    assert [day.uses for day in found.days] == [4, None, 6]
    assert found.gaps == (Gap(start=at(24), end=at(48)),)
    assert (found.total, found.coverage) == (10, 0.66)


def test_what_has_only_just_passed_is_no_gap_yet():
    options = {"now": at(12), "patience": 2 * HOUR}
    assert used(sample(0, 10.5), **options).gaps == ()
    assert used(sample(0, 9), **options).gaps == (Gap(start=at(9), end=at(12)),)


def test_days_to_come_are_not_among_the_days():
    found = used(sample(0, 6), end=FIRST + 9 * DAY, now=at(6))
    assert [day.day for day in found.days] == [FIRST]
    assert found.coverage == 1.0
    assert found.days[0].passed == 0.25
    assert not found.days[0].whole


def test_a_part_of_a_usage_keeps_its_series_and_cuts_its_gaps():
    found = used(sample(uses=4), sample(uses=6, day=FIRST + 4 * DAY), end=FIRST + 4 * DAY)
    part = within(found, FIRST + 2 * DAY, FIRST + 4 * DAY)
    assert [day.uses for day in part.days] == [None, None, 6]
    assert part.gaps == (Gap(start=at(48), end=at(96)),)
    assert part.coverage == 0.33


# lift

DAY_OF_TREES = date(2021, 6, 12)
TOMORROW = DAY_OF_TREES + DAY


def lifted(usual=10, on_the_day=50, *, changes=None, others=(), today=TOMORROW):
    """29 days that end with the observance; `changes` by days before it."""
    counts = [usual] * 28 + [on_the_day]
    for back, count in (changes or {}).items():
        counts[28 - back] = count
    return lift(whole(counts, end=DAY_OF_TREES), "tree-day", DAY_OF_TREES, others, today=today)


def test_lift_is_the_ratio_to_the_median_of_the_same_weekday():
    found = lifted(changes={7: 10, 14: 20, 21: 30, 28: 1000, 1: 999, 6: 999})
    assert (found.ratio, found.n, found.blind_days, found.why) == (2.0, 50, (), "")


def test_days_next_to_another_observance_are_left_out():
    assert lifted(changes={7: 1000}).ratio == 5.0, "the median bears one"
    busy = {7: 1000, 14: 1000}
    assert lifted(changes=busy).ratio == pytest.approx(0.1)
    others = [DAY_OF_TREES - 8 * DAY, DAY_OF_TREES - 13 * DAY]
    assert lifted(changes=busy, others=others).ratio == 5.0


def test_an_observance_two_days_off_changes_nothing():
    assert lifted(changes={7: 40, 14: 40}, others=[DAY_OF_TREES - 9 * DAY]).ratio == 2.0


@pytest.mark.parametrize(("uses", "ratio"), [(19, None), (20, 2.0)])
def test_lift_is_withheld_below_twenty_uses(uses, ratio):
    found = lifted(on_the_day=uses)
    assert (found.ratio, found.n) == (ratio, uses)
    assert ("too few" in found.why) == (ratio is None)


def test_blind_days_are_said_and_not_taken_for_zero():
    found = lifted(changes={7: None, 21: None})
    assert found.blind_days == (DAY_OF_TREES - 21 * DAY, DAY_OF_TREES - 7 * DAY)
    assert found.ratio == 5.0


def test_one_day_is_no_habit():
    found = lifted(changes={7: None, 14: None, 21: None})
    assert found.ratio is None
    assert found.why == "1 of the days to compare with can be used, 2 are needed"


def test_a_day_that_nobody_saw_has_no_lift():
    found = lifted(on_the_day=None)
    assert (found.ratio, found.n, found.blind_days) == (None, None, (DAY_OF_TREES,))


def test_a_day_that_is_not_over_has_no_lift():
    found = lifted(today=DAY_OF_TREES)
    assert (found.ratio, found.why) == (None, "the day is not over")


def test_from_nothing_there_is_no_ratio():
    found = lifted(usual=0)
    assert (found.ratio, found.n) == (None, 50)
    assert "no use at all" in found.why


# trend and surge


def test_trend_compares_two_seen_weeks():
    assert trend(whole([10] * 7 + [15] * 7, end=FIRST), today=FIRST + DAY).ratio == 1.5
    assert (
        trend(whole([10] * 6 + [None] + [15] * 7, end=FIRST), today=FIRST + DAY).why
        == "1 of the last 14 days were not seen"
    )
    assert trend(whole([1] * 7 + [2] * 7, end=FIRST), today=FIRST + DAY).ratio is None
    assert (
        trend(whole([0] * 7 + [20] * 7, end=FIRST), today=FIRST + DAY).why
        == "no use in the week before"
    )


@pytest.mark.parametrize(
    ("usual", "today", "expected"),
    [
        (10, 30, Surge(day=FIRST, uses=30, usual=10.0)),
        (10, 29, None),
        (11, 32, None),
        (0, 30, Surge(day=FIRST, uses=30, usual=0.0)),
    ],
)
def test_three_times_the_usual_is_a_surge_from_a_least_count_on(usual, today, expected):
    assert surge(whole([usual] * 28 + [today], end=FIRST), FIRST) == expected


def test_no_surge_without_a_usual_number():
    assert surge(whole([1] * 6 + [500], end=FIRST), FIRST) is None
    assert surge(whole([1] * 7 + [500], end=FIRST), FIRST) is not None
    assert surge(whole([1] * 28 + [None], end=FIRST), FIRST) is None
    assert surge(whole([1] * 28, end=FIRST - DAY), FIRST) is None


def test_companions_are_summed_over_days_and_not_over_windows():
    beside = [
        sample(uses=3, tag="#forest", beside="#tree"),
        sample(uses=4, tag="#forest", beside="#tree", collected=40),
        sample(uses=5, tag="#forest", beside="#tree", day=FIRST + DAY),
        sample(uses=20, tag="#bird", beside="#tree"),
        sample(uses=99),
    ]
    assert companions(beside) == {"#bird": 20, "#forest": 9}


def test_days_are_days_in_utc():
    tokyo = timezone(9 * HOUR)
    moved = [
        replace(s, start=s.start.astimezone(tokyo), end=s.end.astimezone(tokyo))
        for s in (sample(23, 24, 2), sample(24, 25, 9))
    ]
    assert used(*moved).days[0].uses == 2
