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


class Errands:
    """Sends what waits in the entry, until cancelled.

    `reached` is called with whether a message to the safeguarding contact arrived.
    """

    def __init__(
        self,
        entry: ChatEntry,
        replies: Replies,
        clock: Callable[[], datetime],
        reached: Callable[[bool], None],
    ) -> None:
        self._entry = entry
        self._replies = replies
        self._clock = clock
        self._reached = reached
        #: how often a message failed and when (epoch seconds) it is tried again, by its receipt
        self.resting: dict[tuple[str, int], tuple[int, float]] = {}
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
            if message.address not in self._going and (
                message.receipt is None or not self._rests(message.receipt, now)
            ):
                ready.setdefault(message.address, []).append(message)
        for address, messages in ready.items():
            task = self._going[address] = asyncio.create_task(self._send(messages))
            task.add_done_callback(partial(self._gone, address))

    def _rests(self, receipt: tuple[str, int], now: float) -> bool:
        """Return whether a message rests still; a clock that is set back makes no rest longer."""
        tries, until = self.resting.get(receipt, (0, 0.0))
        return now < until <= now + _rest(tries)

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
        if there or (message.receipt is not None and not flag and self._gives_up(message.receipt)):
            self._entry.left(message, self._clock())
            self.resting.pop(message.receipt or ("", 0), None)

    def _gives_up(self, receipt: tuple[str, int]) -> bool:
        """Count one more failure; return whether the message has failed `TRIES` times.

        Until then it rests, longer each time, since Telegram may be away, or the person may not
        have begun to talk to us yet.
        """
        tries = self.resting.get(receipt, (0, 0.0))[0] + 1
        self.resting[receipt] = (tries, self._clock().timestamp() + _rest(tries))
        return tries >= TRIES


def _rest(tries: int) -> float:
    """Return the seconds for which a message rests that has failed so often."""
    return 30.0 * (1 << tries)
