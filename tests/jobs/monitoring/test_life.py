"""The verdict on a process, by a clock of the test's own, and the tally of its messages."""

import itertools
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from bot.errors import StandsStill, StoreError
from bot.jobs.monitoring.failures import Failures
from bot.jobs.monitoring.life import EVERY, FRESH, LATE, LONGEST, STILL, Life
from bot.jobs.operations.alarms import Alarms
from bot.jobs.ticks import PLAN, TICKS
from bot.model import State
from bot.model.outbox import Claimed, Result
from bot.rules.tally import BOUNDS, Tally

LIVE = [tick for tick in TICKS if tick.live is not None]


class Clock:
    now = 1_000.0

    def __call__(self):
        return self.now


class Full:
    """Takes no alarm, as on a full disk."""

    def open(self, *_):
        raise StoreError("full")

    def close(self, *_):
        return None


SERVICES = SimpleNamespace(store=SimpleNamespace(alerts=Full()))


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def failures():
    return Failures(lambda: SERVICES, Alarms(), lambda: datetime(2021, 5, 1, tzinfo=UTC))


@pytest.fixture
def life(failures, clock):
    life = Life(failures, clock)
    for tick in LIVE:
        life.ended(tick.name, 0.0)
    return life


def raising(error):
    async def fail():
        raise error

    return fail


def test_a_process_whose_jobs_come_to_their_ends_is_well(life, clock):
    for _ in range(1_000):
        clock.now += EVERY
        life.look(clock.now)
        for tick in LIVE:
            life.ended(tick.name, clock.now)
        assert (life.wrong(), life.delay) == ([], 0.0)


def test_before_the_first_plan_nothing_is_well(failures, clock):
    life = Life(failures, clock)
    assert [job.name for job in life.jobs() if job.overdue] == [PLAN.name]
    life.ended(PLAN.name, 5.0)
    assert life.wrong() == []
    assert {job.name: job.ended for job in life.jobs()}[PLAN.name] == 5.0


@pytest.mark.parametrize("name", [tick.name for tick in LIVE])
def test_a_job_that_has_not_ended_for_too_long_is_named_and_no_other(life, clock, name):
    began = clock.now
    every = next(tick.live for tick in LIVE if tick.name == name)
    most = FRESH if name == PLAN.name else every + LONGEST
    for now, sayings in ((began + most, 0), (began + most + 1, 1)):
        clock.now = now
        life.look(now)
        for tick in LIVE:
            if tick.name != name:
                life.ended(tick.name, now)
        assert len(life.wrong()) == sayings
        assert [job.name for job in life.jobs() if job.overdue] == [name] * sayings
    assert life.wrong()[0].startswith(f"the job {name!r} has not come to its end")


def test_the_delay_of_the_loop_is_the_longest_of_a_minute_or_the_present_one(life, clock):
    life.look(clock.now)
    clock.now += EVERY + 2.5
    life.look(clock.now)
    assert life.delay == 2.5
    clock.now += EVERY + 4
    assert life.delay == 4, "it is late now"
    for _ in range(61):
        life.look(clock.now)
        clock.now += EVERY
    assert life.delay == 0


def test_a_loop_that_stands_still_is_wrong_and_says_for_how_long(life, clock):
    life.look(clock.now)
    clock.now += EVERY + STILL
    assert life.wrong() == []
    clock.now += 1
    assert life.wrong()[0].startswith("everything has stood still for 11 s: another program")


@pytest.mark.parametrize(
    ("delays", "sayings"),
    [
        pytest.param([0.9], 0, id="nearly as long as it is in time"),
        pytest.param([1.1], 1, id="longer than it is in time"),
        pytest.param([8.0, *[0.0] * 8], 0, id="a long one now and then"),
        pytest.param([8.0, 0.0, 0.0], 1, id="a long one again and again"),
    ],
)
def test_a_loop_that_is_late_for_most_of_five_minutes_is_wrong(life, clock, delays, sayings):
    began = clock.now
    for delay in itertools.cycle(delays):
        life.look(clock.now)
        life.ended(PLAN.name, clock.now)
        if clock.now > began + LATE:
            break
        assert life.wrong() == [], "so early it has much to do"
        clock.now += EVERY + delay
    assert len(life.wrong()) == sayings
    told = "of the last five minutes everything stood still"
    assert [told in text for text in life.wrong()] == [True] * sayings
    for _ in range(int(LATE)):
        clock.now += EVERY
        life.look(clock.now)
    life.ended(PLAN.name, clock.now)
    assert life.wrong() == [], "well again"


def test_a_loop_that_stands_still_is_told_of_once_though_it_was_late_before(life, clock):
    for _ in range(200):
        life.look(clock.now)
        clock.now += EVERY + 2
    life.ended(PLAN.name, clock.now)
    assert [text.partition("%")[1] for text in life.wrong()] == ["%"]
    clock.now += STILL
    [text] = life.wrong()
    assert text.startswith("everything has stood still for 12 s")


def test_the_instant_is_that_which_the_loop_believes(life, clock):
    life.look(5_000_000.0)
    clock.now += 3
    assert life.now == 5_000_003.0


async def test_what_fails_is_wrong_with_its_words_once_though_several_share_it(life, failures):
    await failures.guard("plan", raising(StoreError("the disk is full")))
    await failures.guard("pauses", raising(StoreError("the disk is full")))
    await failures.guard("progress", raising(StandsStill("telegram: nothing has moved")))
    assert life.wrong() == ["the disk is full", "telegram: nothing has moved"]
    assert life.failing == {
        "plan": "the database",
        "pauses": "the database",
        "progress": "progress",
    }
    failures.well("plan")
    failures.well("pauses")
    assert life.wrong() == ["telegram: nothing has moved"]


def test_what_chats_heard_is_counted_over_all_of_them(life):
    assert life.updates == 0
    life.hear(lambda: 5)
    life.hear(lambda: 3)
    assert life.updates == 8


ROW = Claimed(7, 4, 0, 1, 0, 0, *("", "", False, 1, "", 0))


def test_ends_of_messages_are_counted_and_what_was_no_try_is_not():
    tally = Tally()
    ends = [State.SENT, State.SENT, State.FAILED, State.UNCERTAIN, State.QUEUED]
    tally.settled(Result(ROW, state) for state in ends)
    tally.settled([Result(ROW, State.QUEUED, counted=False)])
    tally.settled([Result(ROW, State.SKIPPED, counted=False)])
    tally.settled([Result(ROW, State.AWAITING_APPROVAL, counted=False)])
    assert tally.results(4) == {
        "sent": 2, "failed": 1, "skipped": 1, "cancelled": 0, "uncertain": 1, "retried": 1,
    }  # fmt: skip
    assert set(tally.results(5).values()) == {0}


def test_answers_are_counted_in_the_class_whose_end_they_do_not_pass():
    tally = Tally()
    for seconds in (0.0, BOUNDS[0], 0.2, BOUNDS[-1], BOUNDS[-1] + 1):
        tally.answered(4, seconds)
    answers = tally.answers[4]
    assert answers.classes == [2, 0, 0, 0, 0, 1, *[0] * (len(BOUNDS) - 7), 1, 1]
    assert answers.seconds == pytest.approx(0.205 + 2 * BOUNDS[-1] + 1)
