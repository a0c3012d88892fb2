"""How SQLite goes about statements: what is seen of all that the tests run (`plans`)."""

import ast
import re
from collections.abc import Iterator

import pytest
from plans import ANSWERED, OPEN, STEADY, Plans, Watch
from tree import TOP

from bot.store import Store
from bot.store.db import MEMORY, Database
from bot.store.planning import plan
from bot.store.schema import migrate
from bot.store.sending.statements import claim_sql, first_due_sql, longest_due_sql

CODE = sorted((TOP / "bot").rglob("*.py"))
OF_A_POST = "occurrence = 1 AND channel = 1 AND recipient = 0"
MOVING = "state IN (3, 4)"


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("SELECT count(*) FROM delivery", ["delivery"]),
        ("SELECT max(at) FROM result", ["result"]),
        ("SELECT 1 FROM delivery WHERE occurrence = :o", ["delivery"]),
        ("UPDATE delivery SET due = 1 WHERE occurrence = :o AND channel = 1", ["delivery"]),
        (f"SELECT 1 FROM delivery WHERE {OF_A_POST}", []),
        (f"SELECT 1 FROM delivery AS d WHERE {MOVING} AND channel = 1", []),
        # an index of what is open may be read whole, one of the past may not
        (f"SELECT count(*) FROM delivery d WHERE {MOVING}", []),
        ("SELECT count(*) FROM result WHERE recipient = 0", ["result"]),
        ("SELECT 1 FROM channel c JOIN result r ON r.channel = c.id", ["result"]),
        ("DELETE FROM tick WHERE at < :at", ["tick"]),
        ("SELECT 1 FROM (SELECT person FROM tick WHERE person = :p) tick_of_one", []),
        ("SELECT name FROM channel", []),
    ],
)
def test_what_a_statement_reads_of_a_table_that_grows_is_known(sql, tables):
    assert [reading.table for reading in Plans().wide("Topic.look", sql)] == tables


@pytest.mark.parametrize("statement", [claim_sql, first_due_sql, longest_due_sql])
@pytest.mark.parametrize(
    "held",
    [
        "",
        " AND d.recipient > 0",
        " AND m.occurrence = 1",
        " AND m.occurrence = 1 AND d.recipient > 0",
    ],
)
def test_what_leaves_next_is_found_among_what_waits(statement, held):
    assert list(Plans().wide("Topic.look", statement(held))) == []


def test_the_posts_of_a_day_are_counted_among_the_posts_of_that_day(tmp_path, monkeypatch):
    """Neither among all that ever left the channel, nor among all posts."""
    asked: list[str] = []
    value = Database.value
    store = Store(tmp_path / "test.db")
    monkeypatch.setattr(
        Database, "value", lambda db, sql, params: asked.append(sql) or value(db, sql, params)
    )
    assert store.outbox.posts_since(1, 0) == 0
    params, row = {"channel": 1, "since": 0}, "(occurrence=? AND channel=? AND recipient=?)"
    for sql, index in zip(asked, ("r {} result_posts", "f {} first_try_at"), strict=True):
        steps = [step for *_, step in store.database.rows(f"EXPLAIN QUERY PLAN {sql}", params)]
        assert steps == [
            f"SEARCH {index.format('USING COVERING INDEX')} (channel=? AND at>?)",
            f"SEARCH d USING PRIMARY KEY {row}",
        ]
    store.close()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 FROM channel WHERE id IN ()",
        "INSERT OR REPLACE INTO meta VALUES ('a', 'b')",
        "INSERT INTO meta VALUES ('a', 'b') ON CONFLICT DO UPDATE SET value = 'b'",
    ],
)
def test_a_statement_that_only_sqlite_takes_is_a_fault(sql):
    assert [reading.step for reading in Plans().wide("Topic.look", sql)] == [
        "PostgreSQL takes no such statement"
    ]


