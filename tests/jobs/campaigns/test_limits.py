"""What servers say that they take: read by `doctor` and by the daily probe, kept with the day, and what
`check`, `preview` and `rehearse` measure posts by.
"""

import asyncio
import json
import socket
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import house
import pytest
from fakes.mastodon import Fake as Mastodon
from helpers import at, planned, write_operator

from bot import networks
from bot.cli.common import open_settings
from bot.jobs.campaigns import limits
from bot.jobs.campaigns.limits import Told
from bot.model import Limits
from bot.store import Store
from bot.store.db import Database, sender_lock
from bot.store.schema import is_older
from bot.text import excess, problems_of_length

pytestmark = pytest.mark.slow  # it talks to servers of a network

OLD = Path(house.__file__).parent.parent / "store" / "old.sql"
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
LONG = "Today we plant trees, and " + "many of them, " * 125 + "all of us. #Trees"
DAY = at("2021-05-01").date()


def config(url, more=""):
    return f"""
active = ["trees"]
roots = ["pack"]
database = "drumbeat.db"

[channels.instance]
network = "mastodon"
language = "en"
approve = "auto"
base_url = "{url}"
{more}"""


@pytest.fixture
async def instance():
    """An instance that takes 5,000 characters and small pictures."""
    async with Mastodon() as fake:
        fake.configuration["statuses"]["max_characters"] = 5_000
        fake.configuration["media_attachments"]["image_size_limit"] = 100
        yield fake


@pytest.fixture
def operator(tmp_path, instance, monkeypatch):
    """An operator on that instance, with a post of 1,800 characters and a database."""
    file = write_operator(tmp_path, DAY, config=config(instance.url))
    template = tmp_path / "pack" / "content" / "en" / "trees" / "tree-day.j2"
    block = f"{{% block post_mastodon %}}{LONG}{{% endblock %}}"
    template.write_text(template.read_text("utf-8") + block, "utf-8")
    planned(file, datetime.now(UTC))
    monkeypatch.setenv("DRUMBEAT_INSTANCE_ACCESS_TOKEN", instance.secrets["access_token"])
    return file


@pytest.mark.slow
async def test_a_long_post_is_measured_by_what_the_instance_said(command, operator, instance):
    code, out, _ = await asyncio.to_thread(command, "check")
    assert code == 1
    assert "500 is the most" in out
    assert "its server may take more: `drumbeat doctor` asks it" in out
    assert "and `check` knows it once there is a database)" in out
    code, out, _ = await asyncio.to_thread(command, "doctor", "--json")
    findings = json.loads(out)["findings"]
    [told] = [finding for finding in findings if finding["check"] == "limits"]
    assert (told["subject"], told["level"]) == ("instance", "ok")
    assert (
        f"{instance.url} takes posts of 5,000 characters, pictures of 100 bytes" in told["message"]
    )
    assert [f["level"] for f in findings if f["check"] == "data"] == ["ok"], (
        "the same look knows it"
    )
    code, out, err = await asyncio.to_thread(command, "check")
    of_languages = ("nobody", "beside the English", "no cards in")
    told = [each for each in err.splitlines() if not any(word in each for word in of_languages)]
    assert (code, told) == (0, [])
    _, out, _ = await asyncio.to_thread(command, "preview", "tree-day", "--json")
    assert {(text["role"], text["limit"]) for text in json.loads(out)} == {
        ("post", 5_000),
        ("share", 500),
    }
    code, out, _ = await asyncio.to_thread(
        command,
        "rehearse",
        "--from",
        "2021-05-01",
        "--to",
        "2021-05-01",
        "--subscribers",
        "0",
        "--pledges",
        "0",
        "--json",
    )
    assert (code, json.loads(out)["kinds"]["posts"]["sent"]) == (0, 1)
    assert (await asyncio.to_thread(command, "check", "--db", "other.db"))[0] == 1, (
        "another database knows nothing"
    )


@pytest.mark.slow
@pytest.mark.sqlite
async def test_doctor_leaves_the_file_of_an_older_drumbeat_that_runs_as_it_is(
    command, operator, tmp_path
):
    with socket.create_server(("127.0.0.1", 0)) as pages:
        listen = f"127.0.0.1:{pages.getsockname()[1]}"
        web = f'\n[web]\npublic_url = "https://trees.example"\nlisten = "{listen}"\n'
        operator.write_text(operator.read_text("utf-8") + web, "utf-8")
        file = tmp_path / "drumbeat.db"
        await asyncio.to_thread(file.unlink)
        with closing(sqlite3.connect(file)) as old:
            old.executescript(OLD.read_text("utf-8"))
        lock = sender_lock(file)
        try:
            _, out, _ = await asyncio.to_thread(command, "doctor", "--json")
        finally:
            lock.release()
    checks = {finding["check"]: finding["level"] for finding in json.loads(out)["findings"]}
    assert checks["limits"] == "ok"
    assert checks["database"] == "problem"
    assert "pages" not in checks, "the older one that runs has the port"
    with closing(Database(file, readonly=True)) as database:
        assert is_older(database)


