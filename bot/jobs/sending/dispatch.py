"""Dispatch: claims what is due on one account, no faster than its pace, sends it and settles it.

A row is *sending* in the database before its call goes out. Results are written many at a time, in
the same commit as the next claim, ten times a second at most.
`step` does what can be done at one instant and says when it wants to be called again; a live run
calls it in real time for a *turn*, which lasts as long as there is work, a rehearsal on its own
clock.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import chain
from math import ceil, inf

from bot.errors import (
    AccountRefused,
    Blocked,
    Busy,
    Duplicate,
    Moved,
    NetworkError,
    RateLimited,
    StoreError,
)
from bot.jobs.broadcasts.paying import Paying
from bot.jobs.sending.attempt import Attempts
from bot.jobs.sending.daily import posts_left
from bot.jobs.sending.pace import GATHERED, TOGETHER, most_flying, pacer
from bot.jobs.sending.rests import Rests
from bot.jobs.services import Services
from bot.logcontext import About, step
from bot.model import PUBLIC, Channel, Message, State
from bot.model.outbox import Claimed, Result
from bot.rules.breaker import Measure
from bot.rules.pacing import Pacer
from bot.rules.pacing import State as PacingState
from bot.rules.tally import Tally
from bot.store.sending.statements import CLAIM
from bot.times import epoch, from_epoch

log = logging.getLogger(__name__)

TICK = 0.03
"""Seconds between two looks of a turn at what has landed, where nothing else bounds it."""

SOON = 0.15
"""Seconds for which results wait at most to be written with the next claim."""

LOOK = 0.25
"""Most seconds between two looks of a turn while the pace lets nothing leave."""

KEEP = 10.0
"""Seconds after which a turn that goes on stores the pace, for the case that the process dies."""

GULP = 10
"""Messages that are begun at once, before a reply, say, has its turn."""

_WEIGHT = 0.1
"""Of the newest answer in the moving average of how long answers take."""

CLAIMS = 20
"""Most claims in one step, so that a turn looks often enough whether it shall end."""


class Dispatcher:
    """Sends for one account, whose channels share its pace and its rests.

    New data are taken over with `adopt`. `only` is called at each claim and returns the number of
    the one subscriber who may get anything, or None, as by default, for everybody.
    `measure` says by what failures are judged.
    """

    def __init__(
        self,
        services: Services,
        account: str,
        now: datetime,
        *,
        only: Callable[[], int | None] = lambda: None,
        measure: Measure | None = None,
    ) -> None:
        self.account = account
        #: what became of its messages, for whoever watches
        self.tally = Tally()
        self._only = only
        self._services = services
        #: services that are taken over at the next step
        self._next: Services | None = None
        #: the clock of a live run; None where each step gives the instant of all that it does
        self._clock: Callable[[], datetime] | None = None
        self._latency = 0.0
        self._flying: dict[asyncio.Task[bool], Claimed] = {}
        self._single: Claimed | None = None  # under way, where only one is at a time
        self._landed: list[Result] = []
        #: rows whose answer nobody waits for any more; they are *sending* still
        self._let_go: list[Claimed] = []
        self._trouble: BaseException | None = None
        #: whether the pace has changed since it was last stored
        self._paced = False
        self._rests = Rests(services.store, account, now.timestamp(), measure)
        stored = services.store.channels.pacing(account)
        self._use(services, PacingState.loads(stored) if stored else None, now.timestamp())

    def adopt(self, services: Services) -> None:
        """Go on with new services from the next step on; what is in flight ends as it began."""
        self._next = services

    def _use(self, services: Services, state: PacingState | None, moment: float) -> None:
        self._services = services
        self._channels = [
            c for c in services.settings.channels.values() if c.account == self.account
        ]
        self._attempts = {
            c.name: Attempts(services, c, services.networks[c.name]) for c in self._channels
        }
        if not self._channels:
            return
        network = services.networks[self._channels[0].name]
        self._pacer = pacer(services, self._channels, state, moment)
        self._paying = Paying(services, self._channels, self._pacer.limit)
        self._most = most_flying(services)
        self._at_once = min(self._most, network.IN_FLIGHT)
        self._apart = network.APART

    async def step(
        self, now: datetime, ending: Callable[[], bool] = lambda: False
    ) -> datetime | None:
        """Do what can be done at `now`; nothing more is claimed once `ending()` is true.

        Returns the instant at which to call it again, which may be `now`, or None when nothing can
        be sent before something changes.
        """
        moment = now.timestamp()
        if self._next is not None:
            services, self._next = self._next, None
            self._use(services, self.pacer.state(), moment)
        self._raise_trouble()
        channels = self._open_channels(moment)
        # what is paid for first, if anything is
        for channel in chain(self._paying.first(self._pacer, channels, moment), channels):
            # The pace is the account's: when one channel has to wait, so have the others.
            if await self._drain(channel, moment, ending):
                # A few messages gather, so that they share a commit.
                few = min(GATHERED, round(self._pacer.rate * TOGETHER))
                wait = max(self.pacer.wait(self._fresh(moment), few), self._rests.wait(moment))
                if wait > SOON:
                    self._write(moment)
                return from_epoch(self._fresh(moment) + wait)
        self._write(moment)
        return now if self._flying else None

    @property
    def pacer(self) -> Pacer:
        """The pace of the account, which the replies of a chat on it keep too; it follows a clock
        that was set, so take the instant that it is asked about first.
        """
        self._pacer.follow(self._services.leapt())
        return self._pacer

    @property
    def shown(self) -> Pacer:
        """The same for who only looks at it, from any thread."""
        return self._pacer

    def limited(self, retry_after: float, moment: float) -> None:
        """Let the account rest for so many seconds after a 429, and remember it."""
        self.tally.limited += 1
        self.pacer.limited(self._fresh(moment), retry_after)
        self._paced = True
        self._remember()

    def may_send(self, moment: float) -> bool:
        """Return whether the pace lets something leave now, and the account doesn't rest."""
        return min(self.pacer.allowed(moment), self._rests.allowed(moment, 0)) > 0

    @property
    def in_flight(self) -> int:
        """Return how many messages wait for their answers."""
        return len(self._flying) + (self._single is not None)

    @property
    def under_way(self) -> Claimed | None:
        """The row that has waited longest for its answer, if any does."""
        return next(iter(self._flying.values()), self._single)

    def let_go(self) -> list[Claimed]:
        """Return, once, the rows that are *sending* while nobody waits for their answers."""
        rows, self._let_go = self._let_go, []
        return rows

    def has_work(self, now: datetime) -> bool:
        """Return whether a turn has anything to do: a delivery is due, or a result is unwritten."""
        moment = epoch(now)
        return bool(self._landed) or any(
            self._services.store.outbox.has_due(self._id(c), moment)
            for c in self._open_channels(moment)
        )

    async def _drain(self, channel: Channel, moment: float, ending: Callable[[], bool]) -> bool:
        """Send what is due on one channel.

        Returns whether there is more, which the pace or the length of a step leaves for later.
        """
        channel_id = self._id(channel)
        for _ in range(CLAIMS):
            if ending() or not self._has_due(channel_id, int(moment)):
                return False
            free = self._free(channel, moment)
            if free <= 0:
                return True
            rows = self._claim(channel, moment, free)
            if not rows:
                # What is due is held, or the day's maximum is reached.
                return False
            shut = await self._send(channel, rows, moment, ending)
            await self._attempts[channel.name].prepare(moment)
            if shut:
                return True
        return True

    def _has_due(self, channel_id: int, moment: int) -> bool:
        """Return whether anything may be claimed; results that bring a row back are written."""
        outbox = self._services.store.outbox
        return outbox.has_due(channel_id, moment) or (
            self._write(moment) and outbox.has_due(channel_id, moment)
        )

    def _claim(self, channel: Channel, moment: float, most: int) -> list[Claimed]:
        """Write what has landed and claim what may leave next, in one commit."""
        with self._services.store.transaction():
            self._paying.settle(self._landed, moment)
            rows = self._paying.claim(
                channel,
                moment,
                most,
                self._services.store.holds.current(self._only()),
                posts=posts_left(self._services, channel, moment),
            )
        self._written()
        step(log, "claimed on %s", ((row, channel.name) for row in rows))
        return rows

    async def turn(self, clock: Callable[[], datetime], stopping: asyncio.Event) -> None:
        """Send what is due until nothing is, or until `stopping` is set.

        It ends with nothing in flight and everything written.
        """
        self._clock, kept = clock, time.monotonic()
        try:
            while not stopping.is_set():
                again = await self.step(clock(), stopping.is_set)
                if again is None:
                    return
                seconds = (again - clock()).total_seconds()
                await self._rest(max(seconds, 0), stopping)
                if time.monotonic() - kept > KEEP:
                    kept = time.monotonic()
                    self._remember()
        finally:
            await self.close(clock())

    async def _rest(self, seconds: float, stopping: asyncio.Event) -> None:
        """Wait until the pace allows more, something landed that is not soon written with the next
        claim, or `stopping` is set.
        """
        if self._flying and not 0 < seconds <= SOON:
            await asyncio.wait(self._flying, timeout=SOON if seconds > 0 else TICK)
        elif seconds > 0:
            try:
                async with asyncio.timeout(min(seconds, LOOK)):
                    await stopping.wait()
            except TimeoutError:
                return

    async def close(self, now: datetime) -> None:
        """Wait for what is in flight, write all results, and remember the pace.

        When it is cancelled it lets go of what is in flight: those rows stay *sending* until the
        next start, or until somebody takes them from `let_go`.
        """
        try:
            while self._flying:
                await asyncio.wait(self._flying, timeout=TICK)
                with suppress(StoreError):  # the disk may be full: what is in flight lands first
                    self._write(now.timestamp())
            self._write(now.timestamp())
            for channel in self._channels:
                await self._services.networks[channel.name].idle()
        finally:
            for task, row in self._flying.items():
                task.cancel()
                self._let_go.append(row)
            self._write(now.timestamp())
            self._remember()

    def _id(self, channel: Channel) -> int:
        return self._services.channel_ids[channel.name]

    def _open_channels(self, moment: float) -> list[Channel]:
        """Return the channels that aren't paused, the one with the earliest deadline first."""
        self._rests.look(moment)
        paused = {p.name for p in self._services.store.channels.paused()}
        channels = [c for c in self._channels if c.name not in paused]
        if len(channels) > 1:
            deadline = self._services.store.outbox.deadline
            channels.sort(key=lambda c: deadline(self._id(c), int(moment)) or inf)
        return channels

    def _free(self, channel: Channel, moment: float) -> int:
        """Return how many rows may be claimed; a dry channel has no pace, since nothing leaves."""
        if channel.name in self._services.dry:
            return CLAIM
        tries = self._rests.allowed(moment, len(self._flying))
        return min(self.pacer.allowed(self._fresh(moment)), self._slots(), tries)

    def _fresh(self, moment: float) -> float:
        """Return the instant by which the pace counts: a step of a live run may take long."""
        return self._clock().timestamp() if self._clock else moment

    def _slots(self) -> int:
        """Return how many more may be in flight: as many again as leave while an answer is on its
        way, since a few answers may be slow, but never fewer than the network's `IN_FLIGHT`.
        """
        if self._at_once == 1:
            return CLAIM
        # those that leave together come on top: they must not wait for the first answers
        most = min(self._most, ceil(self._pacer.rate * (2 * self._latency + TOGETHER)))
        return max(self._at_once, most) - len(self._flying)

    async def _send(
        self, channel: Channel, rows: Sequence[Claimed], moment: float, ending: Callable[[], bool]
    ) -> bool:
        """Send claimed rows; return whether an answer said that the account must rest."""
        attempts, shut, begun = self._attempts[channel.name], False, 0
        going = self._messages(attempts, rows, moment)
        try:
            if going and len(going) < len(rows):
                # Write first what doesn't leave: a crash would make it uncertain.
                self._write(moment)
            for row, message in going:
                # An answer before this row shut the account, or we are asked to stop: it stays.
                stays = (
                    _back(row) if shut or ending() else _too_dear(attempts, row, message, moment)
                )
                begun += 1
                if stays is not None:
                    self._landed.append(stays)
                    self._pacer.given_back()
                elif self._at_once > 1:
                    self._fly(attempts, row, message, moment)
                    if begun % GULP == 0:
                        await asyncio.sleep(0)
                else:
                    shut = await self._alone(attempts, row, message, moment)
        finally:
            # Something went wrong, or a stop lost its patience: of these nothing has left.
            self._give_back([row for row, _ in going[begun:]])
        return shut

    def _messages(
        self, attempts: Attempts, rows: Sequence[Claimed], moment: float
    ) -> list[tuple[Claimed, Message]]:
        """Return the claimed rows that may be sent, with their messages; they count for the pace.

        The results of the others are kept to be written.
        """
        going: list[tuple[Claimed, Message]] = []
        ended: list[Result] = []
        try:
            attempts.refresh()
            for row in rows:
                with About(row):
                    outcome = attempts.screen(row, moment) or attempts.message(row, moment)
                if isinstance(outcome, Result):
                    ended.append(outcome)
                else:
                    going.append((row, outcome))
        except BaseException:
            self._landed += [_back(row) for row in rows]
            raise
        self._landed += ended
        self.pacer.take(len(going), self._fresh(moment))
        self._paced = self._paced or bool(going)
        return going

    def _fly(self, attempts: Attempts, row: Claimed, message: Message, moment: float) -> None:
        task = asyncio.create_task(self._attempt(attempts, row, message, moment))
        self._flying[task] = row
        task.add_done_callback(self._arrived)

    def _arrived(self, task: asyncio.Task[bool]) -> None:
        self._flying.pop(task, None)
        if not task.cancelled():
            self._trouble = task.exception() or self._trouble

    def _raise_trouble(self) -> None:
        """Raise what went wrong since the last step after a message had landed, such as a note that
        the database refused.
        """
        trouble, self._trouble = self._trouble, None
        if trouble is not None:
            raise trouble

    def _give_back(self, rows: Sequence[Claimed]) -> None:
        """Let rows of which nothing has left wait on as if they had never been claimed."""
        self._landed += [_back(row) for row in rows]
        self._pacer.given_back(len(rows))

    async def _alone(
        self, attempts: Attempts, row: Claimed, message: Message, moment: float
    ) -> bool:
        """Send one message and wait for its answer, as `_attempt` does."""
        self._single = row
        try:
            return await self._attempt(attempts, row, message, moment)
        except asyncio.CancelledError:
            self._let_go.append(row)
            raise
        finally:
            self._single = None

    async def _attempt(
        self, attempts: Attempts, row: Claimed, message: Message, moment: float
    ) -> bool:
        """Send one message; return whether the answer said that the account must rest."""
        with About(row):
            self.pacer.left(self._fresh(moment))
            log.debug("leaves")
            began = time.monotonic()
            result, error = await attempts.send(row, message, moment)
            took = time.monotonic() - began
            log.debug("answered after %.3f s: %s", took, error or "taken")
            self.tally.answered(row.channel, took)
            self._landed.append(result)
            if error is None:
                self._latency += _WEIGHT * (took - self._latency)
                self._rests.worked(moment)
                return False
            attempts.after(result, error, moment)
            return self._heard(row, error, moment)

    def _heard(self, row: Claimed, error: NetworkError, moment: float) -> bool:
        """Count what an error says of the account; return whether it must rest."""
        if self._paying.heard(row, error, moment, self._pacer.state().paused_until):
            return True
        if isinstance(error, RateLimited):
            self.limited(error.retry_after, moment)
            return True
        if isinstance(error, AccountRefused):
            self._rests.pause((c.name for c in self._channels), error, int(moment))
            return True
        if self._apart:
            return False
        if isinstance(error, Blocked | Busy | Duplicate | Moved):
            # about one recipient, from a network that works
            self._rests.worked(moment)
            return False
        return self._rests.failed(row, error, moment)

    def _write(self, moment: float) -> bool:
        """Write all results since the last time in one commit; return whether there were any."""
        if not self._landed:
            return False
        # Kept until it is written: what a full disk refuses now is tried again in the next step.
        self._paying.settle(self._landed, moment)
        self._written()
        return True

    def _written(self) -> None:
        self.tally.settled(self._landed)
        step(log, "written down as %s", ((r.row, r.state.word) for r in self._landed))
        self._landed = []

    def _remember(self) -> None:
        if self._paced:
            self._services.store.channels.keep_pacing(self.account, self._pacer.state().dumps())
            self._paced = False


def _too_dear(attempts: Attempts, row: Claimed, message: Message, moment: float) -> Result | None:
    """Return that a post waits, where it would pass its channel's ceiling; None when it may go.

    The cost of each is recorded before the next is asked about.
    """
    return attempts.unaffordable(row, message, moment) if row.recipient == PUBLIC else None


def _back(row: Claimed) -> Result:
    """Return that the row waits on as if it had never been claimed."""
    return Result(row, State.QUEUED, counted=False)


def accounts(services: Services) -> list[str]:
    """Return the names of the accounts that have channels, in their order."""
    return sorted({channel.account for channel in services.settings.channels.values()})
