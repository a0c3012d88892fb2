"""What only a server does: its errors in our words, its password kept, its restart, one writer."""

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier

import pytest
from cluster import PASSWORD, Cluster

from bot.errors import DatabaseInUse, DatabaseTooNew, IntegrityError, StoreError
from bot.model import State
from bot.model.database import Server, server
from bot.model.staff import FORMER_STAFF, Actor, Member
from bot.model.staff.audit import Verb
from bot.store import Store
from bot.store.db import Database, has_sender, is_present, sender_lock
from bot.store.db.dialect import in_words, said
from bot.store.sending.statements import claim_sql
from bot.store.sequences import REFERENCES
from bot.tracebacks import discreet

pytestmark = pytest.mark.sqlite  # played once, on the server that each names itself


@pytest.fixture(scope="session")
def cluster(server: Cluster | None) -> Cluster:
    if server is None:
        pytest.skip("PostgreSQL is not installed")
    return server


@pytest.fixture
def where(cluster, request):
    """An empty database of the test's own."""
    name = f"t{abs(hash(request.node.nodeid)):x}"
    yield cluster.empty(name)
    cluster.drop(name)


@pytest.fixture
def store(where, tmp_path):
    with closing(Store(where, keys=tmp_path / "keys")) as store:
        yield store


def over_tcp(cluster: Cluster, password: str, **more: str) -> Server:
    given = {"host": "127.0.0.1", "port": str(cluster.port), "user": "drumbeat", **more}
    return Server(tuple(sorted({"dbname": "postgres", **given}.items())), password=password)


# where


@pytest.mark.parametrize(
    ("url", "shown", "connects"),
    [
        (
            "postgresql://anna:s%40cret@db.example:6543/beat?sslmode=require",
            "postgresql://anna@db.example:6543/beat?sslmode=require",
            {"host": "db.example", "port": "6543", "user": "anna", "password": "s@cret"},
        ),
        (
            "postgres://one,two:5433/beat?target_session_attrs=read-write&password=x",
            "postgresql://one,two:5433/beat?target_session_attrs=read-write",
            {"host": "one,two", "port": ",5433", "password": "x"},
        ),
        (
            "postgresql:///beat?host=/run/postgresql",
            "postgresql:///beat?host=%2Frun%2Fpostgresql",
            {"host": "/run/postgresql", "dbname": "beat"},
        ),
        (
            "postgresql:///beat?host=/run/one,/run/two&port=5432,5433",
            "postgresql:///beat?host=%2Frun%2Fone%2C%2Frun%2Ftwo&port=5432%2C5433",
            {"host": "/run/one,/run/two", "port": "5432,5433"},
        ),
        ("postgresql://[::1]:5432/beat", "postgresql://[::1]:5432/beat", {"host": "::1"}),
    ],
)
def test_a_url_is_read_as_libpq_does_and_shown_without_its_password(url, shown, connects):
    read = server(url)
    assert str(read) == shown
    assert connects.items() <= read.connecting().items()
    assert "cret" not in repr(read)
    assert server(shown) == read.without_password()


@pytest.mark.parametrize(
    "url", ["mysql://a:pw-x@h/b", "postgresql://a:pw-x@h", "postgresql://a:pw-x@h:99999/b"]
)
def test_a_url_that_is_none_is_refused_without_quoting_it(url):
    with pytest.raises(ValueError, match="URL of a database") as refusal:
        server(url)
    assert "pw-x" not in str(refusal.value)


def test_a_password_is_in_no_error_and_no_log(cluster, heard):
    for wrong in (over_tcp(cluster, "pw-Q7/%@x"), over_tcp(cluster, "pw-Q7/%@x", port="1")):
        with pytest.raises(StoreError, match=r"127\.0\.0\.1") as refusal:
            Database(wrong)
        assert "pw-Q7" not in f"{refusal.value} {discreet(refusal.value)} {wrong!r} {wrong}"
    assert "pw-Q7" not in "".join(heard)
    with closing(Database(over_tcp(cluster, PASSWORD))) as database:
        assert database.value("SELECT 1") == 1


