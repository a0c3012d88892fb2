"""Updates through the chat, store included, against a bare python-telegram-bot echo handler on the
same server and transport, in one run.

Prints, for each, updates a second and CPU milliseconds an update; then the two ratios that must
hold: at least 0.4 of the echo's rate, and at most 1.2 times dearer with a million subscribers in
the file than with a thousand. The server runs in a process of its own.

    python benchmarks/bench_chat.py [--updates 10000] [--large 1000000]
"""

import argparse
import asyncio
import json
import multiprocessing
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import fast_server
from fast_server import MESSAGE, TOKEN, cpu
from telegram import Update
from telegram.ext import ApplicationBuilder, CallbackContext, MessageHandler, filters
from typing_extensions import override

from bot import app
from bot.chat.telegram.chat import Chat
from bot.cli.common import open_library
from bot.config import Privacy, load
from bot.conversation.actions.today import reference
from bot.conversation.words import bind
from bot.jobs.rehearsal import population
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.sending.dispatch.line import Line
from bot.jobs.services import Services
from bot.model.person import NewPerson
from bot.networks.telegram.network import Network
from bot.networks.telegram.transport import AiohttpRequest
from bot.rules.identity import slot_of

NOW = datetime(2021, 5, 1, 10, tzinfo=UTC)
PEOPLE = 1_000
"""People who write; the others are only there."""

UNPACED = 1_000_000.0
"""A limit of messages a second that holds nothing up."""

CAMPAIGN = "endchildlabour2021"
FIRST = 10_000_000


def updates(count: int) -> list[dict[str, Any]]:
    """What people send: commands, words, presses, in turn."""
    press = f"today:see:{reference(CAMPAIGN, 'labour-day', slot_of(NOW.date()))}"
    asked: list[dict[str, Any]] = []
    for n in range(count):
        number = FIRST + n % PEOPLE
        chat = {"id": number, "type": "private", "first_name": "A"}
        user = {"id": number, "is_bot": False, "first_name": "A", "language_code": "en"}
        message = {"message_id": n + 1, "date": 1, "chat": chat, "from": user}
        kind = n // PEOPLE % 5
        if kind == 4:  # noqa: PLR2004 - every fifth round is a press
            query = {
                "id": str(n),
                "from": user,
                "chat_instance": "1",
                "data": bind(press, str(number)),
                "message": {**message, "text": "x"},
            }
            asked.append({"update_id": n + 1, "callback_query": query})
        else:
            asked.append(
                {
                    "update_id": n + 1,
                    "message": {
                        **message,
                        "text": ("/progress", "/today", "hello there", "/settings")[kind],
                    },
                }
            )
    return asked


def texts(count: int) -> list[dict[str, Any]]:
    """The same people with words only, for the echo."""
    return [
        (
            u
            if "message" in u
            else {"update_id": u["update_id"], "message": u["callback_query"]["message"]}
        )
        for u in updates(count)
    ]


# the server


class Server(fast_server.Server):
    """Gives what people send, a hundred at a time, and counts what they are answered."""

    batches: list[bytes]
    replies = 0

    @override
    def came(self, method: str) -> None:
        kind = type(self)
        match method:
            case "getUpdates":
                self.answer(kind.batches.pop(0) if kind.batches else b'{"ok":true,"result":[]}')
            case "getMe":
                self.answer(
                    b'{"ok":true,"result":{"id":1,"is_bot":true,'
                    b'"first_name":"D","username":"d_bot"}}'
                )
            case "sendMessage" | "editMessageText":
                kind.replies += 1
                self.answer(MESSAGE)
            case _:
                self.answer(b'{"ok":true,"result":true}')


