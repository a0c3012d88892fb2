"""What a long past costs: the same asked of a file with many past deliveries and of one without,
in turn, in one run.

Both files have the same people, of whom some write to the bot and have had the same few messages;
all other deliveries went to the others, and some were posts. For each thing asked it prints the
median of its CPU in both files and their ratio, which shall be at most 1.2.

    python benchmarks/bench_history.py [--past 300000] [--people 20000] [--rounds 30]
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot import app
from bot.chat.entry import ChatEntry
from bot.chat.messages import Arrival
from bot.cli.common import open_library
from bot.config import Privacy, load
from bot.conversation.words import Command, Text
from bot.jobs.operations import status
from bot.jobs.people.history import OVER
from bot.jobs.planning import plan
from bot.jobs.sending import holds
from bot.jobs.sending.dispatch.daily import posts_left
from bot.jobs.services import Services
from bot.model import State
from bot.model.outbox import Scope
from bot.times import epoch

NOW = datetime(2021, 5, 1, 10, tzinfo=UTC)
CAMPAIGN = "endchildlabour2021"
DAILY = "posts"
"""A channel with a maximum of posts a day."""

ASKERS = 50
"""People who write; each has had one message of each of the first occurrences."""

OWN = 20
"""Messages that each of them has had, in both files."""

POST_OF = 1_000
"""Past deliveries for each past post."""

TARGET = 1.2

Ask = Callable[[], object]


def services(folder: Path, name: str, people: int, past: int) -> Services:
    """Services over a file with so many people and so many past deliveries."""
    settings, problems = load(None)
    assert settings, problems
    settings = replace(
        settings,
        database=folder / f"{name}.db",
        active=(CAMPAIGN,),
        channels={
            "telegram": settings.channels["telegram"],
            DAILY: replace(
                settings.channels["telegram"],
                name=DAILY,
                network="dry",
                account=DAILY,
                nudges=False,
                posts=True,
                daily=5,
            ),
        },
        privacy=Privacy(controller="-", contact="-", retention=365, url=None),
    )
    made = app.open_live(
        settings,
        open_library(settings, settings.active),
        environ={"DRUMBEAT_TELEGRAM_TOKEN": "1:TOKEN"},
    )
    began = time.perf_counter()
    with made.store.transaction():
        _people(made, people)
        _past(made, OWN, 1, ASKERS)
        _past(made, past // (people - ASKERS), ASKERS + 1, people)
        _posts(made, past // POST_OF)
        _count(made)
    plan.run(made, NOW)
    print(f"{past:,} past deliveries written in {time.perf_counter() - began:.0f} s", flush=True)
    return made


_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)"


def _people(made: Services, count: int) -> None:
    database, channel = made.store.database, made.channel_ids["telegram"]
    database.execute(
        "INSERT INTO place (channel, audience, zone, minute) VALUES (:channel, 1, 'UTC', 540)",
        {"channel": channel},
    )
    database.execute(
        f"{_NUMBERS} INSERT INTO person (channel, address, language, country, place, joined) SELECT"
        " :channel, CAST(10000000 + i AS TEXT), 'en', 'DE', (SELECT max(id) FROM place), 0 FROM n",
        {"channel": channel, "count": count},
    )


def _occurrences(made: Services, count: int, kind: str) -> tuple[int, int]:
    """Add so many occurrences, one for each hour before the first of this year; return the first
    and last of their numbers.
    """
    database = made.store.database
    before = int(database.value("SELECT coalesce(max(id), 0) FROM occurrence"))
    database.execute(
        f"{_NUMBERS} INSERT INTO occurrence (campaign, action, audience, slot, day, grace, nudge,"
        " post, named, opens, closes) SELECT 'past', :kind, 1, i, '2020-06-01', 86400, 1, 1, 1,"
        " :end - i * 3600 - 200000, :end - i * 3600 FROM n",
        {
            "count": count,
            "kind": f"{kind}-{before}",
            "end": epoch(datetime(2021, 1, 1, tzinfo=UTC)),
        },
    )
    return before + 1, before + count


def _past(made: Services, occurrences: int, start: int, stop: int) -> None:
    """Let the people of these numbers have had a message of each of so many occurrences."""
    if not occurrences:
        return
    first, last = _occurrences(made, occurrences, "nudge")
    params = {
        "first": first,
        "last": last,
        "start": start,
        "stop": stop,
        "channel": made.channel_ids["telegram"],
    }
    for table, rest in (
        ("delivery", f"{int(State.SENT)}, 1, o.opens, o.closes"),
        ("result", "o.opens + 5, 'r' || p.id, NULL, NULL, NULL"),
    ):
        made.store.database.execute(
            f"INSERT INTO {table} SELECT o.id, :channel, p.id, {rest} FROM occurrence o CROSS JOIN"
            " person p WHERE o.id BETWEEN :first AND :last AND p.id BETWEEN :start AND :stop ORDER"
            " BY o.id, p.id",
            params,
        )


def _posts(made: Services, count: int) -> None:
    if not count:
        return
    first, last = _occurrences(made, count, "post")
    params = {"first": first, "last": last, "channel": made.channel_ids[DAILY]}
    for insert in (
        "INSERT INTO delivery (occurrence, channel, recipient, state, attempts, due, expires)"
        f" SELECT id, :channel, 0, {int(State.SENT)}, 1, opens, closes",
        "INSERT INTO result SELECT id, :channel, 0, opens + 5, 'r', 'https://post.example', NULL,"
        " 'A post'",
    ):
        made.store.database.execute(
            f"{insert} FROM occurrence WHERE id BETWEEN :first AND :last", params
        )


def _count(made: Services) -> None:
    """Let the past become counts, as the job `history` does, without its pauses."""
    for occurrence in made.store.history.to_count(epoch(NOW - OVER)):
        for _ in made.store.history.count(occurrence):
            pass


def asked(made: Services) -> dict[str, Ask]:
    """Return what is asked of a file, by name."""
    store, moment = made.store, epoch(NOW)
    entry = ChatEntry(lambda: made, "telegram", bot="d_bot", staff=True)
    asker = iter(range(1_000_000))

    def say(*words: str) -> None:
        for word in words:
            address = str(10_000_001 + next(asker) % ASKERS)
            event = Command(name=word[1:]) if word.startswith("/") else Text(text=word)
            arrival = Arrival(address=address, user=address, event=event, language="en")
            [outgoing] = entry.handle([arrival], NOW)
            assert outgoing, word

    def hold_and_release() -> None:
        what = Scope(action="mayday")
        assert holds.hold(made, what, NOW)
        assert holds.release(made, what, NOW, send_late=True).lifted

    def claim() -> None:
        channel = made.settings.channels[DAILY]
        left = posts_left(made, channel, moment)
        held = store.holds.current()
        store.outbox.claim(made.channel_ids[DAILY], moment, 10, held, posts=left)

    def say_status() -> None:
        report = status.run(made.settings, made.library, store, NOW, dry=made.dry)
        assert report.as_json()

    return {
        "a reply": lambda: say("/today", "/progress", "hello there", "/settings"),
        "`status`": say_status,
        "`/export`": lambda: say("/export"),
        "`/stats`": lambda: say("/stats"),
        "hold and release": hold_and_release,
        "a claim on a channel with `daily`": claim,
    }


def measured(ask: Ask) -> float:
    """CPU seconds that the answer takes."""
    began = time.process_time()
    ask()
    return time.process_time() - began


async def main(past: int, people: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        houses = [services(Path(folder), f"{n}", people, n) for n in (0, past)]
        asks = [asked(made) for made in houses]
        for what in asks[0]:
            both = [each[what] for each in asks]
            for ask in both:
                ask()  # what is made once and kept
            times = [[measured(ask) for ask in both] for _ in range(rounds)]
            empty, full = (statistics.median(column) for column in zip(*times, strict=True))
            print(
                f"{what}: {empty * 1e3:.2f} ms of CPU, with {past:,} past deliveries"
                f" {full * 1e3:.2f} ms, {full / empty:.2f} (at most {TARGET})",
                flush=True,
            )
        for made in houses:
            await app.close(made)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--past", type=int, default=300_000)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=30)
    given = parser.parse_args()
    asyncio.run(main(given.past, given.people, given.rounds))
