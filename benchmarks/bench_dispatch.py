"""Nudges to Telegram through the dispatch job (rendered, claimed, sent, settled durably), against
raw aiohttp with a JSON body made beforehand, python-telegram-bot's own loop over our transport, and
the peers of `peers.py` (python-telegram-bot as it is installed, with its AIORateLimiter, aiogram),
all on one fast fake server, in turn, in one run.

Prints, for each, messages a second and CPU seconds per 1,000 messages of its process, and what
share of its own time the server worked; then the ratios to the raw client, and those of the peers
to the dispatch job: medians, least and most of all rounds. The last rows send at Telegram's pace of
30 a second: which share of the limit is reached, and how many left in the busiest second by the
time of their arrival; and at the pace of 1,000 a second that Telegram sells, also by the time of
sending, with the share of a core that it takes.

With `--queued` it says only how much memory a process takes at most that plans a nudge for so many,
all due at once, and sends some of them.

    python benchmarks/bench_dispatch.py [--messages 12000] [--latency 0] [--flying 100] [--pace 20]
        [--paid 20]
    python benchmarks/bench_dispatch.py --queued 1000000
"""

import argparse
import asyncio
import json
import multiprocessing
import statistics
import tempfile
import time
from bisect import bisect_left
from collections.abc import Awaitable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import aiohttp
import fast_server
import peers
from crowd import crowded
from fast_server import MESSAGE, TOKEN, cpu
from peers import TEXT, at_once
from telegram import Bot
from typing_extensions import override

from bot import app
from bot.cli.common import open_library
from bot.config import Privacy, load
from bot.jobs.broadcasts import offers
from bot.jobs.operations import startup
from bot.jobs.planning import plan
from bot.jobs.rehearsal import population
from bot.jobs.sending.dispatch import pace as job
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.services import Services
from bot.model import Message, Receipt
from bot.model.staff import Actor
from bot.networks.telegram.network import Network
from bot.networks.telegram.transport import AiohttpRequest

CAMPAIGN = "endchildlabour2021"
DUE = datetime(2021, 5, 1, 10, tzinfo=UTC)
ROUNDS = 5
"""Each measurement is made so often, all in turn; medians are shown."""

UNPACED = 1_000_000.0
LIMIT = 30.0
"""Telegram's, in messages a second."""

RAW = "raw aiohttp, JSON"
OURS = "dispatch job"

PEERS = (
    # name, way, share of the messages, most in flight
    ("aiogram", "aiogram", 0.25, 1_000),
    ("python-telegram-bot, 30 in flight", "ptb", 0.03, 30),
    ("python-telegram-bot, 100 in flight", "ptb", 0.05, 100),
    ("python-telegram-bot, AIORateLimiter lifted", "limiter-lifted", 0.03, 30),
)
"""What they take per message doesn't hang on how many there are, so the dear ones send fewer."""


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

        await at_once(one, count, flying)


async def library(port: int, count: int, flying: int) -> None:
    """Send by python-telegram-bot over our transport, without a database."""
    request = AiohttpRequest()
    bot = Bot(TOKEN, base_url=f"http://127.0.0.1:{port}/bot", request=request)

    async def one() -> None:
        await bot.send_message("10000000", TEXT)

    await at_once(one, count, flying)
    await request.shutdown()


def opened(path: Path, port: int, per_second: float, *, paid: bool = False) -> Services:
    """The services of a live run on a file, with the fake server in Telegram's place; `paid` where
    the channel may pay for a faster pace.
    """
    settings, problems = load(None)
    assert settings, problems
    channel = replace(
        settings.channels["telegram"], base_url=f"http://127.0.0.1:{port}", paid_broadcast=paid
    )
    settings = replace(
        settings,
        database=path,
        active=(CAMPAIGN,),
        channels={"telegram": channel},
        privacy=Privacy(controller="-", contact="-", retention=365, url=None),
    )
    Network.LIMITS = replace(Network.LIMITS, per_second=per_second)
    return app.open_live(
        settings,
        open_library(settings, settings.active),
        environ={"DRUMBEAT_TELEGRAM_TOKEN": TOKEN},
    )


def services(
    folder: Path, port: int, people: int, per_second: float, *, paid: bool = False
) -> Services:
    """A file with so many subscribers, who all get a nudge at `DUE`."""
    made = opened(folder / f"{people}.db", port, per_second, paid=paid)
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


