"""Backup, restore and the keys: no copy holds them, and nothing goes on unawares without them."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import house
import pytest
from helpers import at, live, planned, write_operator

from bot import app
from bot.cli.common import open_library, open_settings
from bot.errors import DataError, KeysMissing
from bot.jobs.operations import doctor
from bot.jobs.operations.backup import backup, restore
from bot.jobs.operations.findings import Level
from bot.jobs.texts import letters
from bot.model.staff import Actor
from bot.rules import tokens
from bot.rules.tokens import Grant, Purpose
from bot.store import Store, keyring
from bot.store.db import Database

pytestmark = pytest.mark.slow

MADE = at("2021-05-01T09:00")
NOW = at("2021-05-01T09:30")
OLD, LINKS = "ab" * 32, "cd" * 32
LEAVE = Grant(purpose=Purpose.UNSUBSCRIBE, person=7)


@pytest.fixture
def config(tmp_path):
    """A database that was planned, with its keys beside it."""
    config = write_operator(tmp_path, MADE.date())
    planned(config, at("2021-04-30T12:00"), [house.person(n) for n in range(3)])
    return config


def bring_back(config, file, **given):
    settings = open_settings(config)
    library = open_library(settings, settings.active)
    opener = partial(app.open_restored, library=library)
    return restore(settings, file, opener, Actor("ada"), NOW, **given)


def ring(folder: Path):
    return keyring.read(folder / "drumbeat.db.keys")


def put_back_inside(path: Path) -> None:
    """Make it a copy that a drumbeat of before made: with its keys."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM meta WHERE key = 'keys'")
        connection.execute("INSERT INTO meta VALUES ('tombstones', ?)", (OLD,))
        connection.execute("INSERT INTO meta VALUES ('web-key', ?)", (LINKS,))
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'keys_apart'")
        connection.commit()


@pytest.mark.sqlite
def test_a_backup_holds_no_key_and_the_command_says_where_it_is(config, command, tmp_path):
    keys = ring(tmp_path)
    code, out, err = command("backup", "b.db")
    assert code == 0, err
    [line] = [line for line in out.splitlines() if "keys" in line]
    assert "apart" in line
    assert "drumbeat.db.keys" in line
    for key in (*keys.tombstones, *(link.key for link in keys.links)):
        assert key.encode() not in (tmp_path / "b.db").read_bytes()


@pytest.mark.sqlite
def test_a_backup_of_a_database_of_before_holds_no_key_either(config, tmp_path):
    (tmp_path / "drumbeat.db.keys").unlink()
    put_back_inside(tmp_path / "drumbeat.db")
    backup(tmp_path / "drumbeat.db", tmp_path / "b.db", MADE)
    content = (tmp_path / "b.db").read_bytes()
    assert OLD.encode() not in content
    assert LINKS.encode() not in content
    assert ring(tmp_path).tombstones == (OLD,)
    bring_back(config, tmp_path / "b.db")
    assert [link.key for link in ring(tmp_path).links] == [LINKS]


@pytest.mark.sqlite
def test_what_was_deleted_is_in_no_backup(config, tmp_path):
    with live(config) as services:
        services.store.meta.put("note", "a word that nobody may read again " * 99)
        services.store.meta.drop("note")
    backup(tmp_path / "drumbeat.db", tmp_path / "b.db", MADE)
    assert b"nobody may read again" not in (tmp_path / "b.db").read_bytes()


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
@pytest.mark.sqlite
def test_a_restored_database_is_for_its_owner_alone(config, tmp_path, umask, monkeypatch):
    backup(tmp_path / "drumbeat.db", tmp_path / "b.db", MADE)
    (tmp_path / "drumbeat.db").chmod(0o644)
    seen = {}
    brought_up = app.open_restored

    def looked_at(settings, library):
        services = brought_up(settings, library)
        for file in tmp_path.glob("*.restoring*"):
            seen[file.name] = file.stat().st_mode & 0o777
        return services

    monkeypatch.setattr(app, "open_restored", looked_at)
    before = os.umask(umask)
    try:
        report = bring_back(config, tmp_path / "b.db")
        with live(config):
            files = {f.name: f.stat().st_mode & 0o777 for f in tmp_path.glob("drumbeat.db*")}
    finally:
        os.umask(before)
    assert set(seen) > {"drumbeat.db.restoring", "drumbeat.db.restoring-wal"}
    assert set(seen.values()) == {0o600}
    for name in ("", "-wal", "-shm", ".keys"):
        assert files[f"drumbeat.db{name}"] == 0o600, name
    assert files[report.kept.name] == 0o600