@pytest.mark.slow
async def test_what_people_share_fits_anywhere(command, operator, tmp_path):
    template = tmp_path / "pack" / "content" / "en" / "trees" / "tree-day.j2"
    block = f"{{% block share_mastodon %}}{LONG} I do.{{% endblock %}}"
    template.write_text(template.read_text("utf-8") + block, "utf-8")
    await asyncio.to_thread(command, "doctor")
    code, out, _ = await asyncio.to_thread(command, "check")
    assert code == 1
    assert {line.split(": ")[1] for line in out.splitlines()[:-1]} == {"share_mastodon"}


def told(length, at=NOW, server="https://one.example", **more):
    return Told(
        limits=replace(networks.load("mastodon").LIMITS, length=length, **more),
        server=server,
        at=at,
    )


def two_instances(tmp_path):
    other = (
        '\n[channels.other]\nnetwork = "mastodon"\nlanguage = "en"\nbase_url ='
        ' "https://two.example"\n'
    )
    text = config("https://one.example", other)
    return open_settings(write_operator(tmp_path, DAY, config=text))


def test_the_tightest_of_our_servers_counts(tmp_path):
    settings = two_instances(tmp_path)
    both = {
        "instance": told(5_000, picture=100),
        "other": told(2_000, server="https://two.example"),
    }
    fits = limits.taken(settings, both)
    assert fits.limits["mastodon"].length == 2_000
    assert fits.limits["mastodon"].picture == 100
    assert fits.unasked == set()
    alone = limits.taken(settings, {"instance": told(5_000)})
    assert alone.limits["mastodon"].length == 500, "the other was not asked yet"
    assert alone.unasked == {"mastodon"}


def test_a_content_warning_takes_of_what_its_channel_may_say(tmp_path):
    other = (
        '\n[channels.other]\nnetwork = "mastodon"\nlanguage = "en"\nbase_url ='
        ' "https://two.example"\noptions = { content_warning = "About work" }\n'
    )
    text = config("https://one.example", other)
    settings = open_settings(write_operator(tmp_path, DAY, config=text))
    fits = limits.taken(settings, {}).limits["mastodon"]
    assert excess("w" * 490, fits) == ()
    [problem] = problems_of_length("w" * 491, fits)
    assert problem == (
        "counts 501, but 500 is the most: shorten it by 1 (the channel's content_warning takes 10)"
    )
    told_more = {"other": told(505, server="https://two.example")}
    assert excess("w" * 496, limits.taken(settings, told_more).limits["mastodon"]) != ()


def test_what_another_server_said_counts_no_more(tmp_path):
    settings = two_instances(tmp_path)
    store = Store(tmp_path / "drumbeat.db")
    limits.keep(store, "instance", told(5_000, picture=7))
    channels = settings.channels.values()
    assert limits.kept(store, channels) == {"instance": told(5_000, picture=7)}
    moved = [replace(channel, base_url="https://new.example") for channel in channels]
    assert limits.kept(store, moved) == {}
    store.close()


@pytest.mark.slow
def test_what_was_read_long_ago_is_said(command, tmp_path):
    file = write_operator(tmp_path, DAY, config=config("https://one.example"))
    planned(file, datetime.now(UTC))
    store = Store(tmp_path / "drumbeat.db")
    long_ago = datetime.now(UTC).replace(microsecond=0) - timedelta(days=31)
    limits.keep(store, "instance", told(5_000, long_ago))
    store.close()
    code, _, err = command("check")
    assert code == 0
    assert f"https://one.example takes was read on {long_ago:%Y-%m-%d}, 31 days ago" in err
    assert "`drumbeat doctor` reads it again" in err


def test_a_later_drumbeat_may_keep_more(tmp_path):
    store = Store(tmp_path / "drumbeat.db")
    limits.keep(store, "board", told(5_000))
    content = json.loads(str(store.meta.get("limits board")))
    content["limits"]["smell"] = 3
    store.meta.put("limits board", json.dumps(content))
    channel = replace(house.channel("board"), base_url="https://one.example")
    assert isinstance(limits.kept(store, [channel])["board"].limits, Limits)
    store.close()
