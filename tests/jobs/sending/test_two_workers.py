"""Several processes send from one database: each delivery leaves once, whoever is suspended or
killed meanwhile.
"""

import logging
import sqlite3
import time
from bisect import bisect_left
from collections import Counter
from contextlib import AsyncExitStack, asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import helpers
import house
import pytest
from live import Process, Slow, a_minute_ago, action, states, until, write
from tree import TOP

log = logging.getLogger(__name__)

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]

PEOPLE = 240

PACE = 30
"""Messages a second that the network lets an account send."""


class Worker(Process):
    module = "crash.worker"

    def __init__(self, folder: Path) -> None:
        path = f"{TOP}:{TOP / 'tests' / 'support'}"
        super().__init__(folder, "config.toml")
        self.env = {**self.env, "PYTHONPATH": path}

    def sending(self) -> set[int]:
        """Whom this process has in flight, as the database knows it."""
        with closing(sqlite3.connect(self.folder / "drumbeat.db", timeout=30)) as connection:
            return {
                person
                for (person,) in connection.execute(
                    "SELECT d.recipient FROM delivery d JOIN lease l ON l.id = d.claim WHERE"
                    " d.state = 4 AND l.holder LIKE :holder",
                    {"holder": f"% {self.pid}"},
                )
            }


class Counting(Slow):
    """A server that knows when each message came, and to whom."""

    def __init__(self, delay: float) -> None:
        super().__init__(delay)
        self.came: list[tuple[float, int]] = []

    def sendMessage(self, chat_id: str, **more: str):
        self.came.append((time.monotonic(), int(chat_id)))
        return super().sendMessage(chat_id, **more)


class Second(NamedTuple):
    """A second that begins with a message: how many came in it, and how many of these had been let
    leave before it began, and were on their way.
    """

    came: int
    past: int


def seconds(folder: Path, came: list[tuple[float, int]]) -> list[Second]:
    """All seconds of a server to which messages came. By Linux the processes' counters and the
    server's are one.
    """
    looked: dict[int, list[float]] = {}
    for file in folder.glob("looked.*"):
        for line in file.read_text("ascii").splitlines():
            at, recipient = line.split()
            looked.setdefault(int(recipient), []).append(float(at))
    with closing(sqlite3.connect(folder / "drumbeat.db")) as connection:
        people = {int(chat): n for n, chat in connection.execute("SELECT id, address FROM person")}
    left = [max(t for t in looked[people[chat]] if t <= at) for at, chat in came]
    times = [at for at, _ in came]
    spans = [range(n, bisect_left(times, at + 1)) for n, at in enumerate(times)]
    return [Second(len(span), sum(left[n] < times[span[0]] for n in span)) for span in spans]


@asynccontextmanager
async def due(folder: Path, people: int):
    """A server that thinks for a moment, and nudges that are due."""
    async with Counting(0.3) as server:
        at = a_minute_ago()
        config = write(folder, server.url, action(day=at, to=("nudge",)), due=at)
        for number in range(1000, 1000 + people):
            server.person(number)
        server.closed.clear()
        minute = at.hour * 60 + at.minute
        helpers.planned(
            config, datetime.now(UTC), [house.person(n, minute=minute) for n in range(people)]
        )
        yield server


def uncertain(folder: Path) -> int:
    return states(folder).count("uncertain")


async def test_who_is_suspended_or_killed_costs_what_was_in_flight_and_nothing_comes_twice(
    tmp_path,
):
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(due(tmp_path, PEOPLE))
        first, second = [await stack.enter_async_context(Worker(tmp_path)) for _ in range(2)]

        def said():
            return first.err + second.err

        await until(lambda: first.sending() and second.sending(), said)
        async with first.held():
            held = first.sending()
            await until(lambda: not first.sending(), said)
            assert uncertain(tmp_path) == len(held)
            await second.says("gives no sign of life")
        await until(first.sending, said)  # it goes on, under another lease
        await until(second.sending, said)
        lost = second.sending()
        await second.kill()
        await until(lambda: uncertain(tmp_path) > len(held), said)
        await until(lambda: set(states(tmp_path)) == {"sent", "uncertain"}, said)
        first_code, _ = await first.stop()
    assert first_code == 0, first.err
    came = Counter(text["chat"] for text in server.messages.values())
    assert set(came.values()) == {1}
    assert PEOPLE - uncertain(tmp_path) <= len(came) <= PEOPLE
    assert uncertain(tmp_path) <= len(held) + len(lost) + 40  # what it claimed before it died
    # two that knew nothing of each other would send 57 in a second
    told = seconds(tmp_path, server.came)
    worst = max(told, key=lambda each: each.came)
    log.info("most in a second: %d, of which %d were on their way before it", *worst)
    assert [each for each in told if each.came - PACE > each.past] == []
    with closing(sqlite3.connect(tmp_path / "drumbeat.db")) as connection:
        assert connection.execute("SELECT count(*) FROM lease").fetchone() == (0,)