def test_what_can_not_be_used_says_why_and_what_next(cluster, where):
    with pytest.raises(StoreError, match=r"not exist.*createdb"):
        Database(cluster.server("nowhere"))
    cluster.run("postgres", "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
    with pytest.raises(StoreError, match=r"LATIN1.*--encoding=UTF8"):
        Database(cluster.server("latin"))
    with pytest.raises(StoreError, match="DRUMBEAT_KEYS_FILE"):
        Store(where)


def test_of_several_hosts_it_says_once_what_is_wrong_with_each():
    hosts = {"host": "127.0.0.1,127.0.0.1", "port": "1,2", "dbname": "beat"}
    with pytest.raises(StoreError) as refusal:
        Database(Server(tuple(sorted(hosts.items()))))
    assert [str(refusal.value).count(f"port {port} failed") for port in (1, 2)] == [1, 1]
    assert "must run and be reached" in str(refusal.value)


def test_the_server_gives_up_soon_a_machine_that_is_gone(cluster):
    """It keeps the sender's right and a writer's lock for a connection whose end it has not seen."""
    with closing(Database(over_tcp(cluster, PASSWORD))) as database:
        seconds = [database.value(f"SHOW tcp_keepalives_{name}") for name in ("idle", "interval")]
    assert seconds == ["10", "5"]


# migrations


def test_four_that_make_the_tables_at_once_all_end_well(where, tmp_path):
    assert not is_present(where)
    all_there = Barrier(4)

    def make(_):
        all_there.wait()
        with closing(Store(where, keys=tmp_path / "keys")) as store:
            return len(store.database.column("SELECT name FROM migration"))

    with ThreadPoolExecutor(4) as pool:
        [made] = set(pool.map(make, range(4)))
    assert made > 50
    assert is_present(where)


def test_a_newer_version_is_refused_and_reading_migrates_nothing(store, where, tmp_path):
    store.database.execute("DELETE FROM migration WHERE name = 'asked_campaign'")
    with pytest.raises(StoreError, match="not of this version"):
        Store(where, readonly=True, keys=tmp_path / "keys")
    store.database.execute("UPDATE migration SET name = 'wings' WHERE name = 'first'")
    with pytest.raises(DatabaseTooNew, match="wings"):
        Store(where, keys=tmp_path / "keys")


def test_every_table_counts_by_itself_and_orders_texts_as_sqlite_does(store):
    counting = store.database.column(
        "SELECT table_name FROM information_schema.columns WHERE is_identity = 'YES'"
    )
    assert set(REFERENCES) <= set(counting)
    other = store.database.column(
        "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema"
        " = current_schema() AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'"
    )
    assert other == []


def test_a_trigger_says_the_same_in_the_servers_words():
    words = in_words(
        "CREATE TRIGGER whole BEFORE DELETE ON audit WHEN OLD.at >= (SELECT since FROM kept) BEGIN"
        " SELECT RAISE(ABORT, 'only added to'); END"
    )
    assert "IF OLD.at >= (SELECT since FROM kept) THEN RAISE EXCEPTION" in words
    assert "RETURN OLD" in words


def test_only_parameters_become_the_servers():
    assert said("SELECT ':a' || :a WHERE x LIKE '5%' AND CAST(:b AS TEXT) = b::text").text == (
        "SELECT ':a' || %(a)s WHERE x LIKE '5%%' AND CAST(%(b)s AS TEXT) = b::text"
    )


# one writer, one sender


def test_who_writes_waits_until_the_other_has_ended(store, where):
    order, began = [], threading.Event()

    def other():
        with closing(Database(where)) as beside:
            began.set()
            beside.execute("INSERT INTO meta (key, value) VALUES ('b', '2')")
            order.append("other")

    with store.transaction():
        thread = threading.Thread(target=other)
        thread.start()
        assert began.wait(10)
        time.sleep(0.2)
        order.append("first")
        store.meta.put("a", "1")
    thread.join(10)
    assert order == ["first", "other"]


def is_freed(where):
    """Whether nobody sends any more: a server sees a moment late that a connection has ended."""
    until = time.monotonic() + 10
    while has_sender(where) and time.monotonic() < until:
        time.sleep(0.02)
    return not has_sender(where)


def test_a_database_has_one_sender(store, where):
    assert not has_sender(where)
    store.database.hold_sender_lock()
    assert has_sender(where)
    with pytest.raises(DatabaseInUse, match=r"drumbeat run"):
        sender_lock(where)
    store.close()
    assert is_freed(where)
    sender_lock(where).release()
    assert is_freed(where)


def test_after_the_server_cut_all_connections_work_goes_on_and_the_sender_stays_one(
    cluster, store, where
):
    store.database.hold_sender_lock()
    cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{where.name}'"
    cluster.run("postgres", cut)
    time.sleep(0.1)
    store.meta.put("a", "1")
    assert store.meta.get("a") == "1"
    store.database.check_there()
    assert has_sender(where)

    def cut_short():
        with store.transaction():
            store.meta.put("a", "2")
            cluster.run("postgres", cut)
            time.sleep(0.1)
            store.meta.put("b", "2")

    with pytest.raises(StoreError):
        cut_short()
    assert store.meta.get("a") == "1"


# values


def test_values_come_back_as_from_sqlite(store):
    big = 2**40
    [row] = store.database.rows(
        "SELECT sum(n), :a + :b, :flag, 'a' || CAST(:none AS TEXT), :t FROM (SELECT 30000 AS n"
        " UNION ALL SELECT 30000) s",
        {"a": 30_000, "b": big, "flag": True, "none": None, "t": "NUL\0 is left out"},
    )
    assert row == (60_000, 30_000 + big, 1, None, "NUL is left out")
    assert type(row[0]) is int


def test_a_broken_promise_names_no_values(store):
    store.meta.put("secret-key", "1")
    with pytest.raises(IntegrityError, match="meta_pkey") as refusal:
        store.database.execute("INSERT INTO meta (key, value) VALUES ('secret-key', 'x')")
    assert "secret-key" not in str(refusal.value)


def held(cluster, where, store, words):
    """Whether the files of our tables hold these words, and what the server counted of them."""
    cluster.run(where.connecting()["dbname"], "CHECKPOINT")
    files = store.database.column(
        "SELECT pg_relation_filepath(oid) FROM pg_class WHERE relnamespace = CAST(current_schema()"
        " AS regnamespace) AND relkind IN ('r', 'i')"
    )
    bytes_ = b"".join((cluster.folder / "data" / file).read_bytes() for file in files)
    counted = store.database.value(
        "SELECT string_agg(concat(most_common_vals, histogram_bounds), ' ') FROM pg_stats WHERE"
        " schemaname = current_schema()"
    )
    return words.encode() in bytes_, words in str(counted)


def test_who_is_forgotten_is_taken_out_of_the_tables_and_the_log_stays_whole(cluster, where, store):
    for number in range(20):
        store.audit.note(Actor(f"zuleikha{number}"), Verb.HELD, number, number)
    cluster.run(where.connecting()["dbname"], "ANALYZE")
    assert held(cluster, where, store, "zuleikha7") == (True, True)
    for number in range(20):
        name = f"zuleikha{number}"
        store.forgotten.forget_at(1, "telegram", "", 30, member=Member(name=name, login=name))
    assert store.database.rebuild()
    assert held(cluster, where, store, "zuleikha") == (False, False)
    assert [deed.by for deed in store.audit.read()] == [FORMER_STAFF] * 20
    assert store.database.empty_log()
    assert store.database.faults() == []


@pytest.mark.parametrize("known", [True, False], ids=["as it is", "as the wave began"])
def test_a_claim_reads_about_as_many_rows_as_it_takes_however_many_wait_or_have_left(store, known):
    database, now = store.database, 1_700_000_000
    database.execute("SET random_page_cost = 4")  # a plan that needs no other price than a server's
    database.execute(
        "INSERT INTO delivery (occurrence, channel, recipient, state, attempts, due, expires) SELECT"
        " wave, 1, n, :queued, 0, :due, :expires FROM generate_series(1, 10000) n,"
        " generate_series(1, 2) wave",
        {"queued": int(State.QUEUED), "due": now - 60, "expires": now + 3600},
    )
    database.execute("VACUUM ANALYZE delivery")
    database.execute(
        "UPDATE delivery SET state = :sent WHERE recipient <= 5000", {"sent": int(State.SENT)}
    )
    if known:
        database.execute("ANALYZE delivery")
    holds = store.holds.current()
    plan = database.column(
        f"EXPLAIN ANALYZE {claim_sql(holds.rows, database.skip_locked)}",
        {"channel": 1, "now": now, "limit": 50, "claim": 1, **holds.params},
    )
    counted = r"(?:actual .*?rows=|Rows Removed by Filter: )(\d+)"
    read = [int(rows) for line in plan for rows in re.findall(counted, line)]
    assert 50 <= max(read) <= 100, "\n".join(plan)
