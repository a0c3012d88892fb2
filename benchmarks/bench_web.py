"""The public pages: what one takes against a bare Starlette route that answers the same bytes, and
how long readers wait while a broadcast leaves.

One process serves, as in a live run; another asks, with a connection for each request. The file has
many public pledges. First the pages are asked for as quickly as they come, in turn with the bare
route, which stands behind the same server: the ratio of requests per second of CPU shall be at
least 0.5 (pages that are made anew for each request are shown beside those that are kept). Then
readers ask now and then, without a broadcast and with one: the 99th percentile shall be at most 3
times as long.

    python benchmarks/bench_web.py [--pledges 10000] [--requests 400] [--rounds 5] [--seconds 20]
        [--rates 0 30 1000]
"""

import argparse
import asyncio
import json
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import bench_dispatch
from bench_replies import turns
from fast_server import cpu
from promises import VOCABULARY, Kind, let_be_found, pledges
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import app
from bot.gate import Bounds
from bot.jobs.operations import startup
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.services import Services
from bot.model import Audience
from bot.model.makers import PagePart
from bot.model.pledge import JourneyState, PledgeState
from bot.model.public import Shown
from bot.web import build
from bot.web.server import Server

LEAST, MOST = 0.5, 3
FLYING = 4
"""Requests under way at a time, where they come as quickly as they can."""

OFTEN = 20
"""Requests a second of those who read now and then."""

ORIGIN = "https://campaign.example"
BOUNDS = Bounds(each=1_000)
"""All readers have one address here."""


# who asks


async def ask(port: int, path: str) -> tuple[float, bytes]:
    """Seconds until the last byte, and the body; raises `AssertionError` for anything but 200."""
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: campaign.example\r\n\r\n".encode())
    head, _, body = (await reader.read(-1)).partition(b"\r\n\r\n")
    writer.close()
    assert head.startswith(b"HTTP/1.1 200 "), (path, head)
    return time.perf_counter() - began, body


def readers(pipe: Connection) -> None:
    """Ask for what comes through the pipe: (port, paths, how many at a time, seconds between two);
    give the seconds that each took. None ends it.
    """

    async def all_of(port: int, paths: list[str], flying: int, gap: float) -> list[float]:
        free, waited = asyncio.Semaphore(flying), []

        async def one(path: str) -> None:
            async with free:
                waited.append((await ask(port, path))[0])

        async with asyncio.TaskGroup() as group:
            for path in paths:
                group.create_task(one(path))
                await asyncio.sleep(gap)
        return waited

    while (asked := pipe.recv()) is not None:
        pipe.send(asyncio.run(all_of(*asked)))


async def read(pipe: Connection, port: int, paths: list[str], gap: float = 0.0) -> list[float]:
    """Let the other process ask for these; return the seconds that each took."""
    pipe.send((port, paths, FLYING if not gap else 1_000, gap))
    waited: list[float] = await asyncio.to_thread(pipe.recv)
    return waited


# who serves


@asynccontextmanager
async def serving(application: Any) -> Any:
    """Serve it on a port of its own."""
    server = Server(application, "127.0.0.1:0", BOUNDS)
    await server.start()
    try:
        yield server.port
    finally:
        await server.stop()


def bare(content: bytes) -> Starlette:
    """Answer these bytes, whatever is asked."""

    async def answer(request: Request) -> Response:  # noqa: ARG001 - Starlette's signature
        return Response(content, media_type="text/html")

    return Starlette(routes=[Route("/", answer)])


def publish(made: Services, count: int) -> None:
    """Let so many pledges of the campaign be public, all of them of organisations."""
    [campaign], store = made.active, made.store
    groups = [g.id for g in campaign.groups.values() if g.audience is Audience.ORGANIZATION]
    topics = tuple(topic.id for topic in campaign.topics)
    kind = Kind(campaign=campaign.id, groups=tuple(groups), topics=topics)
    numbered = dict(enumerate(pledges(kind, count), start=1))
    form = campaign.forms["pledge"]

    def answers(shown: Shown) -> str:
        words = shown.words.split()
        said = {
            PagePart.NAME: shown.title,
            PagePart.PLAN: " ".join(words[:15]),
            PagePart.IMPACT: " ".join(words[15:25]),
            PagePart.DESCRIPTION: " ".join(words[25:]),
            PagePart.TOPICS: " ".join(shown.topics),
            PagePart.PROGRESS: shown.progress,
        }
        asked = ((form.on_page(part), answer) for part, answer in said.items())
        return json.dumps({question.id: answer for question, answer in asked if question})

    with store.transaction():
        store.database.many(
            "INSERT INTO pledge (id, campaign, audience, stakeholder, organisation, country,"
            " language, answers, approved, state, joined, changed, journey, since) VALUES (:id,"
            " :campaign, :audience, :group, :name, :country, :language, :answers, :answers, :state,"
            " 0, 0, :journey, 0)",
            (
                {
                    **vars(shown),
                    "id": number,
                    "topics": "",
                    "audience": int(Audience.ORGANIZATION),
                    "name": f"Organisation {number}",
                    "answers": answers(shown),
                    "state": PledgeState.PUBLISHED,
                    "journey": JourneyState.ENDED,
                }
                for number, shown in numbered.items()
            ),
        )
        store.database.many(
            "INSERT INTO pledge_verification (pledge, method, by_whom, note, at) VALUES (:number,"
            " 'staff', 'staff:bench', '', 0)",
            ({"number": number} for number in numbered),
        )
        let_be_found(store, numbered)


