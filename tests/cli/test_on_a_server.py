"""Every command works on a database of a server as on a file."""

import io
import json
import sys
import time
from contextlib import closing

import pytest
from cluster import PASSWORD, Cluster
from mcp import Client

from bot.cli.commands import COMMANDS
from bot.mcp.server import Server as McpServer
from bot.model import State
from bot.model.staff.audit import Verb
from bot.store import Store
from bot.store.db import Database, has_sender, is_present

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
    "contacts list --reason look",
    "pledges list",
    "inbox list",
    "amplify list",
    "broadcasts",
    "broadcasts coming",
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
    "events",
    "pathfinders",
    "calls",
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

NOT_THERE = (
    "calls remove 1",
    "calls survey 1",
    "digest approve --seen abcdef",
    "digest show",
    "pathfinders ask MX --to anna",
    "pathfinders report 1",
    "privacy",
    "amplify approve 1",
    "amplify reject 1",
    "amplify withdraw 1",
    "broadcasts again 1-1",
    "broadcasts approve 1-1 --lang en --seen abc",
    "broadcasts reword 1-1 --lang en --file nothing.txt",
    "broadcasts unword 1-1 --lang en --seen abc",
    "broadcasts words 1-1 --lang en",
    "calls close endchildlabour art",
    "calls decline 1",
    "calls open endchildlabour art",
    "calls show 1",
    "calls take 1 --shown no --child no --consent no --risk no --dignity no --place no",
    "events off endchildlabour nothing",
    "inbox pass 1",
    "inbox refuse 1",
    "pledges results",
    "calls remove 1",
    "calls survey nobody",
    "digest approve abcdef",
    "digest show",
    "pathfinders ask KE",
    "pathfinders report 1",
    "privacy",
    "broadcasts cancel 1",
    "broadcasts free 1",
    "broadcasts move 1-1 --to 15:00",
    "broadcasts pay 1",
    "clearances erase 1",
    "clearances revoke 1",
    "contacts export nobody@beat.example",
    "contacts import nobody.csv",
    "contacts remove nobody@beat.example",
    "contacts unblock --all",
    "cost",
    "doctor --json",
    "inbox answer 1 yes",
    "inbox drop 1",
    "inbox reply 1 yes --channel telegram",
    "keys new",
    "mailbox list",
    "monthly",
    "outbox approve 1-1-0",
    "outbox arrived 1-1-0",
    "outbox cancel 1-1-0",
    "outbox clear 1-1-0 --to anna",
    "outbox move 1-1-0 --to tomorrow",
    "outbox release 1-1-0",
    "outbox retract 1-1-0",
    "packs posted 1-1-0",
    "pledges approve 1 abcdef",
    "pledges clear 1 --to anna",
    "pledges import nobody.csv",
    "pledges introduce 1 2",
    "pledges matches",
    "pledges publish 1",
    "pledges report 1",
    "pledges return 1 abcdef --reason no",
    "pledges scale-up 1",
    "pledges verify 1 --by staff --note seen",
    "pledges write 1 yes",
    "reload",
    "resume telegram",
    "staff remove nobody",
    "staff revoke 1",
    "webhooks again nobody",
    "webhooks test nobody",
)
"""What is about something that isn't in an empty database."""

ELSEWHERE = {
    "backup": "in a test of its own",
    "cards": "reads no database",
    "chat": "in a test of its own",
    "helpline add": "writes a file of content",
    "language accept": "writes files of content, and a line as other decisions",
    "language list": "reads no database",
    "language review": "writes files of content, and a line as other decisions",
    "links": "asks servers, and reads no database",
    "mailbox read": "reads files of letters",
    "mcp": "in a test of its own",
    "move": "tests/jobs/moving",
    "new campaign": "writes files",
    "new config": "writes a file",
    "new language": "writes files",
    "new words": "writes files",
    "preview": "reads no database",
    "rehearse": "in a test of its own",
    "restore": "in a test of its own",
    "run": "tests/process/scaling",
    "serve": "tests/process/scaling",
    "staff add": "in a test of its own",
    "worker": "tests/process/scaling",
}


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
    with closing(Store(where, keys=tmp_path / "keys.json")) as store:
        store.inbox.flag(1, "", "KE", "en", "A child is hit", int(time.time()))
    for line in (*READING, *CHANGING):
        assert "A child is hit" not in drumbeat(line), "read by the role safeguarding alone"
    monkeypatch.setattr(sys, "stdin", io.StringIO("hello\n"))
    drumbeat("chat --yes")
    day = "--from 2021-05-01 --to 2021-05-05 --subscribers 20"
    played = drumbeat(f"rehearse --campaign endchildlabour2021 {day} --json", server.empty("walk2"))
    assert json.JSONDecoder().raw_decode(played)[0]["duplicates"] == 0
    assert not has_sender(where)


