"""Sweeps: what is decided about all of a wave, carried out in steps that lose nothing."""

from contextlib import suppress
from dataclasses import fields, replace
from datetime import date, timedelta
from itertools import pairwise

import house
import pytest

from bot.model import Audience, Occurrence, State
from bot.model.outbox import Scope
from bot.model.outbox.broadcasts import SweepKind
from bot.model.staff import Actor
from bot.model.who import Keep, Who
from bot.store import Store
from bot.store.planning.counts import Counts

NOW = 1_000_000
ANA = Actor("Ana")
DEED = Occurrence(
    campaign="trees",
    action="deed",
    audience=Audience.INDIVIDUAL,
    slot=202100,
    day=date(2021, 5, 1),
    grace=timedelta(hours=1),
    nudge=True,
    post=True,
    named=True,
)


@pytest.fixture(autouse=True)
def short_steps(monkeypatch):
    monkeypatch.setattr("bot.store.sending.sweeps.STEP", 3)
    monkeypatch.setattr("bot.store.sending.sweeps.LOOK", 5)


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "test.db")
    store.channels.ensure([house.channel("one"), house.channel("two")])
    assert store.plan.add(DEED) == 1
    assert store.plan.add(replace(DEED, action="other")) == 2
    yield store
    store.close()


def fill(store, state, recipients, *, occurrence=1, channel=1, expires=NOW + 9):
    store.database.many(
        "INSERT INTO delivery (occurrence, channel, recipient, state, attempts, due, expires)"
        " VALUES (:occurrence, :channel, :person, :state, 0, :now, :expires)",
        [
            {
                "occurrence": occurrence,
                "channel": channel,
                "person": person,
                "state": state,
                "now": NOW,
                "expires": expires,
            }
            for person in recipients
        ],
    )


def carry_out(store, number):
    """Step by step to its end; gives how many rows each step changed."""
    changes = [0]
    while not (sweep := store.sweeps.step(number)).done:
        changes.append(sweep.changed)
    changes.append(sweep.changed)
    return [after - before for before, after in pairwise(changes)]


def states(store, occurrence=1, channel=1):
    return {
        entry.key.recipient: entry.state
        for entry in store.listing.entries()
        if (entry.key.occurrence, entry.key.channel) == (occurrence, channel)
    }


def test_what_waits_is_cancelled_in_steps_and_nothing_else_is(store):
    fill(store, State.SENT, range(1, 21))
    fill(store, State.QUEUED, range(21, 31))
    fill(store, State.UNCERTAIN, [31])
    fill(store, State.PLANNED, [0])
    fill(store, State.QUEUED, [1], occurrence=2)
    fill(store, State.QUEUED, [1], channel=2)
    number = store.sweeps.put(SweepKind.CANCEL, 1, 1, ANA, NOW)
    changes = carry_out(store, number)
    assert sum(changes) == 10
    assert max(changes) == 3
    assert states(store) == {
        0: State.PLANNED,
        **dict.fromkeys(range(1, 21), State.SENT),
        **dict.fromkeys(range(21, 31), State.CANCELLED),
        31: State.UNCERTAIN,
    }
    assert states(store, 2) == states(store, 1, 2) == {1: State.QUEUED}


@pytest.mark.parametrize(
    ("kind", "state", "words"),
    [
        (SweepKind.SEND, State.QUEUED, "uncertain before; released by Ana"),
        (SweepKind.GIVE_UP, State.CANCELLED, "cancelled by Ana"),
    ],
)
def test_what_is_uncertain_is_settled_in_steps_with_the_name_of_who_decided(
    store, kind, state, words
):
    fill(store, State.UNCERTAIN, range(8))
    fill(store, State.SENT, [9])
    changes = carry_out(store, store.sweeps.put(kind, 1, 1, ANA, NOW + 50))
    assert (sum(changes), max(changes)) == (7, 3)
    assert states(store) == {
        0: State.UNCERTAIN,
        **dict.fromkeys(range(1, 8), state),
        9: State.SENT,
    }
    rows = [entry for entry in store.listing.entries() if 0 < entry.key.recipient < 9]
    assert {entry.error for entry in rows} == {words}
    if kind is SweepKind.SEND:
        assert {(entry.due, entry.expires) for entry in rows} == {(NOW + 50, NOW + 50 + 3600)}


