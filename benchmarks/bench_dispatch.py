"""Nudges to Telegram through the dispatch job (rendered, claimed, sent, settled durably), against
raw aiohttp with a JSON body made beforehand and against python-telegram-bot's own loop, all on one
fast fake server in one run.

Prints, for each, messages a second and CPU seconds per 1,000 messages of this process, and what
share of its own time the server worked; then the ratios to the raw client. The last row sends at
Telegram's pace of 30 a second: which share of the limit is reached, and how many left in the
busiest second by the time of their arrival.

    python benchmarks/bench_dispatch.py [--messages 12000] [--latency 0] [--flying 100] [--pace 20]
"""

import argparse
import asyncio
import json
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import aiohttp
import fast_server
from fast_server import MESSAGE, TOKEN, cpu
from telegram import Bot
from typing_extensions import override

from bot import app
from bot.cli.common import open_library
from bot.config import Privacy, load
from bot.jobs.operations import startup
from bot.jobs.planning import plan
from bot.jobs.rehearsal import population
from bot.jobs.sending import dispatch as job
from bot.jobs.sending.dispatch import Dispatcher
from bot.jobs.services import Services
from bot.networks.telegram.network import Network
from bot.networks.telegram.transport import AiohttpRequest

CAMPAIGN = "endchildlabour2021"
DUE = datetime(2021, 5, 1, 10, tzinfo=UTC)
ROUNDS = 5
"""Each measurement is made so often, all in turn; medians are shown."""

UNPACED = 1_000_000.0
TEXT = "Today is the World Day Against Child Labour. " * 8


# the server


class Server(fast_server.Server):
    """Answers each message after a while, and notes when it arrived."""

    latency = 0.0
    arrived: list[float]

    @override
    def came(self, method: str) -> None:
        type(self).arrived.append(time.monotonic())
        if self.latency:
            asyncio.get_running_loop().call_later(self.latency, self.answer, MESSAGE)
        else:
            self.answer(MESSAGE)


def serve(pipe: Connection, latency: float) -> None:
    """Tell the port; then give the arrivals since the last time, and our own CPU seconds."""

    async def run() -> None:
        Server.latency, Server.arrived = latency, []
        loop = asyncio.get_running_loop()
        server = await loop.create_server(Server, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        while True:
            await asyncio.sleep(0.01)
            while pipe.poll():
                if pipe.recv() is None:
                    return
                pipe.send((Server.arrived, cpu()))
                Server.arrived = []

    asyncio.run(run())


def arrivals(pipe: Connection) -> tuple[list[float], float]:
    pipe.send(True)
    arrived, cpu = pipe.recv()
    return arrived, cpu


# who sends


async def raw(port: int, count: int, flying: int) -> None:
    """Post one body, made beforehand, as often as that."""
    body = json.dumps({"chat_id": "10000000", "text": TEXT}).encode()
    url, head = f"http://127.0.0.1:{port}/bot{TOKEN}/sendMessage", {"Content-Type": "text/json"}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def one() -> None:
            async with session.post(url, data=body, headers=head) as response:
                await response.read()

        await _at_once(one, count, flying)


async def library(port: int, count: int, flying: int) -> None:
    """Send by python-telegram-bot over our transport, without a database."""
    request = AiohttpRequest()
    bot = Bot(TOKEN, base_url=f"http://127.0.0.1:{port}/bot", request=request)

    async def one() -> None:
        await bot.send_message("10000000", TEXT)

    await _at_once(one, count, flying)
    await request.shutdown()


async def _at_once(one: Callable[[], Awaitable[None]], count: int, flying: int) -> None:
    left = iter(range(count))

    async def worker() -> None:
        for _ in left:
            await one()

    await asyncio.gather(*(worker() for _ in range(flying)))


def services(folder: Path, port: int, people: int, per_second: float) -> Services:
    """A file with so many subscribers, who all get a nudge at `DUE`."""
    settings, problems = load(None)
    assert settings, problems
    channel = replace(settings.channels["telegram"], base_url=f"http://127.0.0.1:{port}")
    settings = replace(
        settings,
        database=folder / f"{people}.db",
        active=(CAMPAIGN,),
        channels={"telegram": channel},
        privacy=Privacy(controller="-", contact="-", retention=365, url=None),
    )
    Network.LIMITS = replace(Network.LIMITS, per_second=per_second)
    made = app.open_live(
        settings,
        open_library(settings, settings.active),
        environ={"DRUMBEAT_TELEGRAM_TOKEN": TOKEN},
    )
    crowd = population.people(
        people, 1, channels=[made.channel_ids["telegram"]], languages=["en", "fr", "es"], joined=0
    )
    made.store.people.add(
        replace(one, address=str(10_000_000 + n), zone="Europe/Paris", minute=540)
        for n, one in enumerate(crowd)
    )
    plan.run(made, DUE - timedelta(days=2))
    plan.run(made, DUE)
    return made


def due(made: Services) -> int:
    return int(made.store.database.value("SELECT count(*) FROM delivery WHERE state = 3"))


async def dispatch(made: Services, flying: int, seconds: float) -> None:
    """Run a turn of the dispatch job until nothing is due, or for so long."""
    Network.IN_FLIGHT = job.MOST_FLYING = flying
    began = time.monotonic()

    def clock() -> datetime:
        return DUE + timedelta(seconds=time.monotonic() - began)

    dispatcher, stopping = Dispatcher(made, "telegram", clock()), asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, stopping.set)
    await dispatcher.turn(clock, stopping)


