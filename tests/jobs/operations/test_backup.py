"""`drumbeat backup` and `restore`: a sound copy while others write, and nothing sent twice after
its return.
"""

import asyncio
import sqlite3
import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import house
import pytest
from helpers import NOBODY, at, live, planned, write_operator

from bot import app
from bot.cli.common import open_library, open_settings
from bot.errors import DatabaseBroken, DatabaseInUse, DatabaseTooNew, StoreError, WrongDatabase
from bot.jobs.operations.backup import backup, restore
from bot.jobs.operations.copies.files import swap
from bot.jobs.planning import plan
from bot.jobs.sending import lookup
from bot.jobs.sending.dispatch.allowance import accounts
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.staff import deeds, members
from bot.model import State
from bot.model.staff import FORMER_STAFF, Actor, Member
from bot.model.staff.audit import Look, Verb
from bot.model.staff.clearance import Became, Subject
from bot.model.staff.machines import TokenScope
from bot.store import Store
from bot.store.db import Database

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]

BEFORE = at("2021-04-30T12:00")
MADE = at("2021-05-01T09:00")
NOW = at("2021-05-01T12:30")
DAY = at("2021-05-01").date()

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

[channels.reviewed]
network = "x"
language = "en"
approve = "review"
"""


@pytest.fixture
def config(tmp_path):
    """People at 09:00 (three in Lisbon, at 08:00 UTC), noon and 15:00 UTC.

    What was due before the backup is sent in it.
    """
    config = write_operator(tmp_path, DAY, config=CONFIG)
    people = [house.person(n, zone="Europe/Lisbon") for n in range(3)]
    people += [house.person(10 + n, minute=12 * 60) for n in range(4)]
    people += [house.person(20 + n, minute=15 * 60) for n in range(2)]
    planned(config, BEFORE, people)
    return config


def send(services, now):
    async def go():
        for account in accounts(services):
            dispatcher = Dispatcher(services, account, now)
            moment = now
            for _ in range(20):
                again = await dispatcher.step(moment)
                moment += timedelta(seconds=1)
                if again is None:
                    break
            await dispatcher.close(moment)

    asyncio.run(go())


def awake(services):
    """As if no channel were dry: its stand-in takes what is sent."""
    return replace(services, dry={})


def bring_back(config, file, now=NOW):
    settings = open_settings(config)
    library = open_library(settings, settings.active)
    opener = partial(app.open_restored, library=library)
    return restore(settings, file, opener, Actor("ada"), now)


def rows(config):
    store = Store(config.parent / "drumbeat.db", readonly=True)
    found = {(e.channel, e.key.recipient): e for e in store.listing.entries()}
    store.close()
    return found


def files(folder: Path):
    return sorted(
        p.name
        for p in folder.iterdir()
        if p.name.startswith(("b.db", "drumbeat.db"))
        and not p.name.endswith((".lock", "-wal", "-shm", ".keys"))
    )


# backup


def test_a_backup_is_one_sound_file_that_knows_when_it_was_made(config, tmp_path):
    copy = backup(tmp_path / "drumbeat.db", tmp_path / "b.db", MADE)
    assert copy.size == (tmp_path / "b.db").stat().st_size
    assert (tmp_path / "b.db").stat().st_mode & 0o777 == 0o600
    assert files(tmp_path) == ["b.db", "drumbeat.db"]
    store = Store(tmp_path / "b.db", readonly=True)
    assert store.restored.made() == int(MADE.timestamp())
    assert store.database.value("PRAGMA integrity_check") == "ok"
    assert store.people.count() == 9
    store.close()
    original = Store(tmp_path / "drumbeat.db", readonly=True)
    assert original.meta.get("backup_made") is None
    original.close()


def test_a_backup_works_while_a_sender_writes(config, tmp_path):
    stop = threading.Event()

    def write():
        with live(config) as services:
            services.store.database.hold_sender_lock()
            n = 0
            while not stop.is_set():
                n += 1
                with services.store.database.transaction():
                    services.store.meta.put("one", str(n))
                    services.store.meta.put("other", str(n))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for n in range(5):
            backup(tmp_path / "drumbeat.db", tmp_path / f"b{n}.db", MADE)
            store = Store(tmp_path / f"b{n}.db", readonly=True)
            assert store.meta.get("one") == store.meta.get("other")
            store.close()
    finally:
        stop.set()
        writer.join()


def test_a_backup_overwrites_nothing(config, tmp_path):
    (tmp_path / "b.db").write_text("precious")
    with pytest.raises(StoreError, match="there already"):
        backup(tmp_path / "drumbeat.db", tmp_path / "b.db", MADE)
    assert (tmp_path / "b.db").read_text() == "precious"
    (tmp_path / "c.db.part").touch()
    with pytest.raises(StoreError, match="another backup"):
        backup(tmp_path / "drumbeat.db", tmp_path / "c.db", MADE)
    assert (tmp_path / "c.db.part").exists()


def test_a_folder_that_cant_be_written_is_told(config, tmp_path):
    (tmp_path / "file").touch()
    for target in (tmp_path / "file" / "b.db", tmp_path / "nowhere" / "b.db"):
        with pytest.raises(StoreError) as raised:
            backup(tmp_path / "drumbeat.db", target, MADE)
        assert str(target) in str(raised.value)


def test_a_full_disk_leaves_nothing_half_written(config, tmp_path, monkeypatch):
    copy_to = Database.copy_to

    def full(self, path):
        copy_to(self, path)
        raise StoreError(f"{path}: database or disk is full")

    monkeypatch.setattr(Database, "copy_to", full)
    with pytest.raises(StoreError, match="disk is full"):
        backup(tmp_path / "drumbeat.db", tmp_path / "b.db", MADE)
    assert files(tmp_path) == ["drumbeat.db"]


def test_a_damaged_database_gives_no_backup(tmp_path):
    store = Store(tmp_path / "drumbeat.db")
    store.meta.claim("live")
    store.database.many(
        "INSERT INTO meta (key, value) VALUES (:k, 'x')", [{"k": f"key {n}"} for n in range(5000)]
    )
    store.close()
    content = bytearray((tmp_path / "drumbeat.db").read_bytes())
    content[-9000:-5000] = b"\xff" * 4000
    (tmp_path / "drumbeat.db").write_bytes(content)
    with pytest.raises(DatabaseBroken) as raised:
        backup(tmp_path / "drumbeat.db", tmp_path / "b.db", MADE)
    assert str(raised.value).startswith(f"{tmp_path / 'drumbeat.db'}: ")
    assert files(tmp_path) == ["drumbeat.db"]


def test_no_database_gives_no_backup(tmp_path):
    with pytest.raises(StoreError, match="there is no database"):
        backup(tmp_path / "drumbeat.db", tmp_path / "b.db", MADE)
    assert files(tmp_path) == []


# restore


def test_what_left_before_the_backup_stays_sent_and_what_is_to_come_stays_planned(config, tmp_path):
    with live(config) as services:
        plan.run(services, MADE)
        send(awake(services), MADE)
    backup(tmp_path / "drumbeat.db", tmp_path / "b.db", MADE + timedelta(minutes=1))
    report = bring_back(config, tmp_path / "b.db")
    found = rows(config)
    assert {key for key, entry in found.items() if entry.state is State.SENT} == {
        ("telegram", n) for n in range(4)
    } | {("board", 0)}
    assert report.made == MADE + timedelta(minutes=1)
    # 15:00 has not come: its wave goes out by itself
    assert ("telegram", 8) not in found
    with live(config) as services:
        plan.run(services, at("2021-05-01T15:00"))
        assert (
            Counter(entry.state for entry in services.store.listing.entries(State.QUEUED))[
                State.QUEUED
            ]
            == 2
        )


def test_waves_that_the_backup_had_not_fanned_out_are_uncertain(config, tmp_path):
    backup(tmp_path / "drumbeat.db", tmp_path / "b.db", at("2021-05-01T07:00"))
    # the original goes on, and all of it leaves
    with live(config) as services:
        for moment in (MADE, at("2021-05-01T12:00")):
            plan.run(services, moment)
            send(awake(services), moment)
    report = bring_back(config, tmp_path / "b.db")
    found = rows(config)
    assert {key: entry.state for key, entry in found.items()} == {
        **{("telegram", n): State.UNCERTAIN for n in range(8)},
        ("board", 0): State.UNCERTAIN,
        ("reviewed", 0): State.UNCERTAIN,
    }
    assert {(row.channel, row.count, row.looked_up) for row in report.uncertain} == {
        ("telegram", 8, False),
        ("board", 1, False),
        ("reviewed", 1, True),
    }
    assert all(
        entry.error
        == "restored from a backup of 2021-05-01T07:00:00Z; nobody knows whether it left since"
        for entry in found.values()
    )
    # and nothing of it is sent again by itself
    with live(config) as services:
        plan.run(services, NOW)
        send(awake(services), NOW)
        assert services.networks["telegram"].calls == 0


def test_what_still_waited_for_its_turn_in_the_backup_is_uncertain_too(config, tmp_path):
    with live(config) as services:
        plan.run(services, MADE)
    # due before the backup, but not sent yet: a long queue
    backup(tmp_path / "drumbeat.db", tmp_path / "b.db", MADE + timedelta(hours=2))
    bring_back(config, tmp_path / "b.db")
    assert {entry.state for entry in rows(config).values()} == {State.UNCERTAIN}


def test_what_was_being_sent_is_uncertain(config, tmp_path):
    with live(config) as services:
        plan.run(services, MADE)
        services.store.outbox.claim(
            services.channel_ids["board"], int(MADE.timestamp()), 1, services.store.holds.current()
        )
    backup(tmp_path / "drumbeat.db", tmp_path / "b.db", MADE)
    bring_back(config, tmp_path / "b.db", MADE)
    assert rows(config)["board", 0].state is State.UNCERTAIN


def test_what_was_past_its_grace_before_the_backup_cant_have_left(config, tmp_path):
    with live(config) as services:
        plan.run(services, MADE)
    backup(tmp_path / "drumbeat.db", tmp_path / "b.db", at("2021-05-02T12:00"))
    report = bring_back(config, tmp_path / "b.db", at("2021-05-02T12:30"))
    assert report.uncertain == ()


def test_who_works_with_the_bot_and_what_they_did_is_as_before_the_restore(config, tmp_path):
    ada, bo = Actor("ada"), Member(name="bo", login="bo")
    with live(config) as services:
        store = services.store
        store.audit.note(bo.actor, Verb.HELD, 1, 1)
        store.audit.note(bo.actor, Verb.CONTACTS_LISTED, 1, look=Look(why="Bo says so"))
        store.members.put(bo, 1)
        store.logins.begin("bo", "secret", int(MADE.timestamp()))
        store.logins.promise("bo", "link", 1, 2**40)
        store.tokens.add("bo", "old secret", "a planner", (TokenScope.READ,), 1, None)
        page = store.clearances.ask(
            Subject(pledge=1), "page", "x", "Press", ada, 1, 2**40, language="en", address=None
        )
    backup(tmp_path / "drumbeat.db", tmp_path / "b.db", MADE)
    with live(config) as services:
        members.remove(services, "bo", ada, MADE)
        members.add(services, "cy", {"login": "cy"}, ada, MADE)
        services.store.tokens.add("cy", "new secret", "a planner", (TokenScope.READ,), 2, None)
        services.store.clearances.end(page, Became.REVOKED, 3)
        services.store.audit.note(Actor.member("cy"), Verb.LET_GO, 3, 1)
        asked = Look(why="They asked")
        services.store.audit.note(Actor.member("cy"), Verb.CONTACTS_LISTED, 3, look=asked)
        services.store.forgotten.forget_at(1, "telegram", "5", 9, member=bo)
    bring_back(config, tmp_path / "b.db")
    with live(config) as services:
        store = services.store
        assert [each.name for each in store.members.all()] == ["cy"]
        told = [(line.who, line.verb, line.about, line.why) for line in deeds.lines(services)]
        assert told == [
            ("ada", "operator.restored", "", ""),
            ("cy", "contact.listed", "", "They asked"),
            ("cy", "hold.lifted", "1", ""),
            ("ada", "member.added", "cy", ""),
            ("ada", "member.removed", str(FORMER_STAFF), ""),
            (FORMER_STAFF, "contact.listed", "", ""),
            (FORMER_STAFF, "hold.set", "1", ""),
        ]
        assert store.logins.session("secret", int(MADE.timestamp())) is None
        assert store.logins.opens("link", 3) is None
        assert store.tokens.find("old secret", 3) is None, "it was ended with its member"
        assert store.tokens.find("new secret", 3).member == "cy"
        assert store.clearances.opened("page").became is Became.REVOKED


def test_a_copy_made_by_other_means_counts_from_its_newest_result(config, tmp_path):
    with live(config) as services:
        plan.run(services, MADE)
        send(awake(services), MADE)
        services.store.database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    (tmp_path / "b.db").write_bytes((tmp_path / "drumbeat.db").read_bytes())
    report = bring_back(config, tmp_path / "b.db")
    assert MADE <= report.made <= MADE + timedelta(minutes=1)
    assert {d.channel: d.count for d in report.uncertain} == {"telegram": 4, "reviewed": 1}


@pytest.mark.parametrize("arrived", [True, False])
def test_networks_that_can_tell_are_asked_later(config, tmp_path, arrived):
    with live(config) as services:
        plan.run(services, MADE)
    backup(tmp_path / "drumbeat.db", tmp_path / "b.db", MADE)
    bring_back(config, tmp_path / "b.db", MADE + timedelta(minutes=5))
    with live(config) as opened:
        services = replace(opened, dry={"board": "nowhere"})
        services.networks["telegram"].FINDS = False
        assert {alert.subject for alert in services.store.alerts.current()} == {
            "telegram",
            "board",
            "reviewed",
        }
        key = next(e.key for e in services.store.listing.entries() if e.channel == "reviewed")
        if arrived:
            services.networks["reviewed"]._seen[key.occurrence, key.channel] = bytearray(b"\x01")
        asyncio.run(lookup.run(services, MADE + timedelta(minutes=6)))
        found = rows(config)
        # what is not there goes on, as far as staff have approved it
        assert found["reviewed", 0].state is (State.SENT if arrived else State.QUEUED)
        assert {found["telegram", 1].state, found["board", 0].state} == {State.UNCERTAIN}
        if not arrived:
            send(services, MADE + timedelta(minutes=7))
            assert rows(config)["reviewed", 0].state is State.AWAITING_APPROVAL


def test_the_present_file_is_kept_aside_with_all_it_knew(config, tmp_path):
    backup(tmp_path / "drumbeat.db", tmp_path / "b.db", BEFORE)
    with live(config) as services:
        services.store.meta.put("later", "yes")
        # somebody still looks at the old file
        looking = Database(tmp_path / "drumbeat.db", readonly=True)
        looking.value("SELECT count(*) FROM meta")
    report = bring_back(config, tmp_path / "b.db")
    looking.close()
    assert report.kept == tmp_path / "drumbeat.db.before-restore-20210501T123000Z"
    kept = Store(report.kept, readonly=True)
    assert kept.meta.get("later") == "yes"
    kept.close()
    now = Store(tmp_path / "drumbeat.db", readonly=True)
    assert now.meta.get("later") is None
    now.close()
    assert files(tmp_path) == ["b.db", "drumbeat.db", report.kept.name]


def test_a_broken_present_file_does_not_stand_in_the_way(config, tmp_path):
    backup(tmp_path / "drumbeat.db", tmp_path / "b.db", BEFORE)
    (tmp_path / "drumbeat.db").write_bytes(b"ruined " * 999)
    report = bring_back(config, tmp_path / "b.db", BEFORE)
    assert report.kept.read_bytes() == b"ruined " * 999
    assert rows(config)["board", 0].state is State.PLANNED


def test_a_fresh_machine_has_no_present_file(config, tmp_path):
    backup(tmp_path / "drumbeat.db", tmp_path / "b.db", BEFORE)
    for name in ("drumbeat.db", "drumbeat.db-wal", "drumbeat.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    assert bring_back(config, tmp_path / "b.db", BEFORE).kept is None
    there = Store(tmp_path / "drumbeat.db", readonly=True)
    assert there.database.value("PRAGMA journal_mode") == "wal"
    there.close()
    assert rows(config)["board", 0].state is State.PLANNED


def refused(config, file):
    """The error by which a restore is refused; asserts that everything is as it was."""
    present = (config.parent / "drumbeat.db").read_bytes()
    with pytest.raises(StoreError) as raised:
        bring_back(config, file)
    assert str(raised.value).startswith(f"{file}: ")
    assert (config.parent / "drumbeat.db").read_bytes() == present
    assert not list(config.parent.glob("*.restoring*"))
    assert not list(config.parent.glob("*.before-restore*"))
    return type(raised.value)


def test_what_is_no_sound_backup_of_ours_is_refused(config, tmp_path):
    assert refused(config, tmp_path / "nowhere.db") is StoreError
    other = tmp_path / "other.db"
    other.write_bytes(b"a letter to the editor " * 99)
    assert refused(config, other) is DatabaseBroken
    other.unlink()
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE meta (key, value)")
    connection.close()
    assert refused(config, other) is WrongDatabase
    assert refused(config, tmp_path / "drumbeat.db") is StoreError


def test_a_damaged_backup_is_refused(config, tmp_path):
    with live(config) as services:
        services.store.database.many(
            "INSERT INTO meta (key, value) VALUES (:k, 'x')",
            [{"k": f"key {n}"} for n in range(5000)],
        )
    backup(tmp_path / "drumbeat.db", tmp_path / "b.db", MADE)
    content = bytearray((tmp_path / "b.db").read_bytes())
    content[-9000:-5000] = b"\xff" * 4000
    (tmp_path / "b.db").write_bytes(content)
    assert refused(config, tmp_path / "b.db") is DatabaseBroken


def test_a_backup_of_a_newer_drumbeat_is_refused(config, tmp_path):
    backup(tmp_path / "drumbeat.db", tmp_path / "b.db", MADE)
    connection = sqlite3.connect(tmp_path / "b.db")
    connection.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('drumbeat',"
        " 'from_the_future', '')"
    )
    connection.commit()
    connection.close()
    assert refused(config, tmp_path / "b.db") is DatabaseTooNew


def test_a_rehearsals_file_is_refused(config, tmp_path):
    store = Store(tmp_path / "play.db")
    store.meta.claim("rehearsal")
    store.close()
    assert refused(config, tmp_path / "play.db") is WrongDatabase


def test_nothing_is_restored_while_a_sender_runs(config, tmp_path):
    backup(tmp_path / "drumbeat.db", tmp_path / "b.db", MADE)
    with live(config) as services:
        services.store.database.hold_sender_lock()
        with pytest.raises(DatabaseInUse):
            bring_back(config, tmp_path / "b.db")
    assert not list(tmp_path.glob("*.before-restore*"))


def test_broken_data_stop_a_restore_before_anything_happens(config, tmp_path, command):
    backup(tmp_path / "drumbeat.db", tmp_path / "b.db", MADE)
    (tmp_path / "pack" / "campaigns" / "trees" / "calendar.toml").write_text("[[action]]\n")
    present = (tmp_path / "drumbeat.db").read_bytes()
    code, _, err = command("restore", "b.db")
    assert (code, "calendar.toml" in err) == (1, True)
    assert (tmp_path / "drumbeat.db").read_bytes() == present


# the commands


def test_there_and_back_by_command(command, tmp_path, monkeypatch):
    for channel in ("TELEGRAM_TOKEN",):
        monkeypatch.delenv(f"DRUMBEAT_{channel}", raising=False)
    now = datetime.now(UTC)
    config = write_operator(tmp_path, now.date(), grace="3d", config=CONFIG)
    planned(config, now - timedelta(days=1))
    code, out, err = command("backup", "b.db")
    assert code == 0, err
    assert out.startswith("drumbeat.db copied to b.db, ")
    assert command("backup", "b.db")[0] == 1
    code, out, err = command("restore", "b.db")
    assert code == 0, err
    assert out.startswith("drumbeat.db is restored from b.db, made ")
    assert "the file that was in use is kept as drumbeat.db.before-restore-" in out
    with live(config, NOBODY) as services:
        assert services.store.meta.get("kind") == "live"


def test_what_is_left_of_a_database_that_is_gone_stays_out_of_the_restored_one(tmp_path):
    target, part = tmp_path / "gone.db", tmp_path / "part.db"
    Store(part).close()
    left = Path(f"{target}-wal")
    left.write_bytes(b"pages of a database that is gone")
    assert swap(part, target, datetime(2021, 5, 1, tzinfo=UTC)) is None
    aside = tmp_path / "gone.db.before-restore-20210501T000000Z-wal"
    assert aside.read_bytes() == b"pages of a database that is gone"
    assert target.exists()
