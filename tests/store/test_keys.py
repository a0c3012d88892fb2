"""The keys lie in a file of their own, for its owner alone; the database knows a fingerprint."""

import json
import os
import resource
import shutil
import signal
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from itertools import product
from multiprocessing import get_context
from pathlib import Path

import house
import pytest

from bot.errors import KeysMissing, StoreError
from bot.store import Store, keyring
from bot.store.db import Database
from bot.store.keyring import KeyRing, LinkKey, fingerprint
from bot.store.keys import belonging, is_there

OLD, LINKS = "ab" * 32, "cd" * 32
"""Keys as a database of before holds them."""


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o777], ids=oct)
def umask(request):
    """Each of these in turn is the process's own."""
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def opened(path: Path, **given) -> Store:
    """A store whose keys are where they belong."""
    store = Store(path, **given)
    store.keys.settle()
    return store


def old(path: Path, tombstones: str | None = OLD, links: str | None = LINKS) -> Path:
    """A database that still holds its keys, as drumbeats of before left it, with a free page
    and a journal that hold them as well.
    """
    Store(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA secure_delete = OFF")
        for key, value in (("tombstones", tombstones), ("web-key", links)):
            for n in range(200):
                connection.execute(
                    "INSERT INTO meta VALUES (?, ?)", (f"x{n}{key}", f"{value} {'long' * 99}")
                )
            if value:
                connection.execute("INSERT INTO meta VALUES (?, ?)", (key, value))
        connection.execute("DELETE FROM meta WHERE key LIKE 'x%'")
        connection.commit()
    return path


def bytes_of(path: Path) -> bytes:
    files = (Path(f"{path}{ending}") for ending in ("", "-wal", "-shm", "-journal"))
    return b"".join(file.read_bytes() for file in files if file.exists())


def test_the_file_is_made_at_the_first_start_for_its_owner_alone(tmp_path, umask):
    path = tmp_path / "d.db"
    with closing(opened(path)) as store:
        ring = store.keys.ring()
        assert mode(tmp_path / "d.db.keys") == 0o600
        assert {mode(file) for file in tmp_path.glob("d.db*") if ".lock" not in file.name} == {
            0o600
        }
    assert len(bytes.fromhex(ring.tombstones[0])) == 32
    assert keyring.read(tmp_path / "d.db.keys") == ring
    with closing(opened(path)) as store:
        assert store.keys.ring() == ring


def test_the_operator_may_name_another_file_also_by_a_link(tmp_path):
    (tmp_path / "safe").mkdir()
    (tmp_path / "named").symlink_to(tmp_path / "safe" / "keys")
    with closing(opened(tmp_path / "d.db", keys=tmp_path / "named")) as store:
        assert keyring.read(tmp_path / "safe" / "keys") == store.keys.ring()
    assert (tmp_path / "named").is_symlink()
    assert not (tmp_path / "d.db.keys").exists()


def test_a_folder_that_isnt_there_or_cant_be_written_is_told(tmp_path):
    with closing(Store(tmp_path / "d.db", keys=tmp_path / "no" / "keys")) as store:
        with pytest.raises(StoreError, match=r"folder of the keys does not exist.*KEYS_FILE"):
            store.keys.settle()
        assert belonging(store.database) is None


def test_the_database_holds_nothing_but_a_fingerprint(tmp_path):
    with closing(opened(tmp_path / "d.db")) as store:
        store.forgotten.remember("mail", "a@b.example", 5)
        ring = store.keys.ring()
        assert belonging(store.database) == fingerprint(ring.tombstones[0])
    content = bytes_of(tmp_path / "d.db")
    for key in (*ring.tombstones, *(link.key for link in ring.links)):
        assert key.encode() not in content
        assert key not in repr(ring)


@pytest.mark.sqlite
def test_keys_move_out_unchanged_and_leave_no_trace(tmp_path):
    path = old(tmp_path / "d.db")
    assert bytes_of(path).count(OLD.encode()) > 1, "there is something to be wiped"
    with closing(opened(path)) as store:
        ring = store.keys.ring()
        assert ring == KeyRing(tombstones=(OLD,), links=(LinkKey(key=LINKS),))
        content = bytes_of(path)
        assert OLD.encode() not in content
        assert LINKS.encode() not in content
    assert OLD.encode() not in bytes_of(path)


@pytest.mark.sqlite
def test_traces_that_another_reader_keeps_are_wiped_at_the_next_start(tmp_path):
    path = old(tmp_path / "d.db")
    with closing(Store(path, readonly=True)) as reader:
        reader.database.execute("BEGIN")
        reader.database.value("SELECT count(*) FROM meta")
        opened(path).close()
    opened(path).close()
    assert OLD.encode() not in bytes_of(path)


@pytest.mark.parametrize(("tombstones", "links"), [(OLD, None), (None, LINKS)])
@pytest.mark.sqlite
def test_what_a_database_of_before_never_needed_is_made(tmp_path, tombstones, links):
    with closing(opened(old(tmp_path / "d.db", tombstones, links))) as store:
        ring = store.keys.ring()
    assert (ring.tombstones[0] == OLD, ring.links[0].key == LINKS) == (
        tombstones is not None,
        links is not None,
    )


@pytest.mark.sqlite
def test_keys_are_in_the_file_before_the_database_lets_go_of_them(tmp_path, monkeypatch):
    path = old(tmp_path / "d.db")
    write = keyring.write

    def cut_off(*given):
        write(*given)
        raise KeyboardInterrupt

    monkeypatch.setattr(keyring, "write", cut_off)
    with closing(Store(path)) as store, pytest.raises(KeyboardInterrupt):
        store.keys.settle()
    with closing(sqlite3.connect(path)) as connection:
        assert ("tombstones", OLD) in connection.execute("SELECT * FROM meta").fetchall()
    monkeypatch.undo()
    with closing(opened(path)) as store:
        assert store.keys.ring().tombstones == (OLD,)


def _end_at(step: int, path: Path) -> None:
    """Move the keys, and die without a word at this step of what is written."""
    taken = iter(range(step))

    def counted(function):
        def call(*given, **named):
            if next(taken, None) is None:
                os._exit(9)
            return function(*given, **named)

        return call

    os.fsync = counted(os.fsync)
    for owner, name in ((Path, "replace"), (Path, "open"), (Database, "execute")):
        setattr(owner, name, counted(getattr(owner, name)))
    opened(path).close()
    os._exit(0)


@pytest.mark.slow
@pytest.mark.sqlite
def test_a_crash_at_any_step_loses_no_key(tmp_path):
    whole, path, keys = old(tmp_path / "whole.db"), tmp_path / "d.db", tmp_path / "d.db.keys"
    died = 0
    for step in range(100):
        for left in tmp_path.glob("d.db*"):
            left.unlink()
        shutil.copy(whole, path)
        child = os.fork()
        if child == 0:
            _end_at(step, path)
        died += (ended := os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9)
        with closing(sqlite3.connect(path)) as connection:
            inside = dict(connection.execute("SELECT key, value FROM meta"))
        there = keyring.read(keys) or KeyRing()
        assert OLD in (inside.get("tombstones"), *there.tombstones), step
        assert LINKS in (inside.get("web-key"), *(link.key for link in there.links)), step
        with closing(opened(path)) as store:
            assert store.keys.ring() == KeyRing(tombstones=(OLD,), links=(LinkKey(key=LINKS),))
        assert OLD.encode() not in bytes_of(path), step
        if not ended:
            break
    assert died > 8


@pytest.mark.sqlite
def test_a_file_that_others_use_too_keeps_their_keys(tmp_path):
    keys = tmp_path / "keys"
    with closing(opened(tmp_path / "other.db", keys=keys)) as other:
        other.forgotten.remember("mail", "a@b.example", 5)
        with closing(opened(old(tmp_path / "d.db"), keys=keys)) as store:
            assert len(store.keys.ring().tombstones) == 2
            assert store.keys.ring().tombstones[0] == OLD, "each goes on with its own"
            assert belonging(store.database) == fingerprint(OLD)
        assert other.forgotten.is_gone("mail", "a@b.example")
        assert [k.key for k in other.keys.ring().links][1:] == [LINKS]


@pytest.mark.parametrize("other", [False, True])
def test_without_the_keys_that_belong_to_it_nothing_starts_and_no_new_ones_are_made(
    tmp_path, other
):
    path, keys = tmp_path / "d.db", tmp_path / "d.db.keys"
    with closing(opened(path)) as store:
        mark = belonging(store.database)
    kept = keys.rename(tmp_path / "kept")
    if other:
        opened(tmp_path / "o.db", keys=keys).close()
    with closing(Store(path)) as store:
        with pytest.raises(KeysMissing) as raised:
            store.keys.settle()
        for words in (str(keys), mark, "DRUMBEAT_KEYS_FILE", "`drumbeat keys new`"):
            assert words in str(raised.value)
        assert not is_there(store.database, keys)
    assert keys.exists() == other
    kept.replace(keys)
    with closing(opened(path)) as store:
        assert belonging(store.database) == mark


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "[" * 100_000,
        '{"tombstones": ["xyz"], "links": [], "retired": []}',
        '{"links": [{}]}',
        *(
            f'{{"tombstones": [], "links": [{row}], "retired": []}}'
            for row in (
                '{"key": "\\ud800", "until": null}',
                '{"key": "a", "until": "soon"}',
                '{"key": "a", "until": 253402300800}',
                '{"key": "a", "until": null, "given": "no"}',
                '{"key": 5, "until": null}',
                '"ab"',
            )
        ),
    ],
)
def test_a_file_that_holds_something_else_is_told_and_left_as_it_is(tmp_path, content):
    keys = tmp_path / "d.db.keys"
    keys.write_text(content)
    with closing(Store(tmp_path / "d.db")) as store, pytest.raises(StoreError) as raised:
        store.keys.settle()
    assert str(raised.value).startswith(f"{keys}: this is no keys file")
    assert "move this file away, and `drumbeat keys new`" in str(raised.value)
    assert keys.read_text() == content


