"""What goes on by numbers and closes behind itself misses nobody whose number was drawn already and
whose row another process is just committing.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from threading import Event

import house
import pytest

from bot.model import Audience, Occurrence, State
from bot.model.outbox.waves import NewWave
from bot.model.staff import ANNOUNCEMENT, Actor
from bot.store import Store
from bot.store.db import Database

DUE = int(datetime(2021, 5, 1, 9, tzinfo=UTC).timestamp())
EXPIRES = DUE + 12 * 3600


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
        """Take a step that begins while they have written and not committed."""
        self.asked.clear()
        with ThreadPoolExecutor(1) as pool:
            with self.theirs.database.transaction():
                write(self.theirs)
                taken = pool.submit(step, self.ours)
                assert self.asked.wait(20)
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
