"""What one account may send now, and what the answers of its network change about that.

Its channels share one pace and one rest; what it pays for goes before all else. Whoever sends asks
here first, and says here what was answered.
"""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import chain
from math import inf

from bot.errors import (
    AccountRefused,
    Blocked,
    Busy,
    Duplicate,
    Moved,
    NetworkError,
    RateLimited,
)
from bot.jobs.broadcasts.paying import Paying
from bot.jobs.sending.dispatch.daily import has_maximum
from bot.jobs.sending.dispatch.pace import pacer
from bot.jobs.sending.dispatch.rests import Rests
from bot.jobs.sending.dispatch.slots import Reserved
from bot.jobs.services import Services
from bot.model import Channel
from bot.model.outbox import Claimed
from bot.rules.breaker import Measure
from bot.rules.pacing import Pacer, State
from bot.rules.tally import Tally

_HEED = 1.0
"""Seconds between two looks at what other processes were told by the account's network."""


def accounts(services: Services) -> list[str]:
    """Return the names of the accounts that have channels, in their order."""
    return sorted({channel.account for channel in services.settings.channels.values()})


class Allowance:
    """Pace, rests and payments of one account, from the epoch second `moment` on.

    It goes on where the stored pace stopped. `measure` says by what failures are judged.
    """

    paying: Paying
    _pacer: Pacer

    def __init__(
        self, services: Services, account: str, moment: float, measure: Measure | None = None
    ) -> None:
        self.account = account
        #: what became of its messages, for whoever watches
        self.tally = Tally()
        self.rests = Rests(services.store, account, moment, measure)
        #: its part of what all processes may send together
        self.reserved = Reserved(services, account)
        self._replies = Reserved(services, account)
        #: when others' pace was looked at last
        self._heeded = 0.0
        #: the clock of a live run; None where each step gives the instant of all that it does
        self.clock: Callable[[], datetime] | None = None
        #: whether the pace has changed since it was last stored
        self._changed = False
        #: when places were taken last, by the clock less what it was moved, and `time.monotonic`
        self._taken = moment, 0.0
        stored = services.store.channels.pacing(account)
        self._use(services, State.loads(stored) if stored else None, moment)

    def adopt(self, services: Services, moment: float) -> None:
        """Go on with new services; what has left still counts."""
        self._use(services, self.pacer.state(), moment)

    def _use(self, services: Services, state: State | None, moment: float) -> None:
        self._services = services
        self.channels = [
            c for c in services.settings.channels.values() if c.account == self.account
        ]
        if not self.channels:
            return
        self._pacer = pacer(services, self.channels, state, moment)
        self.paying = Paying(services, self.channels, self._pacer.limit)
        self._apart = services.networks[self.channels[0].name].APART
        #: whether several processes may claim for the account at once: not where they first count
        #: what has left on a day, or was paid for
        self.is_beside = not (self.paying.may_pay or has_maximum(services, self.channels))

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

    def fresh(self, moment: float) -> float:
        """Return the instant by which the pace counts: a step of a live run may take long."""
        return self.clock().timestamp() if self.clock else moment

    def open_channels(self, moment: float) -> list[Channel]:
        """Return the channels that aren't paused, the one with the earliest deadline first."""
        self.rests.look(moment)
        paused = {p.name for p in self._services.store.channels.paused()}
        channels = [c for c in self.channels if c.name not in paused]
        if len(channels) > 1:
            deadline, ids = self._services.store.outbox.deadline, self._services.channel_ids
            channels.sort(key=lambda c: deadline(ids[c.name], int(moment)) or inf)
        return channels

    def in_turn(self, moment: float) -> Iterator[Channel]:
        """Yield the open channels in the order in which they send: what is paid for first, if
        anything is.
        """
        channels = self.open_channels(moment)
        return chain(self.paying.first(self._pacer, channels, moment), channels)

    def messages(self, moment: float, flying: int) -> int:
        """Return how many more messages may be begun, while so many are in flight."""
        tries, now = self.rests.allowed(moment, flying), self.fresh(moment)
        self._heed(now)
        self.reserved.follow(self._services.leapt(), self.pacer.guard, now)
        return 0 if self.reserved.wait(now) else min(self.pacer.allowed(now), tries)

    def wait(self, moment: float, n: int) -> float:
        """Return the seconds until `n` messages may leave together, or one where it rests or other
        processes use up its pace.
        """
        now = self.fresh(moment)
        return max(self.pacer.wait(now, n), self.rests.wait(moment), self.reserved.wait(now))

    def reserve(self, n: int, moment: float) -> int:
        """Return how many of `n` messages may be claimed beside what other processes send, within
        the transaction of the claim.
        """
        leapt, now = self._services.leapt(), self.fresh(moment)
        return self.reserved.reserve(n, self.pacer.guard, now, leapt)

    def _heed(self, now: float, every: float = _HEED) -> None:
        """Go as slowly as any process was told to, which stored that."""
        if not self.reserved.is_shared or abs(now - self._heeded) < every:
            return
        self._heeded = now
        stored = self._services.store.channels.pacing(self.account)
        if stored:
            self.pacer.heed(State.loads(stored), now)

    def take(self, n: int, moment: float) -> None:
        """Take the places of `n` messages, each of which then has `left` or is given back."""
        taken = self.fresh(moment)
        self.pacer.take(n, taken)
        self.reserved.keep(n)
        self._taken = taken - self._services.leapt(), time.monotonic()
        self._changed = self._changed or n > 0

    def left(self, now: float) -> None:
        """Count a message that leaves now, in seconds of `time.monotonic`.

        The clock is not read for each: it was when their places were taken.
        """
        taken, began = self._taken
        at = taken + self._services.leapt()
        at += now - began if self.clock else 0
        self.pacer.left(at)
        self.reserved.left(at)

    def given_back(self, n: int = 1) -> None:
        """Free the places of messages that were taken and will not leave."""
        self._pacer.given_back(n)
        self.reserved.given_back(n)

    def reply(self, now: float) -> float:
        """Let a reply leave now, or return the seconds until it may be asked again, as the pacer
        does; beside other processes it leaves as one of all their messages.
        """
        if not self._replies.is_shared:
            return self.pacer.reply(now)
        if wait := self._replies.wait(now):
            return wait
        self._heed(now)
        self._replies.follow(self._services.leapt(), self.pacer.guard, now)
        with self._services.store.transaction(beside=True):
            if not self._replies.reserve(1, self.pacer.guard, now, self._services.leapt()):
                return self._replies.wait(now)
            wait = self.pacer.reply(now)
            self._replies.keep(0 if wait > 0 else 1)
            self._replies.say()
        return wait

    def is_late(self, now: float) -> bool:
        """Return whether what was reserved for a reply that would leave now may be others' by now,
        since this process was suspended; then it is given up, and the reply asks again.
        """
        if not self._replies.is_stale():
            return False
        self._replies.given_back(1)
        self.pacer.answered(now)
        return True

    def answered(self, now: float) -> None:
        """Count a reply as having left now."""
        self.pacer.answered(now)
        if self._replies.is_shared:
            self._replies.left(now)
            self._replies.say()

    def limited(self, retry_after: float, moment: float) -> None:
        """Let the account rest for so many seconds after a 429, and remember it."""
        self.tally.limited += 1
        self.pacer.limited(self.fresh(moment), retry_after)
        self.reserved.limited(self._pacer.paused_until)
        self._changed = True
        self.remember()

    def heard(self, row: Claimed, error: NetworkError, moment: float) -> bool:
        """Count what an error says of the account, of a message that left at `moment`; return
        whether the account must rest.
        """
        if self.paying.heard(row, error, moment, self._pacer.paused_until):
            return True
        if isinstance(error, RateLimited):
            self.limited(error.retry_after, moment)
            return True
        if isinstance(error, AccountRefused):
            self.rests.pause((c.name for c in self.channels), error, int(moment))
            return True
        if self._apart:
            return False
        if isinstance(error, Blocked | Busy | Duplicate | Moved):
            # about one recipient, from a network that works
            self.rests.worked(moment)
            return False
        return self.rests.failed(row, error, moment)

    def remember(self) -> None:
        """Store the pace, where it has changed, for a restart."""
        if self._changed:
            self._heed(self._pacer.state().at, every=0.0)
            self._services.store.channels.keep_pacing(self.account, self._pacer.state().dumps())
            self._changed = False
