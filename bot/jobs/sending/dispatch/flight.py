"""What is in flight on one account: messages whose answers are awaited, and results that are not
written yet.

Each message is on its way in a task of its own, or, where a network takes one at a time, in that of
whoever sends it.
"""

import asyncio
import logging
import time
from collections.abc import Iterable
from functools import partial

from bot.jobs.sending.dispatch.allowance import Allowance
from bot.jobs.sending.dispatch.attempt import Attempts
from bot.jobs.sending.dispatch.lease import Lease
from bot.logcontext import About, is_about
from bot.model import Message, State
from bot.model.outbox import Claimed, Result
from bot.networks.common.posts import asked_before_each

log = logging.getLogger(__name__)

_WEIGHT = 0.1
"""Of the newest answer in the moving average of how long answers take."""


class Flight:
    """The messages of one account on their way, each counted by its `allowance` when it leaves and
    when it is answered.
    """

    def __init__(self, allowance: Allowance, lease: Lease) -> None:
        #: results that wait to be written
        self.landed: list[Result] = []
        #: seconds that an answer takes, on average
        self.latency = 0.0
        self._allowance = allowance
        self._lease = lease
        self._flying: dict[Claimed, asyncio.Task[None]] = {}
        self._single: Claimed | None = None  # under way, where only one is at a time
        #: rows whose answer nobody waits for any more; they are *sending* still
        self._let_go: list[Claimed] = []
        self._trouble: Exception | None = None
        #: set when all have landed, where somebody waits for that
        self._waiter: asyncio.Future[None] | None = None

    def __len__(self) -> int:
        """Return how many messages wait for their answers."""
        return len(self._flying) + (self._single is not None)

    @property
    def oldest(self) -> Claimed | None:
        """The row that has waited longest for its answer, if any does."""
        return next(iter(self._flying), self._single)

    def begin(self, attempts: Attempts, row: Claimed, message: Message, moment: float) -> None:
        """Send one message, without waiting for its answer."""
        self._flying[row] = asyncio.create_task(self._fly(attempts, row, message, moment))

    async def _fly(self, attempts: Attempts, row: Claimed, message: Message, moment: float) -> None:
        # What a callback of the task would do is done here: it would be one more turn of the loop.
        is_about(row)
        try:
            await self._attempt(attempts, row, message, moment)
        except Exception as error:  # noqa: BLE001 - raised in the next step
            self._trouble = error
        finally:
            self._flying.pop(row, None)
            if not self._flying and self._waiter is not None and not self._waiter.done():
                self._waiter.set_result(None)

    async def alone(
        self, attempts: Attempts, row: Claimed, message: Message, moment: float
    ) -> bool:
        """Send one message and wait for its answer; return whether the account must rest."""
        self._single = row
        try:
            with About(row):
                return await self._attempt(attempts, row, message, moment)
        except asyncio.CancelledError:
            self._let_go.append(row)
            raise
        finally:
            self._single = None

    async def landing(self, seconds: float) -> None:
        """Wait until all have landed, or for so long."""
        if self._flying:
            self._waiter = asyncio.get_running_loop().create_future()
            await asyncio.wait([self._waiter], timeout=seconds)

    def give_back(self, rows: Iterable[Claimed]) -> None:
        """Let rows of which nothing has left wait on as if they had never been claimed."""
        self.landed += [Result(row, State.QUEUED, counted=False) for row in rows]

    def raise_trouble(self) -> None:
        """Raise what went wrong since the last time after a message had landed, such as a note that
        the database refused.
        """
        trouble, self._trouble = self._trouble, None
        if trouble is not None:
            raise trouble

    @property
    def is_clear(self) -> bool:
        """Whether nothing is *sending* any more, nor waits to be written."""
        return not (self._flying or self._single or self._let_go or self.landed)

    def let_go(self) -> list[Claimed]:
        """Return, once, the rows that are *sending* while nobody waits for their answers."""
        rows, self._let_go = self._let_go, []
        return rows

    def cancel(self) -> None:
        """Wait for no answer any more."""
        for row, task in self._flying.items():
            task.cancel()
            self._let_go.append(row)
        self._flying.clear()  # a task that has not begun yet never will

    async def _attempt(
        self, attempts: Attempts, row: Claimed, message: Message, moment: float
    ) -> bool:
        """Send one message; return whether nothing more may leave now, since the answer said that
        the account must rest, or others may have taken what was claimed or reserved.
        """
        allowance, began = self._allowance, time.monotonic()
        if allowance.reserved.is_stale() or not self._lease.covers(row.claim):
            self.give_back([row])
            allowance.given_back()
            return True
        allowance.left(began)
        log.debug("leaves")
        with asked_before_each(partial(self._lease.covers, row.claim)):
            result, error = await attempts.send(row, message, moment)
        took = time.monotonic() - began
        log.debug("answered after %.3f s: %s", took, error or "taken")
        allowance.tally.answered(row.channel, took)
        self.landed.append(result)
        if error is None:
            self.latency += _WEIGHT * (took - self.latency)
            allowance.rests.worked(moment)
            return False
        attempts.after(result, error, moment)
        return allowance.heard(row, error, moment)
