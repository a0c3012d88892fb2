"""`drumbeat doctor`: names what is wrong and how to mend it, and never a secret."""

import asyncio
import json
import os
import shutil
import tempfile
import zoneinfo
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import house
import pytest
from clocks.undisturbed import undisturbed
from helpers import at, planned, write_operator

from bot.app import connections
from bot.cli.common import open_settings
from bot.config import Chat, Safeguarding
from bot.errors import AccountRefused, Misconfigured, TryLater
from bot.jobs.operations import doctor, surroundings
from bot.jobs.operations.findings import Level, secrets
from bot.jobs.people import colleagues
from bot.model import Problem, Secret
from bot.model.outbox.processes import Process
from bot.networks.dry.network import Network as Dry
from bot.rules.pacing import Pacer
from bot.store import Store

pytestmark = pytest.mark.slow

X = ["API_KEY", "API_SECRET", "ACCESS_TOKEN", "ACCESS_TOKEN_SECRET"]
CONFIG = """
active = ["trees"]
roots = ["pack"]

[channels.board]
network = "x"
language = "en"
account = "our-x"
"""


@pytest.fixture
def settings(tmp_path):
    return open_settings(write_operator(tmp_path, at("2021-05-01").date(), config=CONFIG))


@pytest.fixture
def clean_environment(monkeypatch):
    for name in list(os.environ):
        if name.startswith("DRUMBEAT_"):
            monkeypatch.delenv(name)


class Known(Dry):
    """A live network that answers `probe` as it is told."""

    SECRETS = ("token",)
    answer: object = "@trees"

    async def probe(self):
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is None:
            await asyncio.sleep(60)
        return str(self.answer)


def ask(answer, patience=10.0):
    channel = house.channel("board", account="our-x")
    network = Known(channel, {"token": Secret("s3cret")})
    network.answer = answer
    settings = replace(open_settings(), channels={"board": channel})
    return asyncio.run(secrets.tokens(settings, {"board": network}, {}, patience=patience))


class Closing(Known):
    """A live network that closes as it is told."""

    def __init__(self, name, trouble, closed):
        super().__init__(house.channel(name, account=name), {"token": Secret("s3cret")})
        self.trouble, self.closed = trouble, closed

    async def close(self):
        if isinstance(self.trouble, Exception):
            raise self.trouble
        await asyncio.sleep(self.trouble)
        self.closed.append(self.channel.name)


def test_networks_are_all_closed_though_one_fails_and_one_hangs(caplog):
    closed = []
    networks = {
        name: Closing(name, trouble, closed)
        for name, trouble in (("fails", OSError()), ("hangs", 60), ("slow", 0.05), ("soon", 0))
    }
    began = undisturbed()
    asyncio.run(connections.close_networks(networks))
    assert undisturbed() - began < 5
    assert closed == ["soon", "slow"]
    assert "the connections of channel fails did not close: OSError" in caplog.text


# secrets


def test_an_account_without_any_secret_is_dry_on_purpose(settings):
    found = secrets.secrets_by_name(settings, {})
    assert [finding.subject for finding in found] == [f"DRUMBEAT_OUR_X_{field}" for field in X]
    assert {finding.level for finding in found} == {Level.NOTE}
    assert all("missing" in finding.message for finding in found)


def test_an_account_with_some_secrets_was_meant_to_be_live(settings, tmp_path):
    file = tmp_path / "secret"
    file.write_text("from-a-file\n")
    environ = {
        "DRUMBEAT_OUR_X_API_KEY": "from-the-environment",
        "DRUMBEAT_OUR_X_API_SECRET_FILE": str(file),
    }
    found = secrets.secrets_by_name(settings, environ)
    assert [finding.level for finding in found] == [
        Level.OK,
        Level.OK,
        Level.PROBLEM,
        Level.PROBLEM,
    ]
    assert found[0].message == "set, from the environment"
    assert found[1].message == "set, from the file that DRUMBEAT_OUR_X_API_SECRET_FILE names"
    assert "DRUMBEAT_OUR_X_ACCESS_TOKEN_FILE" in found[2].message
    assert "from-" not in " ".join(finding.message for finding in found[2:])


def test_a_secrets_file_that_cant_be_read_is_a_problem(settings, tmp_path):
    found = secrets.secrets_by_name(
        settings, {"DRUMBEAT_OUR_X_API_KEY_FILE": str(tmp_path / "nowhere")}
    )
    assert (found[0].level, found[0].message) == (
        Level.PROBLEM,
        "the file it names can't be read: No such file or directory; make it, or take the variable"
        " out",
    )


