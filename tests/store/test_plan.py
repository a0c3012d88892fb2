"""The contract of planning in the store: occurrences, waves and the set-based fan-out with its
cursor.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import house
import pytest

from bot.errors import StoreError
from bot.model import Audience, DeliveryKey, Occurrence, State
from bot.model.outbox.waves import NewWave
from bot.model.person import Status
from bot.store import Store
from bot.store.db import Database
from bot.store.planning import plan as plans

OCCURRENCE = Occurrence(
    campaign="trees",
    action="deed",
    audience=Audience.INDIVIDUAL,
    slot=202100,
    day=date(2021, 5, 1),
    grace=timedelta(hours=12),
    nudge=True,
    post=False,
    named=False,
)
DUE = int(datetime(2021, 5, 1, 9, tzinfo=UTC).timestamp())
EXPIRES = DUE + 12 * 3600


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "test.db")
    store.channels.ensure([house.channel("one")])
    yield store
    store.close()


@pytest.fixture
def small_steps(monkeypatch):
    monkeypatch.setattr(plans, "STEP_ROWS", 10)


def wave(store, occurrence=OCCURRENCE, *, due=DUE, expires=EXPIRES, place=1):
    number = store.plan.add(occurrence)
    store.plan.add_waves(
        number, [NewWave(occurrence=number, place=place, due=due, expires=expires)], place
    )
    return number


def recipients(store):
    return [
        row[0]
        for row in store.database.rows(
            "SELECT recipient FROM delivery ORDER BY occurrence, recipient"
        )
    ]


def drain(store, now=DUE):
    steps = 0
    while store.plan.fan_out(now):
        steps += 1
    return steps


def test_a_wave_makes_a_queued_row_for_each_person_at_its_place(store):
    store.people.add([*(house.person(n) for n in range(3)), house.person(9, minute=600)])
    number = wave(store)
    assert drain(store, DUE - 1) == 0
    drain(store)
    rows = store.database.rows(
        "SELECT occurrence, channel, recipient, state, attempts, due, expires FROM delivery ORDER"
        " BY recipient"
    )
    assert rows == [(number, 1, person, State.QUEUED, 0, DUE, EXPIRES) for person in (1, 2, 3)]
    assert drain(store) == 0


def test_a_wide_wave_goes_in_steps_with_its_cursor(store, small_steps):
    store.people.add(house.person(n) for n in range(35))
    wave(store)
    seen = [0]
    while store.plan.fan_out(DUE):
        made = recipients(store)
        assert made == list(range(1, len(made) + 1))
        after, done = store.database.row("SELECT after, done FROM wave")
        assert done or after == len(made)
        seen.append(len(made))
    assert all(0 < later - earlier <= 10 for earlier, later in pairwise(seen))
    assert (seen[-1], done) == (35, 1)


def test_after_a_crash_in_the_middle_nobody_is_missed_or_met_twice(store, small_steps, tmp_path):
    store.people.add(house.person(n) for n in range(35))
    wave(store)
    store.plan.fan_out(DUE)
    before = recipients(store)

    def crash():
        with store.database.transaction():
            store.plan.fan_out(DUE)
            assert len(recipients(store)) > len(before)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        crash()
    assert recipients(store) == before
    store.close()
    again = Store(tmp_path / "test.db")
    drain(again)
    assert recipients(again) == list(range(1, 36))
    again.close()


def test_a_row_that_stands_already_stays_as_it_is(store):
    store.people.add([house.person(1), house.person(2)])
    number = wave(store)
    store.intake.add_nudge(number, 1, 2, DUE - 60, EXPIRES)
    store.outbox.change(
        DeliveryKey(occurrence=number, channel=1, recipient=2), [State.QUEUED], State.SENT
    )
    drain(store)
    assert store.database.rows("SELECT recipient, state FROM delivery ORDER BY recipient") == [
        (1, State.QUEUED),
        (2, State.SENT),
    ]


def test_who_joined_after_the_instant_is_not_met(store):
    store.people.add([house.person(1, joined=DUE), house.person(2, joined=DUE + 1)])
    wave(store)
    drain(store, DUE + 60)
    assert recipients(store) == [1]


def test_only_named_days_reach_those_who_want_only_these(store):
    store.people.add([house.person(1, named_only=True), house.person(2)])
    wave(store)
    drain(store)
    assert recipients(store) == [2]
    wave(store, replace(OCCURRENCE, action="named", named=True))
    drain(store)
    assert recipients(store) == [2, 1, 2]


@pytest.mark.parametrize("status", [Status.PAUSED, Status.STOPPED, Status.BLOCKED])
def test_who_does_not_want_it_is_not_met(store, status):
    store.people.add([house.person(1), house.person(2)])
    store.people.mark([1], status)
    wave(store)
    drain(store)
    assert recipients(store) == [2]


def test_a_wave_past_its_grace_makes_nothing_and_is_over(store):
    store.people.add([house.person(1)])
    wave(store)
    drain(store, EXPIRES)
    assert recipients(store) == []
    assert not store.plan.is_pending(1, 1)


def test_a_wave_that_is_cancelled_in_the_middle_makes_no_more(store, small_steps):
    store.people.add(house.person(n) for n in range(35))
    number = wave(store)
    store.plan.fan_out(DUE)
    store.plan.cancel(number, DUE)
    assert drain(store) == 0
    assert set(store.listing.counts()) == {State.CANCELLED}
    assert 0 < len(recipients(store)) <= 10


def test_many_small_waves_are_all_fanned_out_with_their_own_instants(store, small_steps):
    store.people.add(house.person(n, minute=n % 15) for n in range(45))
    number = store.plan.add(OCCURRENCE)
    waves = [
        NewWave(occurrence=number, place=place, due=DUE - place, expires=EXPIRES - place)
        for place in range(1, 16)
    ]
    store.plan.add_waves(number, waves, 15)
    drain(store, DUE - 8)
    assert sorted(recipients(store)) == [n + 1 for n in range(45) if n % 15 >= 7]
    drain(store)
    rows = store.database.rows("SELECT recipient, due, expires FROM delivery ORDER BY recipient")
    assert rows == [(n + 1, DUE - n % 15 - 1, EXPIRES - n % 15 - 1) for n in range(45)]


def test_the_wave_with_the_earliest_deadline_fans_out_first(store):
    store.people.add([house.person(1)])
    patient = wave(store, due=DUE - 60)
    urgent = wave(store, replace(OCCURRENCE, action="urgent"), expires=DUE + 60)
    assert store.plan.fan_out(DUE) == 1
    assert store.database.rows("SELECT occurrence FROM delivery") == [(urgent,)]
    assert store.plan.fan_out(DUE) == 1
    assert store.database.rows("SELECT occurrence FROM delivery ORDER BY 1") == [
        (patient,),
        (urgent,),
    ]


def test_waves_are_made_once_and_remembered_up_to_their_place(store):
    store.people.add([house.person(1)])
    number = wave(store)
    wave(store, due=DUE + 99)
    assert store.database.rows("SELECT due FROM wave") == [(DUE,)]
    [near] = store.plan.opened(
        datetime(2021, 4, 30, 12, tzinfo=UTC), datetime(2021, 4, 30, 11, tzinfo=UTC)
    )
    assert (near.id, near.day, near.audience, near.grace, near.places) == (
        number,
        date(2021, 5, 1),
        Audience.INDIVIDUAL,
        12 * 3600,
        1,
    )


def test_planning_an_occurrence_twice_gives_the_same_one(store):
    assert store.plan.add(OCCURRENCE) == store.plan.add(replace(OCCURRENCE, day=date(2021, 5, 2)))
    assert store.plan.occurrence(1) == OCCURRENCE
    with pytest.raises(StoreError, match="no occurrence 7"):
        store.plan.occurrence(7)


def test_a_moved_occurrence_gets_its_waves_anew(store):
    store.people.add([house.person(1)])
    number = wave(store)
    moved = replace(OCCURRENCE, day=date(2021, 5, 8), grace=timedelta(hours=3), post=True)
    store.plan.move(number, moved, DUE)
    assert store.plan.occurrence(number) == moved
    assert store.database.rows("SELECT id FROM wave") == []
    assert store.database.row("SELECT places, cancelled FROM occurrence") == (0, 0)


def test_an_occurrence_is_planned_until_its_grace_ends_in_the_last_zone(store):
    store.plan.add(OCCURRENCE)
    end = date(2021, 12, 31)

    def seen(text):
        return [
            (p.occurrence.action, p.begun)
            for p in store.plan.planned(datetime.fromisoformat(text).replace(tzinfo=UTC), end)
        ]

    assert seen("2021-04-30T09:59:59") == [("deed", False)]
    assert seen("2021-04-30T10:00:00") == [("deed", True)]
    assert seen("2021-05-02T23:59:59") == [("deed", True)]
    assert seen("2021-05-03T00:00:00") == []
    assert store.plan.planned(datetime(2021, 1, 1, tzinfo=UTC), date(2021, 4, 30)) == []


def test_the_next_instant_is_the_nearest_of_all_that_may_fall_due(store):
    lead = 86_400
    assert store.plan.next_instant(0, lead) is None
    store.people.add([house.person(1)])
    number = wave(store)
    opens = int(datetime(2021, 4, 30, 10, tzinfo=UTC).timestamp())
    assert store.plan.next_instant(0, lead) == opens - lead
    assert store.plan.next_instant(opens - lead, lead) == DUE
    store.intake.add_post(number, 1, State.PLANNED, DUE - 30, EXPIRES)
    assert store.plan.next_instant(opens, lead) == DUE - 30
    store.intake.add_nudge(number, 1, 1, DUE - 60, EXPIRES)
    assert store.plan.next_instant(opens, lead) == DUE - 60
    assert store.plan.next_instant(DUE, lead) is None


@pytest.mark.sqlite
def test_of_each_action_to_come_the_first_occurrence_is_told(store, monkeypatch):
    for month in (3, 5, 6, 7):
        store.plan.add(replace(OCCURRENCE, slot=month, day=date(2021, month, 1)))
    store.plan.cancel(store.plan.add(replace(OCCURRENCE, action="called-off")), 0)
    store.plan.add(replace(OCCURRENCE, action="news:12"))
    store.plan.add(replace(OCCURRENCE, action="other", day=date(2021, 6, 30)))
    now, asked = datetime(2021, 4, 30, tzinfo=UTC), list[tuple[str, object]]()
    monkeypatch.setattr(Database, "select", lambda _, __, *given: asked.append(given) or [])
    store.plan.to_come(now, date(2021, 6, 30))
    monkeypatch.undo()
    coming = store.plan.to_come(now, date(2021, 6, 30))
    assert [(each.action, each.day.month) for each in coming] == [("deed", 5), ("other", 6)]
    [(sql, params)] = asked
    steps = [step for *_, step in store.database.rows(f"EXPLAIN QUERY PLAN {sql}", params)]
    assert "SEARCH occurrence USING INDEX occurrence_closes (closes>?)" in steps
