"""The rate limiter never passes the limit, comes close to it, and remembers what it must."""

import random
from collections import deque
from collections.abc import Iterable
from itertools import pairwise
from math import ceil
from statistics import quantiles

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import RateLimited
from bot.rules.pacing import DAY, Pacer, State

START = 1_620_000_000.0

limits = st.one_of(st.integers(1, 1000).map(float), st.floats(0.01, 50))
#: how long the caller sleeps: short ticks, late ones, long silences
sleeps = st.lists(
    st.one_of(st.floats(0.0005, 0.1), st.floats(0.1, 1.5), st.floats(1, 600)),
    min_size=1,
    max_size=150,
)


def send(pacer: Pacer, n: int, now: float) -> None:
    """Let so many leave at once."""
    pacer.take(n, now)
    for _ in range(n):
        pacer.left(now)


def drained(pacer: Pacer, sleeps: Iterable[float], now: float = START) -> list[tuple[float, int]]:
    """What leaves when all that may is taken after each sleep."""
    left = []
    for sleep in sleeps:
        now += sleep
        n = pacer.allowed(now)
        send(pacer, n, now)
        if n:
            left.append((now, n))
    return left


def most_within(left: list[tuple[float, int]], seconds: float) -> int:
    """The most that left in any span of so many seconds (both ends included)."""
    most = total = first = 0
    for now, n in left:
        total += n
        while now - left[first][0] > seconds:
            total -= left[first][1]
            first += 1
        most = max(most, total)
    return most


@given(limit=st.integers(1, 1000), sleeps=sleeps)
@settings(max_examples=200, deadline=None)
def test_no_second_ever_sees_more_than_the_limit(limit, sleeps):
    left = drained(Pacer(float(limit), now=START), sleeps)
    assert most_within(left, 1.0) <= limit