def test_a_pipe_a_folder_or_a_device_in_place_of_the_keys_is_told_and_nobody_waits_for_it(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path, Path("/dev/zero")):
        with pytest.raises(StoreError) as raised:
            keyring.read(path)
        assert str(raised.value).startswith(f"{path}: ")
        assert "None" not in str(raised.value)


def test_a_file_far_larger_than_any_of_keys_is_not_read_whole(tmp_path):
    large = tmp_path / "large.keys"
    large.touch()
    os.truncate(large, keyring.LARGEST + 1)
    with pytest.raises(StoreError, match="more than 1,000,000 bytes"):
        keyring.read(large)


def over(ring: KeyRing, now: int) -> list[bool]:
    """Of each key of links whether it is taken for unsubscribing alone at this instant."""
    return [link.is_over(now) for link in ring.links]


def test_a_new_key_of_links_is_known_at_once_and_the_one_of_before_until_its_end(tmp_path):
    with closing(opened(tmp_path / "d.db")) as running, closing(Store(tmp_path / "d.db")) as other:
        before = running.keys.ring()
        other.keys.rotate(200)
        after = running.keys.ring()
        assert after.tombstones == before.tombstones
        assert after.links[1] == LinkKey(key=before.links[0].key, until=200)
        assert (over(after, 199), over(after, 200)) == ([False, False], [False, True])
        other.keys.rotate(300)
        assert [link.until for link in running.keys.ring().links] == [None, 300, 200]
        other.keys.rotate(100)
        assert over(running.keys.ring(), 100) == [False, True, True, True]