async def dispatch(
    made: Services, flying: int, seconds: float, most: int = 0, *, account: str = "telegram"
) -> None:
    """Run a turn of the dispatch job until nothing is due, or for so long; `most` in flight where
    the pace needs more than `flying`.
    """
    Network.IN_FLIGHT, job.MOST_FLYING = flying, most or flying
    began = time.monotonic()

    def clock() -> datetime:
        return DUE + timedelta(seconds=time.monotonic() - began)

    dispatcher, stopping = Dispatcher(made, account, clock()), asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, stopping.set)
    await dispatcher.turn(clock, stopping)


# what is measured


Figures = tuple[int, float, float, float]


async def timed(pipe: Connection, work: Awaitable[None]) -> Figures:
    """Messages that arrived, seconds, our CPU seconds, and the server's."""
    _, before = arrivals(pipe)
    began, before_us = time.perf_counter(), cpu()
    await work
    seconds, spent = time.perf_counter() - began, cpu() - before_us
    arrived, after = arrivals(pipe)
    return len(arrived), seconds, spent, after - before


async def compare(pipe: Connection, port: int, given: argparse.Namespace) -> None:
    figures: dict[str, list[Figures]] = {}
    others = PEERS if given.peers else ()
    for number in range(given.rounds):
        with tempfile.TemporaryDirectory() as folder:
            made = services(Path(folder), port, given.messages, UNPACED)
            startup.keep_what_is_loaded()  # as a process does at its start
            for name, work in (
                (RAW, raw(port, given.messages, given.flying)),
                ("python-telegram-bot, our transport", library(port, given.messages, given.flying)),
                (OURS, dispatch(made, given.flying, 600.0)),
            ):
                figures.setdefault(name, []).append(await timed(pipe, work))
            assert due(made) == 0, "something did not leave"
            await app.close(made)
        for name, way, share, most in others:
            count, flying = round(given.messages * share), min(most, given.flying)
            figures.setdefault(name, []).append(await apart(pipe, way, port, count, flying))
        print(f"round {number + 1} of {given.rounds}", flush=True)
    for name, rows in figures.items():
        rate = statistics.median(f[0] / f[1] for f in rows)
        busy = statistics.median(f[3] / f[1] for f in rows)
        cost = shown([1000 * f[2] / f[0] for f in rows], 3)
        print(
            f"{name}: {rows[0][0]:,} messages, {rate:,.0f} a second,"
            f" {cost} s of CPU per 1,000; server {busy:.0%} busy"
        )
    for name in figures:
        if name != RAW:
            print(f"{name} against raw aiohttp, in CPU: {ratio(figures, RAW, name)}")
    for name, *_ in others:
        print(f"dispatch job against {name}, in CPU: {ratio(figures, name, OURS)}")


def ratio(figures: dict[str, list[Figures]], dear: str, cheap: str) -> str:
    """How many times as much the one took per message as the other, round by round."""
    pairs = zip(figures[dear], figures[cheap], strict=True)
    return shown([(a[2] / a[0]) / (b[2] / b[0]) for a, b in pairs], 2)


def shown(values: list[float], digits: int) -> str:
    """Median, least and most."""
    middle, *ends = (
        f"{n:.{digits}f}" for n in (statistics.median(values), min(values), max(values))
    )
    return f"{middle} ({ends[0]} to {ends[1]})"


async def apart(pipe: Connection, way: str, port: int, count: int, flying: int) -> Figures:
    """Measure a peer, in its own process, as `timed` measures us."""
    _, before = arrivals(pipe)
    seconds, spent = await peers.elsewhere(way, port, count, flying)
    arrived, after = arrivals(pipe)
    return len(arrived), seconds, spent, after - before


async def pace(pipe: Connection, port: int, given: argparse.Namespace) -> None:
    """Send at Telegram's limit for so long, then let python-telegram-bot's limiter do so."""
    seconds = given.pace
    with tempfile.TemporaryDirectory() as folder:
        made = services(Path(folder), port, int(LIMIT * seconds) + 200, LIMIT)
        arrivals(pipe)
        before_us = cpu()
        await dispatch(made, 30, seconds)
        spent = cpu() - before_us
        arrived, _ = arrivals(pipe)
        await app.close(made)
    paced(OURS, arrived, seconds, spent)
    if given.peers:
        count = int(LIMIT * seconds) + 200
        _, spent = await peers.elsewhere("limited", port, count, 100, seconds=seconds)
        arrived, _ = arrivals(pipe)
        paced("python-telegram-bot, AIORateLimiter", arrived, seconds, spent)


def paced(name: str, arrived: list[float], seconds: float, spent: float) -> None:
    print(
        f"{name} at a limit of {LIMIT:.0f} a second for {seconds:.0f} s: {len(arrived):,} sent,"
        f" {len(arrived) / seconds / LIMIT:.3f} of the limit; busiest second"
        f" {busiest(arrived)};"
        f" {1000 * spent / len(arrived):.2f} s of CPU per 1,000"
    )


