"""How long people who write wait for an answer while a broadcast leaves on the same account.

In one process, as in a live run: the chat, and the dispatch job that broadcasts. The server lets
somebody write at random moments, and notes how long it takes until the answer arrives: without a
broadcast, with one at Telegram's 30 a second, and with one at 1,000 a second. Prints the middle and
the 99th percentile of each, and how much the broadcast adds.

    python benchmarks/bench_replies.py [--seconds 25] [--rates 0 30 1000] [--latency 50]
"""

import argparse
import asyncio
import json
import multiprocessing
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import bench_dispatch
import fast_server
from fast_server import MESSAGE
from typing_extensions import override

from bot import app
from bot.chat.telegram.chat import Chat
from bot.jobs.operations import startup
from bot.jobs.rehearsal import population
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.sending.dispatch.line import Line
from bot.jobs.services import Services

DUE = datetime(2021, 5, 1, 10, tzinfo=UTC)
WRITERS, FIRST = 200, 90_000_000
WHERE = "America/Los_Angeles"
"""Where those live who write: nothing is due there while we look."""

ASKED = ("/progress", "/today", "hello there", "/settings")
FIRST_ONES = 2 * len(ASKED)
"""Those who write first: what a process loads once for each kind of answer is not counted."""

OFTEN = {0: 5.0, 30: 2.0, 1_000: 5.0}
"""How many people write in a second; each answer counts for the pace."""


# the server


class Server(fast_server.Server):
    """Lets people write when they are told to, and notes when their answers arrive."""

    latency = 0.0
    written: list[dict[str, Any]]
    asks: list[fast_server.Server]
    asked: asyncio.Event
    wrote: dict[str, float]
    waited: list[float]
    broadcast = 0

    @override
    def came(self, method: str) -> None:
        kind = type(self)
        if method == "getUpdates":
            kind.asks.append(self)
            kind.asked.set()
            kind.give()
        elif method == "getMe":
            self.answer(
                b'{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"D","username":"d_bot"}}'
            )
        elif method == "sendMessage":
            chat = json.loads(self.body)["chat_id"]
            if (at := kind.wrote.pop(chat, None)) is not None:
                kind.waited.append(time.monotonic() - at)
            elif chat < str(FIRST):
                kind.broadcast += 1
            asyncio.get_running_loop().call_later(self.latency, self.answer, MESSAGE)
        else:
            self.answer(b'{"ok":true,"result":true}')

    @classmethod
    def give(cls) -> None:
        """Give what was written to who asks for it."""
        if cls.asks and cls.written:
            said = json.dumps({"ok": True, "result": cls.written}).encode()
            cls.written = []
            cls.asks.pop().answer(said)


def serve(pipe: Connection, latency: float) -> None:
    """Tell the port; then let so many people write, so many a second, and tell how they fared."""

    async def run() -> None:
        Server.latency, Server.written, Server.asks = latency, [], []
        Server.asked = asyncio.Event()
        loop = asyncio.get_running_loop()
        server = await loop.create_server(Server, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        chance, number = random.Random(11), 0
        while True:
            if (asked := await loop.run_in_executor(None, pipe.recv)) is None:
                return
            count, often = asked
            Server.wrote, Server.waited, Server.broadcast = {}, [], 0
            Server.asks, Server.asked = [], asyncio.Event()
            await Server.asked.wait()
            await asyncio.sleep(2)  # the broadcast is under way
            for n in range(-FIRST_ONES, count):
                if n == 0:
                    await asyncio.sleep(2)
                    Server.waited = []
                number += 1
                Server.written.append(update(number))
                Server.wrote[str(FIRST + number % WRITERS)] = time.monotonic()
                Server.give()
                await asyncio.sleep(chance.expovariate(often))
            await asyncio.sleep(3)
            pipe.send((Server.waited, len(Server.wrote), Server.broadcast))

    asyncio.run(run())


def update(number: int) -> dict[str, Any]:
    """What one of those who write says."""
    who = FIRST + number % WRITERS
    return {
        "update_id": number,
        "message": {
            "message_id": number,
            "date": 1,
            "chat": {"id": who, "type": "private", "first_name": "A"},
            "from": {"id": who, "is_bot": False, "first_name": "A", "language_code": "en"},
            "text": ASKED[number % len(ASKED)],
        },
    }


# the process


def services(folder: Path, port: int, rate: int, seconds: float) -> Services:
    """A file of those who write, and of as many who get a nudge as leave in that time."""
    made = bench_dispatch.services(folder, port, round(rate * (seconds + 12)), rate or 30.0)
    first = next(
        population.people(1, 1, channels=[made.channel_ids["telegram"]], languages=["en"], joined=0)
    )
    made.store.people.add(
        replace(first, address=str(FIRST + n), zone=WHERE, language="en") for n in range(WRITERS)
    )
    return made


async def waits(
    pipe: Connection, made: Services, rate: int, seconds: float
) -> tuple[list[float], int, int]:
    """Seconds that each answer took, answers that never came, and messages of the broadcast."""
    began = time.monotonic()

    def clock() -> datetime:
        return DUE + timedelta(seconds=time.monotonic() - began)

    dispatcher, stopping = Dispatcher(made, "telegram", clock()), asyncio.Event()
    talk = Chat(lambda: made, "telegram", clock, Line(dispatcher, clock))
    often = OFTEN.get(rate, 2.0)
    pipe.send((round(often * seconds), often))
    working = [
        asyncio.create_task(talk.run()),
        asyncio.create_task(turns(dispatcher, clock, stopping)),
    ]
    while not pipe.poll():
        await asyncio.sleep(0.1)
        for task in working:
            if task.done():
                task.result()
    stopping.set()
    await working[1]
    working[0].cancel()
    with suppress(asyncio.CancelledError):
        await working[0]
    figures: tuple[list[float], int, int] = pipe.recv()
    return figures


async def turns(
    dispatcher: Dispatcher, clock: Callable[[], datetime], stopping: asyncio.Event
) -> None:
    while not stopping.is_set():
        await dispatcher.turn(clock, stopping)
        await asyncio.sleep(1)


async def run(given: argparse.Namespace) -> None:
    pipe, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(
        target=serve, args=(theirs, given.latency / 1000), daemon=True
    )
    process.start()
    port, high = pipe.recv(), {}
    for rate in given.rates:
        with tempfile.TemporaryDirectory() as folder:
            made = services(Path(folder), port, rate, given.seconds)
            startup.keep_what_is_loaded()
            waited, lost, sent = await waits(pipe, made, rate, given.seconds)
            await app.close(made)
        high[rate] = statistics.quantiles(waited, n=100)[98]
        print(
            f"{'no broadcast' if not rate else f'broadcast at {rate:,} a second'}:"
            f" {len(waited)} answers, {lost} never; middle"
            f" {1000 * statistics.median(waited):.0f} ms, 99th percentile {1000 * high[rate]:.0f}"
            f" ms, most {1000 * max(waited):.0f} ms; {sent:,} messages of the broadcast",
            flush=True,
        )
    for rate in given.rates[1:]:
        added = 1000 * (high[rate] - high[given.rates[0]])
        print(f"added to the 99th percentile at {rate:,} a second: {added:.0f} ms")
    pipe.send(None)
    process.join(5)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=25.0, help="in which people write")
    parser.add_argument("--rates", type=int, nargs="+", default=[0, 30, 1_000])
    parser.add_argument("--latency", type=float, default=50.0, help="milliseconds of the server")
    asyncio.run(run(parser.parse_args()))