def test_a_statement_of_the_program_is_told_once_unless_somebody_answers_for_it(
    tmp_path, monkeypatch
):
    answered: dict[tuple[str, str], str] = {}
    watch = Watch(answered)
    for name, method in watch.methods().items():
        monkeypatch.setattr(Database, name, method)
    store = Store(tmp_path / "test.db")
    assert store.database.value("SELECT count(*) FROM delivery") == 0
    assert watch.faults() == []  # asked by a test
    store.listing.unmade("why")
    store.listing.unmade("why")
    assert [(fault.method, fault.step) for fault in watch.faults()] == [
        ("Listing.unmade", "SCAN d")
    ]
    assert watch.faults() == []
    answered["Listing.unmade", "delivery"] = "asked once"
    store.listing.unmade("another")
    assert watch.faults() == []
    assert list(store.listing.entries()) == []
    assert [fault.method for fault in watch.faults()] == ["Listing.entries"]
    store.close()


def test_the_statements_of_every_test_are_watched():
    assert {
        name for name in Watch({}).methods() if hasattr(getattr(Database, name), "__wrapped__")
    } == {
        "rows",
        "select",
        "row",
        "execute",
        "many",
    }


def test_no_file_has_statistics_that_would_change_its_plans():
    statistics = re.compile(r"\bANALYZE\b|\boptimize\b(?!=)")
    # a server counts what its tables hold by itself, whether we ask for it or not
    files = [path for path in CODE if path.parent.name != "postgres"]
    assert len(files) < len(CODE)
    assert not [path for path in files if statistics.search(path.read_text("utf-8"))]


def test_what_is_named_in_the_lists_is_there():
    schema = dict(Plans().schema())
    partial = {name for name, sql in schema.items() if " WHERE " in " ".join(sql.split())}
    assert partial >= OPEN
    assert STEADY - {"sqlite_master"} <= set(schema)
    assert {table for _, table in ANSWERED} <= set(schema)
    text = "".join(path.read_text("utf-8") for path in CODE)
    defined = set(re.findall(r"def (\w+)\(", text))
    assert {method for method, _ in ANSWERED if method.rpartition(".")[2] not in defined} == set()
    assert all(ANSWERED.values())


@pytest.mark.parametrize(
    ("sql", "order"),
    [(plan._INSERT_SPARSE, ["g", "l", "b", "p"]), (plan._INSERT_DENSE, ["p", "g", "l", "b"])],
)
def test_a_step_looks_channels_up_with_its_waves_and_not_for_each_row(sql, order):
    params = {"now": 1, "occurrence": 1, "after": 0, "upto": 10_000, "named": 0}
    database = Database(MEMORY)
    migrate(database)
    steps = [step for *_, step in database.rows(f"EXPLAIN QUERY PLAN {sql}", params)]
    database.close()
    searches = [step.split() for step in steps if step.startswith(("SEARCH", "SCAN"))]
    assert [(words[0], words[1]) for words in searches] == [("SEARCH", name) for name in order]
    assert ("person_place" in str(steps)) == (order[-1] == "p")


def texts(code: str) -> Iterator[str]:
    """Each text of some code, with a word for each value in it."""
    tree = ast.parse(code)
    within = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in node.values
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values
            )
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in within
        ):
            yield node.value


def nameless(sql: str) -> Iterator[str]:
    """Each query that a statement reads from as from a table, and gives no name."""
    for found in re.finditer(r"\b(?:FROM|JOIN) \((?=SELECT|VALUES|WITH)", sql):
        depth, at = 1, found.end()
        while depth and at < len(sql):
            depth += {"(": 1, ")": -1}.get(sql[at], 0)
            at += 1
        if not depth and not re.match(r" (?:AS )?[a-z_]+\b", sql[at:]):
            yield sql[found.start() : at]


def test_a_query_that_is_read_from_has_a_name_without_which_postgresql_15_refuses_it():
    assert list(nameless("SELECT 1 FROM (SELECT (2)) WHERE 3")) == ["FROM (SELECT (2))"]
    assert list(nameless("SELECT 1 FROM (SELECT (2) FROM (SELECT 3) b) a")) == []
    code = [file.read_text("utf-8") for file in CODE]
    assert [query for each in code for sql in texts(each) for query in nameless(sql)] == []
