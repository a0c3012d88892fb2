"""Several processes send from one database: each delivery leaves once, whoever is suspended or
killed meanwhile.
"""

import sqlite3
import time
from bisect import bisect_left
from collections import Counter
from contextlib import AsyncExitStack, asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path

import helpers
import house
import pytest
from live import Process, Slow, a_minute_ago, action, states, until, write
from tree import TOP

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]

PEOPLE = 240

PACE = 30
"""Messages a second that the network lets an account send."""

SLACK = 10
"""Messages that arrive in another second than that in which they left: a machine is busy, or a
process was suspended between its last look at what it may and the sending."""


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
    """A server that knows when it was asked for each message."""

    def __init__(self, delay: float) -> None:
        super().__init__(delay)
        self.came: list[float] = []

    async def answer(self, request):
        self.came.append(time.monotonic())
        return await super().answer(request)

    def most_in_a_second(self) -> int:
        return max(bisect_left(self.came, at + 1) - n for n, at in enumerate(self.came))


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
    # two that knew nothing of each other would send 57; what was on its way comes a little late
    assert server.most_in_a_second() <= PACE + SLACK
    with closing(sqlite3.connect(tmp_path / "drumbeat.db")) as connection:
        assert connection.execute("SELECT count(*) FROM lease").fetchone() == (0,)