# what is measured


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A page, as often as it is asked for: each time the same, or each time another."""

    name: str
    path: Callable[[int], str]


def asked(made: Services, count: int) -> list[Asked]:
    """Return the pages that are asked for, by what they are."""
    here = f"/en/{made.active[0].id}"
    return [
        Asked(name="the campaign", path=lambda _: f"{here}/"),
        Asked(name="a month", path=lambda _: f"{here}/calendar/organization/2021-05"),
        Asked(name="an action", path=lambda _: f"{here}/actions/learn-covid-pledges"),
        Asked(name="the wall", path=lambda _: f"{here}/pledges"),
        Asked(name="the wall, looked through", path=lambda _: f"{here}/pledges?q={VOCABULARY[3]}"),
        Asked(name="a pledge", path=lambda _: f"{here}/pledges/7"),
        Asked(name="another pledge each time", path=lambda n: f"{here}/pledges/{n % count + 1}"),
        Asked(
            name="another search each time",
            path=lambda n: f"{here}/pledges?q={VOCABULARY[n % len(VOCABULARY)]}",
        ),
    ]


async def rates(pipe: Connection, made: Services, given: argparse.Namespace) -> None:
    """Print what each page takes, and its ratio to the bare route."""
    application = build(lambda: made, lambda: bench_dispatch.DUE, ORIGIN, letters=False)
    numbers = iter(range(1, 1_000_000))
    async with serving(application) as port:
        for page in asked(made, given.pledges):
            _, content = await ask(port, page.path(0))
            async with serving(bare(content)) as beside:
                ours, floor = [], []
                for _ in range(given.rounds):
                    paths = [page.path(next(numbers)) for _ in range(given.requests)]
                    ours.append(await spent(pipe, port, paths))
                    floor.append(await spent(pipe, beside, ["/"] * given.requests))
            ratio = statistics.median(f / o for f, o in zip(floor, ours, strict=True))
            print(
                f"{page.name}: {len(content) / 1000:.0f} KB,"
                f" {1000 * statistics.median(ours):.2f} ms of CPU, the bare route"
                f" {1000 * statistics.median(floor):.2f}: {ratio:.2f} of its requests a second",
                flush=True,
            )


async def spent(pipe: Connection, port: int, paths: list[str]) -> float:
    """CPU seconds of this process for each of these."""
    began = cpu()
    await read(pipe, port, paths)
    return (cpu() - began) / len(paths)


async def waits(
    pipe: Connection, made: Services, rate: int, given: argparse.Namespace
) -> list[float]:
    """Seconds that readers wait, who ask for all kinds of pages, while a broadcast leaves."""
    began = time.monotonic()

    def clock() -> datetime:
        return bench_dispatch.DUE + timedelta(seconds=time.monotonic() - began)

    application = build(lambda: made, clock, ORIGIN, letters=False)
    pages = [page.path for page in asked(made, given.pledges)]
    count = round(OFTEN * given.seconds)
    async with serving(application) as port:
        await read(pipe, port, [path(n) for n, path in enumerate(pages * 2)])
        stopping = asyncio.Event()
        work = (
            asyncio.create_task(turns(Dispatcher(made, "telegram", clock()), clock, stopping))
            if rate
            else None
        )
        await asyncio.sleep(2)
        paths = [pages[n % len(pages)](n) for n in range(count)]
        waited = await read(pipe, port, paths, 1 / OFTEN)
        stopping.set()
        if work is not None:
            await work
    return waited


async def run(given: argparse.Namespace) -> None:
    context = multiprocessing.get_context("spawn")
    pipe, theirs = context.Pipe()
    network, far = context.Pipe()
    reading = context.Process(target=readers, args=(theirs,), daemon=True)
    answering = context.Process(target=bench_dispatch.serve, args=(far, 0.05), daemon=True)
    for process in (reading, answering):
        process.start()
    telegram, high = network.recv(), {}
    for n, rate in enumerate(given.rates):
        with tempfile.TemporaryDirectory() as folder:
            people = round(rate * (given.seconds + 12)) or 10
            made = bench_dispatch.services(Path(folder), telegram, people, rate or 30.0)
            publish(made, given.pledges)
            startup.keep_what_is_loaded()
            if n == 0:
                await rates(pipe, made, given)
            waited = await waits(pipe, made, rate, given)
            sent = made.store.database.value("SELECT count(*) FROM delivery WHERE state = 5")
            await app.close(made)
        high[rate] = statistics.quantiles(waited, n=100)[98]
        print(
            f"{'no broadcast' if not rate else f'broadcast at {rate:,} a second'}:"
            f" {len(waited)} pages, middle {1000 * statistics.median(waited):.0f} ms, 99th"
            f" percentile {1000 * high[rate]:.0f} ms"
            + (f", {high[rate] / high[given.rates[0]]:.1f} times; {sent:,} sent" if n else ""),
            flush=True,
        )
    print(f"at least {LEAST} of the requests a second, at most {MOST} times as long")
    for end in (pipe, network):
        end.send(None)
    for process in (reading, answering):
        process.join(5)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pledges", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rates", type=int, nargs="+", default=[0, 30, 1_000])
    asyncio.run(run(parser.parse_args()))