@pytest.mark.sqlite
def test_a_key_that_somebody_else_has_never_comes_back_from_an_old_database(tmp_path):
    keys = tmp_path / "keys"
    with closing(opened(old(tmp_path / "d.db"), keys=keys)) as store:
        store.keys.end()
        assert len(store.keys.ring().links) == 1
    with closing(opened(old(tmp_path / "again.db"), keys=keys)) as store:
        assert LINKS not in [link.key for link in store.keys.ring().links]


@pytest.mark.sqlite
def test_a_key_that_is_over_stays_so_when_an_old_database_brings_it_again(tmp_path):
    keys = tmp_path / "keys"
    with closing(opened(old(tmp_path / "d.db"), keys=keys)) as store:
        store.keys.rotate(100)
    with closing(opened(old(tmp_path / "again.db"), keys=keys)) as store:
        assert LinkKey(key=LINKS, until=100) in store.keys.ring().links


def test_a_key_of_the_operator_is_in_the_file_before_it_signs(tmp_path):
    with closing(opened(tmp_path / "d.db")) as store:
        own = store.keys.ring().links[0].key
        store.keys.adopt("ours", 500)
        in_file = keyring.read(store.keys.path)
        assert in_file.links == (LinkKey(key="ours", given=True), LinkKey(key=own))
        assert mode(store.keys.path) == 0o600
        assert "ours" not in repr(in_file)
    with closing(Store(tmp_path / "d.db")) as store:
        store.keys.adopt(None, 900)
        assert store.keys.signing(None).links == (
            LinkKey(key=own),
            LinkKey(key="ours", until=900, given=True),
        )
        assert keyring.read(store.keys.path).links == store.keys.signing(None).links
        store.keys.end()
        assert len(keyring.read(store.keys.path).links) == 1


