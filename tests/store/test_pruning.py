"""Pruning: what ended long ago is kept as counts, and whoever asks gets the same answers as before."""

from collections.abc import Callable
from datetime import date, timedelta

import house
import pytest

from bot.model import PUBLIC, Audience, DeliveryKey, Occurrence, State
from bot.model.outbox import Result
from bot.model.pledge import NewPledge
from bot.model.staff import Actor
from bot.store import Store
from bot.store.tally import Stage
from bot.times import from_epoch

NOW = 1_620_000_000
HOUR = 3600
OLD = NOW + 10 * 86_400
"""Before this instant all that is played here has ended."""

ENDS = {
    1: State.SENT,
    2: State.FAILED,
    3: State.SKIPPED,
    4: State.UNCERTAIN,
    5: State.SENT,  # an editor of a pledge
    6: State.FAILED,  # a contact
    7: State.SENT,
    PUBLIC: State.SENT,
}
KEPT = {PUBLIC, 4, 5, 6}


def occurrence(action: str, slot: int = 1) -> Occurrence:
    return Occurrence(
        campaign="trees",
        action=action,
        audience=Audience.INDIVIDUAL,
        slot=slot,
        day=date(2021, 5, 3),
        grace=timedelta(hours=1),
        nudge=True,
        post=True,
        named=False,
    )


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "test.db")
    store.channels.ensure([house.channel("one"), house.channel("two")])
    store.people.add([house.person(number) for number in range(1, 8)])
    store.pledges.begin(
        NewPledge(
            campaign="trees",
            audience=Audience.ORGANIZATION,
            stakeholder="ngo",
            organisation="",
            country=None,
            language="en",
            answers={},
        ),
        Actor.person(5),
        NOW,
    )
    store.editors.add(1, 5, NOW)
    store.database.execute(
        "INSERT INTO contact (person, organisation, stakeholder, imported) VALUES (6, '', '', 0)"
    )
    yield store
    store.close()


def played(store: Store, action: str = "plant") -> int:
    """An occurrence of which deliveries have ended in every way, long ago; return its id."""
    number = store.plan.add(occurrence(action))
    store.intake.add_post(number, 1, State.QUEUED, NOW, NOW + HOUR)
    for person in sorted(set(ENDS) - {PUBLIC}):
        store.intake.add_note(number, 1, person, NOW, NOW + HOUR)
    rows = store.outbox.claim(1, NOW, 100, store.holds.current())
    assert len(rows) == len(ENDS)
    results = [
        Result(
            row,
            ENDS[row.recipient],
            receipt="r" if ENDS[row.recipient] is State.SENT else None,
            error=None if ENDS[row.recipient] is State.SENT else "because",
            text="A post" if row.recipient == PUBLIC else None,
        )
        for row in rows
    ]
    store.outbox.settle(results, NOW)
    list(store.history.count(number))
    return number


def prune(store: Store, step: int = 100) -> int:
    return sum(sum(store.history.prune(number, OLD, step)) for number in store.history.old(OLD))


def recipients(store: Store) -> set[int]:
    return {recipient for (recipient,) in store.database.rows("SELECT recipient FROM delivery")}


@pytest.mark.parametrize("step", [1, 2, 100])
def test_nudges_that_ended_are_pruned_and_all_else_stays(store, step):
    number = played(store)
    assert store.history.prunable(OLD) == len(ENDS) - 2
    assert prune(store, step) == len(ENDS) - len(KEPT)
    assert recipients(store) == KEPT
    known = {r for (r,) in store.database.rows("SELECT recipient FROM result")}
    assert known == KEPT
    assert store.history.pruned(number) == len(ENDS) - len(KEPT)
    assert prune(store, step) == 0


def test_what_is_recent_in_any_way_is_not_pruned(store):
    number = played(store)
    list(store.history.prune(number, NOW + HOUR))
    assert recipients(store) == set(ENDS), "their own grace has just ended"
    store.outbox.note(DeliveryKey(number, 1, 2), OLD, error="looked at by staff")
    assert prune(store) == 3
    assert recipients(store) == KEPT | {2}


