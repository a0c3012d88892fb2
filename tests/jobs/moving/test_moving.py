"""A database that moves: whole, though it is killed on the way, and into nothing but an empty one."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import copy

import pytest
from tree import TOP

from bot.cli import main
from bot.errors import DatabaseInUse, KeysMissing, StoreError, WrongDatabase
from bot.jobs.moving.move import move
from bot.model.database import Server, Where
from bot.store import Store
from bot.store.db import Database, sender_lock
from bot.store.meta import LIVE
from bot.store.moving import tables as shapes
from bot.store.sequences import REFERENCES

ROWS = 12
DELIVERIES = 600
EMPTY = ("pledge_verification", "draft")

KILLED = """
import os, signal, sys
from contextlib import contextmanager
from pathlib import Path
from bot.jobs.moving.move import move
from bot.model.database import is_url, server
from bot.store.moving import tables

old, new, steps, keys = sys.argv[1:]
tables.PAGE, left = 50, int(steps)

@contextmanager
def watched(total):
    def done(rows):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    yield done

move(Path(old), server(new) if is_url(new) else Path(new), Path(keys), watched)
"""
"""A move that is killed after some of its steps."""


@contextmanager
def unwatched(_total):
    yield lambda _rows: None


def value(column, number):
    """A value for a column, another for each row; texts with all that could be lost on the way."""
    match column.type:
        case "INTEGER":
            return number
        case "REAL":
            return number + 0.1
        case "BLOB":
            return bytes(range(256)) * number
    return f"{number} ü \\N\t'\"\r\n\\. {{}} 👩🏽‍🌾"


def fill(store):
    """Give each table some rows, and many to one of them."""
    for table in shapes.tables():
        if not table.key:
            continue
        columns = store.database.tables.table(table.name).columns
        rows = [[value(column, number) for column in columns] for number in range(1, ROWS + 1)]
        store.database.put(table.name, table.columns, rows)
    store.database.put(
        "delivery",
        ("occurrence", "channel", "recipient", "state", "attempts", "due", "expires"),
        [(1, 1, 1_000 + n, 5, 1, n, 2**40 + n) for n in range(DELIVERIES)],
    )
    for table in EMPTY:
        store.database.execute(f"DELETE FROM {table}")


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    path = tmp_path_factory.mktemp("filled") / "old.db"
    with closing(Store(path, durable=False)) as store:
        store.meta.claim(LIVE)
        store.keys.settle()
        with store.transaction():
            fill(store)
    return path


@pytest.fixture
def old(tmp_path, filled):
    for path in (filled, filled.with_name("old.db.keys")):
        copy(path, tmp_path)
    return tmp_path / "old.db"


@pytest.fixture
def keys(old):
    return old.with_name("old.db.keys")


@pytest.fixture
def on_a_server(server) -> Iterator[Server]:
    if server is None:
        pytest.skip("PostgreSQL is not installed")
    yield server.empty("moved")
    server.drop("moved")


@pytest.fixture(params=["file", "server"])
def new(request, tmp_path) -> Where:
    """An empty database of each kind."""
    if request.param == "file":
        return tmp_path / "new.db"
    return request.getfixturevalue("on_a_server")


def killed(old: Path, new: Where, steps: int, keys: Path) -> int:
    call = [sys.executable, "-c", KILLED, str(old), str(new), str(steps), str(keys)]
    return subprocess.run(call, cwd=TOP, check=False, timeout=60).returncode


def steps_to(name: str) -> int:
    """After how many steps all rows of a table are there, where each takes fifty rows."""
    names = [table.name for table in shapes.tables() if table.key and table.name not in EMPTY]
    return 2 + names.index(name) + (ROWS + DELIVERIES) // 50


def everything(where: Where) -> dict[str, list[tuple[object, ...]]]:
    """All rows, but where they are from."""
    kinds = {table.name: table.key or table.columns for table in shapes.tables()}
    kinds["meta"] = ("key",)
    with closing(Database(where, readonly=True)) as database:
        return {
            name: [
                row
                for row in database.rows(f"SELECT * FROM {name} ORDER BY {', '.join(order)}")
                if row[0] != "moved from"
            ]
            for name, order in kinds.items()
        }


@pytest.mark.process
def test_a_move_that_is_killed_on_the_way_ends_with_the_same_rows(old, new, keys, monkeypatch):
    assert killed(old, new, 5, keys) == -9
    with closing(Store(new, keys=keys)) as half:
        assert half.database.value("SELECT count(*) FROM delivery") < DELIVERIES
        with pytest.raises(WrongDatabase, match="has not come to its end"):
            half.meta.claim(LIVE)
    assert killed(old, new, 50, keys) == -9
    # all is copied, and being compared
    assert killed(old, new, 60, keys) == -9
    moved = move(old, new, keys, unwatched)
    theirs = everything(old)
    assert everything(new) == theirs
    del theirs["meta"]
    assert {each.table: each.rows for each in moved.tables} == {
        name: len(rows) for name, rows in theirs.items()
    }
    assert len({each.checksum for each in moved.tables if each.rows}) > ROWS
    monkeypatch.chdir(old.parent)
    again = move(Path(old.name), new, keys, unwatched)
    assert (again.before, again.tables) == (True, moved.tables)


def test_what_moved_comes_back_the_same_and_no_number_is_given_twice(old, new, keys, tmp_path):
    there = move(old, new, keys, unwatched)
    back = move(new, tmp_path / "back.db", keys, unwatched)
    assert everything(tmp_path / "back.db") == everything(old)
    assert back.tables == there.tables
    assert (back.before, back.fingerprint) == (False, there.fingerprint)
    for where in (new, tmp_path / "back.db"):
        with closing(Database(where)) as database:
            given = database.numbers_given()
            # of some all rows are gone
            assert {table: given[table] for table in REFERENCES} == dict.fromkeys(REFERENCES, ROWS)
            next_one = "INSERT INTO audit_actor (name) VALUES ('next') RETURNING id"
            assert database.rows(next_one) == [(ROWS + 1,)]


@pytest.mark.sqlite
def test_nothing_is_moved_into_what_is_not_empty(old, new, keys, tmp_path):
    with closing(Database(new)) as database:
        database.execute("CREATE TABLE theirs (id INTEGER)")
    with pytest.raises(StoreError, match=r"it is not empty \(theirs\)"):
        move(old, new, keys, unwatched)
    with closing(Database(new)) as database:
        assert database.names() == ["theirs"]
    used = tmp_path / "used.db"
    with closing(Store(used)) as store:
        store.meta.claim(LIVE)
    with pytest.raises(StoreError, match="a database of `drumbeat`, live"):
        move(old, used, keys, unwatched)
    with pytest.raises(StoreError, match="this is the database itself"):
        move(old, old, keys, unwatched)
    with pytest.raises(StoreError, match="no database to move"):
        move(tmp_path / "none.db", new, keys, unwatched)
    assert not (tmp_path / "none.db").exists()


@pytest.mark.process
def test_a_move_goes_on_from_nothing_but_what_it_began_with(old, keys, tmp_path):
    new, another = tmp_path / "new.db", tmp_path / "another.db"
    assert killed(old, new, steps_to("person"), keys) == -9
    another.write_bytes(old.read_bytes())
    with pytest.raises(StoreError, match=r"the beginning of a move from .*old\.db"):
        move(another, new, keys, unwatched)
    with pytest.raises(StoreError, match="a move into it has not come to its end"):
        move(new, tmp_path / "third.db", keys, unwatched)
    with closing(Store(old)) as store:
        store.database.execute("UPDATE person SET country = 'XX' WHERE id = 3")
    with pytest.raises(StoreError, match=r"person \[3\] is not the same .* was changed since"):
        move(old, new, keys, unwatched)


@pytest.mark.parametrize("one", ["old.db", "new.db"])
@pytest.mark.sqlite
def test_nobody_sends_while_a_database_moves(old, keys, tmp_path, one):
    lock = sender_lock(tmp_path / one)
    with pytest.raises(DatabaseInUse):
        move(old, tmp_path / "new.db", keys, unwatched)
    lock.release()


@pytest.mark.sqlite
def test_nothing_is_moved_beside_a_worker_that_holds_no_lock(old, on_a_server, keys, tmp_path):
    move(old, on_a_server, keys, unwatched)
    with (
        closing(Store(on_a_server, keys=keys)),
        pytest.raises(DatabaseInUse, match="1 other connections"),
    ):
        move(on_a_server, tmp_path / "back.db", keys, unwatched)


def test_the_keys_must_be_where_the_new_database_looks_for_them(old, tmp_path):
    with pytest.raises(KeysMissing, match=r"Copy .*old\.db\.keys there"):
        move(old, tmp_path / "new.db", None, unwatched)
    assert not (tmp_path / "new.db").exists()


def test_the_command_tells_what_was_moved(old, new, keys, capsys, monkeypatch):
    call = ["drumbeat", "move", "--db", str(old), "--to", str(new)]
    monkeypatch.setenv("DRUMBEAT_KEYS_FILE", str(keys))
    monkeypatch.setattr(sys, "argv", [*call, "--json"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    said = capsys.readouterr()
    answer = json.loads(said.out)
    assert (answer["to"], answer["before"]) == (str(new), False)
    assert answer["rows"] == sum(table["rows"] for table in answer["tables"]) > DELIVERIES
    assert f"rows copied and compared: {2 * answer['rows'] - 4:,} of" in said.err
    monkeypatch.setattr(sys, "argv", [*call[:-1], "postgresql://me:secret@host/name"])
    with pytest.raises(SystemExit) as ended:
        main()
    refused = capsys.readouterr().err
    assert (ended.value.code, "holds a password" in refused, "secret" in refused) == (
        2,
        True,
        False,
    )
    monkeypatch.setattr(sys, "argv", call)
    with pytest.raises(SystemExit):
        main()
    told = capsys.readouterr().out
    assert f"delivery: {ROWS + DELIVERIES:,} rows, " in told
    assert "sent twice" in told
