"""Days that are changed or ended while many of their nudges wait: what is dropped or cancelled goes in
steps, of which none is missed, and nothing of it leaves between them.
"""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import house
import pytest
from helpers import at

from bot.jobs.broadcasts import sweeps
from bot.jobs.planning import plan
from bot.model import State, YearlyDay
from bot.times import epoch

PEOPLE = 20
SIXTH, EIGHTH = YearlyDay(month=5, day=6), YearlyDay(month=5, day=8)
NOON = at("2021-05-06T12:00")
ACTION = house.action(post=True, when=SIXTH, grace=timedelta(hours=12))


@pytest.fixture(autouse=True)
def short_steps(monkeypatch):
    monkeypatch.setattr("bot.store.sending.sweeps.STEP", 3)
    monkeypatch.setattr("bot.store.sending.sweeps.LOOK", 5)


@pytest.fixture
def services(tmp_path):
    """Everybody's nudge waits, and so does the post."""
    made = house.services(tmp_path, house.campaign(ACTION))
    made.store.people.add(house.person(n) for n in range(PEOPLE))
    plan.run(made, NOON - timedelta(days=2))
    plan.run(made, NOON)
    assert waiting(made) == {"2021-05-06": PEOPLE + 1}
    yield made
    made.store.close()


def edited(services, *actions):
    return replace(services, active=(house.campaign(*actions),), mark=f"edited {len(actions)}")


def waiting(services):
    """Day -> how many of its messages may leave."""
    ends = (State.QUEUED, State.PLANNED, State.AWAITING_APPROVAL)
    return Counter(str(e.day) for e in services.store.listing.entries() if e.state in ends)


def claimed(services, now):
    outbox, holds = services.store.outbox, services.store.holds.current()
    number = services.channel_ids["telegram"]
    return [row.recipient for row in outbox.claim(number, epoch(now), 100, holds)]


def test_nothing_leaves_of_a_day_that_is_ended_and_it_is_cancelled_in_steps(services):
    plan.run(edited(services), NOON)
    assert waiting(services)["2021-05-06"] == PEOPLE + 1, "a day that has begun stays"
    [planned] = services.store.plan.planned(NOON, NOON.date())
    services.store.plan.cancel(planned.id, epoch(NOON))
    assert waiting(services) == {"2021-05-06": PEOPLE - 3}, "one step, and the post"
    assert claimed(services, NOON) == []
    sweeps.finish(services, NOON)
    assert Counter(e.state for e in services.store.listing.entries()) == {
        State.CANCELLED: PEOPLE + 1
    }


def test_who_waited_for_a_day_that_moves_gets_it_once_on_the_other(services):
    moved = edited(services, replace(ACTION, when=EIGHTH))
    plan.run(moved, NOON)
    assert claimed(services, NOON) == [], "the post that waited for its turn waits for that day"
    eve, day = NOON + timedelta(days=1), NOON + timedelta(days=2)
    plan.run(moved, eve)
    plan.run(moved, day)
    assert claimed(services, day) == [0], "of people none, while rows of before stand in the way"
    sweeps.finish(moved, day)
    plan.run(moved, day)
    assert sorted(claimed(services, day)) == [*range(1, PEOPLE + 1)]
    assert not list(services.store.sweeps.open())


def test_a_day_that_moves_back_meanwhile_is_made_anew_too(services):
    plan.run(edited(services, replace(ACTION, when=EIGHTH)), NOON)
    plan.run(services, NOON)
    assert claimed(services, NOON) == [0]
    sweeps.finish(services, NOON)
    plan.run(services, NOON)
    assert sorted(claimed(services, NOON)) == [*range(1, PEOPLE + 1)]


def test_a_day_that_is_ended_and_comes_back_meanwhile_is_made_anew(services):
    [planned] = services.store.plan.planned(NOON, NOON.date())
    services.store.plan.cancel(planned.id, epoch(NOON))
    services.store.meta.drop("planned")
    plan.run(services, NOON)
    assert claimed(services, NOON) == [0]
    sweeps.finish(services, NOON)
    plan.run(services, NOON)
    assert sorted(claimed(services, NOON)) == [*range(1, PEOPLE + 1)]
