"""What is counted over the whole outbox: right, and without a sorted copy of it in memory."""

from collections.abc import Callable
from datetime import date, timedelta

import house
import pytest

from bot.model import Audience, Occurrence, State
from bot.model.outbox import Entry, Result, Scope, Unmade
from bot.store import Store

NOW = 1_000_000
LATER = NOW + 3600
WHY = "would wait: "


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "test.db")
    store.channels.ensure([house.channel("one"), house.channel("two")])
    store.people.add([house.person(number) for number in range(3)])
    yield store
    store.close()


def occurrence(action: str, day: date = date(2021, 6, 1)) -> Occurrence:
    return Occurrence(
        campaign="trees",
        action=action,
        audience=Audience.INDIVIDUAL,
        slot=day.toordinal(),
        day=day,
        grace=timedelta(hours=1),
        nudge=True,
        post=True,
        named=False,
    )


def play(store: Store, action: str, day: date, *reasons: str | None, channel: int = 1) -> None:
    """Add an occurrence and settle one nudge per reason: sent where it is None, else skipped."""
    number = store.plan.add(occurrence(action, day))
    for person, _ in enumerate(reasons, 1):
        assert store.intake.add_nudge(number, channel, person, NOW, LATER)
    rows = store.outbox.claim(channel, NOW, 100, store.holds.current())
    assert len(rows) == len(reasons)
    results = [
        Result(row, State.SENT if reason is None else State.SKIPPED, error=reason)
        for row, reason in zip(rows, reasons, strict=True)
    ]
    store.outbox.settle(results, NOW)