def test_a_secrets_file_that_everybody_can_read_is_named(settings):
    # pytest's own folders are closed, as a service's are
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
        file.write("from-an-open-file")
        file.flush()
        environ, told = {"DRUMBEAT_OUR_X_API_KEY_FILE": file.name}, []
        for mode in (0o644, 0o640):
            Path(file.name).chmod(mode)
            told.append(secrets.secrets_by_name(settings, environ)[0])
    assert [finding.level for finding in told] == [Level.NOTE, Level.OK]
    assert told[0].message.endswith("_FILE names; everybody here can read it: chmod 400")


# tokens


def test_an_accepted_token_tells_who_we_are():
    [finding] = ask("@trees")
    assert (finding.subject, finding.level, finding.message) == (
        "our-x",
        Level.OK,
        "accepted; we are @trees",
    )


def test_a_refused_token_says_how_to_mend_it():
    [finding] = ask(AccountRefused("board: the token is revoked (401)"))
    assert finding.level is Level.PROBLEM
    assert finding.message.startswith("refused: board: the token is revoked (401)")
    assert "DRUMBEAT_OUR_X_TOKEN" in finding.message


def test_of_what_we_wrote_for_an_account_no_new_secret_is_asked_for():
    [finding] = ask(Misconfigured("board: DRUMBEAT_<ACCOUNT>_DKIM is no private RSA key in PEM"))
    assert (finding.level, finding.message) == (
        Level.PROBLEM,
        "can't be used: board: DRUMBEAT_<ACCOUNT>_DKIM is no private RSA key in PEM",
    )


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (TryLater("board: no connection"), "can't tell: board: no connection"),
        (ValueError("bad token s3cret"), "unexpected ValueError"),
    ],
)
def test_what_cant_be_told_is_a_problem_without_a_secret(answer, words):
    [finding] = ask(answer)
    assert finding.level is Level.PROBLEM
    assert words in finding.message
    assert "s3cret" not in finding.message


def test_a_network_that_does_not_answer_is_given_up():
    [finding] = ask(None, patience=0.01)
    assert (finding.level, "no answer within 0.01 s" in finding.message) == (Level.PROBLEM, True)


# clock, zones, disk, database, data


def test_a_clock_before_the_zone_data_or_the_newest_post_is_wrong(tmp_path):
    with_store = house.services(tmp_path, house.campaign(house.action()))
    store = with_store.store
    assert doctor.clock(datetime.now(UTC), store).level is Level.OK
    assert doctor.clock(at("1999-01-01"), None).level is Level.PROBLEM
    store.database.execute(
        "INSERT INTO result (occurrence, channel, recipient, at) VALUES (1, 1, 0, :at)",
        {"at": 4_000_000_000},
    )
    finding = doctor.clock(datetime.now(UTC), store)
    assert (finding.level, "2096-10-02" in finding.message) == (Level.PROBLEM, True)
    assert (
        doctor.clock(datetime.fromtimestamp(4_000_000_000, UTC) - timedelta(minutes=4), store).level
        is Level.OK
    )
    store.close()


def test_a_clock_before_the_last_message_of_an_account_is_wrong(tmp_path):
    store = house.services(tmp_path, house.campaign(house.action())).store
    store.channels.keep_pacing("telegram", Pacer(30.0, now=4_000_000_000.0).state().dumps())
    finding = doctor.clock(datetime.now(UTC), store)
    assert (finding.level, "2096-10-02" in finding.message) == (Level.PROBLEM, True)
    store.close()


def test_a_process_whose_clock_is_off_is_named_while_it_lives(tmp_path):
    services = house.services(tmp_path, house.campaign(house.action()))
    store = services.store
    now = int(store.database.clock())
    for number, ahead, beat in ((1, 0.4, now), (2, 90.0, now), (3, -3600.0, now - 600)):
        process = Process(
            name=f"oak {number}", part="worker", version="1", since=0, beat=beat, ahead=ahead
        )
        store.processes.beat(process)
    found = doctor.run(services.settings, [], {}, lambda _: store, datetime.now(UTC))
    [(name, text)] = [(f.subject, f.message) for f in found if f.subject.startswith("oak")]
    assert (name, "90.0 s ahead of that of the database's server" in text) == ("oak 2", True)


def test_zones_come_from_the_pinned_package_whatever_the_machine_has():
    finding = doctor.zones()
    assert (finding.level, finding.message) == (
        Level.OK,
        f"{doctor.PINNED_ZONES}, from the package tzdata",
    )
    assert zoneinfo.TZPATH == ()


def test_a_nearly_full_disk_is_a_problem(tmp_path):
    file = tmp_path / "drumbeat.db"
    assert doctor.disk(file).level is (
        Level.OK if shutil.disk_usage(tmp_path).free >= 500_000_000 else Level.PROBLEM
    )
    full = doctor.disk(file, lambda folder: 499_999_999)
    assert (full.level, full.message.startswith("500 MB free; make room")) == (Level.PROBLEM, True)
    assert doctor.disk(tmp_path / "nowhere" / "drumbeat.db").level is Level.PROBLEM


