"""The contract of the outbox: every arrow of its diagram, and what must never happen to a row."""

from contextlib import closing
from datetime import date, timedelta
from itertools import product

import house
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import StoreError
from bot.model import Audience, DeliveryKey, Occurrence, State
from bot.model.outbox import Result, Scope
from bot.model.outbox.broadcasts import SweepKind
from bot.model.person import Status
from bot.model.staff import Actor
from bot.store import Store
from bot.store.db import MEMORY
from bot.store.sending.statements import claim_sql

NOW = 1_000_000
HOUR = 3600


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "test.db")
    store.channels.ensure([house.channel("one"), house.channel("two")])
    yield store
    store.close()


def occurrence(store, action="deed", slot=202100):
    return store.plan.add(
        Occurrence(
            campaign="trees",
            action=action,
            audience=Audience.INDIVIDUAL,
            slot=slot,
            day=date(2021, 5, 1),
            grace=timedelta(hours=1),
            nudge=True,
            post=True,
            named=False,
        )
    )


def post(store, state, *, due=NOW, expires=NOW + HOUR, slot=202100, channel=1, action="deed"):
    number = occurrence(store, action, slot)
    assert store.intake.add_post(number, channel, state, due, expires)
    return DeliveryKey(occurrence=number, channel=channel, recipient=0)


def nudge(store, person, *, due=NOW, expires=NOW + HOUR, slot=202100, channel=1, action="deed"):
    number = occurrence(store, action, slot)
    assert store.intake.add_nudge(number, channel, person, due, expires)
    return DeliveryKey(occurrence=number, channel=channel, recipient=person)


def claim(store, *, channel=1, now=NOW, limit=50):
    return store.outbox.claim(channel, now, limit, store.holds.current())


def state(store, key):
    return store.listing.entry(key).state


def claimed(store, **kwargs):
    key = post(store, State.QUEUED, **kwargs)
    [row] = claim(store)
    assert (row.key, state(store, key)) == (key, State.SENDING)
    return key, row


# arrows


def test_planned_becomes_queued_when_due_and_not_before(store):
    now, later = post(store, State.PLANNED), post(store, State.PLANNED, due=NOW + 1, slot=1)
    waiting = post(store, State.AWAITING_APPROVAL, slot=2)
    assert store.outbox.queue_due(NOW) == 1
    assert [state(store, key) for key in (now, later, waiting)] == [
        State.QUEUED,
        State.PLANNED,
        State.AWAITING_APPROVAL,
    ]


def test_queued_becomes_sending_with_one_more_try(store):
    _, row = claimed(store)
    assert (row.attempts, row.due, row.expires, row.recipient, row.address) == (
        1,
        NOW,
        NOW + HOUR,
        0,
        "",
    )


def test_a_claimed_nudge_brings_all_that_sending_needs(store):
    store.people.add([house.person(7, zone="Asia/Tokyo", pledge=True)])
    store.people.mark([1], Status.PAUSED)
    occurrence(store)
    store.database.execute(
        "INSERT INTO delivery (occurrence, channel, recipient, state, attempts, due, expires)"
        " VALUES (1, 1, 1, 3, 0, :due, :expires)",
        {"due": NOW, "expires": NOW + HOUR},
    )
    [row] = claim(store)
    assert (row.address, row.language, bool(row.pledge), row.status, row.zone) == (
        "1007",
        "en",
        True,
        Status.PAUSED,
        "Asia/Tokyo",
    )


@pytest.mark.parametrize(
    "to",
    [
        State.SENT,
        State.FAILED,
        State.SKIPPED,
        State.CANCELLED,
        State.UNCERTAIN,
        State.AWAITING_APPROVAL,
    ],
)
def test_sending_becomes_what_the_attempt_says(store, to):
    key, row = claimed(store)
    store.outbox.settle([Result(row, to, receipt="r", url="u", error="e", text="t")], NOW + 1)
    entry = store.listing.entry(key)
    assert (
        entry.state,
        entry.attempts,
        entry.due,
        entry.receipt,
        entry.url,
        entry.error,
        entry.text,
    ) == (to, 1, NOW, "r", "u", "e", None if to is State.AWAITING_APPROVAL else "t")
    assert claim(store) == []