@given(limit=st.floats(0.01, 50), sleeps=sleeps)
@settings(max_examples=200, deadline=None)
def test_a_limit_that_is_no_whole_number_holds_over_the_next_span_with_a_whole_number(
    limit, sleeps
):
    left = drained(Pacer(limit, now=START), sleeps)
    most = -int(-limit // 1)
    assert most_within(left, most / limit) <= most


@given(limit=limits, late=st.floats(0, 0.005))
@settings(max_examples=60, deadline=None)
def test_throughput_reaches_nine_tenths_of_the_limit(limit, late):
    pacer, now, sent = Pacer(limit, now=START), START, 0
    end = START + max(20.0, 60 / limit) if limit < 100 else START + 4
    while now < end:
        now += pacer.wait(now) + late
        n = pacer.allowed(now)
        send(pacer, n, now)
        sent += n
    assert sent >= 0.9 * limit * (end - START) - 1
    assert sent <= limit * (now - START) + 1


@pytest.mark.parametrize("limit", [1, 2, 20, 30, 1000])
@pytest.mark.parametrize(
    ("ticks", "share"), [([0.02] * 9, 0.93), ([0.05] * 9, 0.89), ([0.05] * 8 + [0.2], 0.83)]
)
def test_throughput_survives_coarse_and_late_ticks(limit, ticks, share):
    sleeps = ticks * 100
    sent = sum(n for _, n in drained(Pacer(limit, now=START), sleeps))
    assert sent >= share * limit * sum(sleeps) - 1


@given(
    limit=limits,
    sleeps=sleeps,
    per_day=st.one_of(st.none(), st.integers(1, 20)),
    late=st.booleans(),
)
@settings(max_examples=200, deadline=None)
def test_after_the_wait_it_promised_one_may_leave(limit, sleeps, per_day, late):
    pacer = Pacer(limit, now=START, per_day=per_day)
    now = START
    for sleep in sleeps[:40]:
        now += sleep
        if late:
            pacer.limited(now, 3.0)
        now += pacer.wait(now)
        assert pacer.allowed(now) >= 1
        assert pacer.wait(now) == 0
        send(pacer, 1, now)


@pytest.mark.parametrize(("limit", "few"), [(30.0, 3), (1000.0, 98), (0.5, 3)])
def test_a_few_messages_that_wait_for_each_other_cost_nothing_of_the_limit(limit, few):
    pacer, now, sent, looks = Pacer(limit, now=START), START, 0, 0
    while now < START + 60:
        now += pacer.wait(now, few) + 0.002
        n = pacer.allowed(now)
        send(pacer, n, now)
        sent, looks = sent + n, looks + 1
    assert sent >= 0.93 * limit * 60 - 1
    assert looks <= sent / min(few, max(1, limit * 0.24)) * 1.3 + 1


def test_the_bucket_starts_empty():
    pacer = Pacer(30, now=START)
    assert pacer.allowed(START) == 0
    assert pacer.wait(START) == pytest.approx(1 / (30 * 0.98), abs=1e-4)


def test_after_a_silence_a_quarter_of_a_second_is_made_up_for_and_no_more():
    pacer = Pacer(1000, now=START)
    assert pacer.allowed(START + 3600) == 245


def test_a_rate_below_one_a_second_sends_single_messages_evenly():
    pacer = Pacer(100 / 900, now=START)
    now, left = START, []
    for _ in range(100):
        now += pacer.wait(now)
        send(pacer, pacer.allowed(now), now)
        left.append(now)
    gaps = [after - before for before, after in pairwise(left)]
    assert min(gaps) >= 9
    assert max(gaps) <= 9.3
    assert len([at for at in left if at < START + 900]) <= 100


def test_more_than_allowed_is_never_taken():
    pacer = Pacer(10, now=START)
    with pytest.raises(ValueError, match="3 messages can't leave now: 2 may"):
        pacer.take(3, START + 60)
    assert pacer.allowed(START + 60) == 2
    with pytest.raises(ValueError, match="-1"):
        pacer.take(-1, START + 60)


@pytest.mark.parametrize(("limit", "window"), [(0, 0.25), (-1, 0.25), (5, 0)])
def test_a_limit_that_leaves_nothing_is_refused(limit, window):
    with pytest.raises(ValueError, match="both must be more than 0"):
        Pacer(limit, now=START, window=window)


def test_a_429_rests_the_account_and_lowers_the_rate_by_a_tenth():
    pacer = Pacer(100, now=START)
    now = START + 10
    assert pacer.rate == pytest.approx(98)
    pacer.limited(now, 5.0)
    assert pacer.rate == pytest.approx(88.2)
    assert pacer.wait(now) == pytest.approx(5.0, abs=0.02)
    assert pacer.allowed(now + 4.99) == 0
    assert pacer.allowed(now + 5) > 0


@pytest.mark.parametrize("wait", [float("inf"), float("nan"), 10.0**12])
def test_no_server_lets_an_account_rest_for_longer_than_a_day(wait):
    assert RateLimited("slow down", retry_after=wait).retry_after == 86_400


def test_a_burst_of_429s_counts_as_one():
    pacer = Pacer(100, now=START)
    for step in range(50):
        pacer.limited(START + 10 + step * 0.01, 3.0)
    assert pacer.rate == pytest.approx(88.2, abs=0.05)
    assert pacer.allowed(START + 13.2) == 0
    pacer.limited(START + 20, 1.0)
    assert pacer.rate == pytest.approx(79.4, abs=0.2)


def test_the_rate_rises_slowly_and_never_over_the_limit():
    pacer = Pacer(100, now=START)
    pacer.limited(START, 1.0)
    pacer.allowed(START + 60)
    assert pacer.rate == pytest.approx(89.18, abs=0.01)
    pacer.allowed(START + 600)
    assert pacer.rate == pytest.approx(98, abs=0.01)
    pacer.allowed(START + 6000)
    assert pacer.rate == pytest.approx(98)


def test_a_lowered_rate_lowers_what_a_second_may_see():
    pacer = Pacer(1000, now=START)
    for event in range(2):
        pacer.limited(START + 10 * event, 1.0)
    left = drained(pacer, [0.2] * 30, START + 20)
    assert most_within(left, 1.0) <= 820


def test_complaints_never_stop_an_account_for_good():
    pacer = Pacer(10, now=START)
    for event in range(200):
        pacer.limited(START + 2 * event, 1.0)
    assert pacer.rate > 0.4
    assert pacer.wait(START + 400) < 10


def test_a_pause_holds_until_its_end_and_a_shorter_one_does_not_end_it():
    pacer = Pacer(30, now=START)
    pacer.pause(START + 100)
    pacer.pause(START + 50)
    assert pacer.wait(START + 90) == pytest.approx(10, abs=0.01)
    assert pacer.allowed(START + 99) == 0
    assert pacer.allowed(START + 100) == 7


def test_the_daily_maximum_holds_over_any_day():
    pacer = Pacer(10, now=START, per_day=25)
    left = drained(pacer, [0.5] * 40)
    assert sum(n for _, n in left) == 25
    assert pacer.allowed(START + 3600) == 0
    wait = pacer.wait(START + 3600)
    assert DAY - 3600 - 20 <= wait <= DAY - 3600 + 500
    assert pacer.allowed(START + 3600 + wait) >= 1


@given(sleeps=st.lists(st.floats(1, 40_000), min_size=1, max_size=200), per_day=st.integers(1, 12))
@settings(max_examples=100, deadline=None)
def test_no_rolling_day_ever_sees_more_than_the_daily_maximum(sleeps, per_day):
    left = drained(Pacer(20, now=START, per_day=per_day), sleeps)
    assert most_within(left, DAY - 0.001) <= per_day


def test_a_daily_maximum_of_nothing_waits_for_ever():
    assert Pacer(1, now=START, per_day=0).wait(START + 10) == float("inf")


@given(limit=st.integers(1, 1000), before=sleeps, after=sleeps)
@settings(max_examples=100, deadline=None)
def test_a_restart_changes_nothing(limit, before, after):
    one = Pacer(limit, now=START, per_day=500)
    left = drained(one, before)
    stored = State.loads(one.state().dumps())
    assert stored == one.state()
    now = stored.at
    other = Pacer.from_state(stored, limit, now=now, per_day=500)
    assert other.state() == one.state()
    assert drained(other, after, now) == drained(one, after, now)
    assert most_within(left, 1.0) <= limit


def test_a_lowered_rate_and_a_pause_outlive_a_restart():
    pacer = Pacer(100, now=START)
    pacer.limited(START + 1, 30)
    again = Pacer.from_state(State.loads(pacer.state().dumps()), 100, now=START + 2)
    assert again.allowed(START + 30) == 0
    assert again.rate == pytest.approx(88.6, abs=0.1)
    assert again.allowed(START + 31) > 0


@pytest.mark.parametrize("by", [9.0, 3600.0, -3600.0])
def test_a_rest_after_a_429_keeps_its_length_however_the_clock_is_set(by):
    pacer = Pacer(100, now=START)
    pacer.follow(7.0)
    pacer.limited(START + 1, 30)
    pacer.follow(7.0 + by)
    assert pacer.allowed(START + by + 30.9) == 0
    assert pacer.allowed(START + by + 31.1) > 0


def test_what_a_clock_and_a_counter_go_apart_by_is_followed_once_it_counts():
    pacer = Pacer(1, now=START)
    pacer.limited(START, 30)
    for part in range(11):
        pacer.follow(part * 0.01)
    assert pacer.state().paused_until == pytest.approx(START + 30.06)


def test_a_clock_set_back_neither_stops_nor_floods():
    pacer = Pacer(100, now=START)
    send(pacer, pacer.allowed(START + 10), START + 10)
    back = START + 10 - 3600
    assert pacer.allowed(back) == 0
    left = drained(pacer, [0.05] * 100, back)
    assert most_within(left, 1.0) <= 100
    assert sum(n for _, n in left) >= 0.9 * 100 * 5


@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(("go on", "set", "429", "restart")), st.floats(0.001, 60), st.booleans()
        ),
        min_size=1,
        max_size=60,
    ),
    jumps=st.lists(st.floats(-40 * DAY, 40 * DAY), min_size=60, max_size=60),
)
@settings(max_examples=200, deadline=None)
def test_however_the_clock_is_set_no_account_stands_still_for_longer_than_it_must(steps, jumps):
    """Not longer than the longest rest that its network asked for, and the time of one message."""
    pacer, now = Pacer(30, now=START), START
    for (step, seconds, looks), jump in zip(steps, jumps, strict=False):
        match step:
            case "go on":
                now += seconds
            case "set":
                now += jump
            case "429":
                pacer.limited(now, seconds)
            case "restart":
                pacer = Pacer.from_state(State.loads(pacer.state().dumps()), 30, now=now)
        if looks:
            send(pacer, pacer.allowed(now), now)
        wait = pacer.wait(now)
        assert wait <= 60 + 2
    # a step back of less than a second is waited for
    assert pacer.allowed(now + wait + 1) >= 1