QUESTIONS: dict[str, Callable[[Store], object]] = {
    "counts": lambda store: store.listing.counts(),
    "by network": lambda store: store.listing.sent_by("network"),
    "by month": lambda store: store.listing.sent_by("month"),
    "by audience": lambda store: store.listing.sent_by("audience"),
    "months": lambda store: store.listing.sent_by_month(),
    "occurrences": lambda store: store.listing.occurrences(),
    "posts that left": lambda store: store.posts.sent(0, OLD),
    "pages of posts": lambda store: store.numbers.posts_left(0),
    "posts of the day": lambda store: store.numbers.posts_of(date(2021, 5, 3)),
    "posts since": lambda store: store.outbox.posts_since(1, 0),
    "uncertain": lambda store: list(store.listing.entries(State.UNCERTAIN)),
    "uncertain people": lambda store: store.listing.uncertain_people(),
    "how many uncertain": lambda store: store.listing.count_uncertain(),
    "instances": lambda store: store.instances.known(),
    "what may fan out": lambda store: store.plan.fan_out(OLD),
    "what is due": lambda store: store.outbox.has_due(1, OLD),
    "what comes next": lambda store: store.plan.next_instant(OLD, 0),
    "prompts": lambda store: store.journeys.prompts(1, "trees", frozenset({"plant"})),
    "of an editor": lambda store: store.listing.of_person(5),
    "of a contact": lambda store: store.listing.of_person(6),
    "when it was made": lambda store: store.restored.made(),
    "newest": lambda store: store.posts.newest_result(),
    "what is late": lambda store: store.listing.oldest_overdue(OLD, store.holds.current()),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_who_asks_gets_the_answer_that_they_got_before(store, question):
    played(store)
    played(store, "water")
    before = QUESTIONS[question](store)
    assert prune(store) == 2 * (len(ENDS) - len(KEPT))
    assert QUESTIONS[question](store) == before


def test_something_has_become_of_a_day_whose_nudges_are_pruned(store):
    """Else an edit of the data would pair it with another day, and send it anew."""
    number = store.plan.add(occurrence("nudge only"))
    store.intake.add_nudge(number, 1, 1, NOW, NOW + HOUR)
    rows = store.outbox.claim(1, NOW, 1, store.holds.current())
    store.outbox.settle([Result(rows[0], State.SENT)], NOW)
    list(store.history.count(number))
    [before] = store.instances.known()
    assert prune(store) == 1
    assert store.instances.known() == [before]
    assert before.decided
    stage = store.database.value("SELECT stage FROM occurrence")
    assert Stage(stage) is Stage.PRUNED


def test_a_day_that_only_planning_cancelled_can_still_come_back(store):
    number = store.plan.add(occurrence("plant"))
    store.intake.add_nudge(number, 1, 1, NOW, NOW + HOUR)
    store.plan.cancel(number, NOW)
    list(store.history.count(number))
    [before] = store.instances.known()
    assert prune(store) == 1
    assert store.instances.known() == [before]
    assert not before.decided
    store.plan.move(number, occurrence("plant"), NOW)
    assert store.listing.counts() == {}


def test_counts_stay_true_when_something_of_a_pruned_day_changes(store):
    number = played(store)
    before = store.listing.counts()
    prune(store)
    assert store.outbox.change(DeliveryKey(number, 1, 4), [State.UNCERTAIN], State.SENT)
    after = {**before, State.SENT: before[State.SENT] + 1}
    del after[State.UNCERTAIN]
    assert store.listing.counts() == after
    list(store.history.count(number))
    assert store.listing.counts() == after
    assert prune(store) == 1
    assert store.listing.counts() == after


def test_nothing_is_pruned_of_a_day_that_somebody_opens_meanwhile(store):
    number = played(store)
    steps = store.history.prune(number, OLD, 1)
    first = next(steps)
    store.outbox.change(DeliveryKey(number, 1, 7), [State.SENT], State.CANCELLED)
    assert sum(steps) == 0
    assert len(recipients(store)) == len(ENDS) - first


def test_a_crash_in_the_middle_loses_no_count(store):
    number = played(store)
    before = store.listing.counts()
    for _ in zip(range(3), store.history.prune(number, OLD, 1), strict=False):
        assert store.listing.counts() == before
    assert prune(store, 1) > 0
    assert store.listing.counts() == before


def test_who_is_forgotten_after_pruning_leaves_the_counts_as_they_are(store):
    played(store)
    prune(store)
    before = store.listing.counts()
    del before[State.UNCERTAIN]
    store.forgotten.forget_at(1, "one", house.person(4).address, NOW)
    before[State.CANCELLED] = 1
    assert store.listing.counts() == before


@pytest.mark.parametrize("person", [1, 2, 3, 5])
def test_a_nudge_that_was_pruned_is_one_that_can_no_longer_be_put_off(store, person):
    played(store)
    before = store.subscribers.delivered(person, 1, ("trees", "plant", 1), Audience.INDIVIDUAL)
    prune(store)
    after = store.subscribers.delivered(person, 1, ("trees", "plant", 1), Audience.INDIVIDUAL)
    assert before
    assert after
    assert after.occurrence == before.occurrence
    assert max(before.expires, after.expires) < OLD
    assert not after.waits


def test_planning_makes_nothing_anew_after_pruning(store):
    number = played(store)
    prune(store)
    rows = store.database.rows("SELECT * FROM delivery")
    assert store.plan.add(occurrence("plant")) == number
    assert store.plan.planned(from_epoch(OLD), date(2031, 1, 1)) == []
    assert store.plan.opened(from_epoch(OLD), from_epoch(OLD)) == []
    assert store.plan.fan_out(OLD) is None
    assert store.database.rows("SELECT * FROM delivery") == rows
