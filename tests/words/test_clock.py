"""The clock of a live run: which instant is believed when the machine's clock jumps."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import JUMP, STEADY, Borrowed, Clock, Watch, elapsed

T = 1_620_000_000.0
DAY = 86_400.0


class Machine:
    """A machine whose clock can be set; `passed` goes on whatever its clock shows."""

    def __init__(self, passed: float = 5_000.0) -> None:
        self.off = 0.0
        self.passed = passed
        self._began = passed

    @property
    def true(self) -> float:
        return T + self.passed - self._began

    def clock(self, boot="one"):
        return Clock(
            lambda: datetime.fromtimestamp(self.true + self.off, UTC), lambda: self.passed, boot
        )


@pytest.mark.parametrize("jump", [-DAY, -3600, 3600, DAY])
def test_a_jump_that_is_taken_back_changes_nothing_and_is_noticed(jump):
    machine = Machine()
    clock = machine.clock()
    machine.off, machine.passed = jump, machine.passed + 1
    assert clock().timestamp() == machine.true
    assert (clock.jumps, clock.steady(), clock.ahead) == (1, False, jump)
    machine.off, machine.passed = 0.0, machine.passed + 20
    assert clock().timestamp() == machine.true
    assert (clock.jumps, clock.steady()) == (2, False)
    machine.passed += STEADY
    assert clock.steady()
    assert clock().timestamp() == machine.true


def test_a_clock_is_believed_once_it_has_gone_evenly_for_ten_minutes_or_somebody_says_so():
    for wait, says in ((STEADY, False), (0, True)):
        machine = Machine()
        clock = machine.clock()
        machine.off = DAY
        assert clock().timestamp() == machine.true
        machine.passed += wait
        if says:
            clock.trust()
        assert clock.steady()
        assert clock().timestamp() == machine.true + DAY


def test_each_jump_begins_the_wait_anew():
    machine = Machine()
    clock = machine.clock()
    for _ in range(5):
        machine.off += 60
        clock()
        machine.passed += STEADY - 1
        assert not clock.steady()
    machine.passed += 2
    assert clock.steady()


def test_small_steps_of_a_time_server_are_followed_at_once():
    machine = Machine()
    clock = machine.clock()
    for step in (0.5, -1.0, JUMP - 1):
        machine.off += step
        assert clock().timestamp() == machine.true + machine.off
    assert (clock.jumps, clock.steady()) == (0, True)


def test_a_machine_that_slept_has_made_no_jump():
    machine = Machine()
    clock = machine.clock()
    machine.passed += 8 * 3600  # as CLOCK_BOOTTIME does
    assert clock().timestamp() == machine.true
    assert clock.steady()


def test_a_reading_that_a_sleep_divides_is_taken_again():
    slept = iter([100.0, 9_000.0, 9_000.0, 9_000.0])
    clock = Clock(lambda: datetime.fromtimestamp(T, UTC), lambda: next(slept), "one")
    assert clock.jumps == 0


def test_a_restart_within_a_jump_keeps_count_and_wait():
    machine = Machine()
    clock = machine.clock()
    machine.off = DAY
    clock()
    machine.passed += STEADY / 2
    again = machine.clock().kept(clock.dumps())
    assert again().timestamp() == machine.true
    machine.passed += STEADY / 2 - 1
    assert not again.steady()
    machine.passed += 1
    assert again.steady()


def test_a_jump_while_nothing_ran_is_noticed_at_the_next_start():
    machine = Machine()
    text = machine.clock().dumps()
    machine.passed += 60
    assert machine.clock().kept(text).steady()
    machine.off = DAY
    late = machine.clock().kept(text)
    assert not late.steady()
    assert late().timestamp() == machine.true


def test_after_a_start_of_the_machine_a_clock_is_doubted_only_where_it_lies_in_the_past():
    machine = Machine()
    text = machine.clock().dumps()
    for boot, off, steady in (
        ("two", 3600.0, True),
        ("two", -3600.0, False),
        ("", 3600.0, True),
        ("", -3600.0, False),
    ):
        fresh = Machine(passed=1.0)
        fresh.off = off
        clock = fresh.clock(boot).kept(text)
        assert clock.steady() is steady, (boot, off)
        assert clock().timestamp() == fresh.true + off
        fresh.passed += STEADY
        assert clock.steady()


def test_what_is_no_memory_of_a_clock_is_refused():
    with pytest.raises(ValueError, match="Expecting value"):
        Machine().clock().kept("nonsense")


@given(
    steps=st.lists(
        st.tuples(st.floats(0.01, 300.0), st.floats(-4 * DAY, 4 * DAY)), min_size=1, max_size=30
    )
)
def test_however_a_clock_jumps_what_is_believed_goes_evenly_between_two_waits(steps):
    """Nothing is given out that is neither our own count nor a clock which went evenly so long."""
    passed, off = 50.0, 0.0
    watch = Watch(T + passed, passed)
    since, believed = 0.0, 0.0
    for seconds, jump in steps:
        passed += seconds
        off += jump
        since = passed if abs(jump) >= JUMP else since
        now = watch.look(T + passed + off, passed)
        if passed - since >= STEADY or not watch.jumps:
            believed = off
        assert now - T - passed == pytest.approx(believed, abs=1e-3)
        assert watch.steady == (watch.jumps == 0 or passed - since >= STEADY)


def test_the_counter_goes_forward():
    first = elapsed()
    assert 0 < first <= elapsed()


class Other:
    """A machine far away, whose clock is asked over a line that is quick or slow, each way alike or
    not; `passed` is the counter of the one that asks.
    """

    def __init__(self, off: float) -> None:
        self.off, self.passed = off, 5_000.0
        self.there = self.back = 0.0

    def shown(self):
        self.passed += self.there
        at = T + self.passed + self.off
        self.passed += self.back
        return at

    def wrong(self, clock):
        return abs(clock().timestamp() - (T + self.passed + self.off))


TRIP = st.tuples(st.floats(0, 5), st.floats(0, 5), st.floats(0, 600))


@given(st.floats(-DAY, DAY), st.lists(TRIP, min_size=1, max_size=20))
def test_a_borrowed_clock_is_never_further_off_than_it_says(off, trips):
    other = Other(off)
    other.there, other.back, _ = trips[0]
    clock = Borrowed(other.shown, lambda: other.passed)
    for other.there, other.back, later in trips:
        other.passed += later
        error = clock.error + later * 5e-4
        clock.ask()
        assert other.wrong(clock) <= clock.error + 1e-5
        assert clock.error <= (other.there + other.back) / 2 + 1e-5
        assert clock.error <= error + 0.01, "a slow answer makes nothing worse"


def test_a_borrowed_clock_follows_one_that_was_set_and_not_the_lines_delay():
    other = Other(3_600.0)
    clock = Borrowed(other.shown, lambda: other.passed)
    assert other.wrong(clock) < 1e-5
    other.there = 4.0  # as of a process that was suspended between its question and the answer
    clock.ask()
    assert other.wrong(clock) < 0.01
    other.there, other.off = 0.0, -3_600.0
    clock.ask()
    assert other.wrong(clock) < 1e-5
