"""A blocking call in a thread of its own that nobody has to wait for at the end.

`asyncio.to_thread` uses threads that the interpreter joins when it stops: one hanging call would
hold up a stop by its whole time-out. A daemon thread is left behind instead; its delivery was
written down as `sending` before and so is found as uncertain.
"""

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from threading import Thread
from typing import Any, ParamSpec, TypeVar

from typing_extensions import override

from bot.errors import NetworkError, RateLimited, Unanswered
from bot.networks.common import names

T = TypeVar("T")
P = ParamSpec("P")

_CALL = "network call"
"""The name of our threads."""


class Daemons(ThreadPoolExecutor):
    """Does each piece of work in a daemon thread of its own.

    For a loop, which looks names up in threads of its own making: one that hangs would be joined at
    the end. No more than `names.MOST` of these go on at a time.
    """

    @override
    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        if fn is socket.getaddrinfo:
            return names.begun(fn, *args, **kwargs)
        future: Future[T] = Future()

        def run() -> None:
            try:
                future.set_result(fn(*args, **kwargs))
            except Exception as error:  # noqa: BLE001 - handed on to who waits
                future.set_exception(error)

        future.set_running_or_notify_cancel()
        Thread(target=run, daemon=True, name=_CALL).start()
        return future


def run(main: Coroutine[Any, Any, T]) -> T:
    """`asyncio.run`, whose end waits for no thread."""
    with asyncio.Runner() as runner:
        runner.get_loop().set_default_executor(Daemons())
        return runner.run(main)


async def in_thread(work: Callable[[], T]) -> T:
    """What `work()` gives or raises; when the waiting is cancelled, the work goes on unheard.

    It sees the context variables of who asked for it.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is None:
            future.set_result(result)  # type: ignore[arg-type]  # None only where T is
        else:
            future.set_exception(error)

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except Exception as failure:  # noqa: BLE001 - handed on to who waits
            error = failure
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, result, error)

    Thread(target=copy_context().run, args=(run,), daemon=True, name=_CALL).start()
    return await future


def is_left_behind() -> bool:
    """Tell whether a call still goes on in a thread of its own."""
    return any(thread.name in (names.THREAD, _CALL) for thread in threading.enumerate())


async def within(seconds: float, work: Callable[[], object]) -> None:
    """Do the work in a thread, and wait at most so long for it to end."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await in_thread(work)


async def asked(where: str, call: Callable[[], T], seconds: float) -> T:
    """`in_thread`, with `where` in front of what goes wrong, and nothing behind it.

    What the library itself trips over is `Unanswered`, and what has not ended after so many
    seconds: its thread is left behind.
    """
    failure: NetworkError
    try:
        async with asyncio.timeout(seconds):
            return await in_thread(call)
    except TimeoutError:
        failure = Unanswered(f"{where}: no answer within {seconds:g} s")
    except RateLimited as error:
        failure = RateLimited(f"{where}: {error}", retry_after=error.retry_after)
    except NetworkError as error:
        failure = type(error)(f"{where}: {error}")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        failure = Unanswered(f"{where}: the client library failed within: {type(error).__name__}")
    raise failure