def plans(store: Store, look: Callable[[], object]) -> list[list[tuple[int, str]]]:
    """Give (parent, step) of how SQLite goes about each statement of this look."""
    statements: list[str] = []
    connection = store.database.tables.conn
    connection.set_trace_callback(statements.append)
    look()
    connection.set_trace_callback(None)
    return [
        [(parent, step) for _, parent, _, step in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
        for sql in statements
    ]


def test_a_delivery_is_listed_with_all_that_it_has_and_nothing_else(store):
    play(store, "plant", date(2021, 5, 1), "late", None)
    entries = list(store.listing.entries())
    assert entries == [Entry(**vars(entry)) for entry in entries]
    assert {entry.state for entry in entries} == {State.SENT, State.SKIPPED}
    assert {type(entry.audience) for entry in entries} == {Audience}
    assert {(entry.day, entry.error) for entry in entries} == {
        (date(2021, 5, 1), "late"),
        (date(2021, 5, 1), None),
    }


def test_what_has_no_text_is_counted_per_action_by_its_first_day(store):
    may, june = date(2021, 5, 1), date(2021, 6, 1)
    play(store, "plant", june, f"{WHY}b", f"{WHY}a", None)
    play(store, "plant", may, f"{WHY}c", "later than its grace")
    play(store, "water", date(2021, 5, 2), f"{WHY}d", channel=2)
    play(store, "rest", may, "dry", None)
    assert store.listing.unmade(WHY) == [
        Unmade(campaign="trees", action="plant", deliveries=3, why="a"),
        Unmade(campaign="trees", action="water", deliveries=1, why="d"),
    ]


def test_counts_name_only_states_that_something_is_in(store):
    assert store.listing.counts() == {}
    play(store, "plant", date(2021, 5, 1), None, "dry", "dry")
    assert store.listing.counts() == {State.SENT: 1, State.SKIPPED: 2}


@pytest.mark.sqlite
def test_no_copy_of_the_outbox_is_sorted_to_count_it(store):
    (counted,) = plans(store, store.listing.counts)
    (unmade,) = plans(store, lambda: store.listing.unmade(WHY))
    read = [step for _, step in counted if step.startswith(("SCAN", "SEARCH"))]
    assert "SEARCH d USING PRIMARY KEY (occurrence=?)" in read
    assert not [step for _, step in counted if "B-TREE" in step]
    # the rows are only looked at within; what is sorted outside is occurrences
    within = [step.split(" USING")[0] for parent, step in unmade if parent]
    outside = [step for parent, step in unmade if not parent]
    assert within == ["SCAN d", "SEARCH r"]
    assert not [step for step in outside if step.startswith(("SCAN d", "SEARCH d", "SEARCH r"))]


def put(store: Store, slot: int, *rows: tuple[State, int]) -> int:
    """Add an occurrence with a post on each channel: its state, and when it is due."""
    number = store.plan.add(
        Occurrence(
            campaign="trees",
            action="plant",
            audience=Audience.INDIVIDUAL,
            slot=slot,
            day=date(2021, 5, 1),
            grace=timedelta(hours=1),
            nudge=False,
            post=True,
            named=False,
        )
    )
    for channel, (state, due) in enumerate(rows, 1):
        assert store.intake.add_post(number, channel, state, due, due + 3600)
    return number


@pytest.mark.parametrize("page", [1, 2, 1000])
def test_what_leaves_next_is_listed_first_and_what_has_ended_last(store, page):
    late = put(store, 1, (State.SENT, 500), (State.PLANNED, 400))
    soon = put(store, 2, (State.AWAITING_APPROVAL, 100), (State.CANCELLED, 50))
    between = put(store, 3, (State.QUEUED, 200), (State.UNCERTAIN, 100))
    listed = [
        (entry.key.occurrence, entry.state, entry.due) for entry in store.listing.entries(page=page)
    ]
    assert listed == [
        (soon, State.AWAITING_APPROVAL, 100),
        (between, State.UNCERTAIN, 100),
        (between, State.QUEUED, 200),
        (late, State.PLANNED, 400),
        (soon, State.CANCELLED, 50),
        (late, State.SENT, 500),
    ]


def test_two_lists_are_read_at_once_and_what_changes_meanwhile_is_left_out(store):
    first = put(store, 1, (State.QUEUED, 100), (State.QUEUED, 200))
    queued, everything = store.listing.entries(State.QUEUED, page=1), store.listing.entries(page=1)
    assert next(queued).due == next(everything).due == 100
    key = next(everything).key
    assert store.outbox.change(key, [State.QUEUED], State.CANCELLED)
    assert list(queued) == []
    assert key.occurrence == first


@pytest.mark.sqlite
def test_a_list_is_put_in_order_once_and_its_pages_are_looked_up_by_key(store):
    put(store, 1, (State.QUEUED, 100), (State.SENT, 200))
    statements: list[str] = []
    connection = store.database.tables.conn
    connection.set_trace_callback(statements.append)
    listed = store.listing.entries(page=1)
    assert [entry.due for entry in (next(listed), next(listed))] == [100, 200]
    connection.set_trace_callback(None)
    ordered, *pages = [sql for sql in statements if "SELECT" in sql]
    assert ordered.startswith("INSERT INTO places_")
    assert len(pages) == 2
    for sql in pages:
        steps = [step for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
        assert steps[0].startswith("SEARCH l USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)")
        assert steps[1].startswith("SEARCH d USING PRIMARY KEY (occurrence=? AND channel=? AND")
        assert not [step for step in steps if step.startswith("SCAN") or "TEMP B-TREE" in step]


def test_what_is_open_is_counted_by_channel_and_state(store):
    play(store, "plant", date(2021, 5, 1), "late", None)
    play(store, "water", date(2021, 5, 2), None, channel=2)
    assert (store.backlog.moving(NOW), store.backlog.resting()) == ({}, {})
    number = store.plan.add(occurrence("reap"))
    for person, due in ((1, NOW - 50), (2, NOW - 70), (3, NOW + 50)):
        assert store.intake.add_nudge(number, 1, person, due, LATER)
    holds = store.holds.current()
    assert store.backlog.moving(NOW) == {1: (3, 2)}
    assert [store.backlog.due(1, NOW, most) for most in (9, 1)] == [2, 1]
    assert store.backlog.due(2, NOW, 9) == 0
    assert store.backlog.oldest_due(1, NOW, holds) == NOW - 70
    assert store.backlog.oldest_due(2, NOW, holds) is None
    [row] = store.outbox.claim(1, NOW, 1, holds)
    assert store.backlog.moving(NOW) == {1: (3, 1)}, "what is in flight counts too"
    store.outbox.settle([Result(row, State.UNCERTAIN)], NOW)
    assert store.backlog.moving(NOW) == {1: (2, 1)}
    assert store.backlog.resting() == {(1, State.UNCERTAIN): 1}
    assert (
        store.backlog.oldest_due(1, NOW, holds) == {NOW - 50, NOW - 70}.difference({row.due}).pop()
    )
    store.holds.put(Scope(action="reap"), NOW)
    assert store.backlog.oldest_due(1, NOW, store.holds.current()) is None
    store.holds.put(Scope(channel="two"), NOW)
    assert store.backlog.oldest_due(2, NOW, store.holds.current()) is None


@pytest.mark.sqlite
def test_what_is_open_is_counted_without_a_look_at_what_was_sent(store):
    play(store, "plant", date(2021, 5, 1), "late", None)
    holds = store.holds.current()

    def look():
        store.backlog.moving(NOW)
        store.backlog.due(1, NOW, 9)
        store.backlog.resting()
        store.backlog.oldest_due(1, NOW, holds)

    steps = [step for plan in plans(store, look) for _, step in plan]
    asked = [step for step in steps if step.startswith(("SCAN d", "SEARCH d"))]
    assert len(asked) >= 3
    for step in asked:
        assert " INDEX delivery_going" in step or " INDEX delivery_waiting" in step, step