def queued(path: Path, port: int, people: int) -> None:
    """Queue a nudge for so many people in the file, send for some seconds, and tell the peak."""
    made = opened(path, port, UNPACED)
    startup.keep_what_is_loaded()
    began = peak()
    for days in (2, 0):
        plan.run(made, DUE - timedelta(days=days))
    waiting, planned, sent = due(made), peak(), 0
    assert waiting >= people, f"only {waiting:,} are queued"

    async def send() -> None:
        await dispatch(made, 100, 20.0)
        nonlocal sent
        sent = waiting - due(made)
        await app.close(made)

    asyncio.run(send())
    print(
        f"{waiting:,} queued, {sent:,} of them sent: peak {peak():.0f} MB;"
        f" {planned:.0f} after planning, {began:.0f} at the start"
    )


def peak() -> float:
    """Return the most memory that this process has had, in MB (2²⁰ bytes).

    Linux tells it in /proc; `ru_maxrss` of a process is never less than its parent's was.
    """
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def memory(port: int, people: int) -> None:
    """Make a file with so many people in one process, and look at it in another."""
    fresh = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "crowd.db"
        for work, arguments in ((filled, (path, people)), (queued, (path, port, people))):
            process = fresh.Process(target=work, args=arguments)
            process.start()
            process.join()
            assert process.exitcode == 0, f"{work.__name__} failed"


def filled(path: Path, people: int) -> None:
    """Make a file with so many people in one zone."""
    crowded(path, people, zones=1).close()


def busiest(times: list[float]) -> int:
    """The most of these instants, in order, that lie within any one second."""
    return max(bisect_left(times, at + 1, n) - n for n, at in enumerate(times))


async def paid(pipe: Connection, port: int, seconds: float) -> None:
    """Send for so long at the pace that Telegram sells, after somebody said yes to the price."""
    limit, left = Network.PAID.per_second, list[float]()
    with tempfile.TemporaryDirectory() as folder:
        # of a population four in five are individuals, who get it
        people = int(1.3 * limit * seconds) + 2_000
        made = services(Path(folder), port, people, LIMIT, paid=True)
        await offers.run(made, DUE)
        [offer] = offers.listed(made.settings, made.store, DUE)
        print(offers.pay(made, offer.id, Actor("the bench"), DUE))
        startup.keep_what_is_loaded()
        network = made.networks["telegram"]
        send = network.send

        async def watched(message: Message) -> Receipt:
            left.append(time.monotonic())
            return await send(message)

        network.send = watched  # type: ignore[method-assign]
        arrivals(pipe)
        before_us = cpu()
        await dispatch(made, 60, seconds, 600)
        spent = cpu() - before_us
        arrived, _ = arrivals(pipe)
        counted = offers.listed(made.settings, made.store, DUE)[0].paid
        assert due(made), "all have left before the end"
        await app.close(made)
    print(
        f"{OURS} at a limit of {limit:.0f} a second, paid for, for {seconds:.0f} s: {len(left):,}"
        f" sent ({counted:,} counted as paid), {len(left) / seconds / limit:.3f} of the limit;"
        f" busiest second {busiest(left)} by the time of sending, {busiest(arrived)} by that of"
        f" arrival; {spent / seconds:.2f} of a core"
    )


async def run(given: argparse.Namespace) -> None:
    pipe, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(
        target=serve, args=(theirs, given.latency / 1000), daemon=True
    )
    process.start()
    port = pipe.recv()
    if given.queued:
        await asyncio.to_thread(memory, port, given.queued)
    elif given.messages:
        await compare(pipe, port, given)
    if given.pace and not given.queued:
        await pace(pipe, port, given)
    if given.paid and not given.queued:
        await paid(pipe, port, given.paid)
    pipe.send(None)
    process.join(5)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=12_000, help="0 leaves the comparison out")
    parser.add_argument("--latency", type=float, default=0.0, help="milliseconds")
    parser.add_argument("--flying", type=int, default=100, help="messages in flight")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--pace", type=float, default=20.0, help="seconds; 0 leaves it out")
    parser.add_argument("--queued", type=int, default=0, help="people; measures memory alone")
    parser.add_argument("--paid", type=float, default=20.0, help="seconds; 0 leaves it out")
    parser.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True)
    asked = parser.parse_args()
    if asked.peers and not asked.queued and not peers.PYTHON.exists():
        parser.error(f"{peers.PYTHON} is missing: `make bench` makes it; or leave --no-peers")
    asyncio.run(run(asked))