# what is measured


async def timed(pipe: Connection, work: Awaitable[None]) -> tuple[int, float, float, float]:
    """Messages that arrived, seconds, our CPU seconds, and the server's."""
    _, before = arrivals(pipe)
    began, before_us = time.perf_counter(), cpu()
    await work
    seconds, spent = time.perf_counter() - began, cpu() - before_us
    arrived, after = arrivals(pipe)
    return len(arrived), seconds, spent, after - before


async def compare(pipe: Connection, port: int, given: argparse.Namespace) -> None:
    figures: dict[str, list[tuple[int, float, float, float]]] = {}
    for number in range(given.rounds):
        with tempfile.TemporaryDirectory() as folder:
            made = services(Path(folder), port, given.messages, UNPACED)
            startup.keep_what_is_loaded()  # as a process does at its start
            for name, work in (
                ("raw aiohttp, JSON", raw(port, given.messages, given.flying)),
                ("python-telegram-bot, our transport", library(port, given.messages, given.flying)),
                ("dispatch job", dispatch(made, given.flying, 600.0)),
            ):
                figures.setdefault(name, []).append(await timed(pipe, work))
            assert due(made) == 0, "something did not leave"
            await app.close(made)
        print(f"round {number + 1} of {given.rounds}", flush=True)
    cost = {
        name: statistics.median(1000 * f[2] / f[0] for f in rows) for name, rows in figures.items()
    }
    for name, rows in figures.items():
        rate = statistics.median(f[0] / f[1] for f in rows)
        busy = statistics.median(f[3] / f[1] for f in rows)
        print(
            f"{name}: {rows[0][0]:,} messages, {rate:,.0f} a second,"
            f" {cost[name]:.3f} s of CPU per 1,000; server {busy:.0%} busy"
        )
    base = cost["raw aiohttp, JSON"]
    for name, seconds in cost.items():
        print(f"{name} against raw aiohttp, in CPU: {base / seconds:.2f}")


async def pace(pipe: Connection, port: int, seconds: float) -> None:
    """Send at Telegram's limit for so long."""
    limit = 30.0
    with tempfile.TemporaryDirectory() as folder:
        made = services(Path(folder), port, int(limit * seconds) + 200, limit)
        arrivals(pipe)
        before_us = cpu()
        await dispatch(made, 30, seconds)
        spent = cpu() - before_us
        arrived, _ = arrivals(pipe)
        await app.close(made)
    busiest = max(sum(1 for at in arrived if t <= at < t + 1) for t in arrived)
    print(
        f"at a limit of {limit:.0f} a second for {seconds:.0f} s: {len(arrived):,} sent,"
        f" {len(arrived) / seconds / limit:.3f} of the limit; busiest second {busiest};"
        f" {1000 * spent / len(arrived):.2f} s of CPU per 1,000"
    )


async def run(given: argparse.Namespace) -> None:
    pipe, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(
        target=serve, args=(theirs, given.latency / 1000), daemon=True
    )
    process.start()
    port = pipe.recv()
    if given.messages:
        await compare(pipe, port, given)
    if given.pace:
        await pace(pipe, port, given.pace)
    pipe.send(None)
    process.join(5)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=12_000, help="0 leaves the comparison out")
    parser.add_argument("--latency", type=float, default=0.0, help="milliseconds")
    parser.add_argument("--flying", type=int, default=100, help="messages in flight")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--pace", type=float, default=20.0, help="seconds; 0 leaves it out")
    asyncio.run(run(parser.parse_args()))
