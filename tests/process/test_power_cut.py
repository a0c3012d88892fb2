"""The power is cut at random moments of `drumbeat run`: what the disk may hold then opens, and nothing
that was acknowledged is missing. A library of ours (`power_cut.c`) keeps what was synced.
"""

import asyncio
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random

import bot_chat
import helpers
import house
import live
import pytest
from crash import agreement
from crash.disk import Disk, compiled
from fakes.bot_api import BotApi
from live import LIVE, Process, action, until, write

pytestmark = [pytest.mark.filterwarnings("ignore::ResourceWarning"), pytest.mark.process]

LONG = 3600
"""Seconds after which the long form has failed."""

PROMISES = {
    "Good to have you with us": "SELECT address FROM person",
    "your question is on its way": "SELECT address FROM question",
    "1/4": "SELECT p.address FROM pledge_editor e JOIN person p ON p.id = e.person",
    "Thank you for telling us": "SELECT address FROM flag",
}
"""Words in the answer to a subscription, a question, a pledge and a report of danger, and where the
addresses of those stand who got it."""


STAFF = 99
"""Who is told of questions and alarms in the chat."""

SHARES = (0, 0.5, 1)
"""How much of what is not synced the disk has all the same; with 1 it is a copy of the files."""


@pytest.fixture(scope="module")
def shim(tmp_path_factory):
    """The library, made by the compiler of this machine."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler to make the library that keeps what was synced")
    return compiled(compiler, tmp_path_factory.mktemp("shim"))


@pytest.fixture
def disk(tmp_path, shim):
    for name in ("folder", "synced"):
        (tmp_path / name).mkdir()
    return Disk(shim=shim, folder=tmp_path / "folder", synced=tmp_path / "synced")


# the library itself


def played(disk: Disk, code: str) -> None:
    """A script in the disk's folder that ends without any good-bye."""
    line = [sys.executable, "-c", f"{code}\nimport os; os._exit(0)"]
    subprocess.run(line, cwd=disk.folder, env=live.environment(**disk.env), check=True)


@pytest.mark.parametrize(("synchronous", "there"), [("FULL", [(1,), (2,)]), ("OFF", [(1,)])])
def test_of_a_database_that_is_not_synced_the_cut_takes_the_last_row(disk, synchronous, there):
    played(
        disk,
        "import sqlite3; c = sqlite3.connect('a.db', isolation_level=None)\n"
        "for line in ('journal_mode = WAL', 'synchronous = FULL'): c.execute(f'PRAGMA {line}')\n"
        "c.execute('CREATE TABLE t (a)'); c.execute('INSERT INTO t VALUES (1)')\n"
        f"c.execute('PRAGMA synchronous = {synchronous}'); c.execute('INSERT INTO t VALUES (2)')",
    )
    disk.cut(disk.folder.with_name("after"), 0, Random(0))
    for folder, rows in ((disk.folder, [(1,), (2,)]), (disk.folder.with_name("after"), there)):
        with closing(sqlite3.connect(folder / "a.db")) as connection:
            assert connection.execute("SELECT a FROM t").fetchall() == rows


@pytest.mark.parametrize(("end", "there"), [("", {"a.part"}), ("os.fsync(folder)", {"a"})])
def test_a_new_name_is_there_once_its_folder_is_synced(disk, end, there):
    played(
        disk,
        "import os; folder = os.open('.', os.O_RDONLY)\n"
        "with open('a.part', 'w') as file: file.write('a'); file.flush(); os.fsync(file.fileno())\n"
        f"os.rename('a.part', 'a'); {end}",
    )
    assert {file.name for file in disk.synced.iterdir()} == there


# drumbeat


@dataclass(frozen=True, kw_only=True)
class Size:
    """How many get a nudge, how many talk meanwhile, and how often the power is cut."""

    people: int
    talkers: int
    cuts: int