@pytest.mark.sqlite
def test_what_a_restore_left_that_broke_off_is_no_hindrance(config, tmp_path):
    backup(tmp_path / "drumbeat.db", tmp_path / "b.db", MADE)
    (tmp_path / "drumbeat.db.restoring").write_text("half of it")
    (tmp_path / "drumbeat.db.restoring-wal").write_text("and more")
    assert not bring_back(config, tmp_path / "b.db").without_key
    assert not list(tmp_path.glob("*.restoring*"))


@pytest.mark.parametrize("other", [False, True])
@pytest.mark.sqlite
def test_a_restore_without_the_key_that_belongs_to_it_is_refused(config, tmp_path, other):
    mark = backup(tmp_path / "drumbeat.db", tmp_path / "b.db", MADE).fingerprint
    keys = tmp_path / "drumbeat.db.keys"
    kept = keys.rename(tmp_path / "kept")
    if other:
        keyring.write(keys, keyring.KeyRing().completed())
    present = (tmp_path / "drumbeat.db").read_bytes()
    with pytest.raises(KeysMissing) as raised:
        bring_back(config, tmp_path / "b.db")
    for words in (str(tmp_path / "b.db"), str(keys), mark, "DRUMBEAT_KEYS_FILE", "--without-key"):
        assert words in str(raised.value)
    assert (tmp_path / "drumbeat.db").read_bytes() == present
    assert keys.exists() == other
    kept.replace(keys)
    assert not bring_back(config, tmp_path / "b.db").without_key


@pytest.mark.sqlite
def test_a_restore_may_go_on_without_the_key_and_says_what_is_lost(config, command, tmp_path):
    with live(config) as services:
        services.store.forgotten.remember("mail", "a@b.example", 5)
        token = tokens.make(letters.key(services.store, {}), LEAVE, "mail a", 1)
    assert command("backup", "b.db")[0] == 0
    (tmp_path / "drumbeat.db.keys").unlink()
    code, _, err = command("restore", "b.db")
    assert (code, "--without-key" in err) == (1, True)
    code, out, err = command("restore", "b.db", "--without-key", "--json")
    assert code == 0, err
    report = json.loads(out)
    assert report["without_key"]
    assert set(report) == {"database", "file", "made", "kept", "uncertain", "without_key"}
    with live(config) as services:
        assert not services.store.forgotten.is_gone("mail", "a@b.example")
        assert letters.read(services.store, token, NOW, {})[0] is None
    (tmp_path / "drumbeat.db.keys").unlink()
    Path(report["kept"]).unlink()  # else the second of this second would have its name
    out = command("restore", "b.db", "--without-key")[1]
    assert "links in letters that were sent stop working" in out
    assert "can't be recognised" in out


@pytest.mark.sqlite
def test_a_backup_of_before_moves_its_keys_into_the_file(config, tmp_path):
    (tmp_path / "b.db").write_bytes(b"")
    with closing(Database(tmp_path / "drumbeat.db", readonly=True)) as database:
        database.copy_to(tmp_path / "b.db")
    put_back_inside(tmp_path / "b.db")
    (tmp_path / "drumbeat.db.keys").unlink()
    assert not bring_back(config, tmp_path / "b.db").without_key
    with live(config) as services:
        token = tokens.make(LINKS.encode(), LEAVE, "mail a", 1)
        assert letters.read(services.store, token, NOW, {})[0].grant == LEAVE
    assert ring(tmp_path).tombstones == (OLD,)
    assert OLD.encode() not in (tmp_path / "drumbeat.db").read_bytes()