def test_databases_that_share_a_file_sign_each_with_their_operators_key(tmp_path):
    keys = tmp_path / "keys"
    with (
        closing(opened(tmp_path / "a.db", keys=keys)) as a,
        closing(opened(tmp_path / "b.db", keys=keys)) as b,
        closing(opened(tmp_path / "c.db", keys=keys)) as c,
    ):
        asked = ((a, "key of a"), (b, "key of b"), (c, None))
        for store, given in asked:
            store.keys.adopt(given, 500)
        content = keys.read_bytes()
        for store, given in asked * 2:
            first = store.keys.signing(given).links[0]
            assert first.until is None
            assert first.given == (given is not None)
            assert given in (first.key, None)
        assert keys.read_bytes() == content, "none takes the other's away again"


def test_a_process_that_sends_signs_with_what_it_adopted_whatever_is_given_later(tmp_path):
    """A secret's file may change under it: what isn't in the keys file yet signs nothing."""
    with closing(opened(tmp_path / "d.db")) as store:
        own = store.keys.ring().links[0].key
        store.keys.adopt("ours", 500)
        assert store.keys.signing("another").links[0].key == "ours"
        store.keys.adopt(None, 500)
        assert store.keys.signing("another").links[0].key == own


def test_a_command_in_a_shell_without_the_operators_key_changes_nothing_of_it(tmp_path):
    """Else the grace of a key that still signs would begin with whatever command is called."""
    with closing(opened(tmp_path / "d.db")) as running:
        running.keys.adopt("ours", 500)
        content = running.keys.path.read_bytes()
        with closing(opened(tmp_path / "d.db")) as beside:
            assert [link.key for link in beside.keys.signing(None).links].count("ours") == 1
        assert running.keys.path.read_bytes() == content
        assert running.keys.signing("ours").links[0] == LinkKey(key="ours", given=True)


def test_links_are_signed_on_where_the_key_of_the_operator_cant_be_written_down(tmp_path, caplog):
    safe = tmp_path / "safe"
    safe.mkdir()
    with closing(opened(tmp_path / "d.db", keys=safe / "keys")) as store:
        own = store.keys.ring().links[0].key
        (safe / "keys.part").mkdir()
        store.keys.adopt("ours", 500)
        assert store.keys.signing("ours").links[0].key == "ours"
        assert [link.key for link in keyring.read(safe / "keys").links] == [own]
    [line] = [record.message for record in caplog.records]
    assert "the keys can't be written" in line
    assert "DRUMBEAT_WEB_KEY" in line


def test_a_running_process_goes_on_with_the_keys_it_knows(tmp_path, caplog):
    keys = tmp_path / "d.db.keys"
    with closing(opened(tmp_path / "d.db")) as store:
        ring = store.keys.ring()
        keys.unlink()
        assert store.keys.ring() == ring
        keys.write_text("{}")
        assert store.keys.ring() == ring
        assert "this is no keys file" in caplog.text


