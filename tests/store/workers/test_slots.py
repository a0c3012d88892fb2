"""Slots: however many reserve, say late or never what became of it, or die, no span sees more
messages than there are slots.
"""

from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.store import Store
from bot.store.db import MEMORY
from bot.store.workers.slots import Slots

MOST, SPAN, HOLD = 4, 1050, 5000
START = 1_000_000
WORKERS = 3


@pytest.fixture(scope="module")
def database():
    with closing(Store(MEMORY)) as store:
        yield store.database


@pytest.fixture
def slots(database):
    database.execute("DELETE FROM slot")
    slots = Slots(database)
    slots.make("telegram", MOST)
    return slots


def reserve(slots, n, now=START):
    return slots.reserve("telegram", n, MOST, now, now + HOLD + SPAN)


def numbers(slots):
    return [slot.number for slot in slots]


class Worker:
    """Reserves, sends in what it has reserved, and says later, perhaps, what it is done with."""

    def __init__(self, slots):
        self.slots, self.held, self.over = slots, [], []

    def do(self, what, n, now, left):
        if what == "reserve":
            self.held += reserve(self.slots, n, now)
        elif what == "send":
            for slot in self.held[:n]:
                if now - slot.since < HOLD:
                    left.append(now)
                    self.over.append((slot, now + SPAN))
                else:
                    self.over.append((slot, slot.since))
            del self.held[:n]
        elif what == "give back":
            self.over += ((slot, slot.since) for slot in self.held[:n])
            del self.held[:n]
        elif what == "say":
            self.slots.say("telegram", self.over)
            self.over = []
        else:
            self.held, self.over = [], []


STEP = st.tuples(
    st.integers(0, WORKERS - 1),
    st.sampled_from(["reserve", "reserve", "send", "send", "say", "say", "give back", "die"]),
    st.integers(1, MOST),
    st.sampled_from([0, 0, 1, 30, 400, SPAN - 1, SPAN, HOLD - 1, HOLD + SPAN]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(STEP, max_size=60))
def test_no_span_sees_more_messages_than_there_are_slots(database, steps):
    database.execute("DELETE FROM slot")
    slots = Slots(database)
    slots.make("telegram", MOST)
    workers, left, now = [Worker(slots) for _ in range(WORKERS)], [], START
    for number, what, n, later in steps:
        now += later
        workers[number].do(what, n, now, left)
    for first, beyond in zip(left, left[MOST:], strict=False):
        assert beyond - first >= SPAN


def test_all_slots_are_given_once_and_again_a_span_after_their_message_left(slots):
    taken = reserve(slots, 3)
    assert numbers(taken + reserve(slots, 3)) == [0, 1, 2, 3]
    assert reserve(slots, 1, START + SPAN) == []
    slots.say("telegram", [(slot, START + 40 + SPAN) for slot in taken])
    assert slots.first_free("telegram", MOST) == START + 40 + SPAN
    assert reserve(slots, 4, START + 39 + SPAN) == []
    assert numbers(reserve(slots, 4, START + 40 + SPAN)) == [0, 1, 2]


def test_what_is_not_wanted_is_there_at_once_and_what_nobody_speaks_of_after_its_time(slots):
    taken = reserve(slots, 4)
    slots.say("telegram", [(taken[0], taken[0].since)])
    assert numbers(reserve(slots, 4)) == [0]
    assert reserve(slots, 4, START + HOLD + SPAN - 1) == []
    assert numbers(reserve(slots, 4, START + HOLD + SPAN)) == [0, 1, 2, 3]


def test_what_is_said_too_late_changes_nothing_of_who_has_it_now(slots):
    late = reserve(slots, 4)
    now = START + HOLD + SPAN
    reserve(slots, 4, now)
    slots.say("telegram", [(slot, slot.since) for slot in late])
    assert reserve(slots, 4, now + 1) == []


def test_a_rest_holds_for_all_and_nothing_that_is_said_shortens_it(slots):
    taken = reserve(slots, 2)
    slots.rest("telegram", START + 60_000)
    slots.say("telegram", [(slot, slot.since) for slot in taken])
    assert reserve(slots, 4, START + 59_999) == []
    assert numbers(reserve(slots, 4, START + 60_000)) == [0, 1, 2, 3]


def test_a_clock_that_was_set_back_lets_nobody_wait_for_the_old_hour(slots):
    reserve(slots, 4, START + 3_600_000)
    slots.bound("telegram", START + HOLD + SPAN)
    assert reserve(slots, 4, START + HOLD + SPAN - 1) == []
    assert numbers(reserve(slots, 4, START + HOLD + SPAN)) == [0, 1, 2, 3]


def test_each_account_has_its_own_and_a_wider_limit_more_of_them(slots):
    slots.make("other", 1)
    reserve(slots, 4)
    assert numbers(slots.reserve("other", 3, 3, START, START + SPAN)) == [0]
    slots.make("other", 3)
    assert numbers(slots.reserve("other", 3, 3, START, START + SPAN)) == [1, 2]