def test_a_new_grace_is_given_in_steps_and_to_what_is_late_alone(store):
    fill(store, State.QUEUED, range(1, 8))
    fill(store, State.PLANNED, [0])
    fill(store, State.QUEUED, [9], expires=NOW + 99)
    fill(store, State.SENT, [10])
    fill(store, State.QUEUED, [1, 2], occurrence=2)
    later = NOW + 9
    assert {(late.action, late.count) for late in store.counts.late(Scope(), later)} == {
        ("deed", 8),
        ("other", 2),
    }
    changes = carry_out(store, store.sweeps.put(SweepKind.RENEW, 1, 1, ANA, later))
    assert (sum(changes), max(changes)) == (8, 3)
    assert {
        entry.key.recipient
        for entry in store.listing.entries()
        if (entry.action, entry.expires) == ("deed", later + 3600)
    } == set(range(8))
    # as soon as they are counted anew
    assert [late.action for late in Counts(store.database).late(Scope(), later)] == ["other"]


def test_what_is_being_cancelled_is_not_claimed_but_the_post_beside_it_is(store):
    fill(store, State.QUEUED, range(10))
    fill(store, State.QUEUED, [1], occurrence=2)
    store.sweeps.put(SweepKind.CANCEL, 1, 1, ANA, NOW)
    holds = store.holds.current()
    assert store.outbox.first_due(1, NOW, holds)[:2] == (1, 0)
    claimed = store.outbox.claim(1, NOW, 50, holds)
    assert [(row.occurrence, row.recipient) for row in claimed] == [(1, 0), (2, 1)]
    assert store.outbox.claim(1, NOW, 50, store.holds.current()) == []


def test_a_crash_between_two_steps_or_within_one_loses_nothing(store):
    fill(store, State.QUEUED, range(1, 11))
    number = store.sweeps.put(SweepKind.CANCEL, 1, 1, ANA, NOW)
    assert store.sweeps.step(number).changed == 3
    with suppress(RuntimeError), store.transaction():
        assert store.sweeps.step(number).changed == 6
        raise RuntimeError
    again = Store(store.database.where)
    [going] = again.sweeps.open()
    assert (going.changed, going.after) == (3, 3)
    assert sum(carry_out(again, number)) == 10 - 3 + 3
    assert set(states(again).values()) == {State.CANCELLED}
    assert again.sweeps.open() == []
    again.close()


def test_the_newest_decision_about_what_is_uncertain_stands(store):
    fill(store, State.UNCERTAIN, range(1, 8))
    first = store.sweeps.put(SweepKind.SEND, 1, 1, ANA, NOW)
    store.sweeps.step(first)
    carry_out(store, store.sweeps.put(SweepKind.GIVE_UP, 1, 1, ANA, NOW + 1))
    assert store.sweeps.open() == []
    assert list(states(store).values()) == [State.QUEUED] * 3 + [State.CANCELLED] * 4


def test_what_is_done_is_kept_until_its_day_is_over_and_without_who_was_forgotten(store):
    number = store.sweeps.put(SweepKind.CANCEL, 1, 1, Actor.staff("7"), NOW)
    assert store.sweeps.step(number).done
    store.sweeps.forget(Who(person=None, channel=1, address="7"), NOW)
    assert "7" not in store.sweeps.step(number).by
    keep = Keep(**{field.name: 1 for field in fields(Keep)})
    assert store.sweeps.expire(NOW, keep) == 0
    assert store.sweeps.expire(4_000_000_000, keep) == 1
