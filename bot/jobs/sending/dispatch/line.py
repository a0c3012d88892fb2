"""The line in which the replies of a chat wait for their turn on the account that also broadcasts.

A reply is no delivery, but it counts for the same limit of the network: so it leaves before what is
broadcast, never beside the pace, and rests with the account after a 429.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from bot.jobs.sending.dispatch.dispatcher import Dispatcher

PATIENCE = 900.0
"""Most seconds that a reply waits: one that comes later is of no use."""

_LOOK = 0.5
"""Most seconds between two looks at the pace, which may have changed meanwhile."""


_LEFT = 1.0
"""Seconds after which a reply has left, even where no answer comes."""


class Line:
    """The replies of one account, first come, first served, at the pace of its `dispatcher`."""

    def __init__(self, dispatcher: Dispatcher, clock: Callable[[], datetime]) -> None:
        self._dispatcher = dispatcher
        self._clock = clock
        self._first = asyncio.Lock()  # lets in whoever has waited longest
        self._count = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[bool]:
        """Wait until a reply may leave, which then has to in the block.

        Gives False where it may not, since the account rests for longer than `PATIENCE`.
        """
        while (may := await self._wait()) and self._dispatcher.is_late(self._now()):
            pass  # the process was suspended just then
        timer = asyncio.get_running_loop().call_later(_LEFT, self._leave) if may else None
        try:
            yield may
        finally:
            # else it is counted already
            if timer is not None and timer.when() > asyncio.get_running_loop().time():
                timer.cancel()
                self._leave()

    async def _wait(self) -> bool:
        self._queue(1)
        try:
            async with self._first:
                while (wait := self._ask()) > 0:
                    if wait > PATIENCE:
                        return False
                    await asyncio.sleep(min(wait, _LOOK))
        finally:
            self._queue(-1)
        return True

    def _ask(self) -> float:
        now = self._now()
        return self._dispatcher.reply(now)

    def _leave(self) -> None:
        now = self._now()
        self._dispatcher.answered(now)

    def limited(self, retry_after: float) -> None:
        """Let the whole account rest for so many seconds, since a reply was answered by a 429."""
        self._dispatcher.limited(retry_after, self._now())

    def _queue(self, more: int) -> None:
        self._count += more
        now = self._now()
        self._dispatcher.pacer.waits(self._count, now)

    def _now(self) -> float:
        return self._clock().timestamp()
