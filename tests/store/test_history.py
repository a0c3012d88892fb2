"""Counts of the past: equal to a full count of all rows after whatever was done, and read without
them.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta

import house
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.model import PUBLIC, Audience, DeliveryKey, Occurrence, State
from bot.model.outbox import Result, SentInMonth
from bot.model.outbox.broadcasts import SweepKind
from bot.model.staff import Actor
from bot.store import Store, schema
from bot.store.tally import Stage
from bot.times import from_epoch

NOW = 1_620_000_000
HOUR = 3600
PEOPLE = 4
CHANNELS = (1, 2)
ENDS = (State.SENT, State.FAILED, State.SKIPPED, State.UNCERTAIN, State.QUEUED)


def occurrence(number: int, action: str = "plant") -> Occurrence:
    return Occurrence(
        campaign="trees",
        action=action,
        audience=Audience.INDIVIDUAL,
        slot=number,
        day=date(2021, 3, 1) + timedelta(days=20 * number),
        grace=timedelta(hours=1),
        nudge=True,
        post=True,
        named=False,
    )


@dataclass
class Played:
    """A store in which things happen, and the countings that have begun and not ended."""

    store: Store
    counting: list[Iterator[int]] = field(default_factory=list)

    def add(self, at: int, person: int) -> None:
        number, channel = self._occurrence(at), CHANNELS[at % 2]
        due = NOW + at * HOUR
        if person == PUBLIC:
            self.store.intake.add_post(number, channel, State.QUEUED, due, due + HOUR)
        else:
            self.store.intake.add_note(number, channel, person, due, due + HOUR)

    def leave(self, at: int, person: int) -> None:
        """Claim all that is due, and end it in one way or another."""
        channel, now = CHANNELS[at % 2], NOW + 30 * HOUR
        rows = self.store.outbox.claim(channel, now, 3, self.store.holds.current())
        ends = [Result(row, ENDS[(at + person + n) % len(ENDS)]) for n, row in enumerate(rows)]
        self.store.outbox.settle(ends, now)

    def crash(self, at: int, _person: int) -> None:
        self.store.outbox.claim(CHANNELS[at % 2], NOW + 30 * HOUR, 2, self.store.holds.current())
        self.store.outbox.recover(NOW)

    def change(self, at: int, person: int) -> None:
        """Release, put off, take back: whatever people decide of one delivery."""
        key = DeliveryKey(self._occurrence(at), CHANNELS[at % 2], person)
        to = (State.QUEUED, State.CANCELLED, State.SENT)[(at + person) % 3]
        self.store.outbox.change(key, list(State), to, due=NOW + at)

    def undone(self, at: int, person: int) -> None:
        """The same, and the process dies before its commit."""
        with suppress(RuntimeError), self.store.transaction():
            self.change(at, person)
            raise RuntimeError

    def settle_uncertain(self, at: int, person: int) -> None:
        kind = (SweepKind.SEND, SweepKind.GIVE_UP)[person % 2]
        number = self._occurrence(at)
        sweep = self.store.sweeps.put(kind, number, CHANNELS[at % 2], Actor("ana"), NOW)
        self.store.sweeps.step(sweep)

    def forget(self, at: int, person: int) -> None:
        self.store.forgotten.forget_at(CHANNELS[at % 2], "one", house.person(person).address, NOW)

    def cancel(self, at: int, _person: int) -> None:
        self.store.plan.cancel(self._occurrence(at), NOW)

    def move(self, at: int, _person: int) -> None:
        """Planning moves only that of which nothing has become."""
        planned = {p.id: p for p in self.store.plan.planned(from_epoch(0), date(2031, 1, 1))}
        number = self._occurrence(at)
        if number in planned and not planned[number].decided:
            self.store.plan.move(number, occurrence(at + 1), NOW)

    def count(self, at: int, _person: int) -> None:
        for _ in self.store.history.count(self._occurrence(at), 2):
            pass

    def begin(self, at: int, person: int) -> None:
        counting = self.store.history.count(self._occurrence(at), 1)
        for _ in range(person):
            next(counting, None)
        self.counting.append(counting)

    def end(self, _at: int, _person: int) -> None:
        while self.counting:
            for _ in self.counting.pop():
                pass

    def _occurrence(self, at: int) -> int:
        return self.store.plan.add(occurrence(at))


DONE: tuple[Callable[[Played, int, int], None], ...] = (
    Played.add,
    Played.leave,
    Played.leave,
    Played.crash,
    Played.change,
    Played.undone,
    Played.settle_uncertain,
    Played.forget,
    Played.cancel,
    Played.move,
    Played.count,
    Played.count,
    Played.begin,
    Played.begin,
    Played.end,
)


@pytest.fixture
def store(tmp_path):
    store = opened(tmp_path / "test.db")
    yield store
    store.close()


def opened(path: object) -> Store:
    store = Store(path, durable=False)
    store.channels.ensure([house.channel("one"), house.channel("two")])
    store.people.add([house.person(number) for number in range(1, PEOPLE + 1)])
    return store


def full_counts(store: Store) -> dict[State, int]:
    """Count each row that there is."""
    rows = store.database.rows("SELECT state, count(*) FROM delivery GROUP BY state ORDER BY state")
    return {State(state): n for state, n in rows}


def full_months(store: Store) -> list[SentInMonth]:
    posts, nudges = Counter(), Counter()
    for day, recipient in store.database.rows(
        "SELECT o.day, d.recipient FROM delivery d JOIN occurrence o ON o.id = d.occurrence WHERE"
        " d.state = :sent",
        {"sent": State.SENT},
    ):
        (nudges if recipient else posts)[day[:7]] += 1
    months = sorted({*posts, *nudges})
    return [SentInMonth(month=m, posts=posts[m], nudges=nudges[m]) for m in months]


@settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(DONE), st.integers(0, 1), st.integers(0, PEOPLE)),
        min_size=4,
        max_size=30,
    )
)
def test_counts_are_those_of_all_rows_whatever_was_done(tmp_path_factory, steps):
    store = opened(tmp_path_factory.mktemp("played") / "test.db")
    played = Played(store)
    try:
        for at in range(2):
            for person in range(PEOPLE + 1):
                played.add(at, person)
            ends = (State.SENT, State.SKIPPED, State.UNCERTAIN)
            rows = store.outbox.claim(CHANNELS[at], NOW + HOUR * 3, 9, store.holds.current())
            store.outbox.settle([Result(r, ends[n % 3]) for n, r in enumerate(rows)], NOW)
            played.count(at, 0)
        for act, at, person in steps:
            act(played, at, person)
            assert store.listing.counts() == full_counts(store), act
        assert store.listing.sent_by_month() == full_months(store)
    finally:
        store.close()


def sent(store: Store, number: int = 0) -> int:
    """An occurrence with a post and nudges that all left; return its id."""
    played = Played(store)
    for person in range(PEOPLE + 1):
        played.add(number, person)
    rows = store.outbox.claim(1, NOW + HOUR // 2, 100, store.holds.current())
    assert len(rows) == PEOPLE + 1
    store.outbox.settle([Result(row, State.SENT, receipt="r") for row in rows], NOW)
    return store.plan.add(occurrence(number))


def stage(store: Store, number: int) -> Stage:
    return Stage(store.database.value("SELECT stage FROM occurrence WHERE id = :n", {"n": number}))


def test_what_is_counted_is_read_from_the_counts_alone(store):
    number = sent(store)
    list(store.history.count(number))
    assert stage(store, number) is Stage.COUNTED
    # as if the rows were not there
    store.database.execute("DELETE FROM delivery")
    assert store.listing.counts() == {State.SENT: PEOPLE + 1}
    assert store.listing.sent_by_month() == [
        SentInMonth(month="2021-03", posts=1, nudges=PEOPLE),
    ]
    assert store.listing.sent_by("audience") == {"individual": PEOPLE + 1}
    assert store.listing.occurrences() == 1


def test_an_occurrence_with_something_to_come_is_not_counted_yet(store):
    number = sent(store)
    key = DeliveryKey(number, 1, 2)
    assert store.outbox.change(key, [State.SENT], State.QUEUED)
    list(store.history.count(number))
    assert stage(store, number) is Stage.COUNTING
    assert store.history.to_count(2**40) == [number]
    assert store.outbox.change(key, [State.QUEUED], State.SENT)
    list(store.history.count(number))
    assert store.history.to_count(2**40) == []


def test_what_changes_while_it_is_counted_has_it_counted_anew(store):
    number = sent(store)
    counting = store.history.count(number, 1)
    next(counting)
    assert store.outbox.change(DeliveryKey(number, 1, 0), [State.SENT], State.CANCELLED)
    list(counting)
    assert stage(store, number) is Stage.OPEN
    assert store.listing.counts() == {State.SENT: PEOPLE, State.CANCELLED: 1}


def test_a_counting_that_another_overtook_keeps_nothing(store):
    number = sent(store)
    overtaken = store.history.count(number, 1)
    next(overtaken)
    assert store.outbox.change(DeliveryKey(number, 1, 0), [State.SENT], State.CANCELLED)
    next(store.history.count(number, 1))
    list(overtaken)
    assert store.listing.counts() == {State.SENT: PEOPLE, State.CANCELLED: 1}


def test_who_is_forgotten_while_they_are_counted_is_counted_all_the_same(store):
    number = sent(store)
    counting = store.history.count(number, 2)
    next(counting)  # the post and the first person
    store.forgotten.forget_at(1, "one", house.person(3).address, NOW)
    list(counting)
    assert store.listing.counts() == {State.SENT: PEOPLE + 1}


def test_what_comes_to_an_occurrence_that_is_counted_is_counted_too(store):
    number = sent(store)
    list(store.history.count(number))
    assert store.intake.add_note(number, 2, 1, NOW, NOW + HOUR)
    assert store.listing.counts() == {State.SENT: PEOPLE + 1, State.QUEUED: 1}


def test_a_wave_that_has_to_fan_out_keeps_its_occurrence_from_being_counted(store):
    number = sent(store)
    store.database.execute(
        "INSERT INTO wave (occurrence, place, due, expires) VALUES (:number, 1, 1, 2)",
        {"number": number},
    )
    assert store.history.to_count(2**40) == []
    store.database.execute("UPDATE wave SET done = 1")
    assert store.history.to_count(2**40) == [number]


@pytest.mark.sqlite
def test_someones_deliveries_are_found_by_their_key(store):
    number = sent(store)
    statements: list[str] = []
    store.database.tables.conn.set_trace_callback(statements.append)
    assert [entry.key.occurrence for entry in store.listing.of_person(2)] == [number]
    store.forgotten.forget_at(1, "one", house.person(2).address, NOW)
    store.database.tables.conn.set_trace_callback(None)
    steps = [
        step
        for sql in statements
        if " delivery " in sql and "SELECT" in sql
        for _, _, _, step in store.database.rows(f"EXPLAIN QUERY PLAN {sql}")
    ]
    searched = [s for s in steps if "SEARCH d " in s or "SEARCH delivery " in s]
    key = "(occurrence=? AND channel=? AND recipient=?)"
    assert searched
    assert [s for s in searched if key not in s] == []
    assert not [s for s in steps if s.startswith(("SCAN d", "SCAN delivery"))]
    occurrences = [s for s in steps if "SCAN" in s and ("SCAN e" in s or "occurrence" in s)]
    assert occurrences
    assert [s for s in occurrences if "INDEX occurrence_with_nudges" not in s] == []


def test_what_is_over_and_had_only_posts_is_not_looked_at_for_somebody_until_they_get_something(
    store,
):
    number = store.plan.add(occurrence(0))
    store.intake.add_post(number, 1, State.QUEUED, NOW, NOW + HOUR)
    rows = store.outbox.claim(1, NOW, 1, store.holds.current())
    store.outbox.settle([Result(rows[0], State.SENT)], NOW)
    list(store.history.count(number))
    assert stage(store, number) is Stage.PRUNED
    assert store.listing.counts() == {State.SENT: 1}
    assert store.intake.add_note(number, 1, 2, NOW, NOW + HOUR)
    assert [entry.key.occurrence for entry in store.listing.of_person(2)] == [number]
    assert store.listing.counts() == {State.SENT: 1, State.QUEUED: 1}


def test_a_file_of_before_learns_which_of_its_past_had_only_posts(store):
    both = sent(store)
    list(store.history.count(both))
    posts = store.plan.add(occurrence(0, "post only"))
    store.intake.add_post(posts, 1, State.CANCELLED, NOW, NOW + HOUR)
    list(store.history.count(posts))
    store.database.execute(f"UPDATE occurrence SET stage = {int(Stage.COUNTED)}")
    store.database.execute("DROP INDEX occurrence_with_nudges")
    schema.with_nudges(store.database.tables)
    assert [stage(store, number) for number in (both, posts)] == [Stage.COUNTED, Stage.PRUNED]