def serve(pipe: Connection) -> None:
    """Tell the port; then take a list of updates, or give the number of replies."""

    async def run() -> None:
        loop = asyncio.get_running_loop()
        Server.batches = []
        server = await loop.create_server(Server, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        while True:
            await asyncio.sleep(0.005)
            while pipe.poll():
                asked = pipe.recv()
                if asked is None:
                    return
                if isinstance(asked, list):
                    Server.replies = 0
                    Server.batches = [
                        json.dumps({"ok": True, "result": asked[n : n + 100]}).encode()
                        for n in range(0, len(asked), 100)
                    ]
                    pipe.send(True)
                else:
                    pipe.send(Server.replies)

    asyncio.run(run())


def replies(pipe: Connection) -> int:
    pipe.send("replies")
    return int(pipe.recv())


# what is measured


async def measured(
    pipe: Connection, load_up: list[dict[str, Any]], run: Callable[[], Awaitable[None]]
) -> tuple[float, float]:
    """Updates a second and CPU milliseconds an update, of this process."""
    pipe.send(load_up)
    pipe.recv()
    began, before = time.perf_counter(), cpu()
    task = asyncio.ensure_future(run())
    while replies(pipe) < len(load_up) * 0.999:
        await asyncio.sleep(0.02)
        if task.done() and task.exception():
            raise task.exception() or RuntimeError
        if time.perf_counter() - began > 300:  # noqa: PLR2004 - something is wrong
            raise TimeoutError(f"{replies(pipe)} of {len(load_up)} were answered")
    seconds, spent = time.perf_counter() - began, cpu() - before
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return len(load_up) / seconds, spent / len(load_up) * 1000


def echo(port: int, *, concurrent: bool) -> Callable[[], Awaitable[None]]:
    async def answer(update: Update, _: CallbackContext[Any, Any, Any, Any]) -> None:
        if update.message and update.message.text:
            await update.message.reply_text(update.message.text)

    async def run() -> None:
        base = f"http://127.0.0.1:{port}/bot"
        builder = (
            ApplicationBuilder()
            .token(TOKEN)
            .base_url(base)
            .request(AiohttpRequest())
            .get_updates_request(AiohttpRequest())
        )
        bot = builder.concurrent_updates(concurrent).build()
        bot.add_handler(MessageHandler(filters.TEXT, answer))
        await bot.initialize()
        await bot.start()
        try:
            assert bot.updater is not None
            await bot.updater.start_polling(timeout=0)
            await asyncio.Event().wait()
        finally:
            await bot.updater.stop()
            await bot.stop()
            await bot.shutdown()

    return run


def services(folder: Path, port: int, others: int) -> Services:
    """A file with so many subscribers, of whom `PEOPLE` will write."""
    Network.LIMITS = replace(Network.LIMITS, per_second=UNPACED)
    settings, problems = load(None)
    assert settings, problems
    channel = replace(settings.channels["telegram"], base_url=f"http://127.0.0.1:{port}")
    privacy = Privacy(controller="-", contact="-", retention=365, url=None)
    settings = replace(
        settings,
        database=folder / f"{others}.db",
        active=(CAMPAIGN,),
        channels={"telegram": channel},
        privacy=privacy,
    )
    made = app.open_live(
        settings,
        open_library(settings, settings.active),
        environ={"DRUMBEAT_TELEGRAM_TOKEN": TOKEN},
    )
    crowd = population.people(
        others - PEOPLE,
        1,
        channels=[made.channel_ids["telegram"]],
        languages=["en", "fr", "es"],
        joined=0,
    )
    first = next(
        population.people(1, 1, channels=[made.channel_ids["telegram"]], languages=["en"], joined=0)
    )
    writers = [_writer(first, n) for n in range(PEOPLE)]
    # those who write are spread over the whole file
    while part := list(islice(crowd, max(1, others // 100))):
        made.store.people.add([*part, *writers[:10]])
        writers = writers[10:]
    made.store.people.add(writers)
    return made


def _writer(first: NewPerson, n: int) -> NewPerson:
    return replace(first, address=str(FIRST + n), zone="Europe/Paris", language="en")


async def chat(pipe: Connection, made: Services, count: int) -> tuple[float, float]:
    began = time.monotonic()

    def clock() -> datetime:
        return NOW + timedelta(seconds=time.monotonic() - began)

    talk = Chat(lambda: made, "telegram", clock, Line(Dispatcher(made, "telegram", NOW), clock))
    return await measured(pipe, updates(count), talk.run)


async def run(count: int, large: int) -> None:
    pipe, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    port = pipe.recv()
    rates = {}
    for name, concurrent in (("echo, one after the other", False), ("echo, all at once", True)):
        rates[name] = await measured(pipe, texts(count), echo(port, concurrent=concurrent))
        _show(name, rates[name])
    with tempfile.TemporaryDirectory() as folder:
        for others in (PEOPLE, large):
            made = services(Path(folder), port, others)
            name = f"chat, {others:,} subscribers"
            rates[name] = await chat(pipe, made, count)
            _show(name, rates[name])
            await app.close(made)
    small, big = rates[f"chat, {PEOPLE:,} subscribers"], rates[f"chat, {large:,} subscribers"]
    best = max(rates["echo, one after the other"][0], rates["echo, all at once"][0])
    print(f"rate against the faster echo: {small[0] / best:.2f} (at least 0.40)")
    print(
        f"dearer with {large:,} subscribers: {big[1] / small[1]:.2f} in CPU,"
        f" {small[0] / big[0]:.2f} in time (at most 1.20)"
    )
    pipe.send(None)
    process.join(5)


def _show(name: str, figures: tuple[float, float]) -> None:
    print(f"{name}: {figures[0]:,.0f} updates/s, {figures[1]:.3f} ms CPU an update", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--updates", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    given = parser.parse_args()
    asyncio.run(run(given.updates, given.large))
