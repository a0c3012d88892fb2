"""What goes on by numbers and closes behind itself misses nobody whose number was drawn already and
whose row another process is just committing.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from threading import Event
from types import SimpleNamespace

import house
import pytest

from bot.jobs.planning import plan
from bot.model import Audience, Occurrence, State
from bot.model.outbox.waves import NewWave
from bot.model.staff import ANNOUNCEMENT, Actor
from bot.store import Store
from bot.store.db import Database

DUE = int(datetime(2021, 5, 1, 9, tzinfo=UTC).timestamp())
EXPIRES = DUE + 12 * 3600
BEFORE_THEY_COMMIT = 0.2
"""Seconds in which a step that waits for nobody has long ended."""


def occurrence(action: str) -> Occurrence:
    return Occurrence(
        campaign="trees",
        action=action,
        audience=Audience.INDIVIDUAL,
        slot=1,
        day=date(2021, 5, 1),
        grace=timedelta(hours=12),
        nudge=True,
        post=False,
        named=True,
    )


@dataclass
class Two:
    """One database, open twice."""

    ours: Store
    theirs: Store
    #: set once we have asked for the right to write
    asked: Event

    def while_they(self, write: Callable[[Store], object], step: Callable[[Store], object]) -> None:
        """Take a step that begins while they have written and not committed, and ends before they
        do unless it waits for them.
        """
        self.asked.clear()
        with ThreadPoolExecutor(1) as pool:
            with self.theirs.database.transaction():
                write(self.theirs)
                taken = pool.submit(step, self.ours)
                assert self.asked.wait(20)
                wait([taken], BEFORE_THEY_COMMIT)
            taken.result(20)

    def recipients(self) -> list[int]:
        return self.ours.database.column("SELECT recipient FROM delivery ORDER BY recipient")


@pytest.fixture
def two(tmp_path, monkeypatch) -> Iterator[Two]:
    ours, theirs = Store(tmp_path / "test.db"), Store(tmp_path / "test.db")
    two = Two(ours, theirs, Event())
    execute = Database.execute

    def executed(database, *given):
        if database is ours.database:
            two.asked.set()
        return execute(database, *given)

    ours.channels.ensure([house.channel("one")])
    ours.people.add([house.person(1)])
    monkeypatch.setattr(Database, "execute", executed)
    yield two
    ours.close()
    theirs.close()


def add_another(store: Store) -> None:
    store.people.add([house.person(2)])


@pytest.mark.parametrize("steady", [True, False])
def test_who_is_being_added_gets_a_row_of_a_wave_whose_last_step_has_begun(two, steady):
    number = two.ours.plan.add(occurrence("deed"))
    wave = NewWave(occurrence=number, place=1, due=DUE, expires=EXPIRES)
    two.ours.plan.add_waves(number, [wave], 1)
    two.while_they(add_another, lambda store: store.plan.fan_out(DUE, end_late=steady))
    assert two.ours.plan.fan_out(DUE) is None
    assert two.recipients() == [1, 2]


def test_a_lower_number_that_is_committed_after_a_higher_one_is_not_passed_by(two):
    """Numbers are drawn before their rows are seen: of 102 people one got nothing, for ever."""
    number = two.ours.plan.add(occurrence("deed"))
    wave = NewWave(occurrence=number, place=1, due=DUE, expires=EXPIRES)
    two.ours.plan.add_waves(number, [wave], 1)

    def add_a_later_one_and_fan_out(store: Store) -> None:
        store.people.add([house.person(3)])
        while store.plan.fan_out(DUE) is not None:
            pass

    two.while_they(add_another, add_a_later_one_and_fan_out)
    assert two.recipients() == two.ours.database.column("SELECT id FROM person ORDER BY id")
    assert len(two.recipients()) == 3


def test_a_place_that_is_committed_after_a_later_one_gets_its_wave(two):
    two.ours.plan.add(occurrence("deed"))
    services = SimpleNamespace(store=two.ours, settings=SimpleNamespace(quiet=house.NO_QUIET))
    near = datetime(2021, 4, 30, tzinfo=UTC)

    def place(store: Store, minute: int) -> None:
        store.people.place(1, int(Audience.INDIVIDUAL), "UTC", minute)

    def make_a_later_one_and_open(store: Store) -> None:
        place(store, 602)
        plan.open_waves(services, near)

    two.while_they(lambda store: place(store, 601), make_a_later_one_and_open)
    plan.open_waves(services, near)
    places = two.ours.database.column("SELECT id FROM place ORDER BY id")
    assert two.ours.database.column("SELECT place FROM wave ORDER BY place") == places
    assert len(places) == 3


def test_who_is_being_added_gets_an_announcement_whose_last_step_has_begun(two):
    oneoff = two.ours.oneoffs.add(ANNOUNCEMENT, "trees", "News", Actor("staff"), DUE, channel=1)
    two.ours.plan.add(occurrence(oneoff.action))
    two.while_they(add_another, lambda store: store.oneoffs.fan_out(oneoff, EXPIRES))
    assert two.ours.oneoffs.to_fan_out() == []
    assert two.recipients() == [1, 2]


def add_sent(store: Store) -> None:
    store.intake.add_note(1, 1, 1, DUE, EXPIRES)
    store.database.execute("UPDATE delivery SET state = :sent", {"sent": int(State.SENT)})


def test_a_row_that_is_being_added_is_counted_with_its_occurrence(two):
    number = two.ours.plan.add(occurrence("deed"))
    two.while_they(add_sent, lambda store: list(store.history.count(number)))
    assert two.ours.database.rows("SELECT occurrence, state, n FROM tally") == [
        (number, int(State.SENT), 1)
    ]


def test_people_and_places_are_added_in_transactions_alone(two, monkeypatch):
    """`sequences.settled` relies on it."""
    added = dict[str, bool]()
    execute = Database.execute

    def executed(database, sql, *params):
        if sql.startswith(("INSERT INTO person ", "INSERT INTO place ")):
            added[sql.split()[2]] = begun[-1] is database
        return execute(database, sql, *params)

    begun = [None]
    begin = Database.transaction

    @contextmanager
    def transaction(database):
        begun.append(database)
        with begin(database):
            yield
        begun.pop()

    monkeypatch.setattr(Database, "execute", executed)
    monkeypatch.setattr(Database, "transaction", transaction)
    two.ours.people.place(1, int(Audience.INDIVIDUAL), "UTC", 61)
    add_another(two.ours)
    assert added == {"place": True, "person": True}
