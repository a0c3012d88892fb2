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
from math import ceil

from bot.errors import StoreError
from bot.jobs.sending.dispatch.allowance import Allowance
from bot.jobs.sending.dispatch.attempt import Attempts
from bot.jobs.sending.dispatch.daily import posts_left
from bot.jobs.sending.dispatch.flight import Flight
from bot.jobs.sending.dispatch.lease import Lease
from bot.jobs.sending.dispatch.pace import GATHERED, TOGETHER, most_flying
from bot.jobs.services import Services
from bot.logcontext import About, step
from bot.model import PUBLIC, Channel, Message
from bot.model.outbox import Claimed, Result
from bot.rules.breaker import Measure
from bot.rules.pacing import Pacer
from bot.rules.tally import Tally
from bot.store.sending.statements import CLAIM
from bot.text import counted
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
        self._allowance = Allowance(services, account, now.timestamp(), measure)
        self._lease = Lease(services.store, account)
        self._flight = Flight(self._allowance, self._lease)
        self._only = only
        #: services that are taken over at the next step
        self._next: Services | None = None
        self._use(services)

    def adopt(self, services: Services) -> None:
        """Go on with new services from the next step on; what is in flight ends as it began."""
        self._next = services

    def _use(self, services: Services) -> None:
        self._services = services
        self._attempts = {
            c.name: Attempts(services, c, services.networks[c.name])
            for c in self._allowance.channels
        }
        self._most = most_flying(services)
        self._at_once = min(
            [self._most, *(services.networks[name].IN_FLIGHT for name in self._attempts)]
        )

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
            self._allowance.adopt(services, moment)
            self._use(services)
        self._flight.raise_trouble()
        for channel in self._allowance.in_turn(moment):
            # The pace is the account's: when one channel has to wait, so have the others.
            if await self._drain(channel, moment, ending):
                # A few messages gather, so that they share a commit.
                few = min(GATHERED, round(self._allowance.shown.rate * TOGETHER))
                wait = self._allowance.wait(moment, few)
                if wait > SOON:
                    self._write(moment)
                return from_epoch(self._allowance.fresh(moment) + wait)
        self._write(moment)
        return now if self._flight else None

    @property
    def pacer(self) -> Pacer:
        """The pace of the account, as `Allowance.pacer` has it."""
        return self._allowance.pacer

    @property
    def shown(self) -> Pacer:
        """The same for who only looks at it, from any thread."""
        return self._allowance.shown

    @property
    def tally(self) -> Tally:
        """What became of the account's messages."""
        return self._allowance.tally

    def reply(self, moment: float) -> float:
        """Let a reply leave now, as `Allowance.reply` does."""
        return self._allowance.reply(moment)

    def is_late(self, moment: float) -> bool:
        """Return whether a reply must ask again, as `Allowance.is_late` does."""
        return self._allowance.is_late(moment)

    def answered(self, moment: float) -> None:
        """Count a reply as having left now."""
        self._allowance.answered(moment)

    def limited(self, retry_after: float, moment: float) -> None:
        """Let the account rest for so many seconds after a 429, and remember it."""
        self._allowance.limited(retry_after, moment)

    def may_send(self, moment: float) -> bool:
        """Return whether the pace lets something leave now, and the account doesn't rest."""
        return self._allowance.messages(moment, 0) > 0

    @property
    def in_flight(self) -> int:
        """Return how many messages wait for their answers."""
        return len(self._flight)

    @property
    def owes(self) -> bool:
        """Whether results wait to be written, or a lease to be ended."""
        return bool(self._flight.landed) or self._lease.is_held

    @property
    def under_way(self) -> Claimed | None:
        """The row that has waited longest for its answer, if any does."""
        return self._flight.oldest

    def let_go(self) -> list[Claimed]:
        """Return, once, the rows that are *sending* while nobody waits for their answers."""
        return self._flight.let_go()

    def has_work(self, now: datetime) -> bool:
        """Return whether a turn has anything to do: a delivery is due, or a result is unwritten."""
        moment = epoch(now)
        return bool(self._flight.landed) or any(
            self._services.store.outbox.has_due(self._id(c), moment)
            for c in self._allowance.open_channels(moment)
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
                # What is due is held, or the day's maximum is reached; or others send just now as
                # much as the account may, and then there is more. What others are claiming at this
                # instant is no turn's end for good: the next look finds what they leave.
                return self._allowance.reserved.wait(self._allowance.fresh(moment)) > 0
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
        try:
            with self._services.store.transaction(beside=self._allowance.is_beside):
                refused = self._allowance.paying.settle(self._flight.landed, moment)
                rows = self._take(channel, moment, most)
        except StoreError:
            self._lease.doubt()
            raise
        self._lease.held()
        self._written(refused)
        step(log, "claimed on %s", ((row, channel.name) for row in rows))
        return rows

    def _take(self, channel: Channel, moment: float, most: int) -> list[Claimed]:
        """Claim as much as others leave of the account's pace."""
        if channel.name not in self._services.dry:
            most = self._allowance.reserve(most, moment)
        if not most:
            return []
        return self._allowance.paying.claim(
            channel,
            moment,
            most,
            self._services.store.holds.current(self._only()),
            posts=posts_left(
                self._services, channel, moment, shared=self._allowance.reserved.is_shared
            ),
            token=self._lease.hold(int(moment)),
        )

    async def turn(self, clock: Callable[[], datetime], stopping: asyncio.Event) -> None:
        """Send what is due until nothing is, or until `stopping` is set.

        It ends with nothing in flight and everything written.
        """
        self._allowance.clock, kept = clock, time.monotonic()
        try:
            while not stopping.is_set():
                again = await self.step(clock(), stopping.is_set)
                if again is None:
                    return
                seconds = (again - clock()).total_seconds()
                await self._rest(max(seconds, 0), stopping)
                if time.monotonic() - kept > KEEP:
                    kept = time.monotonic()
                    self._allowance.remember()
        finally:
            await self.close(clock())

    async def _rest(self, seconds: float, stopping: asyncio.Event) -> None:
        """Wait until the pace allows more, something landed that is not soon written with the next
        claim, or `stopping` is set.
        """
        if self._flight and not 0 < seconds <= SOON:
            await self._flight.landing(SOON if seconds > 0 else TICK)
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
            while self._flight:
                await self._flight.landing(TICK)
                with suppress(StoreError):  # the disk may be full: what is in flight lands first
                    self._write(now.timestamp())
            self._write(now.timestamp())
            for channel in self._allowance.channels:
                await self._services.networks[channel.name].idle()
        finally:
            self._flight.cancel()
            self._write(now.timestamp())
            self._part()

    def _part(self) -> None:
        """Remember the pace, and hold the lease no longer than rows are *sending* under it."""
        with self._services.store.transaction():
            self._allowance.remember()
            self._allowance.reserved.say()
            if self._flight.is_clear:
                self._lease.end()
            else:
                self._lease.leave()

    def _id(self, channel: Channel) -> int:
        return self._services.channel_ids[channel.name]

    def _free(self, channel: Channel, moment: float) -> int:
        """Return how many rows may be claimed; a dry channel has no pace, since nothing leaves."""
        if channel.name in self._services.dry:
            return CLAIM
        return min(self._allowance.messages(moment, len(self._flight)), self._slots())

    def _slots(self) -> int:
        """Return how many more may be in flight: as many again as leave while an answer is on its
        way, since a few answers may be slow, but never fewer than the network's `IN_FLIGHT`.
        """
        if self._at_once == 1:
            return CLAIM
        rate = self._allowance.shown.rate
        # those that leave together come on top: they must not wait for the first answers
        most = min(self._most, ceil(rate * (2 * self._flight.latency + TOGETHER)))
        return max(self._at_once, most) - len(self._flight)

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
                if shut or ending():  # an answer before this row shut the account
                    break
                begun += 1
                if (stays := _too_dear(attempts, row, message, moment)) is not None:
                    self._flight.landed.append(stays)
                    self._allowance.given_back()
                elif self._at_once > 1:
                    self._flight.begin(attempts, row, message, moment)
                    if begun % GULP == 0:
                        await asyncio.sleep(0)
                else:
                    shut = await self._flight.alone(attempts, row, message, moment)
        finally:
            # Of these nothing has left, also where a bug or an impatient stop ended it.
            self._flight.give_back(row for row, _ in going[begun:])
            self._allowance.given_back(len(going) - begun)
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
            self._flight.give_back(rows)
            raise
        self._flight.landed += ended
        self._allowance.take(len(going), moment)
        return going

    def _write(self, moment: float) -> bool:
        """Write all results since the last time in one commit; return whether there were any."""
        if not self._flight.landed:
            return False
        # Kept until it is written: what a full disk refuses now is tried again in the next step.
        with self._services.store.transaction(beside=self._allowance.is_beside):
            refused = self._allowance.paying.settle(self._flight.landed, moment)
            self._allowance.reserved.say()
        self._written(refused)
        return True

    def _written(self, refused: Sequence[Result]) -> None:
        landed, self._flight.landed = self._flight.landed, []
        if refused:
            log.warning(
                "%s came too late: others had taken their rows",
                counted(len(refused), "result", "results"),
            )
        self.tally.settled(landed)
        step(log, "written down as %s", ((r.row, r.state.word) for r in landed))


def _too_dear(attempts: Attempts, row: Claimed, message: Message, moment: float) -> Result | None:
    """Return that a post waits, where it would pass its channel's ceiling; None when it may go.

    The cost of each is recorded before the next is asked about.
    """
    return attempts.unaffordable(row, message, moment) if row.recipient == PUBLIC else None
