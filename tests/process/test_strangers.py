"""Strangers at the pages, and what is sent meanwhile: the whole process, with few descriptors."""

import asyncio
import contextlib
import socket
import time
from contextlib import asynccontextmanager

import helpers
import house
import live
import pytest
from fakes.base import free_port
from live import LIVE, Process, Slow, action, states, until, write

pytestmark = [pytest.mark.process, pytest.mark.timeout(400)]

PEOPLE = 150
"""Five seconds' work, at Telegram's pace."""

DESCRIPTORS = 160
LONG = b"Accept-Language: " + b"a-b-c-d-e-f;q=0.5," * 850 + b"fr\r\n"
"""15 KB: a head may hold that much."""


@asynccontextmanager
async def sending(folder):
    """A process with few descriptors that has something for everybody; gives it and the port of
    its pages.
    """
    due, port = live.a_minute_ago(), free_port()
    async with Slow() as server:
        config = write(folder, server.url, action(day=due, to=("nudge",)), due=due)
        web = f'[web]\npublic_url = "https://pages.example"\nlisten = "127.0.0.1:{port}"\n'
        config.write_text(config.read_text("utf-8") + web, "utf-8")
        with helpers.live(config, LIVE) as services:
            minute = due.hour * 60 + due.minute
            services.store.people.add(house.person(n, minute=minute) for n in range(PEOPLE))
        for n in range(PEOPLE):
            chat = {"id": 1000 + n, "type": "private", "first_name": f"P{n}"}
            server.chats[str(chat["id"])] = chat
        async with Process(folder, "run", descriptors=DESCRIPTORS) as run:
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
        async with asyncio.timeout(20):
            return await reader.read()


def asks_at_once(port):
    """The answer to somebody whose question follows on their connection without any wait."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(b"GET /leave/x HTTP/1.1\r\nHost: a\r\n\r\n")
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


async def test_languages_without_end_do_not_slow_what_is_sent(tmp_path):
    async with sending(tmp_path) as (run, port), strangers(*(hammers(port) for _ in range(4))):
        began = time.monotonic()
        await until(lambda: states(tmp_path) == ["sent"] * PEOPLE, lambda: run.err)
        assert time.monotonic() - began < 60
