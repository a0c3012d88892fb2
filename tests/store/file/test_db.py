"""The database adapter: what is wrong gets one clear line with file, cause and a way out, and
nothing is half-written.
"""

import os
import re
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import house
import pytest
from helpers import limited
from tree import TOP

from bot.errors import DatabaseBroken, DatabaseInUse, DatabaseTooNew, StoreError
from bot.store import Store, schema
from bot.store.db import Database, sqlite

FILES = sorted((TOP / "bot" / "store").glob("*.py"))


@pytest.fixture
def file(tmp_path):
    return tmp_path / "test.db"


def refused(error, path, *words, **kwargs):
    with pytest.raises(error) as raised:
        Store(path, **kwargs)
    message = str(raised.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    for word in words:
        assert word in message


def test_a_file_that_is_no_database(file):
    file.write_bytes(b"Dear editor, this is a letter. " * 50)
    refused(DatabaseBroken, file, "not a database", "drumbeat restore")


@pytest.mark.sqlite
def test_a_damaged_database_says_so_when_it_is_read(file):
    store = Store(file)
    with store.database.transaction():
        store.database.many(
            "INSERT INTO meta (key, value) VALUES (:k, 'x')",
            [{"k": f"key {n}"} for n in range(5000)],
        )
    store.database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    content = bytearray(file.read_bytes())
    content[-90_000:] = b"\xff" * 90_000
    file.write_bytes(content)
    store = Store(file)
    with pytest.raises(DatabaseBroken, match="malformed"):
        store.database.rows("SELECT key, value FROM meta ORDER BY value, key")
    store.close()


@pytest.mark.sqlite
def test_a_file_of_a_newer_drumbeat(file):
    Store(file).close()
    connection = sqlite3.connect(file)
    connection.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('drumbeat',"
        " 'teleport', '')"
    )
    connection.commit()
    connection.close()
    refused(DatabaseTooNew, file, "newer drumbeat", "teleport", "restore an older backup")
    refused(DatabaseTooNew, file, "teleport", readonly=True)


@pytest.mark.sqlite
def test_a_folder_that_is_not_there_or_no_folder(tmp_path):
    refused(StoreError, tmp_path / "nowhere" / "test.db", "does not exist", "--db")
    (tmp_path / "letter").write_text("Dear editor")
    refused(StoreError, tmp_path / "letter" / "test.db", "--db")
    refused(StoreError, tmp_path, "unable to open", "writable")


@pytest.mark.parametrize("readonly", [False, True], ids=["to write", "to look"])
def test_a_pipe_a_folder_or_a_device_is_no_database_and_nobody_waits_for_it(tmp_path, readonly):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path, Path(os.devnull)):
        with pytest.raises(StoreError, match="it is no file"):
            Database(path, readonly=readonly)


@pytest.mark.sqlite
def test_what_can_only_be_read_is_not_written(file):
    Store(file).close()
    store = Store(file, readonly=True)
    with pytest.raises(StoreError, match=r"readonly.*must be writable"):
        store.meta.put("a", "b")
    assert store.meta.get("a") is None
    store.close()


@pytest.mark.sqlite
def test_reading_only_makes_no_file_and_migrates_none(file, tmp_path):
    refused(StoreError, file, "unable to open", readonly=True)
    assert not file.exists()
    old = tmp_path / "old.db"
    sqlite3.connect(old).close()
    old.touch()
    refused(StoreError, old, "not of this version", "`drumbeat run` brings", readonly=True)
    assert old.stat().st_size == 0


@pytest.mark.sqlite
def test_a_full_disk_loses_nothing_that_was_committed(file):
    store = Store(file)
    store.channels.ensure([house.channel()])
    store.people.add(house.person(n) for n in range(100))
    pages = store.database.value("PRAGMA page_count")
    store.database.rows(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StoreError, match=r"full; free some space.*nothing was half-written"):
        store.people.add(house.person(n) for n in range(100, 100_000))
    assert store.people.count() == 100
    # the connection still works, and once there is room it goes on
    store.meta.put("a", "b")
    store.database.rows("PRAGMA max_page_count = 1000000")
    assert store.people.add(house.person(n) for n in range(100, 2000)) == 1900
    assert store.database.value("PRAGMA integrity_check") == "ok"
    store.close()


@pytest.mark.sqlite
def test_somebody_who_holds_the_write_lock_too_long_is_told(file, monkeypatch):
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
    one, other = Store(file), Store(file)
    with one.database.transaction():
        one.meta.put("a", "1")
        with pytest.raises(StoreError, match="holds the write lock"):
            other.meta.put("a", "2")
        # reading goes on meanwhile
        assert other.meta.get("a") is None
    assert other.meta.get("a") == "1"
    one.close()
    other.close()


