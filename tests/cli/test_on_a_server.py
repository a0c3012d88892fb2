"""Every command works on a database of a server as on a file."""

import io
import json
import sys
import time
from contextlib import closing

import pytest
from cluster import PASSWORD, Cluster

from bot.model import State
from bot.model.staff.audit import Verb
from bot.store import Store
from bot.store.db import has_sender

pytestmark = pytest.mark.slow

CONFIG = """
active = ["endchildlabour2021"]
{}
[channels.telegram]
network = "telegram"
account = "telegram"
language = "en"
nudges = true
[web]
public_url = "https://beat.example"
listen = "127.0.0.1:1"
"""

READING = (
    "status",
    "status --json",
    "plan",
    "outbox",
    "outbox --json",
    "results",
    "hashtags",
    "contacts list",
    "pledges list",
    "inbox list",
    "amplify list",
    "broadcasts",
    "packs",
    "helpline list",
    "webhooks",
    "staff",
    "staff tokens",
    "clearances",
    "audit",
    "keys show",
    "calendar",
    "review",
    "check",
)

CHANGING = (
    "hold --reason storm",
    "release",
    "staff token anna",
    "login-link anna",
    "keys rotate",
    "clock trust",
    "staff forget anna",
)


@pytest.fixture
def where(server: Cluster | None, monkeypatch, tmp_path):
    """An empty database of the tests' server, whose keys lie in the folder of the command."""
    if server is None:
        pytest.skip("PostgreSQL is not installed")
    monkeypatch.setenv("DRUMBEAT_KEYS_FILE", str(tmp_path / "keys.json"))
    (tmp_path / "config.toml").write_text(CONFIG.format(""))
    yield server.empty("walk")
    for name in ("walk", "walk2", "walk3"):
        server.drop(name)


@pytest.fixture
def drumbeat(command, where):
    """Run a command on the server; give its answer, and what it said beside."""

    def run(line, db=where):
        ended, out, err = command(*line.split(), "--db", str(db))
        assert ended == 0, (line, out, err)
        return out + err

    return run


def test_every_command_works_on_a_server(drumbeat, where, server, monkeypatch, tmp_path):
    assert "There is no database yet" in drumbeat("status")
    drumbeat("staff add anna --login anna")
    for line in (*READING, *CHANGING):
        drumbeat(line)
    monkeypatch.setattr(sys, "stdin", io.StringIO("hello\n"))
    drumbeat("chat --yes")
    day = "--from 2021-05-01 --to 2021-05-05 --subscribers 20"
    played = drumbeat(f"rehearse --campaign endchildlabour2021 {day} --json", server.empty("walk2"))
    assert json.JSONDecoder().raw_decode(played)[0]["duplicates"] == 0
    assert not has_sender(where)


def test_a_backup_comes_back_into_an_empty_database_and_what_may_have_left_is_uncertain(
    drumbeat, command, where, server, tmp_path
):
    drumbeat("staff add anna --login anna")
    now = int(time.time())
    with closing(Store(where, keys=tmp_path / "keys.json")) as store:
        store.database.execute("INSERT INTO channel (name, network) VALUES ('a', 'dry')")
        store.database.execute(
            "INSERT INTO delivery (occurrence, channel, recipient, state, attempts, due, expires)"
            " VALUES (1, 1, 0, :sending, 1, :due, :expires)",
            {"sending": State.SENDING, "due": now - 60, "expires": now + 3600},
        )
    drumbeat(f"backup {tmp_path / 'copy.dump'}")
    assert (tmp_path / "copy.dump").stat().st_mode & 0o777 == 0o600
    ended, _, err = command("restore", str(tmp_path / "copy.dump"), "--db", str(where))
    assert (ended, "fills an empty one" in err) == (1, True)
    new = server.empty("walk3")
    assert "is restored from" in drumbeat(f"restore {tmp_path / 'copy.dump'}", new)
    with closing(Store(new, keys=tmp_path / "keys.json")) as store:
        assert [member.name for member in store.members.all()] == ["anna"]
        assert store.holds.all() == []
        assert store.audit.read()[0].verb == Verb.RESTORED
        assert store.database.column("SELECT state FROM delivery") == [State.UNCERTAIN]


def test_a_password_stands_in_the_environment_alone(command, where, server, monkeypatch, tmp_path):
    url = f"postgresql://drumbeat:pw-x@127.0.0.1:{server.port}/walk"
    ended, out, err = command("status", "--db", url)
    assert (ended, "DRUMBEAT_DATABASE_URL" in err, "pw-x" in out + err) == (2, True, False)
    (tmp_path / "config.toml").write_text(CONFIG.format(f'database = "{url}"'))
    ended, out, err = command("check")
    assert ended == 1
    assert "DRUMBEAT_DATABASE_URL" in out + err
    assert "pw-x" not in out + err
    (tmp_path / "config.toml").write_text(CONFIG.format(""))
    secret = PASSWORD.replace("%", "%25").replace("/", "%2F").replace(" ", "%20")
    (tmp_path / "url").write_text(f"{url.replace('pw-x', secret)}\n")
    monkeypatch.setenv("DRUMBEAT_DATABASE_URL_FILE", str(tmp_path / "url"))
    ended, out, err = command("doctor", "--json")
    assert "blackbirds" not in out + err
    ended, out, err = command("backup", str(tmp_path / "a.dump"))
    assert (ended, "there is no database to back up" in err) == (1, True)
    with closing(Store(where, keys=tmp_path / "keys.json")) as store:
        store.meta.claim("live")
    ended, out, err = command("backup", str(tmp_path / "a.dump"))
    assert (ended, "blackbirds" in out + err) == (0, False), err