def test_try_later_queues_again_for_its_instant(store):
    key, row = claimed(store)
    store.outbox.settle([Result(row, State.QUEUED, due=NOW + 5, error="503")], NOW)
    assert state(store, key) is State.QUEUED
    assert claim(store, now=NOW + 4) == []
    assert [again.attempts for again in claim(store, now=NOW + 5)] == [2]


def test_an_attempt_that_was_none_is_not_counted(store):
    key, row = claimed(store)
    store.outbox.settle([Result(row, State.QUEUED, counted=False)], NOW)
    assert (store.listing.entry(key).attempts, store.listing.entry(key).due) == (0, NOW)


def test_what_a_crash_left_behind_is_uncertain_and_says_so(store):
    key, _ = claimed(store)
    other = post(store, State.QUEUED, slot=1)
    assert store.outbox.recover(NOW) == 1
    assert (state(store, key), state(store, other)) == (State.UNCERTAIN, State.QUEUED)
    assert "nobody knows" in store.listing.entry(key).error
    assert [row.key for row in store.outbox.uncertain(1)] == [key]
    assert store.outbox.recover(NOW) == 0


def test_what_nobody_approved_in_time_lapses(store):
    late = post(store, State.AWAITING_APPROVAL, due=NOW - HOUR, expires=NOW)
    still = post(store, State.AWAITING_APPROVAL, due=NOW - HOUR, expires=NOW + 1, slot=1)
    assert store.outbox.lapse(NOW, "too late") == [late]
    assert (state(store, late), store.listing.entry(late).error, state(store, still)) == (
        State.SKIPPED,
        "too late",
        State.AWAITING_APPROVAL,
    )


@pytest.mark.parametrize(("frm", "to"), list(product(State, repeat=2)))
def test_a_change_is_made_from_the_named_states_only(store, frm, to):
    key = post(store, frm)
    others = [each for each in State if each is not frm]
    assert not store.outbox.change(key, others, to)
    assert state(store, key) is frm
    assert store.outbox.change(key, [frm], to, due=NOW + 7, expires=NOW + 9, attempts=3)
    entry = store.listing.entry(key)
    assert (entry.state, entry.due, entry.expires, entry.attempts) == (to, NOW + 7, NOW + 9, 3)


# rows


def test_one_row_per_key_however_often_it_is_made(store):
    key = post(store, State.PLANNED)
    assert not store.intake.add_post(key.occurrence, key.channel, State.QUEUED, NOW + 1, NOW + 2)
    assert (state(store, key), store.listing.entry(key).due) == (State.PLANNED, NOW)
    store.people.add([house.person()])
    nudge(store, 1)
    assert not store.intake.add_nudge(key.occurrence, 1, 1, NOW, NOW + 1)


def test_a_post_is_moved_or_dropped_only_before_it_is_due(store):
    for number, each in enumerate(
        (State.PLANNED, State.AWAITING_APPROVAL, State.QUEUED, State.SENT)
    ):
        key = post(store, each, slot=number)
        movable = each in (State.PLANNED, State.AWAITING_APPROVAL)
        assert store.intake.reschedule_post(key.occurrence, 1, NOW + 60, NOW + 120) is movable
        assert not store.intake.reschedule_post(key.occurrence, 1, NOW + 60, NOW + 120)
        store.intake.drop_post(key.occurrence, 1)
        assert state(store, key) is (State.CANCELLED if movable else each)


def test_the_oldest_are_claimed_first_and_no_more_than_asked_for(store):
    keys = [post(store, State.QUEUED, due=NOW - age, slot=age) for age in (5, 50, 20)]
    assert [row.key for row in claim(store, limit=2)] == [keys[1], keys[2]]
    assert [row.key for row in claim(store)] == [keys[0]]
    assert claim(store) == []


