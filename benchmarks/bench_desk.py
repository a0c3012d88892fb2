"""The desk of the secretariat in a file with years behind it, against the same in an empty one.

One process serves the same desk over several files, as in a live run: an empty one (its calendar is
planned, as at the start of every process), one with a page's worth of each list, and one with many
deliveries, pledges and lines of the log. Another process asks for each page of each in turn. It
prints the medians of what people wait and of the CPU of the serving process: the full file shall
take at most 4 times as long as the empty one. Where a page shows more than an empty one has, the
ratio to the file with a page's worth tells what the size alone costs.

    python benchmarks/bench_desk.py [--deliveries 200000] [--pledges 10000] [--lines 200000]
        [--rounds 15] [--only outbox]
"""

import argparse
import asyncio
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from http import HTTPStatus
from multiprocessing.connection import Connection
from pathlib import Path

from bench_web import serving
from busy_desk import NOW, NUDGES, POSTS, Load, fill
from fast_server import cpu

from bot import app
from bot.cli.common import open_library
from bot.config import Privacy, Safeguarding, Web, load
from bot.jobs.operations import startup
from bot.jobs.planning import plan
from bot.jobs.services import Services
from bot.jobs.staff import logins
from bot.model.outbox import WRITABLE
from bot.model.staff import Member, StaffRole
from bot.web import build
from bot.web.desk import PAGES
from bot.web.desk.site import COOKIE

CAMPAIGN = "endchildlabour2021"
ORIGIN = "https://campaign.example"
TARGET = 4.0
ADA = Member(
    name="ada",
    email="ada@example.org",
    roles=frozenset({StaffRole.ADMIN, StaffRole.SAFEGUARDING}),
)
BEHIND = (
    "posts/{post}",
    "posts/{post}/edit",
    "pledges/{pledge}",
    "outbox?state=sent",
    "outbox?state=failed",
    "outbox?state=uncertain",
    "outbox?channel=telegram",
    "outbox?words=day",
    "outbox?day=2021-04-30",
    "outbox/waves",
    "calendar?month=2021-04",
    "calendar?month=2021-05",
    "calendar?week=2021-05-10",
    "pledges?journey=silent",
    "log?kind=post",
    "log?kind=hold",
    "results?month=2021-03",
    "compose/table",
)
"""Pages that stand in no menu, or show what is asked for."""

EMPTY = ("pledges/{pledge}", "posts/{post}/edit")
"""Pages of what an empty file hasn't: in the one with a page's worth, there is one."""


@dataclass(frozen=True, kw_only=True)
class House:
    """A file with its desk."""

    name: str
    services: Services
    #: the session of who asks
    cookie: str
    port: int
    #: a post and a pledge that are there, by the names in paths
    there: dict[str, str]


def services(file: Path) -> Services:
    """Services over a new file, with somebody who sees each page."""
    settings, problems = load(None)
    assert settings, problems
    telegram = settings.channels["telegram"]
    settings = replace(
        settings,
        database=file,
        active=(CAMPAIGN,),
        channels={
            NUDGES: replace(telegram, name=NUDGES, nudges=True, posts=False),
            POSTS: replace(
                telegram, name=POSTS, account=POSTS, network="dry", nudges=False, posts=True
            ),
        },
        privacy=Privacy(controller="-", contact="-", retention=365, url=None),
        safeguarding=Safeguarding(name="Ana", contact=77, retention=30),
        members=(ADA,),
        web=Web(public_url=ORIGIN, listen="127.0.0.1:0"),
    )
    library = open_library(settings, settings.active)
    return app.open_live(settings, library, environ={"DRUMBEAT_TELEGRAM_TOKEN": "1:TOKEN"})


async def settled(made: Services, name: str, stack: AsyncExitStack) -> House:
    """Serve its desk, at which somebody sits."""
    link = logins.link(made, ADA, ADA.actor, NOW)
    entered = logins.enter(made, link.rpartition("/")[2], NOW)
    assert entered is not None
    port = await stack.enter_async_context(serving(build(lambda: made, lambda: NOW, ORIGIN)))
    soon = made.store.listing.posts_between(int(NOW.timestamp()), 2**40)
    keys = [entry for entry in soon if entry.state in WRITABLE and entry.due > NOW.timestamp()]
    pledge = made.store.database.value("SELECT max(id) FROM pledge")
    there = {"post": str(keys[0].key) if keys else "", "pledge": str(pledge or "")}
    return House(name=name, services=made, cookie=f"{COOKIE}={entered[1]}", port=port, there=there)