@pytest.mark.parametrize("written", ["Anna@ACME.example", "anna@acme.example"])
@pytest.mark.sqlite
def test_a_restore_brings_no_address_back_that_was_buried_in_another_spelling(
    config, tmp_path, written
):
    with live(config) as services:
        new = replace(house.person(channel_id=1), address="Anna@ACME.example")
        services.store.people.add([new])
    backup(tmp_path / "drumbeat.db", tmp_path / "b.db", MADE)
    with live(config) as services:
        name = next(iter(services.channel_ids))
        services.store.forgotten.remember(name, written, 5)
    bring_back(config, tmp_path / "b.db")
    with live(config) as services:
        assert services.store.people.find(1, "Anna@ACME.example") is None


@pytest.mark.sqlite
def test_who_was_forgotten_in_a_database_of_before_stays_so_after_a_restore(config, tmp_path):
    backup(tmp_path / "drumbeat.db", tmp_path / "b.db", MADE)
    with live(config) as services:
        name = next(iter(services.channel_ids))
        services.store.forgotten.remember(name, "1001", 5)
        [stone] = services.store.forgotten.tombstones()
    key = ring(tmp_path).tombstones[0]
    put_back_inside(tmp_path / "drumbeat.db")
    with closing(sqlite3.connect(tmp_path / "drumbeat.db")) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE key = 'tombstones'", (key,))
        connection.commit()
    bring_back(config, tmp_path / "b.db")
    with live(config) as services:
        assert services.store.people.find(1, "1001") is None
        assert services.store.people.find(1, "1002") is not None
        assert stone.digest in {t.digest for t in services.store.forgotten.tombstones()}


# start, doctor and the commands


def test_a_start_without_the_keys_is_one_error_with_a_way_on(config, command, tmp_path):
    (tmp_path / "drumbeat.db.keys").unlink()
    code, _, err = command("run")
    assert code == 1
    assert "the keys that belong to it are missing" in err
    assert "Traceback" not in err
    assert "Deliveries:" in command("status")[1], "looking needs no key"
    assert command("hold")[0] == 0, "nor does stopping everything"
    code, out, err = command("keys", "new")
    assert code == 0, err
    assert "stop working" in out
    with live(config) as services:
        assert services.store.keys.ring() == ring(tmp_path)
    code, _, err = command("keys", "new")
    assert (code, "nothing is lost" in err) == (2, True)


@pytest.mark.sqlite
def test_another_file_of_the_keys_is_named_by_the_environment(tmp_path, command, monkeypatch):
    monkeypatch.setenv("DRUMBEAT_KEYS_FILE", str(tmp_path / "elsewhere"))
    config = write_operator(tmp_path, MADE.date())
    planned(config, MADE)
    assert not (tmp_path / "drumbeat.db.keys").exists()
    assert "elsewhere apart" in command("backup", "b.db")[1]
    assert command("restore", "b.db")[0] == 0
    code, out, _ = command("keys", "show", "--json")
    shown = json.loads(out)
    assert (code, shown["keys"]) == (0, str(tmp_path / "elsewhere"))
    secret = keyring.read(tmp_path / "elsewhere")
    assert secret.links[0].key not in out


def test_the_key_of_links_is_rotated_by_a_command(config, command, tmp_path, monkeypatch):
    before = ring(tmp_path)
    code, out, err = command("keys", "rotate", "--days", "30")
    assert code == 0, err
    until = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}"
    assert f"work until {until}, those to unsubscribe always" in out
    after = ring(tmp_path)
    assert after.tombstones == before.tombstones
    assert [link.key for link in after.links][1:] == [link.key for link in before.links]
    assert f"taken until {until}" in command("keys", "show")[1]
    assert "but those to unsubscribe" in command("keys", "rotate", "--days", "0")[1]
    assert len(ring(tmp_path).links) == 3
    code, out, err = command("keys", "rotate", "--leaked")
    assert (code, "also those to unsubscribe" in out) == (0, True), err
    [left] = (after := ring(tmp_path)).links
    assert (left.given, left.until) == (False, None)
    monkeypatch.setenv("DRUMBEAT_WEB_KEY", "ours")
    code, _, err = command("keys", "rotate")
    assert (code, "DRUMBEAT_WEB_KEY is set" in err) == (2, True)
    assert ring(tmp_path) == after


def opened_live(config) -> None:
    """As a start of `drumbeat run` does."""
    with live(config, os.environ) as services:
        letters.adopt(services.store, datetime.now(UTC), os.environ)