@pytest.mark.parametrize("instead", [None, "another's", "half of it"])
def test_a_file_that_is_lost_or_anothers_meanwhile_gets_no_half_of_the_keys(
    tmp_path, caplog, instead
):
    keys = tmp_path / "d.db.keys"
    with closing(opened(tmp_path / "d.db")) as store:
        ring = store.keys.ring()
        keys.unlink()
        if instead == "half of it":
            keys.write_text("{")
        elif instead:
            opened(tmp_path / "o.db", keys=keys).close()
        content = keys.read_bytes() if instead else None
        for change in (lambda: store.keys.rotate(5), store.keys.end):
            with pytest.raises(StoreError):
                change()
        store.keys.adopt("ours", 5)
        assert store.keys.signing("ours").links[0].key == "ours"
        assert store.keys.ring().tombstones == ring.tombstones
        assert (keys.read_bytes() if keys.exists() else None) == content
    assert "DRUMBEAT_WEB_KEY" in caplog.text


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can write for another")
@pytest.mark.sqlite
def test_what_root_writes_for_the_service_stays_the_services(tmp_path):
    path, keys = tmp_path / "d.db", tmp_path / "d.db.keys"
    os.chown(tmp_path, 1234, 2345)
    with closing(opened(path)) as store:
        assert (keys.stat().st_uid, keys.stat().st_gid) == (1234, 2345)
        os.chown(keys, 1111, 2222)
        store.keys.rotate(5)
        assert (keys.stat().st_uid, keys.stat().st_gid) == (1111, 2222)
        assert mode(keys) == 0o600
        os.chown(path, 1111, 2222)
        store.database.hold_sender_lock()
        assert (tmp_path / "d.db.lock").stat().st_uid == 1111


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path):
    with closing(opened(tmp_path / "d.db")) as store:
        keys, before = store.keys.path, store.keys.ring()
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50, limits[1]))
        try:
            with pytest.raises(StoreError, match=r"can't be written: .*have room"):
                keyring.write(keys, before.rotated(5))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            signal.signal(signal.SIGXFSZ, ignored)
        assert keyring.read(keys) == before
        assert not list(tmp_path.glob("*.part"))


def _rotate(path: Path) -> None:
    with closing(Store(path)) as store:
        for _ in range(5):
            store.keys.rotate(100)


@pytest.mark.slow
def test_rotations_at_once_lose_no_key(tmp_path):
    opened(tmp_path / "d.db").close()
    with get_context("spawn").Pool(4) as pool:
        pool.map(_rotate, [tmp_path / "d.db"] * 6)
    with closing(Store(tmp_path / "d.db")) as store:
        assert len({link.key for link in store.keys.ring().links}) == 31


def _open(path: Path) -> str:
    with closing(opened(path)) as store:
        return json.dumps([store.keys.ring().tombstones, belonging(store.database)])


@pytest.mark.slow
@pytest.mark.sqlite
@pytest.mark.parametrize("before", [False, True])
def test_processes_that_start_at_once_have_the_same_keys(tmp_path, before):
    path = old(tmp_path / "d.db") if before else tmp_path / "d.db"
    with get_context("spawn").Pool(4) as pool:
        [answer] = set(pool.map(_open, [path] * 8))
    assert (OLD in answer) == before


def test_keys_that_another_process_makes_between_two_looks_are_taken(tmp_path, monkeypatch):
    path, read = tmp_path / "d.db", keyring.read
    with closing(Store(path)) as store, closing(Store(path)) as other:
        made = []

        def meanwhile(file):
            before = read(file)
            if not made:
                made.append(True)
                made.append(other.keys.ring().tombstones)
            return before

        monkeypatch.setattr(keyring, "read", meanwhile)
        assert store.keys.ring().tombstones == made[1]


# normal forms


@pytest.mark.parametrize(
    ("written", "comes"),
    [
        *product(["Anna@ACME.example", "anna@acme.example"], repeat=2),
        ("jose\u0301@acme.example", "JOSÉ@acme.example"),
    ],
)
def test_an_address_is_known_again_however_it_is_spelled(tmp_path, written, comes):
    with closing(opened(tmp_path / "d.db")) as store:
        store.forgotten.remember("mail", written, 5)
        assert store.forgotten.is_gone("mail", comes)
        assert not store.forgotten.is_gone("room", comes)
        store.forgotten.returned("mail", comes)
        assert not store.forgotten.is_gone("mail", written)


def test_of_two_first_starts_with_different_keys_one_is_refused(tmp_path):
    house.begin(tmp_path / "d.db")
    files = [tmp_path / "one", tmp_path / "other"]
    with ExitStack() as stack:
        held, *stores = (
            stack.enter_context(closing(Store(tmp_path / "d.db", keys=file)))
            for file in (tmp_path / "held", *files)
        )
        starting = stack.enter_context(ThreadPoolExecutor(2))
        with held.transaction():
            # neither finds a fingerprint yet, and both wait
            starts = [starting.submit(store.keys.settle) for store in stores]
            time.sleep(0.3)
            assert not any(start.done() for start in starts)
        refused = [start.exception(30) for start in starts]
        assert sorted(type(error).__name__ for error in refused) == ["KeysMissing", "NoneType"]
        mark = belonging(held.database)
    there = [file for file in files if file.exists()]
    assert [mark in keyring.read(file).fingerprints for file in there] == [True]
