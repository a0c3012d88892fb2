"""How often one client may send something, without keeping who it was."""

from datetime import UTC, datetime, timedelta

from bot.web.hourly import CLIENTS, HOUR, MOST, Hourly

NOW = datetime(2021, 5, 1, 10, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


def test_the_sixth_is_taken_and_the_seventh_is_not_until_an_hour_is_over():
    hourly = Hourly()
    for number in range(MOST):
        assert hourly.take("203.0.113.7", NOW + number * _SECOND)
    assert not hourly.take("203.0.113.7", NOW + HOUR - _SECOND)
    assert hourly.take("203.0.113.8", NOW)
    assert hourly.take("203.0.113.7", NOW + HOUR), "the first is an hour old"
    assert not hourly.take("203.0.113.7", NOW + HOUR)


def test_what_was_refused_does_not_count():
    hourly = Hourly(most=1)
    assert hourly.take("a", NOW)
    assert not any(hourly.take("a", NOW + number * _SECOND) for number in range(100))
    assert hourly.take("a", NOW + HOUR)


def test_a_clock_that_is_set_back_shuts_nobody_out():
    hourly = Hourly(most=1)
    assert hourly.take("a", NOW + 24 * HOUR)
    assert hourly.take("a", NOW)
    assert not hourly.take("a", NOW - _SECOND)


def test_who_comes_without_an_address_is_not_told_apart():
    hourly = Hourly(most=1)
    assert all(hourly.take("", NOW) for _ in range(5))


def test_no_address_is_kept_and_each_process_has_a_key_of_its_own():
    one, other = Hourly(), Hourly()
    for hourly in (one, other):
        hourly.take("203.0.113.7", NOW)
    assert "203.0.113.7" not in repr(vars(one))
    assert not one._sent.keys() & other._sent.keys()


def test_after_an_hour_nobody_is_known_and_no_flood_fills_the_memory():
    hourly = Hourly()
    for number in range(CLIENTS + 5):
        hourly.take(f"client {number}", NOW)
    assert len(hourly._sent) == CLIENTS
    hourly.take("late", NOW + HOUR)
    assert len(hourly._sent) == 1