def test_what_somebody_who_talked_is_known_by_goes_when_they_ask_for_it(
    drumbeat, where, monkeypatch, tmp_path
):
    said = "/start a-individual\n[English]\n[Yes, I am old enough and I agree]\n"
    monkeypatch.setattr(sys, "stdin", io.StringIO(said))
    assert "Good to have you with us!" in drumbeat("chat --yes")
    with closing(Store(where, keys=tmp_path / "keys.json")) as store:
        assert store.database.value("SELECT count(*) FROM person") == 1
        monkeypatch.setattr(sys, "stdin", io.StringIO("/forget\n[Yes, delete everything]\n"))
        assert "everything about you is deleted" in drumbeat("chat --yes")
        assert store.database.value("SELECT count(*) FROM person") == 0


def test_a_program_of_staff_reads_what_is_on_a_server_and_each_call_is_logged(
    drumbeat, where, monkeypatch, tmp_path
):
    drumbeat("staff add anna --login anna --role writer")
    answers = []

    async def serve(tools):
        async with Client(McpServer(tools)) as client:
            answers.extend([await client.call_tool(name, {}) for name in ("status", "posts")])

    monkeypatch.setattr("bot.mcp.server.serve", serve)
    drumbeat("mcp --as anna")
    assert [answer.is_error for answer in answers] == [False, False]
    with closing(Store(where, keys=tmp_path / "keys.json")) as store:
        logged = [deed.verb for deed in store.audit.read()[:3]]
    assert logged == [Verb.MCP_POSTS, Verb.MCP_STATUS, Verb.MCP_STARTED]


def test_a_command_about_what_is_not_there_says_so_on_a_server_too(drumbeat, command, where):
    drumbeat("staff add anna --login anna")
    for line in NOT_THERE:
        ended, out, err = command(*line.split(), "--db", str(where))
        assert ended in (0, 1, 2), line
        assert "Usage: " not in err, (line, err)
        assert f"{where}: " not in out + err, (line, out, err)


def test_no_command_is_left_out():
    walked = {*READING, *CHANGING, *NOT_THERE}
    names = {command.name for command in COMMANDS}
    done = {
        name
        for line in walked
        for name in (" ".join(line.split()[:2]), line.split()[0])
        if name in names
    }
    assert names - done == set(ELSEWHERE)


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


def test_a_restore_that_was_ended_in_the_middle_leaves_nothing_that_anybody_opens(
    drumbeat, command, where, server, monkeypatch, tmp_path
):
    drumbeat("staff add anna --login anna")
    drumbeat(f"backup {tmp_path / 'copy.dump'}")
    new = server.empty("walk3")

    def killed(services, *_):
        services.store.close()
        raise KeyboardInterrupt

    with monkeypatch.context() as ends:
        ends.setattr("bot.jobs.operations.backup._brought_up_to_now", killed)
        command("restore", str(tmp_path / "copy.dump"), "--db", str(new))
    assert new != where
    for line in ("run", "worker", "chat --yes", "resume telegram", "move --to later.db"):
        ended, _, err = command(*line.split(), "--db", str(new))
        assert (ended, "a restore into it has not come to its end" in err) == (1, True), line
    assert "anna" in command("staff", "--db", str(new))[1], "it may be looked at"


def test_a_restore_without_its_keys_says_so_before_it_fills_anything(
    drumbeat, command, where, server, tmp_path
):
    drumbeat("staff add anna --login anna")
    drumbeat(f"backup {tmp_path / 'copy.dump'}")
    (tmp_path / "keys.json").rename(tmp_path / "lost.json")
    new = server.empty("walk3")
    ended, _, err = command("restore", str(tmp_path / "copy.dump"), "--db", str(new))
    assert (ended, "add --without-key" in err, is_present(new)) == (1, True, False)
    assert "goes on without its keys" in drumbeat(
        f"restore {tmp_path / 'copy.dump'} --without-key", new
    )
    (tmp_path / "keys.json").unlink()
    (tmp_path / "lost.json").rename(tmp_path / "keys.json")
    again = server.empty("walk2")
    assert "is restored from" in drumbeat(f"restore {tmp_path / 'copy.dump'}", again)


def test_what_no_restore_takes_is_refused_before_it_fills_anything(
    drumbeat, command, where, server, tmp_path
):
    drumbeat("staff add anna --login anna")
    new = server.empty("walk3")
    refused = (
        ("INSERT INTO migration (name) VALUES ('of later')", "written by a newer drumbeat"),
        (
            "UPDATE meta SET value = 'rehearsal' WHERE key = 'kind'",
            "belongs to `drumbeat rehearse`",
        ),
    )
    for number, (change, words) in enumerate(refused):
        with closing(Database(where)) as database:
            database.execute(change)
            database.copy_to(tmp_path / f"{number}.dump")
            database.execute("DELETE FROM migration WHERE name = 'of later'")
        ended, _, err = command("restore", str(tmp_path / f"{number}.dump"), "--db", str(new))
        assert (ended, words in err, is_present(new)) == (1, True, False)


def test_a_file_that_cannot_be_brought_back_leaves_the_empty_database_as_it_was(
    drumbeat, command, where, tmp_path
):
    (tmp_path / "copy.dump").write_bytes(b"no dump")
    ended, _, err = command("restore", str(tmp_path / "copy.dump"), "--db", str(where))
    assert (ended, "pg_restore failed" in err) == (1, True)
    drumbeat("staff add anna --login anna")


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
