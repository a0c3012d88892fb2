"""`drumbeat worker`, `serve` and `run --only chat` as processes of their own, and where they refuse."""

import asyncio
import json
import time
from collections import Counter
from contextlib import AsyncExitStack, closing, suppress

import aiohttp
import house
import pytest
from fakes.base import free_port
from live import LIVE, Process, Slow, a_minute_ago, action, command, until, write

from bot.model import State
from bot.store import Store

pytestmark = pytest.mark.process

PEOPLE = 150

WEB = """
[web]
public_url = "http://127.0.0.1:{port}"
listen = "127.0.0.1:{port}"
"""


@pytest.fixture
def env(server, database, tmp_path):
    """What every part is given: the address of the database, its keys, and the secrets."""
    return {
        **LIVE,
        "DRUMBEAT_DATABASE_URL": str(database),
        "DRUMBEAT_KEYS_FILE": str(tmp_path / "keys"),
    }


def states(store):
    return Counter(State(s).word for s in store.database.column("SELECT state FROM delivery"))


async def test_of_three_workers_one_is_killed_and_each_message_leaves_once(tmp_path, database, env):
    due = a_minute_ago()
    async with AsyncExitStack() as stack:
        far = await stack.enter_async_context(Slow(0.05))
        write(tmp_path, far.url, action(day=due, to=("nudge",)), due=due)
        store = stack.enter_context(closing(Store(database, keys=tmp_path / "keys")))
        store.channels.ensure([house.channel("chat")])
        minute = due.hour * 60 + due.minute
        store.people.add(house.person(n, minute=minute) for n in range(PEOPLE))
        for n in range(PEOPLE):
            far.chats[str(1000 + n)] = {"id": 1000 + n, "type": "private", "first_name": f"P{n}"}
        workers = [
            await stack.enter_async_context(Process(tmp_path, "worker", env=env)) for _ in range(3)
        ]
        chat = await stack.enter_async_context(Process(tmp_path, "run", "--only", "chat", env=env))

        def said():
            return "\n".join(one.err for one in (*workers, chat))

        await until(lambda: len(far.messages) > 20, said, 40)
        await until(lambda: len(store.processes.all()) == 4, said)
        _, out, err = await command(tmp_path, "status", "--json", env=env)
        parts = sorted(each["part"] for each in json.loads(out)["processes"])
        assert parts == ["run --only chat", "worker", "worker", "worker"], err
        await workers[0].kill()
        open_ = {"planned", "queued", "sending"}
        await until(lambda: not open_ & states(store).keys() and states(store), said)
        ends = [(await one.stop())[0] for one in (*workers[1:], chat)]
        assert ends == [0, 0, 0], said()
        ended, got = states(store), Counter(each["chat"] for each in far.messages.values())
    assert ended["sent"] + ended["uncertain"] == PEOPLE
    assert max(got.values()) == 1
    assert ended["sent"] <= len(got)


async def test_the_pages_are_a_process_of_their_own(tmp_path, env):
    port = free_port()
    config = write(tmp_path, "http://127.0.0.1:9", due=a_minute_ago())
    code, _, err = await command(tmp_path, "serve", env=env)
    assert code == 2
    assert "config.toml has no [web]" in err
    config.write_text(config.read_text("utf-8") + WEB.format(port=port), "utf-8")
    async with Process(tmp_path, "serve", "--log", "json", env=env) as pages:
        await pages.says(f"listen on 127.0.0.1:{port}")
        assert all("message" in json.loads(line) for line in pages.err.splitlines())
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{port}/desk") as answer,
        ):
            assert answer.status < 500
        assert (await pages.stop())[0] == 0


async def test_on_a_file_a_worker_refuses_and_says_what_to_do(tmp_path):
    write(tmp_path, "http://127.0.0.1:9", due=a_minute_ago())
    for line in (("worker",), ("run", "--only", "chat")):
        code, _, err = await command(tmp_path, *line)
        assert code == 2
        assert "is a file, which one process has to itself: `drumbeat run` does everything" in err


async def test_with_other_keys_than_the_databases_none_starts(tmp_path, database, env):
    write(tmp_path, "http://127.0.0.1:9", due=a_minute_ago())
    with closing(Store(database, keys=tmp_path / "keys")) as store:
        store.keys.settle()
    env = {**env, "DRUMBEAT_KEYS_FILE": str(tmp_path / "others")}
    code, _, err = await command(tmp_path, "worker", env=env)
    assert code == 1
    assert "keys" in err


async def test_on_a_server_one_process_does_all_and_the_pages_stand_beside_it(tmp_path, env):
    due = a_minute_ago()
    async with AsyncExitStack() as stack:
        far = await stack.enter_async_context(Slow(0.05))
        write(tmp_path, far.url, action(day=due), due=due)
        run = await stack.enter_async_context(Process(tmp_path, "run", env=env))
        await until(lambda: len(far.messages) == 1, lambda: run.err, 40)
        port = free_port()
        line = ("serve", "--listen", f"127.0.0.1:{port}", "--log", "json")
        pages = await stack.enter_async_context(Process(tmp_path, *line, env=env))
        session = await stack.enter_async_context(aiohttp.ClientSession())

        async def shown():
            with suppress(aiohttp.ClientError):
                async with session.get(f"http://127.0.0.1:{port}/trees/") as answer:
                    return "Trees for all." in await answer.text()

        end = time.monotonic() + 40
        while not await shown():
            assert time.monotonic() < end, pages.err
            await asyncio.sleep(0.1)
        _, out, err = await command(tmp_path, "status", "--json", env=env)
        assert [each["part"] for each in json.loads(out)["processes"]] == ["run"], err
        assert json.loads(out)["counts"]["sent"] == 1
        assert [(await one.stop())[0] for one in (pages, run)] == [0, 0], pages.err + run.err