def test_the_earliest_deadline_is_claimed_first_however_long_others_have_been_due(store):
    store.people.add(house.person(n) for n in range(1, 4))
    patient = [nudge(store, n, due=NOW - 50, expires=NOW + 9 * HOUR) for n in range(1, 4)]
    urgent = [nudge(store, n, due=NOW, expires=NOW + HOUR, slot=1) for n in range(1, 4)]
    early = nudge(store, 1, due=NOW - 1, expires=NOW + HOUR, slot=2)
    # of those of one moment, whichever the database finds first
    first = [row.key for row in claim(store, limit=3)]
    assert early in first
    assert {*first} < {*urgent, early}
    second = {row.key for row in claim(store, limit=2)}
    assert second > {*urgent} - {*first}
    assert {row.key for row in claim(store)} == {*patient} - second


def test_what_is_held_or_waits_for_its_retry_keeps_nobody_waiting_who_has_more_time(store):
    store.people.add([house.person(1)])
    nudge(store, 1, due=NOW + 5, expires=NOW + 10)
    nudge(store, 1, expires=NOW + 20, action="other")
    last = nudge(store, 1, expires=NOW + HOUR, slot=1)
    store.holds.put(Scope(action="other"), NOW)
    assert [row.key for row in claim(store)] == [last]


@settings(deadline=None)  # each has a file of its own
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=30), st.integers(1, 8))
def test_claims_of_any_size_take_what_is_due_by_deadline(rows, limit):
    with closing(Store(MEMORY)) as store:
        store.channels.ensure([house.channel("one")])
        store.people.add(house.person(n) for n in range(len(rows)))
        number = occurrence(store)
        for person, (due, grace) in enumerate(rows, 1):
            assert store.intake.add_nudge(number, 1, person, NOW + due, NOW + due + grace)
        taken = []
        while some := claim(store, now=NOW + 3, limit=limit):
            taken += sorted((row.expires, row.due, row.recipient) for row in some)
        due_now = [(NOW + d + g, NOW + d, n) for n, (d, g) in enumerate(rows, 1) if d <= 3]
        assert taken == sorted(due_now)


@pytest.mark.sqlite
def test_a_claim_goes_from_moment_to_moment_by_its_index(store):
    params = {"channel": 1, "now": NOW, "limit": 100, "claim": 1}
    steps = [
        step for *_, step in store.database.rows(f"EXPLAIN QUERY PLAN {claim_sql('')}", params)
    ]
    looks = [step.partition("(")[2] for step in steps if "INDEX delivery_going" in step]
    assert looks == [
        "channel=? AND due<?)",
        *["channel=? AND (due,expires,occurrence)>(?,?,?) AND due<?)"] * 3,
        "channel=? AND due=? AND expires=? AND occurrence=? AND state=?)",
    ]
    assert not [step for step in steps if step.startswith("SCAN delivery")]


def wave(store, count, *, action="deed", state=State.QUEUED):
    row = {"occurrence": occurrence(store, action), "now": NOW, "state": state}
    with store.transaction():
        store.database.many(
            "INSERT INTO delivery (occurrence, channel, recipient, state, attempts, due, expires)"
            " VALUES (:occurrence, 1, :person, :state, 0, :now, :now + 9) ON"
            " CONFLICT DO NOTHING",
            [{**row, "person": person} for person in range(1, count + 1)],
        )


def steps_of(store, look):
    """How many ten steps SQLite takes, and what comes of it."""
    steps = []
    store.database.tables.conn.set_progress_handler(lambda: steps.append(0), 10)
    seen = look()
    store.database.tables.conn.set_progress_handler(None, 0)
    return len(steps), seen


@pytest.mark.sqlite
def test_a_claim_costs_the_same_however_many_rows_of_its_wave_wait(store):
    work = {}
    for count in (100, 3000):
        wave(store, count)
        work[count], rows = steps_of(store, lambda: claim(store, limit=10))
        assert len(rows) == 10
    assert work[3000] <= 1.5 * work[100]


@pytest.mark.parametrize("way", ["held", "in flight", "being cancelled"])
@pytest.mark.sqlite
def test_a_claim_costs_the_same_however_many_rows_it_passes_by(store, way):
    wave(store, 10, action="other")
    work = {}
    for count in (10, 3000):
        wave(store, count, state=State.SENDING if way == "in flight" else State.QUEUED)
        if way == "held":
            store.holds.put(Scope(action="deed"), NOW)
        elif way == "being cancelled":
            store.sweeps.put(SweepKind.CANCEL, occurrence(store), 1, Actor("ana"), NOW)
        work[count], rows = steps_of(store, lambda: claim(store, limit=5))
        assert [row.recipient for row in rows] == list(range(1, 6) if count == 10 else range(6, 11))
    assert work[3000] <= 1.5 * work[10]