def test_a_missing_database_is_a_note_and_a_broken_one_a_problem(tmp_path):
    file = tmp_path / "drumbeat.db"
    store, [finding] = doctor.open_database(file, Store)
    assert (store, finding.level) == (None, Level.NOTE)
    assert not file.exists()
    file.write_bytes(b"This is no database at all. " * 100)
    store, [finding] = doctor.open_database(file, lambda path: Store(path, readonly=True))
    assert (store, finding.level) == (None, Level.PROBLEM)
    assert "restore" in finding.message


@pytest.mark.sqlite
def test_a_damaged_page_is_found(tmp_path):
    file = tmp_path / "drumbeat.db"
    store = Store(file)
    store.meta.claim("live")
    store.database.many(
        "INSERT INTO meta (key, value) VALUES (:k, 'x')", [{"k": f"key {n}"} for n in range(5000)]
    )
    store.database.rows("PRAGMA journal_mode = DELETE")
    store.close()
    content = bytearray(file.read_bytes())
    content[-9000:-5000] = b"\xff" * 4000
    file.write_bytes(content)
    store = Store(file, readonly=True)
    finding = doctor.database(file, store)[0]
    store.close()
    assert finding.level is Level.PROBLEM
    assert "malformed" in finding.message or "not sound" in finding.message
    assert "drumbeat restore" in finding.message


@pytest.mark.sqlite
def test_a_rehearsals_file_and_another_journal_are_told(tmp_path):
    file = tmp_path / "drumbeat.db"
    store = Store(file)
    store.meta.claim("rehearsal")
    store.database.rows("PRAGMA journal_mode = DELETE")
    found = [finding.message for finding in doctor.database(file, store)]
    store.close()
    assert [words.split(",")[0] for words in found] == [
        "journal mode is delete",
        "belongs to a rehearsal",
    ]


def test_problems_of_the_data_are_counted():
    assert doctor.data([]).level is Level.OK
    one = Problem(file="a", key="b", message="c")
    assert doctor.data([one]).message == "1 problem; `drumbeat check` tells them"
    assert doctor.data([one, one]).level is Level.PROBLEM


# the command


def test_a_healthy_house_has_no_problem(command, tmp_path, clean_environment):
    now = datetime.now(UTC)
    config = write_operator(tmp_path, (now + timedelta(days=1)).date())
    planned(config, now)
    code, out, _ = command("doctor", "--json")
    told = json.loads(out)
    # the shipped data have tests of their own
    bad = [
        finding
        for finding in told["findings"]
        if finding["level"] == "problem" and finding["check"] != "data"
    ]
    assert bad == []
    assert code == int(told["problems"] > 0)
    assert list(told["findings"][0]) == ["check", "subject", "level", "message"]
    assert {finding["check"] for finding in told["findings"]} >= {
        "data",
        "secrets",
        "clock",
        "zones",
        "database",
        "disk",
        "alerts",
    }


def test_problems_give_exit_code_1_and_no_secret(command, tmp_path, clean_environment, monkeypatch):
    write_operator(tmp_path, at("2021-05-01").date(), config=CONFIG)
    monkeypatch.setenv("DRUMBEAT_OUR_X_API_KEY", "s3cret")
    (tmp_path / "pack" / "content" / "en" / "trees" / "tree-day.j2").write_text("{% block title %}")
    code, out, err = command("doctor")
    assert code == 1
    assert "DRUMBEAT_OUR_X_API_SECRET" in out
    assert "`drumbeat check` tells them" in out
    assert "s3cret" not in out + err
    assert not (tmp_path / "drumbeat.db").exists()


def test_settings_that_cant_be_read_are_the_finding(command, tmp_path):
    Path("config.toml").write_text("nonsense = 1\n")
    code, out, _ = command("doctor", "--json")
    assert code == 1
    assert [finding["check"] for finding in json.loads(out)["findings"]] == ["data"]


def test_where_people_talk_with_the_bot_and_nobody_is_named_it_says_how_to_find_ones_number(
    tmp_path,
):
    chat = house.channel("telegram", network="telegram")
    services = house.services(tmp_path, channels=(chat,))
    services.store.close()

    def people(dry=(), **changes):
        settings = replace(services.settings, file=tmp_path / "config.toml", **changes)
        seen = surroundings.look(settings, None, dry=dict.fromkeys(dry, ""), runs=False)
        return [remark.text for remark in seen if remark.about == "people"]

    assert people(safeguarding=None) == [colleagues.NO_STAFF, colleagues.NO_CONTACT]
    assert all("the bot answers to /id" in text for text in people(safeguarding=None))
    assert people(["telegram"], safeguarding=None) == people(safeguarding=None), "all at once"
    named = Safeguarding(name="Ana", contact=77, retention=30)
    assert people(chat=Chat(staff=(7,)), safeguarding=named) == []