@pytest.mark.sqlite
def test_a_start_that_is_refused_changes_nothing_of_who_signs(
    config, command, tmp_path, monkeypatch
):
    """It may come from a shell that doesn't know the operator's key."""
    monkeypatch.setenv("DRUMBEAT_WEB_KEY", "ours")
    with live(config, os.environ) as services:
        services.store.database.hold_sender_lock()
        letters.adopt(services.store, datetime.now(UTC), os.environ)
        before = ring(tmp_path)
        monkeypatch.delenv("DRUMBEAT_WEB_KEY")
        code, _, err = command("run")
        assert (code, "works on this file" in err) == (1, True)
        assert ring(tmp_path) == before


def test_a_start_writes_the_key_of_the_environment_down_and_keeps_it_when_it_changes(
    config, command, tmp_path, monkeypatch
):
    [made] = ring(tmp_path).links
    monkeypatch.setenv("DRUMBEAT_WEB_KEY", "ours")
    opened_live(config)
    assert [link.key for link in ring(tmp_path).links] == ["ours", made.key]
    code, out, _ = command("keys", "show")
    assert (code, "from DRUMBEAT_WEB_KEY" in out, "ours" in out) == (0, True, False)
    monkeypatch.delenv("DRUMBEAT_WEB_KEY")
    code, _, err = command("keys", "rotate")
    assert (code, "restart" in err) == (2, True), "the process that runs still signs with it"
    monkeypatch.setenv("DRUMBEAT_WEB_KEY", "another")
    code, _, err = command("keys", "rotate", "--leaked")
    assert (code, "restart" in err) == (2, True)
    opened_live(config)
    assert [link.key for link in ring(tmp_path).links] == ["another", "ours", made.key]
    code, out, _ = command("keys", "rotate", "--leaked")
    assert (code, "the key of DRUMBEAT_WEB_KEY" in out) == (0, True)
    assert [link.key for link in ring(tmp_path).links] == ["another"]
    assert (tmp_path / "drumbeat.db.keys").stat().st_mode & 0o777 == 0o600


def test_a_file_of_the_links_key_that_cant_be_read_is_told_at_the_start(config, monkeypatch):
    monkeypatch.setenv("DRUMBEAT_WEB_KEY_FILE", "/nowhere/key")
    with pytest.raises(DataError, match="DRUMBEAT_WEB_KEY_FILE"):
        opened_live(config)


def test_a_key_of_the_environment_that_is_no_text_is_told(config, monkeypatch):
    monkeypatch.setenv("DRUMBEAT_WEB_KEY", "a\udcffb")
    with pytest.raises(DataError, match="DRUMBEAT_WEB_KEY: holds bytes that are no UTF-8"):
        opened_live(config)


@pytest.mark.sqlite
def test_keys_that_were_cut_off_and_have_no_copy_are_given_up_by_the_way_that_is_told(
    config, command, tmp_path
):
    keys = tmp_path / "drumbeat.db.keys"
    assert command("backup", "b.db")[0] == 0
    keys.write_text("{")
    for given in (("run",), ("keys", "new"), ("restore", "b.db", "--without-key")):
        code, _, err = command(*given)
        assert (code, "move this file away, and `drumbeat keys new`" in err) == (1, True), given
    keys.rename(tmp_path / "away")
    assert command("keys", "new")[0] == 0
    assert len(ring(tmp_path).tombstones) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can restore for another")
@pytest.mark.sqlite
def test_what_root_restores_for_the_service_stays_the_services(config, tmp_path):
    backup(tmp_path / "drumbeat.db", tmp_path / "b.db", MADE)
    os.chown(tmp_path / "drumbeat.db", 1234, 2345)
    bring_back(config, tmp_path / "b.db")
    state = (tmp_path / "drumbeat.db").stat()
    assert (state.st_uid, state.st_gid) == (1234, 2345)


def test_a_rehearsal_has_keys_of_its_own(tmp_path, monkeypatch):
    named = tmp_path / "named"
    monkeypatch.setenv("DRUMBEAT_KEYS_FILE", str(named))
    config = write_operator(tmp_path, MADE.date())
    settings = open_settings(config)
    library = open_library(settings, settings.active)
    days = (MADE.date(), MADE.date())
    services = app.open_rehearsal(settings, library, ("trees",), days=days)
    assert letters.key(services.store, {"DRUMBEAT_WEB_KEY": "ours"}) != b"ours"
    services.store.close()
    assert not named.exists()
    again = app.open_beside(settings, library)
    assert letters.key(again.store, {}) == ring(tmp_path).links[0].key.encode()
    again.store.close()