def of_cameroon(store, *numbers):
    store.people.add(house.person(n) for n in range(max(numbers)))
    store.database.execute("UPDATE person SET country = 'XX'")
    for number in numbers:
        store.database.execute("UPDATE person SET country = 'CM' WHERE id = :n", {"n": number})


@pytest.mark.sqlite
def test_people_of_a_country_that_is_held_are_asked_once_and_not_at_each_claim(store):
    of_cameroon(store, *range(1, 301))
    wave(store, 300)
    wave(store, 300, action="other")
    store.holds.put(Scope(country="CM"), NOW)
    first, rows = steps_of(store, lambda: claim(store, limit=5))
    assert rows == []
    store.people.add(house.person(n) for n in range(300, 320))
    wave(store, 310)
    again, rows = steps_of(store, lambda: claim(store, limit=5))
    assert [row.recipient for row in rows] == [301, 302, 303, 304, 305]
    assert again < first / 3
    again, rows = steps_of(store, lambda: claim(store, limit=5))
    assert [row.recipient for row in rows] == [306, 307, 308, 309, 310]
    assert again < first / 3


def test_what_waits_on_beside_people_who_are_held_is_claimed_again_at_once(store):
    of_cameroon(store, 1, 3, 6)
    wave(store, 6)
    store.holds.put(Scope(country="CM"), NOW)
    rows = claim(store, limit=2)
    assert [row.recipient for row in rows] == [2, 4]
    store.outbox.settle([Result(row, State.QUEUED, counted=False) for row in rows], NOW)
    assert [row.recipient for row in claim(store, limit=2)] == [2, 4]
    assert [row.recipient for row in claim(store)] == [5]
    assert claim(store) == []
    nudge(store, 2, action="other")
    assert [row.recipient for row in claim(store)] == [2]
    store.database.execute("UPDATE person SET country = 'XX' WHERE id = 6")
    assert claim(store, now=NOW + 59) == []
    assert [row.recipient for row in claim(store, now=NOW + 60)] == [6]
    assert store.holds.lift(Scope(country="CM"))
    assert [row.recipient for row in claim(store, now=NOW + 60)] == [1, 3]


def test_what_a_claim_passed_by_that_was_not_written_is_claimed_again(store):
    of_cameroon(store, 1, 3)
    wave(store, 5)
    store.holds.put(Scope(country="CM"), NOW)

    def fail() -> None:
        with store.transaction(beside=True):
            assert [row.recipient for row in claim(store, limit=2)] == [2, 4]
            raise StoreError("the disk is full")

    with pytest.raises(StoreError, match="disk is full"):
        fail()
    assert [row.recipient for row in claim(store, limit=2)] == [2, 4]


@pytest.mark.sqlite
def test_what_has_waited_longest_is_known_by_a_look_however_much_waits(store):
    work, look = {}, store.listing.oldest_overdue
    for count in (10, 3000):
        wave(store, count)
        wave(store, count, action="held")
        store.holds.put(Scope(action="held"), NOW)
        work[count], entry = steps_of(store, lambda: look(NOW, store.holds.current()))
        assert (entry.action, entry.key.recipient) == ("deed", 1)
    assert work[3000] <= 1.5 * work[10]
    planned = post(store, State.PLANNED, due=NOW - 1, channel=2, action="before")
    assert look(NOW, store.holds.current()).key == planned
    store.holds.put(Scope(channel="two"), NOW)
    assert look(NOW, store.holds.current()).action == "deed"


def test_what_is_not_due_or_another_channels_is_not_claimed(store):
    post(store, State.QUEUED, due=NOW + 1)
    post(store, State.QUEUED, channel=2)
    assert claim(store) == []
    assert not store.outbox.has_due(1, NOW)
    assert store.outbox.has_due(1, NOW + 1)
    assert store.outbox.has_due(2, NOW)