def test_a_clock_that_trembles_is_held_still():
    pacer = Pacer(100, now=START)
    send(pacer, pacer.allowed(START + 10), START + 10)
    for _ in range(100):
        assert pacer.allowed(START + 9.99) == 0
    assert pacer.allowed(START + 10) == 0


def test_a_rehearsal_jumping_a_minute_at_a_time_loses_nothing_of_its_limit():
    pacer = Pacer(30, now=START, window=60)
    left = drained(pacer, [60.0] * 100)
    assert sum(n for _, n in left) == pytest.approx(0.98 * 30 * 6000, rel=0.001)
    assert most_within(left, 59.9) <= 30 * 60


def test_a_rehearsal_of_a_slow_network_keeps_its_limit_over_its_window():
    left = drained(Pacer(100 / 900, now=START, window=900), [300.0] * 100)
    assert most_within(left, 899) <= 100
    assert sum(n for _, n in left) >= 0.9 * 100 / 900 * 30_000


def test_memory_stays_bounded_however_finely_messages_leave():
    pacer = Pacer(1000, now=START, per_day=10_000_000)
    drained(pacer, [0.0011] * 20_000)
    state = pacer.state()
    assert len(state.recent) <= 201
    assert len(state.day) <= 201


def evenly(every: float, seconds: float) -> list[float]:
    """Seconds at which somebody writes, every so many."""
    return [n * every for n in range(ceil(seconds / every))]


