"""What is counted over the whole outbox: right, and without a sorted copy of it in memory."""

from collections.abc import Callable
from datetime import date, timedelta

import house
import pytest

from bot.model import Audience, Occurrence, State
from bot.model.outbox import Result, Unmade
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


def play(store: Store, action: str, day: date, *reasons: str | None, channel: int = 1) -> None:
    """Add an occurrence and settle one nudge per reason: sent where it is None, else skipped."""
    number = store.plan.add(
        Occurrence(
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
    )
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


def test_no_copy_of_the_outbox_is_sorted_to_count_it(store):
    (counted,) = plans(store, store.listing.counts)
    (unmade,) = plans(store, lambda: store.listing.unmade(WHY))
    assert counted == [(0, "SCAN delivery")]
    # the rows are only looked at within; what is sorted outside is occurrences
    within = [step.split(" USING")[0] for parent, step in unmade if parent]
    outside = [step for parent, step in unmade if not parent]
    assert within == ["SCAN d", "SEARCH r"]
    assert not [step for step in outside if step.startswith(("SCAN d", "SEARCH d", "SEARCH r"))]
