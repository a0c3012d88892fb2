"""What a backup checks of itself, and what a restore makes anew instead."""

import sqlite3
from functools import partial

import house
import pytest
from helpers import at, live, planned, write_operator

from bot import app
from bot.cli.common import open_library, open_settings
from bot.errors import DatabaseBroken
from bot.jobs.operations.backup import backup, restore
from bot.jobs.operations.copies.files import HISTORY
from bot.jobs.planning import plan
from bot.model.staff import Actor

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]

BEFORE = at("2021-04-30T12:00")
MADE = at("2021-05-01T09:00")

CONFIG = """
active = ["trees"]
roots = ["pack"]

[channels.telegram]
network = "telegram"
language = "en"
approve = "auto"
nudges = true

[channels.board]
network = "dry"
language = "en"
approve = "auto"
"""


@pytest.fixture
def config(tmp_path):
    config = write_operator(tmp_path, at("2021-05-01").date(), config=CONFIG)
    planned(config, BEFORE, [house.person(n, minute=12 * 60) for n in range(9)])
    return config


def broken_index(path, name, most):
    """Leave rows out of an index of the database, and change nothing else."""
    connection = sqlite3.connect(path, isolation_level=None)
    (made,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    connection.execute(f"DROP INDEX {name}")
    connection.execute(f"{made} {'AND' if 'WHERE' in made else 'WHERE'} {most}")
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (made, name))
    connection.close()


def said(path, pragma):
    connection = sqlite3.connect(path)
    messages = [message for (message,) in connection.execute(f"PRAGMA {pragma}")]
    connection.close()
    return messages


def test_an_index_of_the_history_that_lacks_a_row_is_made_anew_by_the_restore(config, tmp_path):
    with live(config) as services:
        plan.run(services, MADE)
    broken_index(tmp_path / "drumbeat.db", "delivery_going", "recipient < 0")
    backup(tmp_path / "drumbeat.db", tmp_path / "b.db", MADE)
    assert any("delivery_going" in words for words in said(tmp_path / "b.db", "integrity_check"))
    settings = open_settings(config)
    library = open_library(settings, settings.active)
    opened = partial(app.open_restored, library=library)
    restore(settings, tmp_path / "b.db", opened, Actor("operator"), MADE)
    assert said(tmp_path / "drumbeat.db", "integrity_check") == ["ok"]


def test_an_index_of_people_that_lacks_a_row_is_told_by_the_backup(config, tmp_path):
    broken_index(tmp_path / "drumbeat.db", "person_place", "id < 5")
    with pytest.raises(DatabaseBroken, match="missing from index person_place"):
        backup(tmp_path / "drumbeat.db", tmp_path / "b.db", MADE)
    assert not list(tmp_path.glob("b.db*"))


def test_no_index_of_the_history_says_that_rows_are_single(config):
    """A backup doesn't compare these indexes with their rows; one that did could not be made anew
    of rows of which two are alike.
    """
    with live(config) as services:
        origins = {
            origin
            for table in HISTORY
            for _, _, unique, origin, _ in services.store.database.rows(
                f"PRAGMA index_list({table})"
            )
            if unique
        }
    assert origins == {"pk"}


def test_a_backup_of_a_damaged_file_is_refused_and_nothing_is_left_of_it(config, tmp_path):
    connection = sqlite3.connect(tmp_path / "drumbeat.db")
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute(
        "UPDATE sqlite_master SET sql = replace(sql, 'country TEXT,', 'country TEXT NOT NULL,')"
        " WHERE name = 'person'"
    )
    connection.commit()
    connection.close()
    with pytest.raises(DatabaseBroken, match=r"not sound: NULL value in person\.country"):
        backup(tmp_path / "drumbeat.db", tmp_path / "b.db", MADE)
    assert not list(tmp_path.glob("b.db*"))
