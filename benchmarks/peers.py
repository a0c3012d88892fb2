"""Others who send the same text to the same server, each in a process of its own, for
`bench_dispatch.py`: python-telegram-bot as it is installed, with its own rate limiter, and aiogram.

    benchmarks/.venv/bin/python benchmarks/peers.py NAME PORT MESSAGES FLYING SECONDS

Prints, in JSON, the seconds it took and the CPU seconds of this process, from the first message on.
It ends after so many messages, or so many seconds.
"""

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from fast_server import TOKEN, cpu

PYTHON = Path(__file__).parent / ".venv" / "bin" / "python"
"""The environment of `peers.txt`."""

TEXT = "Today is the World Day Against Child Labour. " * 8
CHAT = 10_000_000
UNPACED = 1_000_000.0

Send = Callable[[], Awaitable[object]]


async def at_once(send: Send, count: int, flying: int) -> None:
    """Send so many, with so many in flight at any time."""
    left = iter(range(count))

    async def worker() -> None:
        for _ in left:
            await send()

    await asyncio.gather(*(worker() for _ in range(flying)))


@contextlib.asynccontextmanager
async def ptb(base: str, _: int) -> AsyncIterator[Send]:
    """Python-telegram-bot's own loop, over its own transport (httpx)."""
    from telegram import Bot

    bot = Bot(TOKEN, base_url=f"{base}/bot")
    await bot.request.initialize()
    yield lambda: bot.send_message(CHAT, TEXT)
    await bot.request.shutdown()


@contextlib.asynccontextmanager
async def limited(base: str, _: int, rate: float | None = None) -> AsyncIterator[Send]:
    """The same through its AIORateLimiter, at 30 a second or at another rate."""
    from telegram.ext import AIORateLimiter, ExtBot

    limiter = AIORateLimiter() if rate is None else AIORateLimiter(overall_max_rate=rate)
    bot = ExtBot(TOKEN, base_url=f"{base}/bot", rate_limiter=limiter)
    await limiter.initialize()
    await bot.request.initialize()
    yield lambda: bot.send_message(CHAT, TEXT)
    await bot.request.shutdown()


@contextlib.asynccontextmanager
async def aiogram(base: str, flying: int) -> AsyncIterator[Send]:
    """Send by aiogram, on aiohttp."""
    from aiogram import Bot
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer

    session = AiohttpSession(api=TelegramAPIServer.from_base(base), limit=max(100, flying))
    async with Bot(TOKEN, session=session) as bot:
        yield lambda: bot.send_message(CHAT, TEXT)


WAYS: dict[str, Callable[[str, int], contextlib.AbstractAsyncContextManager[Send]]] = {
    "ptb": ptb,
    "limited": limited,
    "limiter-lifted": lambda base, flying: limited(base, flying, UNPACED),
    "aiogram": aiogram,
}


async def measured(name: str, port: int, count: int, flying: int, seconds: float) -> None:
    """Send the first message for what is imported and made once, then measure the others."""
    async with WAYS[name](f"http://127.0.0.1:{port}", flying) as send:
        if name != "limited":  # its first second is what is looked at
            await send()
        began, before = time.perf_counter(), cpu()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await at_once(send, count, flying)
        print(json.dumps([time.perf_counter() - began, cpu() - before]))


async def elsewhere(
    name: str, port: int, count: int, flying: int, *, seconds: float = 600.0
) -> tuple[float, float]:
    """Run one of them in its own process; return its seconds and its CPU seconds."""
    arguments = [name, str(port), str(count), str(flying), str(seconds)]
    process = await asyncio.create_subprocess_exec(
        PYTHON, __file__, *arguments, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{name} ended with {process.returncode}")
    took, spent = json.loads(said)
    return took, spent


if __name__ == "__main__":
    way, where, many, at_a_time, most = sys.argv[1:]
    asyncio.run(measured(way, int(where), int(many), int(at_a_time), float(most)))