def findings(path: Path, environ=None):
    with closing(Store(path, readonly=True)) as store:
        told = doctor.keys(Path(f"{path}.keys"), store, environ or {})
    return [(finding.level, finding.message) for finding in told]


def test_the_doctor_names_the_file_and_what_is_wrong_with_it(config, tmp_path):
    path, keys = tmp_path / "drumbeat.db", tmp_path / "drumbeat.db.keys"
    with closing(Store(path)) as store:
        mark = store.meta.get("keys")
    assert findings(path) == [(Level.OK, f"fingerprint {mark}; keep a copy apart from backups")]
    keys.chmod(0o640)
    [(level, message)] = findings(path)
    assert (level, "mode 0640" in message, f"chmod 600 {keys}" in message) == (
        Level.PROBLEM, True, True,
    )  # fmt: skip
    keys.write_text("{}")
    [(level, message)] = findings(path)
    assert (level, "no keys file" in message) == (Level.PROBLEM, True)
    keys.unlink()
    [(level, message)] = findings(path)
    assert (level, mark in message, "keys new" in message) == (Level.PROBLEM, True, True)
    assert findings(path, {"DRUMBEAT_WEB_KEY": "x"})[1][0] is Level.NOTE


def test_the_doctor_knows_a_file_that_is_still_to_be_made(tmp_path):
    [finding] = doctor.keys(tmp_path / "d.db.keys", None, {})
    assert (finding.level, finding.check) == (Level.NOTE, "keys")


@pytest.mark.sqlite
def test_the_doctor_says_when_everybody_can_read_the_database(config, tmp_path):
    path = tmp_path / "drumbeat.db"
    with closing(Store(path, readonly=True)) as store:
        assert [finding.level for finding in doctor.database(path, store)] == [Level.OK]
        path.chmod(0o644)  # as a restore of before left it
        [finding] = doctor.database(path, store)
    assert (finding.level, f"chmod 600 {path}" in finding.message) == (Level.PROBLEM, True)


@pytest.mark.sqlite
def test_keys_that_are_still_to_be_made_are_not_made_up(command, tmp_path):
    with closing(Store(tmp_path / "drumbeat.db")) as store:
        store.meta.claim("live")
    code, out, err = command("keys", "show")
    assert (code, out, "there are no keys yet" in err) == (1, "", True)
    assert command("backup", "b.db")[1].count("\n") == 1, "nor named"
    assert not (tmp_path / "drumbeat.db.keys").exists()


CAPABILITIES = "-dac_override,-dac_read_search"


@pytest.mark.skipif(
    os.geteuid() == 0 and shutil.which("setpriv") is None, reason="root looks everywhere"
)
@pytest.mark.parametrize("closed", ["keys", "data"])
def test_the_doctor_goes_on_where_a_folder_is_closed_to_it(config, tmp_path, closed):
    folder = tmp_path / closed
    folder.mkdir()
    text = config.read_text("utf-8")
    if closed == "data":
        text = text.replace('"drumbeat.db"', '"data/drumbeat.db"')
    config.write_text(text, "utf-8")
    folder.chmod(0o000)
    bound = ["setpriv", "--bounding-set", CAPABILITIES] if os.geteuid() == 0 else []
    environ = {**os.environ, **({"DRUMBEAT_KEYS_FILE": "keys/k"} if closed == "keys" else {})}
    try:
        ended = subprocess.run(
            [*bound, sys.executable, "-m", "bot", "doctor", "--json"],
            cwd=tmp_path, env=environ, capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        folder.chmod(0o755)
    findings = json.loads(ended.stdout)["findings"]
    told = {f["check"]: f["message"] for f in findings if f["level"] == "problem"}
    check = "keys" if closed == "keys" else "database"
    assert told[check].startswith("can't be looked at: Permission denied; its folder must be open")
    assert {"zones", "clock", "disk"} <= {finding["check"] for finding in findings}
