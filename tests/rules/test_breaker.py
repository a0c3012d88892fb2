"""The circuit breaker rests an account whose network fails, and lets it go on by itself."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.breaker import ANY, Breaker, Measure, Phase, Rest

START = 1_620_000_000.0
M = Measure()

#: what happens next: seconds until then, whom it is about, how long it took, whether it succeeds
events = st.lists(
    st.tuples(st.floats(0.001, 40), st.integers(1, 30), st.floats(0.01, 25), st.booleans()),
    max_size=150,
)


def failing(breaker: Breaker, recipients: int, now: float = START, every: float = 0.03) -> float:
    """Let so many recipients fail, one after the other; gives the instant of the last."""
    for number in range(recipients):
        now += every
        if breaker.failed(number, now - 0.01, now):
            break
    return now


def working(breaker: Breaker, attempts: int, now: float = START, every: float = 0.03) -> float:
    for _ in range(attempts):
        now += every
        breaker.succeeded(now - 0.01, now)
    return now


def after_rest(breaker: Breaker) -> float:
    assert breaker.rest is not None
    return breaker.rest.until + 0.1


def opened(rests: int = 1) -> tuple[Breaker, float]:
    """A breaker in its rest number `rests`, and when that began."""
    breaker = Breaker("us", now=START)
    now = failing(breaker, M.least)
    for number in range(1, rests):
        now = after_rest(breaker)
        assert breaker.failed(1000 + number, now, now)
    return breaker, now


def test_where_all_fails_the_account_rests_and_then_tries_one():
    breaker = Breaker("us", now=START)
    now = failing(breaker, M.least)
    assert breaker.phase(now) is Phase.OPEN
    assert breaker.allowed(now, 0) == 0
    assert M.first <= breaker.wait(now) <= 1.25 * M.first
    now = after_rest(breaker)
    assert (breaker.phase(now), breaker.allowed(now, 0)) == (Phase.HALF_OPEN, 1)
    assert breaker.allowed(now, 1) == 0


def test_fewer_recipients_than_are_needed_never_rest_the_account():
    breaker = Breaker("us", now=START)
    now = START
    for _ in range(100):
        now = failing(breaker, M.least - 1, now)
    assert breaker.phase(now) is Phase.CLOSED


def test_a_recipient_that_always_fails_counts_once():
    breaker = Breaker("us", now=START)
    assert not any(breaker.failed(7, START + n, START + n) for n in range(1000))


def test_one_silent_of_twenty_is_borne_however_long_it_takes():
    breaker, now, late = Breaker("us", now=START), START, []
    for number in range(3000):
        now += 0.03
        if number % 20:
            breaker.succeeded(now - 0.05, now)
        else:
            late.append((number, now))
        while late and now - late[0][1] >= 20:
            breaker.failed(*late.pop(0), now)
    assert breaker.phase(now) is Phase.CLOSED


def test_silence_that_is_over_rests_nobody_when_its_time_outs_come():
    breaker = Breaker("us", now=START)
    now = working(breaker, 100)
    silent = [now + 0.1 * number for number in range(50)]
    now = working(breaker, 500, now + 5)
    results = [breaker.failed(n, began, max(now, began + 20)) for n, began in enumerate(silent)]
    assert not any(results)


def test_lasting_silence_rests_the_account_as_soon_as_its_time_outs_come():
    breaker = Breaker("us", now=START)
    now = working(breaker, 300)
    results = [breaker.failed(n, now + 0.1 * n, now + 20 + 0.1 * n) for n in range(M.least)]
    assert results == [False] * (M.least - 1) + [True]


def test_a_burst_of_failures_among_many_successes_rests_nobody():
    breaker = Breaker("us", now=START)
    now = failing(breaker, 50, working(breaker, 150))
    assert breaker.phase(now) is Phase.CLOSED


def test_a_slow_account_is_judged_over_its_last_attempts():
    breaker, now = Breaker("us", now=START), START
    for number in range(M.least):
        assert breaker.phase(now) is Phase.CLOSED
        now += 20
        breaker.failed(number, now - 20, now)
    assert breaker.phase(now) is Phase.OPEN


def test_failures_of_long_ago_are_forgotten():
    breaker = Breaker("us", now=START)
    now = failing(breaker, M.least - 1)
    assert not breaker.failed(99, now + M.reach + 1, now + M.reach + 1)


def test_rests_double_to_a_bound_and_jitter_makes_them_a_quarter_longer_at_most():
    for rests in range(1, 12):
        breaker, now = opened(rests)
        base = min(M.longest, M.first * 2 ** (rests - 1))
        assert base <= breaker.wait(now) <= 1.25 * base


def test_accounts_of_one_server_dont_come_back_together_and_a_rehearsal_repeats_itself():
    waits = []
    for key in ("a", "b", "c", "a"):
        breaker = Breaker(key, now=START)
        waits.append(breaker.wait(failing(breaker, M.least)))
    assert len(set(waits)) == 3
    assert waits[0] == waits[3]


def test_after_the_probe_more_may_leave_for_each_success_until_it_is_closed():
    breaker, _ = opened()
    now, allowed = after_rest(breaker), []
    for _ in range(M.enough):
        allowed.append(breaker.allowed(now, 0))
        now += 0.1
        goes_on = breaker.succeeded(now, now)
    assert allowed == [1, 3, 5, 7, 9]
    assert goes_on
    assert (breaker.phase(now), breaker.allowed(now, 99), breaker.rest) == (
        Phase.CLOSED,
        ANY,
        None,
    )


def test_where_nothing_more_is_to_be_sent_one_success_is_enough_after_a_while():
    breaker, _ = opened()
    now = after_rest(breaker)
    breaker.succeeded(now, now)
    assert not breaker.settle(now + M.steady - 1)
    assert breaker.settle(now + M.steady)
    assert breaker.phase(now + M.steady) is Phase.CLOSED


def test_one_dead_recipient_after_the_probe_is_no_new_rest_and_two_are():
    breaker, _ = opened()
    now = after_rest(breaker)
    breaker.succeeded(now, now)
    assert [breaker.failed(7, now, now), breaker.failed(7, now, now)] == [False, False]
    assert breaker.failed(8, now, now)


def test_what_was_begun_before_the_rest_is_heard_no_more():
    breaker, now = opened()
    began, now = now - 0.01, after_rest(breaker)
    assert not breaker.failed(99, began, now)
    assert not any(breaker.succeeded(began, now) for _ in range(50))
    assert breaker.allowed(now, 0) == 1


def test_trouble_that_comes_back_at_once_goes_on_with_longer_rests_and_later_begins_anew():
    rests = {}
    for pause in (1.0, M.steady + 1):
        breaker, _ = opened(rests=4)
        now = working(breaker, M.enough, after_rest(breaker))
        assert breaker.rest is None
        failing(breaker, M.least, now + pause)
        assert breaker.rest is not None
        rests[pause] = breaker.rest.rests
    assert rests == {1.0: 5, M.steady + 1: 1}


def test_a_rest_outlives_a_restart_and_no_clock_makes_it_longer_than_the_longest():
    breaker, _ = opened(3)
    now = after_rest(breaker) - 1
    again = Breaker("us", now=now, rest=breaker.rest)
    assert (again.rest, again.allowed(now, 0)) == (breaker.rest, 0)
    assert again.allowed(now + 1, 0) == 1
    far = Breaker("us", now=START, rest=Rest(since=START, until=START + 1e6, rests=2))
    assert far.wait(START) == 1.25 * M.longest


@pytest.mark.parametrize("jump", [-3600.0, -86_400.0])
def test_a_clock_that_is_set_back_makes_no_rest_longer(jump):
    breaker, now = opened(3)
    now += 1
    left = breaker.wait(now)
    assert breaker.allowed(now, 0) == 0
    assert breaker.allowed(now + jump, 0) == 0
    assert breaker.wait(now + jump) == pytest.approx(left)


@given(events=events)
@settings(max_examples=200, deadline=None)
def test_whatever_happens_no_rest_is_without_end_and_each_ends_with_one_probe(events):
    breaker, now = Breaker("us", now=START), START
    for sleep, recipient, took, good in events:
        now += sleep
        changed = (
            breaker.succeeded(now - took, now)
            if good
            else breaker.failed(recipient, now - took, now)
        )
        if changed:
            assert breaker.phase(now) is (Phase.CLOSED if good else Phase.OPEN)
        assert breaker.wait(now) <= 1.25 * M.longest
        assert breaker.allowed(now, 0) == 0 or breaker.phase(now) is not Phase.OPEN
    assert breaker.allowed(now + breaker.wait(now), 0) >= 1


@given(
    recipients=st.lists(st.integers(1, M.least - 1), max_size=300),
    sleeps=st.lists(st.floats(0.001, 100), min_size=300, max_size=300),
)
@settings(max_examples=100, deadline=None)
def test_so_few_recipients_never_rest_the_account_however_often_they_fail(recipients, sleeps):
    breaker, now = Breaker("us", now=START), START
    for recipient, sleep in zip(recipients, sleeps, strict=False):
        now += sleep
        assert not breaker.failed(recipient, now, now)


@given(events=events, more=st.integers(1, 20))
@settings(max_examples=100, deadline=None)
def test_once_the_network_works_again_every_account_goes_on(events, more):
    breaker, now = Breaker("us", now=START), START
    for sleep, recipient, _, good in events:
        now += sleep
        if good:
            breaker.succeeded(now, now)
        else:
            breaker.failed(recipient, now, now)
    now += breaker.wait(now) + more
    for _ in range(M.enough):
        assert breaker.allowed(now, 0) >= 1
        now += 0.1
        breaker.succeeded(now, now)
    assert breaker.phase(now) is Phase.CLOSED
