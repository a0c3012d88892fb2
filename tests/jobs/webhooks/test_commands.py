"""`drumbeat webhooks`, and which webhooks a process has after a start, a SIGHUP and in a rehearsal."""

import asyncio
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from helpers import live, write_operator

from bot import app
from bot.cli.common import open_library, open_settings
from bot.jobs.operations import reload, startup
from bot.jobs.ticks import TICKS
from bot.jobs.webhooks import deliver
from bot.model.webhooks import HookKind
from bot.scheduler import Scheduler
from bot.store.webhooks.events import HookEvents

KEYS = [
    "name",
    "events",
    "state",
    "delivered",
    "waiting",
    "given_up",
    "failures",
    "error",
    "rests",
]
SECRET = "DRUMBEAT_WEBHOOK_CRM_SECRET"
CONFIG = """
active = ["trees"]
roots = ["pack"]
database = "drumbeat.db"

[channels.board]
network = "dry"
language = "en"

[webhooks.crm]
url = "{url}"
events = ["pledge.submitted"]
private = true
"""


@pytest.fixture
def key(receiver, monkeypatch):
    monkeypatch.setenv(SECRET, receiver.keys[0])
    return receiver.keys[0]


@pytest.fixture
def config(tmp_path, receiver):
    return write_operator(tmp_path, date(2021, 5, 1), config=CONFIG.format(url=receiver.url))


def look(services, seconds: float = 0):
    asyncio.run(deliver.run(services, datetime.now(UTC) + timedelta(seconds=seconds)))


def happens(services):
    now = int(datetime.now(UTC).timestamp())
    HookEvents(services.store.database).pledge(HookKind.PLEDGE_SUBMITTED, 7, "trees", now)


def listed(command, *args):
    code, out, err = command("webhooks", "--json", *args)
    assert code == 0, err
    return json.loads(out)


def test_the_list_says_how_it_stands_with_each(command, config, receiver, key):
    receiver.answers = [(204, {}), (500, {})]
    with live(config, {SECRET: key}) as services:
        look(services)
        [row] = listed(command)
        assert list(row) == KEYS
        assert (row["state"], row["delivered"], row["error"]) == ("ok", None, None)
        happens(services)
        happens(services)
        look(services)
    [row] = listed(command)
    assert (row["state"], row["waiting"], row["failures"]) == ("failed", 1, 1)
    assert row["error"] == "answers 500"
    assert row["delivered"] < row["rests"]
    code, out, _ = command("webhooks")
    assert (code, receiver.url in out) == (0, False)
    assert "crm" in out
    assert "answers 500" in out


def test_without_a_key_it_is_dry_and_the_list_says_which_variable(command, config, caplog):
    with live(config) as services:
        look(services)
        happens(services)
        startup.tell_channels(services, datetime.now(UTC))
    [row] = listed(command)
    assert (row["state"], row["waiting"]) == ("dry", 0)
    assert SECRET in row["error"]
    assert row["error"] in caplog.messages


def test_a_message_to_try_is_signed_and_says_whether_it_was_taken(command, config, receiver, key):
    receiver.answers = [(204, {}), (503, {})]
    assert command("webhooks", "test", "crm") == (0, "webhook crm took it\n", "")
    [(id_, body)] = receiver.got
    assert (body["type"], body["data"]) == ("ping", {})
    code, _, err = command("webhooks", "test", "crm")
    assert (code, err) == (1, "webhook crm: answers 503\n")
    assert receiver.got[1][0] != id_


def test_one_that_nobody_named_is_told_with_what_is_nearly_so(command, config, key):
    with live(config):
        pass
    for verb in ("test", "again"):
        code, _, err = command("webhooks", verb, "crn")
        assert code == 2
        assert "no webhook is called 'crn'; did you mean crm?" in err


def test_what_was_given_up_is_sent_again(command, config, receiver, key):
    receiver.answers = [(410, {})]
    with live(config, {SECRET: key}) as services:
        look(services)
        happens(services)
        look(services)
        assert listed(command)[0]["state"] == "gone"
        code, out, _ = command("webhooks", "again", "crm")
        assert (code, out) == (0, "webhook crm: 1 message leaves when drumbeat next runs\n")
        look(services)
    assert len(receiver.got) == 2
    assert receiver.got[0] == receiver.got[1]
    assert listed(command)[0]["state"] == "ok"


def test_a_sighup_reads_keys_and_tables_anew_and_a_reload_says_that_they_wait(
    config, receiver, key
):
    with live(config, {SECRET: key}) as services:
        used = reload.fingerprint(services.settings)
        config.write_text(
            config.read_text("utf-8").replace("webhooks.crm", "webhooks.new"), "utf-8"
        )
        settings = open_settings(config)
        library = open_library(settings, settings.active)
        [words] = reload.waiting(used, settings)
        assert words.startswith("[webhooks] in config.toml has changed")
        assert [*app.reloaded(services, settings, library).webhooks] == ["crm"]
        environ = {"DRUMBEAT_WEBHOOK_NEW_SECRET": key}
        again = app.reopened(services, settings, library, environ=environ)
        assert {name: bool(each.keys) for name, each in again.webhooks.items()} == {"new": True}


@pytest.mark.slow
async def test_a_running_process_takes_a_key_at_a_sighup_and_tells_what_happens_from_then_on(
    config, receiver, key, monkeypatch
):
    monkeypatch.delenv(SECRET)
    settings = open_settings(config)
    library = open_library(settings, settings.active)
    services = app.open_live(settings, library, environ={})
    one = Scheduler(services, lambda: (open_settings(config), library))
    task = asyncio.create_task(one.run())
    async with asyncio.timeout(60):
        happens(services)
        monkeypatch.setenv(SECRET, key)
        one.reread()
        await one.reloading.under_way
        [tick] = [tick for tick in TICKS if tick.name == "webhooks"]
        await one.do(tick)
        happens(services)
        await one.do(tick)
        one.stop()
        await task
    assert receiver.types == ["pledge.submitted"], "what happened before was for nobody to know"


def test_from_a_rehearsal_nobody_is_told_anything(command, config, receiver, key, tmp_path):
    settings = open_settings(config)
    library = open_library(settings, settings.active)
    days = (date(2021, 4, 1), date(2021, 6, 1))
    services = app.open_rehearsal(settings, library, ("trees",), days=days)
    assert services.webhooks == {}
    happens(services)
    look(services)
    services.store.close()
    assert listed(command)[0]["waiting"] == 0
    code, _, err = command("webhooks", "again", "crm")
    assert (code, "no webhook is told anything from a rehearsal" in err) == (1, True)
    assert receiver.got == []