def by_chance(often: float, seconds: float) -> list[float]:
    """Seconds at which people write who know nothing of each other, so many a second."""
    chance, at, asked = random.Random(7), 0.0, []
    while (at := at + chance.expovariate(often)) < seconds:
        asked.append(at)
    return asked


def chatted(pacer: Pacer, seconds: float, asked: list[float]) -> tuple[list[float], list[float]]:
    """When broadcasts and replies left, where somebody asks at these seconds and all else is taken
    as soon as it may be; looked at a hundred times a second.
    """
    broadcast: list[float] = []
    replies: list[float] = []
    waiting, asks = 0, deque(asked)
    for tick in range(int(seconds * 100)):
        now = START + tick / 100
        while asks and asks[0] <= tick / 100:
            asks.popleft()
            waiting += 1
            pacer.waits(waiting, now)
        while waiting and pacer.reply(now) == 0:
            pacer.answered(now)
            replies.append(now)
            waiting -= 1
            pacer.waits(waiting, now)
        n = pacer.allowed(now)
        send(pacer, n, now)
        broadcast += [now] * n
    return broadcast, replies


@given(every=st.floats(0.005, 3.0))
@settings(max_examples=40, deadline=None)
def test_replies_and_broadcasts_together_never_pass_the_limit(every):
    broadcast, replies = chatted(Pacer(30, now=START, reserve=3), 10, evenly(every, 10))
    assert most_within([(at, 1) for at in sorted(broadcast + replies)], 1.0) <= 30


def test_a_flood_of_messages_leaves_broadcasts_their_reserve_and_no_more():
    broadcast, replies = chatted(Pacer(30, now=START, reserve=3), 20, evenly(0.01, 20))
    assert len(replies) / 20 == pytest.approx(26, abs=1.5)
    assert len(broadcast) / 20 == pytest.approx(2.9, abs=0.4)


def test_a_few_replies_beside_a_broadcast_leave_at_once():
    broadcast, replies = chatted(Pacer(30, now=START, reserve=3), 20, evenly(0.5, 20))
    assert len(replies) == 40
    assert len(broadcast) / 20 >= 21


@pytest.mark.parametrize("often", [0.3, 1, 2, 5])
def test_replies_that_come_by_chance_wait_for_no_broadcast(often):
    asked = by_chance(often, 600)
    broadcast, replies = chatted(Pacer(30, now=START, reserve=3), 602, asked)
    assert len(broadcast) / 602 >= 15, "half of the limit at least"
    # before, it isn't known yet how many write
    waits = [left - START - at for at, left in zip(asked, replies, strict=True) if at > 10]
    assert quantiles(waits, n=100)[97] <= 0.02


def test_nothing_is_kept_back_where_nobody_has_written_for_a_minute():
    pacer = Pacer(30, now=START, reserve=3)
    assert pacer.reply(START + 1) == 0
    pacer.answered(START + 1)
    assert len(drained(pacer, [0.01] * 100, START + 30)) <= 27
    alone = drained(pacer, [0.01] * 2_000, START + 61)
    assert sum(n for _, n in alone) / 20 >= 0.94 * 30


def test_a_reply_rests_with_the_account():
    pacer = Pacer(30, now=START, reserve=3)
    pacer.limited(START, 7.0)
    assert pacer.reply(START + 1) == pytest.approx(6.0, abs=0.01)
    assert pacer.reply(START + 7.01) == 0


def test_the_limit_holds_over_what_leaves_however_late_it_leaves_after_it_was_taken():
    pacer, now, left, taken = Pacer(100, now=START), START, [], 0
    for _ in range(400):
        now += 0.05
        n = pacer.allowed(now)
        pacer.take(n, now)
        taken += n
        if taken > 60:  # all at once, long after
            for _ in range(taken):
                pacer.left(now)
            left.append((now, taken))
            taken = 0
    assert most_within(left, 1.0) <= 100
    assert pacer.wait(now) < 2


def test_a_reply_keeps_its_place_until_it_is_answered():
    pacer = Pacer(1, now=START)
    assert pacer.reply(START + 1.1) == 0
    assert (pacer.allowed(START + 5), pacer.reply(START + 5) > 0) == (0, True)
    pacer.answered(START + 5)
    assert pacer.allowed(START + 5.5) == 0
    assert pacer.allowed(START + 6.1) == 1


def test_what_was_given_back_takes_no_place():
    pacer = Pacer(10, now=START)
    for second in range(1, 5):
        now = START + second / 4
        pacer.take(pacer.allowed(now), now)
        pacer.given_back(2)
    assert pacer.allowed(START + 1.5) == 2
