"""A number that left the database is never given out again."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import house
import pytest

from bot.store import Store, sequences
from bot.store.sequences import AFTER_RESTORE, REFERENCES

DUMP = Path(__file__).parent / "old.sql"
INSIDE = {
    "place": "nobody outside is told the number of a place",
    "wave": "nor that of a wave",
    "sweep": "nor that of a sweep",
    "sample": "samples are never deleted",
    "profile": "its number is the person's",
    "contact": "its number is the person's",
    "pause": "its number is the person's",
    "public_pledge": "its number is the pledge's",
    "mail_bounce": "its number is the person's",
    "mail_thread": "its number is the question's",
    "peer_question": "its number is the question's",
    "oneoff_picture": "its number is the post's",
    "hook_event": "a message has an id of its own, which is random",
    "_sqlite_migrations": "not ours",
}
"""Tables with a number that stays in the file."""


@pytest.fixture
def store(tmp_path):
    with_store = Store(tmp_path / "new.db")
    yield with_store
    with_store.close()


@pytest.fixture
def old(tmp_path):
    """A file of an older version, brought to this one."""
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(DUMP.read_text("utf-8"))
    with_store = Store(path)
    yield with_store
    with_store.close()


def numbered(store: Store) -> dict[str, bool]:
    """Whether each table with a number of its own remembers those that it gave."""
    return {
        name: "AUTOINCREMENT" in sql
        for name, sql in store.database.rows(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
        )
        if "INTEGER PRIMARY KEY" in sql
    }


@pytest.mark.sqlite
def test_every_table_remembers_its_numbers_or_keeps_them_inside(store):
    tables = numbered(store)
    assert {name for name, remembers in tables.items() if remembers} == set(REFERENCES)
    assert set(tables) - set(REFERENCES) <= set(INSIDE)


@pytest.mark.sqlite
def test_all_tables_of_an_old_file_are_as_those_of_a_new_one(store, old):
    assert tables(old) == tables(store)


def tables(store: Store) -> dict[str, str]:
    """The statement that makes each table, index and trigger, without comments."""
    made = store.database.rows("SELECT name, sql FROM sqlite_master WHERE sql NOT NULL")
    return {name: " ".join(re.sub(r"--.*|\"", "", sql).split()) for name, sql in made}


def test_a_file_of_the_very_first_version_gets_the_index_that_it_lacks(tmp_path):
    path = tmp_path / "first.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(DUMP.read_text("utf-8"))
        connection.execute("DROP INDEX wave_going")
    with closing(Store(path).database) as database:
        indexes = database.rows("SELECT name FROM sqlite_master WHERE name = 'wave_going'")
    assert indexes == [("wave_going",)]


def test_an_old_file_goes_on_above_every_number_that_stands_in_it(old):
    sequence = dict(old.database.rows("SELECT name, seq FROM sqlite_sequence"))
    assert set(REFERENCES) <= set(sequence)
    for table, columns in REFERENCES.items():
        for column in (f"{table}.id", *columns):
            of, _, name = column.partition(".")
            highest = old.database.value(f"SELECT coalesce(max({name}), 0) FROM {of}")
            assert sequence[table] >= highest, column
    assert old.database.rows("PRAGMA foreign_key_check") == []
    assert old.database.value("PRAGMA foreign_keys") == 1


def test_the_number_of_a_deleted_row_is_not_given_to_the_next(store):
    store.channels.ensure([house.channel()])
    first = store.inbox.ask(1, "7", "en", "Why?", 5)
    store.database.execute("DELETE FROM question")
    assert store.inbox.ask(1, "8", "en", "Why not?", 6) == first + 1


def test_a_restore_leaves_numbers_out_where_none_was_given_before_the_backup(store):
    store.channels.ensure([house.channel()])
    sequences.raise_all(store.database)
    assert store.inbox.ask(1, "7", "en", "Why?", 5) == AFTER_RESTORE + 1


def test_a_restore_leaves_out_what_may_have_been_given_since(store):
    store.channels.ensure([house.channel()])
    first = store.inbox.ask(1, "7", "en", "Why?", 5)
    sequences.raise_all(store.database)
    assert store.inbox.ask(1, "8", "en", "Why not?", 6) == first + AFTER_RESTORE + 1