def reader(pipe: Connection) -> None:
    """Ask for each (port, path, cookie) that comes through the pipe; give the status, how many
    bytes came and the seconds until the last. None ends it.
    """

    async def ask(port: int, path: str, cookie: str) -> tuple[int, int, float]:
        began = time.perf_counter()
        reading, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: campaign.example\r\nCookie: {cookie}\r\n"
            "Accept-Language: en\r\n\r\n".encode()
        )
        answer = await reading.read(-1)
        writer.close()
        return int(answer.split(b" ", 2)[1]), len(answer), time.perf_counter() - began

    while (asked := pipe.recv()) is not None:
        pipe.send(asyncio.run(ask(*asked)))


@dataclass(frozen=True, kw_only=True)
class Took:
    """What one answer took, in seconds, and how large it is."""

    waited: float
    cpu: float
    size: int


async def took(pipe: Connection, house: House, path: str) -> Took:
    """Ask once."""
    began = cpu()
    pipe.send((house.port, f"/desk/{path.format(**house.there)}", house.cookie))
    status, size, waited = await asyncio.to_thread(pipe.recv)
    assert status == HTTPStatus.OK, (house.name, path, status)
    return Took(waited=waited, cpu=cpu() - began, size=size)


async def measure(pipe: Connection, houses: Sequence[House], path: str, rounds: int) -> None:
    """Print what a page takes in each file, all in turn."""
    asked = houses[1:] if path in EMPTY else houses
    for house in asked:
        await took(pipe, house, path)  # what is made once and kept
    each = [[await took(pipe, house, path) for house in asked] for _ in range(rounds)]
    columns = list(zip(*each, strict=True))
    waited = [statistics.median(one.waited for one in column) for column in columns]
    spent = [statistics.median(one.cpu for one in column) for column in columns]
    sizes = " / ".join(f"{column[0].size / 1000:.0f}" for column in columns)
    times, ratio = waited[-1] / waited[0], spent[-1] / spent[0]
    print(
        f"{path.replace('{', '').replace('}', '') or 'today':<24}"
        f" {' / '.join(f'{one * 1e3:.1f}' for one in waited):>22} ms,"
        f" {' / '.join(f'{one * 1e3:.1f}' for one in spent):>22} ms of CPU, {sizes} KB:"
        f" {times:.2f}, {ratio:.2f} of CPU; {waited[-1] / waited[-2]:.2f} by size alone"
        f"{'' if times <= TARGET else '  ABOVE'}",
        flush=True,
    )


def loads(given: argparse.Namespace) -> dict[str, Load]:
    """Return what each file holds."""
    full = Load(
        deliveries=given.deliveries,
        posts=given.deliveries // 20,
        pledges=given.pledges,
        deciding=given.pledges // 50,
        lines=given.lines,
        waiting=500,
        shared=given.pledges // 2,
        looks=50,
        few=50,
    )
    page = Load(
        deliveries=2_000,
        posts=1_000,
        pledges=400,
        deciding=100,
        lines=200,
        waiting=500,
        shared=150,
        looks=50,
        few=50,
    )
    return {"empty": Load(), "a page's worth": page, "full": full}


async def run(given: argparse.Namespace) -> None:
    context = multiprocessing.get_context("spawn")
    pipe, theirs = context.Pipe()
    asking = context.Process(target=reader, args=(theirs,), daemon=True)
    asking.start()
    with tempfile.TemporaryDirectory() as folder:
        async with AsyncExitStack() as stack:
            houses = []
            for number, (name, much) in enumerate(loads(given).items()):
                made, began = services(Path(folder) / f"{number}.db"), time.perf_counter()
                stack.push_async_callback(app.close, made)
                plan.run(made, NOW)
                fill(made, much)
                houses.append(await settled(made, name, stack))
                print(f"{name}: written in {time.perf_counter() - began:.0f} s", flush=True)
            startup.keep_what_is_loaded()
            print(f"medians of {' / '.join(house.name for house in houses)}", flush=True)
            for path in (*(page.path for page in PAGES if page.menu), *BEHIND):
                if path.startswith(given.only):
                    await measure(pipe, houses, path, given.rounds)
    print(f"at most {TARGET} times as long")
    pipe.send(None)
    asking.join(5)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deliveries", type=int, default=200_000)
    parser.add_argument("--pledges", type=int, default=10_000)
    parser.add_argument("--lines", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", default="", help="the pages whose path begins so")
    asyncio.run(run(parser.parse_args()))
