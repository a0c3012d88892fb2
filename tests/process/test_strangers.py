"""Strangers at the pages, and what is sent meanwhile: the whole process, with few descriptors."""

import asyncio
import contextlib
import socket
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path
from resource import RLIM_INFINITY

import helpers
import house
import live
import pytest
from clocks.undisturbed import undisturbed
from fakes.base import free_port
from live import LIVE, Process, Slow, action, states, until, write

from bot.gate import left_for_sending, share_of
from bot.jobs.operations import surroundings

pytestmark = [pytest.mark.process, pytest.mark.timeout(400)]

PEOPLE = 150
"""Five seconds' work, at Telegram's pace."""

DESCRIPTORS = 160
LONG = b"Accept-Language: " + b"a-b-c-d-e-f;q=0.5," * 850 + b"fr\r\n"
"""15 KB: a head may hold that much."""


@asynccontextmanager
async def sending(folder, *, descriptors=DESCRIPTORS, delay=0.0, webhook=None, health=None):
    """A process with few descriptors that has something for everybody; gives it and the port of
    its pages. The server thinks for `delay` seconds; `webhook` and `health` are ports, too.
    """
    due, port = live.a_minute_ago(), free_port()
    async with Slow(delay) as server:
        config = write(folder, server.url, action(day=due, to=("nudge",)), due=due)
        web = f'[web]\npublic_url = "https://pages.example"\nlisten = "127.0.0.1:{port}"\n'
        text = config.read_text("utf-8")
        if webhook is not None:
            chat = f'public_url = "https://chat.example"\nlisten = "127.0.0.1:{webhook}"'
            text = text.replace("[chat]", f"[chat]\n{chat}")
        if health is not None:
            web += f'[health]\nlisten = "127.0.0.1:{health}"\n'
        config.write_text(text + web, "utf-8")
        with helpers.live(config, LIVE) as services:
            minute = due.hour * 60 + due.minute
            services.store.people.add(house.person(n, minute=minute) for n in range(PEOPLE))
        for n in range(PEOPLE):
            chat = {"id": 1000 + n, "type": "private", "first_name": f"P{n}"}
            server.chats[str(chat["id"])] = chat
        async with Process(folder, "run", descriptors=descriptors) as run:
            await run.says("pages for letters listen")
            yield run, port
            code, seconds = await run.stop()
    assert (code, seconds < 5) == (0, True)


async def stays_silent(port):
    """Connects, says nothing, and comes back two seconds after it was put out."""
    while True:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        with contextlib.closing(writer), contextlib.suppress(ConnectionResetError):
            await reader.read()
        await asyncio.sleep(2)


async def asks(port, *headers):
    """The answer to somebody who asks for a page that isn't there."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with contextlib.closing(writer):
        writer.write(b"GET /leave/x HTTP/1.1\r\nHost: a\r\n" + b"".join(headers) + b"\r\n")
        async with asyncio.timeout(60):
            return await reader.read()


def asks_at_once(port, path="/leave/x"):
    """The answer to somebody whose question follows on their connection without any wait."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        return b"".join(iter(lambda: connection.recv(65_536), b""))


async def hammers(port):
    """Asks again and again, in languages without end."""
    while True:
        assert b'lang="en"' in await asks(port, LONG)


