"""Messages that leave without anybody having written just now: answers of the experts, messages for
the safeguarding contact, and what staff are told.

Each address has its own queue, so that nobody waits for somebody else who can't be reached.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from bot.chat.entry import ChatEntry
from bot.chat.messages import Outgoing
from bot.chat.telegram.replies import Replies
from bot.errors import RenderError, StoreError

log = logging.getLogger(__name__)

PAUSE = 2.0
"""Seconds between two looks for messages that wait."""

TRIES = 8
"""How often a message is tried, over some two hours; one about a child is tried for ever."""

_FLAG = "flag"


class Rests:
    """Messages that failed, and rest before the next try: longer each time, since Telegram may be
    away, or the person may not have begun to talk to us yet.
    """

    def __init__(self) -> None:
        #: how often a message failed and when (epoch seconds) it is tried again, by address and
        #: receipt
        self._failed: dict[str, dict[tuple[str, int], tuple[int, float]]] = {}

    def __bool__(self) -> bool:
        return bool(self._failed)

    def holds(self, message: Outgoing, now: float) -> bool:
        """Return whether a message rests still; a clock that is set back makes no rest longer."""
        tries, until = self._of(message)
        return now < until <= now + _rest(tries)

    def fail(self, message: Outgoing, now: float) -> int:
        """Let a message rest that failed once more; return how often it has failed by now."""
        tries = self._of(message)[0] + 1
        mine = self._failed.setdefault(message.address, {})
        mine[message.receipt or ("", 0)] = tries, now + _rest(tries)
        return tries

    def drop(self, message: Outgoing) -> None:
        """Forget a message that has left or is given up."""
        mine = self._failed.get(message.address, {})
        mine.pop(message.receipt or ("", 0), None)
        if not mine:
            self._failed.pop(message.address, None)

    def end(self, address: str) -> None:
        """Let everything leave at once that rests for this address."""
        self._failed.pop(address, None)

    def _of(self, message: Outgoing) -> tuple[int, float]:
        mine = self._failed.get(message.address, {})
        return mine.get(message.receipt or ("", 0), (0, 0.0))


class Errands:
    """Sends what waits in the entry, until cancelled.

    `reached` is called with whether a message to the safeguarding contact arrived. `rests` may hold
    what failed in an earlier chat.
    """

    def __init__(
        self,
        entry: ChatEntry,
        replies: Replies,
        clock: Callable[[], datetime],
        reached: Callable[[bool], None],
        rests: Rests,
    ) -> None:
        self._entry = entry
        self._replies = replies
        self._clock = clock
        self._reached = reached
        self._rests = rests
        self._going: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Look again and again for what has to leave, until cancelled."""
        while True:
            try:
                self._look()
            except (StoreError, RenderError) as error:
                # its message says all, without a traceback
                log.error("answers could not be sent: %s", error)  # noqa: TRY400
            await asyncio.sleep(PAUSE)

    async def drain(self) -> None:
        """Wait until what is under way has left."""
        while self._going:
            await asyncio.wait(list(self._going.values()))

    def cancel(self) -> None:
        """Cancel what is under way; it leaves after the next start."""
        for task in self._going.values():
            task.cancel()

    def _look(self) -> None:
        now = self._clock().timestamp()
        ready: dict[str, list[Outgoing]] = {}
        for message in self._entry.waiting():
            if message.address not in self._going and not self._rests.holds(message, now):
                ready.setdefault(message.address, []).append(message)
        for address, messages in ready.items():
            task = self._going[address] = asyncio.create_task(self._send(messages))
            task.add_done_callback(partial(self._gone, address))

    def _gone(self, address: str, _: asyncio.Task[None]) -> None:
        self._going.pop(address, None)

    async def _send(self, messages: list[Outgoing]) -> None:
        for message in messages:
            there = await self._replies.send(message)
            try:
                self._settle(message, there=there)
            except StoreError as error:
                # its message says all, without a traceback
                told = "what has left could not be written down, it may leave again: %s"
                log.error(told, error)  # noqa: TRY400

    def _settle(self, message: Outgoing, *, there: bool) -> None:
        flag = message.receipt is not None and message.receipt[0] == _FLAG
        if flag:
            self._reached(there)
        if not there and (flag or message.receipt is None):
            return  # a child can't wait
        if not there and self._rests.fail(message, self._clock().timestamp()) < TRIES:
            return
        self._entry.left(message, self._clock())
        self._rests.drop(message)


def _rest(tries: int) -> float:
    """Return the seconds for which a message rests that has failed so often."""
    return 30.0 * (1 << tries)