@pytest.mark.parametrize(
    ("hold", "held"),
    [
        ({}, {"post one", "post two", "CM", "PE", "other"}),
        ({"channel": "two"}, {"post two"}),
        ({"country": "CM"}, {"CM", "other"}),
        ({"action": "other"}, {"other"}),
        ({"channel": "one", "country": "PE"}, {"PE"}),
        ({"channel": "two", "country": "PE"}, set()),
        ({"country": "PE", "action": "other"}, set()),
        ({"channel": "one", "action": "deed"}, {"post one", "CM", "PE"}),
    ],
)
def test_a_claim_looks_at_holds(store, hold, held):
    store.people.add([house.person(1, country="CM"), house.person(2, country="PE")])
    keys = {
        "post one": post(store, State.QUEUED),
        "post two": post(store, State.QUEUED, channel=2),
        "CM": nudge(store, 1),
        "PE": nudge(store, 2),
        "other": nudge(store, 1, action="other"),
    }
    assert store.holds.put(Scope(**hold), NOW)
    went = {row.key for channel in (1, 2) for row in claim(store, channel=channel)}
    assert {name for name, key in keys.items() if key not in went} == held
    assert store.holds.lift(Scope(**hold))
    rest = {row.key for channel in (1, 2) for row in claim(store, channel=channel)}
    assert rest == set(keys.values()) - went


def test_two_holds_hold_what_either_holds(store):
    store.people.add([house.person(1, country="CM"), house.person(2, country="PE")])
    keys = [nudge(store, 1), nudge(store, 2), nudge(store, 2, action="other")]
    store.holds.put(Scope(country="CM"), NOW)
    store.holds.put(Scope(action="other"), NOW)
    assert [row.key for row in claim(store)] == [keys[1]]


# what others did meanwhile


def test_settling_leaves_alone_what_somebody_else_changed(store):
    key, row = claimed(store)
    assert store.outbox.change(key, [State.SENDING], State.UNCERTAIN)
    store.outbox.settle([Result(row, State.QUEUED, due=NOW + 5)], NOW)
    assert (state(store, key), store.listing.entry(key).due) == (State.UNCERTAIN, NOW)


def test_a_row_cancelled_before_the_claim_is_not_claimed(store):
    key = post(store, State.QUEUED)
    store.outbox.change(key, [State.QUEUED], State.CANCELLED)
    assert claim(store) == []


def test_two_senders_claims_share_no_row(store, tmp_path):
    for number in range(20):
        post(store, State.QUEUED, slot=number)
    other = Store(tmp_path / "test.db")
    taken = [row.key for _ in range(4) for each in (store, other) for row in claim(each, limit=5)]
    other.close()
    assert len(taken) == len(set(taken)) == 20


def test_results_are_kept_and_an_error_is_of_the_last_attempt(store):
    key, row = claimed(store)
    store.outbox.settle([Result(row, State.QUEUED, due=NOW, error="503")], NOW)
    assert store.listing.entry(key).error == "503"
    [row] = claim(store)
    store.outbox.settle([Result(row, State.SENT, receipt="42", text="words")], NOW + 1)
    entry = store.listing.entry(key)
    assert (entry.receipt, entry.error, entry.text) == ("42", None, "words")
    store.outbox.note(key, NOW + 2, error="deleted")
    entry = store.listing.entry(key)
    assert (entry.receipt, entry.error, entry.text) == ("42", "deleted", "words")


def test_posts_of_a_day_are_counted_for_the_ceiling(store):
    for number in range(3):
        _, row = claimed(store, slot=number)
        store.outbox.settle(
            [Result(row, State.SENT if number else State.FAILED, receipt="r", error="e")],
            NOW + number,
        )
    assert [store.outbox.posts_since(1, since) for since in (NOW, NOW + 2, NOW + 3)] == [2, 1, 0]
    assert store.outbox.posts_since(2, 0) == 0


def test_posts_that_are_under_way_or_uncertain_count_for_the_ceiling(store):
    claimed(store, slot=0)
    assert (store.outbox.posts_since(1, NOW), store.outbox.posts_since(1, NOW + 1)) == (1, 0)
    store.outbox.recover(NOW + 5)
    assert (store.outbox.posts_since(1, NOW), store.outbox.posts_since(1, NOW + 1)) == (1, 0)