@asynccontextmanager
async def strangers(*work):
    """They do this at the same time, and none of them ends by itself."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield
        assert [task for task in tasks if task.done()] == []
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_silent_connections_stop_neither_sending_nor_the_pages(tmp_path):
    async with sending(tmp_path) as (run, port):
        async with strangers(*(stays_silent(port) for _ in range(3 * DESCRIPTORS))):
            await until(lambda: states(tmp_path) == ["sent"] * PEOPLE, lambda: run.err)
            # in a thread of its own: the silent ones keep the loop from asking at once
            for _ in range(20):
                answer = await asyncio.to_thread(asks_at_once, port)
                assert answer.startswith(b"HTTP/1.1 404 ")
        assert "places for connections are taken" in run.err
        assert " ERROR " not in run.err


@pytest.mark.filterwarnings("ignore::ResourceWarning")
async def test_eleven_hundred_silent_connections_at_all_doors_leave_sending_unharmed(tmp_path):
    webhook = free_port()
    async with sending(tmp_path, descriptors=1024, delay=2.0, webhook=webhook) as (run, port):
        await until(lambda: answers(webhook), lambda: run.err)
        doors = [port, webhook] * 550
        most, began = 0, time.monotonic()
        async with strangers(*(stays_silent(door) for door in doors)):
            while states(tmp_path) != ["sent"] * PEOPLE:
                most = max(most, opened(run.pid))
                assert time.monotonic() - began < live.PATIENCE, (
                    f"{most} descriptors {run.err[-2_000:]}"
                )
                await asyncio.sleep(0.1)
        # both doors, files and what is under way; who was put out lingers for a moment
        assert share_of(1024) < most < 700
        assert " ERROR " not in run.err


@pytest.mark.filterwarnings("ignore::ResourceWarning")
async def test_eleven_hundred_silent_connections_at_the_health_port_harm_nobody_else(tmp_path):
    webhook, health = free_port(), free_port()
    doors = {"descriptors": 1024, "delay": 2.0, "webhook": webhook, "health": health}
    async with sending(tmp_path, **doors) as (run, port):
        await until(lambda: answers(webhook) and answers(health), lambda: run.err)
        most, began = 0, time.monotonic()
        async with strangers(*(stays_silent(health) for _ in range(1100))):
            while states(tmp_path) != ["sent"] * PEOPLE:
                most = max(most, opened(run.pid))
                assert time.monotonic() - began < live.PATIENCE, (
                    f"{most} descriptors {run.err[-2_000:]}"
                )
                await asyncio.sleep(0.1)
            for path, door, status in (
                ("/leave/x", port, b"404"),
                ("/", webhook, b"404"),
                ("/healthz", health, b"200"),
                ("/metrics", health, b"200"),
            ):
                answer = await asyncio.to_thread(asks_at_once, door, path)
                assert answer.startswith(b"HTTP/1.1 %s " % status), (path, answer[:300])
        assert share_of(1024) < most < 500
        assert " ERROR " not in run.err


def opened(process):
    """How many descriptors a process holds."""
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


def answers(port):
    """Whether somebody listens there."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
        return True
    return False


@pytest.mark.parametrize(
    ("limit", "most"),
    [(64, 4), (160, 21), (256, 72), (1024, 480), (1_048_576, 1_047_762), (RLIM_INFINITY, 64_722)],
)
def test_what_all_doors_leave_for_sending(limit, most):
    assert left_for_sending(limit) == most


def test_too_low_a_limit_is_told_with_where_to_raise_it():
    [remark] = surroundings.descriptors(1024)
    assert (remark.wrong, remark.asks) == (False, False)
    assert "no more than 1,024 files and connections" in remark.text
    assert "480 messages are under way at once, not 600" in remark.text
    assert "LimitNOFILE=4096" in remark.text
    assert list(surroundings.descriptors(4096)) == []


def test_a_process_raises_its_limit_to_the_hard_one():
    code = (
        "import resource as r; from bot.gate import raise_limit\n"
        "r.setrlimit(r.RLIMIT_NOFILE, (200, 3000))\n"
        "print(raise_limit(), r.getrlimit(r.RLIMIT_NOFILE), raise_limit())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=live.environment(),
        check=True,
    )  # fmt: skip
    assert done.stdout == "3000 (3000, 3000) 3000\n"


async def test_languages_without_end_do_not_slow_what_is_sent(tmp_path):
    async with sending(tmp_path) as (run, port), strangers(*(hammers(port) for _ in range(4))):
        began = undisturbed()
        await until(lambda: states(tmp_path) == ["sent"] * PEOPLE, lambda: run.err)
        assert undisturbed() - began < 60