async def talk(server: BotApi, number: int) -> None:
    """Subscribe, ask, begin a pledge, and say that a child is in danger."""

    async def press(label, after):
        await bot_chat.got(server, number, after, live.PATIENCE)
        server.presses(number, label)

    server.says(number, "/start")
    await press("English", "Which language would you")
    await press(bot_chat.YES, "Are you 16 or older")
    await bot_chat.got(server, number, "Good to have you with us", live.PATIENCE)
    server.says(number, "/ask Why do children work?")
    await bot_chat.got(server, number, "your question is on its way", live.PATIENCE)
    server.says(number, "/pledge")
    for label in ("Make a pledge", "Myself", "I agree, let’s begin"):
        await until(lambda wanted=label: wanted in buttons(server, number))
        server.presses(number, label)
    await bot_chat.got(server, number, "1/4", live.PATIENCE)
    server.says(number, "/danger")
    await until(lambda: "Write a message" in buttons(server, number))
    server.presses(number, "Write a message")
    await bot_chat.got(server, number, "reads it", live.PATIENCE)
    server.says(number, "A child works at night at the brick kiln.")
    await bot_chat.got(server, number, "Thank you for telling us", live.PATIENCE)


def buttons(server: BotApi, number: int) -> set[str]:
    rows = [
        row
        for message in server.to(number)
        for row in message.get("reply_markup", {}).get("inline_keyboard", [])
    ]
    return {button["text"] for row in rows for button in row}


def promised(server: BotApi) -> dict[str, set[str]]:
    """Addresses of those who got each answer."""
    return {
        words: {
            str(message["chat"])
            for message in server.messages.values()
            if words in message.get("text", "") and message["chat"] != STAFF
        }
        for words in PROMISES
    }


def taken(server: BotApi) -> agreement.Record:
    return {"chat": agreement.taken_by_telegram(server)}


def missing(database: Path, answered: dict[str, set[str]], record: agreement.Record) -> list[str]:
    """What was acknowledged, and is not in the file; and whatever is wrong with the file."""
    with closing(sqlite3.connect(database)) as connection:
        wrong = [text for (text,) in connection.execute("PRAGMA integrity_check") if text != "ok"]
        for words, query in PROMISES.items():
            there = {address for (address,) in connection.execute(query)}
            wrong += [f"{words}: {address}" for address in answered[words] - there]
    return wrong + agreement.differences(agreement.table(database), record)


@pytest.mark.parametrize(
    "size",
    [
        pytest.param(
            Size(people=60, talkers=3, cuts=8), marks=pytest.mark.timeout(400), id="short"
        ),
        pytest.param(
            Size(people=3_000, talkers=60, cuts=300),
            marks=[pytest.mark.long, pytest.mark.timeout(LONG)],
            id="long",
        ),
    ],
)
async def test_after_a_power_cut_nothing_that_was_acknowledged_is_missing(
    tmp_path, rng, disk, size
):
    due = live.a_minute_ago()
    async with agreement.hesitant(live.Fake, rng, 0.02) as server:
        config = write(
            disk.folder, server.url, action(day=due, to=("nudge",)), due=due,
            active=("trees", "endchildlabour"),
        )  # fmt: skip
        with helpers.live(config, LIVE) as services:
            minute = due.hour * 60 + due.minute
            services.store.people.add(house.person(n, minute=minute) for n in range(size.people))
        for number in (STAFF, *range(1000, 1000 + size.people)):
            server.person(number)
        disk.sync()
        async with Process(disk.folder, "run", env={**LIVE, **disk.env}) as run:
            talks = [asyncio.create_task(talk(server, 10_000 + n)) for n in range(size.talkers)]
            for _ in range(size.cuts):
                await asyncio.sleep(rng.uniform(0, 0.8))
                async with run.held():
                    for share in SHARES:
                        disk.cut(tmp_path / f"{share}", share, rng)
                    answered, record = promised(server), taken(server)
                for share in SHARES:
                    database = tmp_path / f"{share}" / "drumbeat.db"
                    assert missing(database, answered, record) == [], run.err
            await run.kill()
            disk.cut(tmp_path / "after", 0, rng)
        for each in talks:
            each.cancel()
        said = await asyncio.gather(*talks, return_exceptions=True)
        assert [
            each for each in said if each and not isinstance(each, asyncio.CancelledError)
        ] == []
        disk.put(tmp_path / "after")
        async with Process(disk.folder, "run") as run:
            await talk(server, STAFF + 1)
            await until(
                lambda: not agreement.states(disk.database).keys() & agreement.GOING,
                lambda: run.err,
            )
            await run.stop()
        assert " ERROR " not in run.err
        assert missing(disk.database, promised(server), taken(server)) == []
        assert all(promised(server).values()), "everybody's way through the chat was played"