def test_a_transaction_inside_another_is_part_of_it(file):
    store = Store(file)

    def crash():
        with store.database.transaction():
            with store.database.transaction():
                store.meta.put("a", "1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        crash()
    assert store.meta.get("a") is None
    store.close()


def test_what_must_be_alone_is_no_part_of_what_goes_on_beside_others(file):
    store = Store(file)
    with store.transaction(beside=True):
        with store.transaction(beside=True):
            store.meta.put("key", "first")
        with pytest.raises(RuntimeError, match="must be alone"), store.transaction():
            pass
    with store.transaction(), store.transaction(beside=True), store.transaction():
        store.meta.put("other", "alone all the way")
    assert store.meta.get("key") == "first"
    store.close()


@pytest.mark.sqlite
def test_every_commit_is_synced_and_in_the_write_ahead_log(file):
    store = Store(file)
    assert (
        store.database.value("PRAGMA journal_mode"),
        store.database.value("PRAGMA synchronous"),
    ) == ("wal", 2)
    store.close()
    loose = Store(file, durable=False)
    assert loose.database.value("PRAGMA synchronous") == 0
    loose.close()


@pytest.mark.process
@pytest.mark.sqlite
def test_a_file_has_one_sender_until_its_process_ends(file):
    store = Store(file)
    store.database.hold_sender_lock()
    child = (
        "import sys, pathlib\nfrom bot.errors import DatabaseInUse\nfrom bot.store import"
        " Store\nstore = Store(pathlib.Path(sys.argv[1]))\ntry:\n   "
        " store.database.hold_sender_lock()\nexcept DatabaseInUse as error:\n   "
        " print(error)\nelse:\n    print('mine')\n"
    )

    def ask():
        return subprocess.run(
            [sys.executable, "-c", child, file],
            capture_output=True,
            text=True,
            check=True,
            cwd=TOP,
            timeout=60,
        ).stdout

    assert "another `drumbeat run` or `rehearse` works on this file" in ask()
    other = Store(file)
    with pytest.raises(DatabaseInUse):
        other.database.hold_sender_lock()
    other.close()
    store.close()
    assert ask() == "mine\n"


@pytest.mark.sqlite
def test_a_copy_is_consistent_while_others_write(file, tmp_path):
    store, writer = Store(file), Store(file)
    with writer.database.transaction():
        writer.meta.put("a", "1")
        store.database.copy_to(tmp_path / "copy.db")
    copy = Database(tmp_path / "copy.db")
    assert copy.rows("SELECT key FROM meta") == []
    for each in (store, writer, copy):
        each.close()


# the statements run on PostgreSQL as they stand


FORBIDDEN = {
    "INSERT OR …": r"\binsert\s+or\b",
    "REPLACE INTO": r"\breplace\s+into\b",
    "rowid": r"\browid\b(?!\")",
    "the database's clock": r"\b(datetime|strftime|julianday|unixepoch|date|time)\s*\(\s*'",
    "CURRENT_TIMESTAMP": r"\bcurrent_(timestamp|date|time)\b",
    "now()": r"\bnow\(\)",
    "ifnull": r"\bifnull\s*\(",
    "iif": r"\biif\s*\(",
    "group_concat": r"\bgroup_concat\s*\(",
    "total()": r"\btotal\s*\(",
    "GLOB": r"\bglob\b",
    "AUTOINCREMENT": r"\bautoincrement\b",
    "LIMIT a, b": r"\blimit\s+\S+\s*,",
    "IS with a value": r"\bis\s+(?:not\s+)?[:?\d']",
    "positional parameters": r"[=(,]\s*\?(?:[\s,)]|$)",
    "== in SQL": r"(?i:where|and)\s+\w+\s*==\s*:",
}


def statements(path: Path) -> list[str]:
    """String constants that hold SQL."""
    import ast

    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.JoinedStr):
            found.append(
                "".join(str(v.value) if isinstance(v, ast.Constant) else "0" for v in node.values)
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(node.value)
    return [
        text
        for text in found
        if re.search(r"\b(SELECT|INSERT|UPDATE|DELETE|WHERE|CREATE|ORDER BY)\b", text)
    ]


def without_ddl(path: Path) -> list[str]:
    # Only DDL may differ per database.
    return [
        text for text in statements(path) if not re.search(r"CREATE (TABLE|INDEX|UNIQUE)", text)
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_statement_is_sqlites_own(path):
    for text in without_ddl(path):
        for what, pattern in FORBIDDEN.items():
            assert not re.search(pattern, text, re.IGNORECASE), f"{path.name}: {what}: {text}"


def test_the_search_finds_what_it_looks_for():
    samples = {
        "INSERT OR …": "INSERT OR REPLACE INTO a VALUES (1)",
        "REPLACE INTO": "REPLACE INTO a VALUES (1)",
        "rowid": "SELECT rowid FROM a",
        "the database's clock": "SELECT strftime('%s', 'now')",
        "CURRENT_TIMESTAMP": "SELECT CURRENT_TIMESTAMP",
        "now()": "SELECT now()",
        "ifnull": "SELECT ifnull(a, 0)",
        "iif": "SELECT iif(a, 0, 1)",
        "group_concat": "SELECT group_concat(a)",
        "total()": "SELECT total(a)",
        "GLOB": "SELECT a WHERE a GLOB 'x*'",
        "AUTOINCREMENT": "id INTEGER PRIMARY KEY AUTOINCREMENT",
        "LIMIT a, b": "SELECT 1 LIMIT 1, 2",
        "IS with a value": "SELECT a WHERE a IS :b",
        "positional parameters": "SELECT a WHERE a = ?",
        "== in SQL": "SELECT a WHERE a == :b",
    }
    assert samples.keys() == FORBIDDEN.keys()
    for what, sample in samples.items():
        assert re.search(FORBIDDEN[what], sample, re.IGNORECASE), what


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_insert_from_a_select_has_a_where_before_its_on_conflict(path):
    for text in without_ddl(path):
        if re.search(r"INSERT INTO .*SELECT .*ON CONFLICT", text, re.DOTALL):
            select = text[text.index("SELECT") : text.index("ON CONFLICT")]
            assert "WHERE" in select or select.rstrip().endswith("0"), f"{path.name}: {text}"


@pytest.mark.sqlite
def test_hot_tables_are_keyed_by_whole_numbers_that_are_never_null(file):
    store = Store(file)
    columns = store.database.rows(
        "SELECT name, type, \"notnull\", pk FROM pragma_table_info('delivery') ORDER BY cid"
    )
    assert [(name, pk) for name, _, _, pk in columns if pk] == [
        ("occurrence", 1),
        ("channel", 2),
        ("recipient", 3),
    ]
    assert {(kind, notnull) for _, kind, notnull, _ in columns} == {("INTEGER", 1)}
    store.close()


@pytest.mark.sqlite
def test_opening_twice_migrates_once(file):
    Store(file).close()
    store = Store(file)
    names = [
        name for (name,) in store.database.rows("SELECT name FROM _sqlite_migrations ORDER BY id")
    ]
    assert names == [migration.name for migration in schema.migrations._migrations]
    store.close()


@pytest.mark.sqlite
def test_a_new_file_is_for_its_owner_s_eyes_only(tmp_path):
    database = Database(tmp_path / "new.db")
    database.execute("CREATE TABLE t (x)")
    assert {file.name: file.stat().st_mode & 0o077 for file in tmp_path.iterdir()} == {
        "new.db": 0,
        "new.db-shm": 0,
        "new.db-wal": 0,
    }
    database.close()


OPEN = """
import sys
from pathlib import Path
from bot.store import Store

sys.stdin.readline()
Store(Path(sys.argv[1])).close()
"""


@pytest.mark.process
@pytest.mark.parametrize("made", [False, True])
def test_processes_that_open_a_new_or_an_old_file_at_once_wait_for_each_other(file, made):
    if made:
        with closing(sqlite3.connect(file)) as connection:
            connection.executescript((Path(__file__).parents[1] / "old.sql").read_text("utf-8"))
    openers = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, str(file)],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    for opener in openers:
        opener.stdin.write("now\n")
        opener.stdin.flush()
    assert [opener.communicate()[1] for opener in openers] == [""] * len(openers)
    assert [opener.returncode for opener in openers] == [0] * len(openers)
    with closing(Store(file, readonly=True).database) as database:
        assert database.value("PRAGMA integrity_check") == "ok"
    assert not list(file.parent.glob("*.lock"))


@pytest.mark.sqlite
def test_nobody_else_can_hold_the_lock_of_a_sender(tmp_path):
    before = os.umask(0)
    try:
        database = Database(tmp_path / "a.db")
        database.hold_sender_lock()
        assert (tmp_path / "a.db.lock").stat().st_mode & 0o777 == 0o600
        database.close()
    finally:
        os.umask(before)


@pytest.mark.sqlite
def test_a_disk_that_is_full_at_the_first_start_is_told_and_the_next_start_goes_on(tmp_path):
    path = tmp_path / "d.db"
    with (
        limited(resource.RLIMIT_FSIZE, 100_000),
        pytest.raises(StoreError, match=r"d\.db: .*free some space on this disk"),
    ):
        Store(path)
    with closing(Store(path)) as store:
        assert store.meta.get("kind") is None
