"""What one account's dispatcher pays for: which broadcast is next, how many of its messages may be
paid for, and what was.

Nothing is paid without a yes of a person. A message counts as paid for from its claim on, with its
cost and in the same transaction, so that a crash never lets more be paid for than was said; what
was not taken is given back with its result. What nobody knows the fate of stays paid for.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.errors import NetworkError, NotPaid, RateLimited
from bot.jobs.counting import cost
from bot.jobs.services import Services
from bot.model import Channel, State
from bot.model.channel import PaidPace
from bot.model.outbox import Claimed, Result
from bot.model.outbox.broadcasts import Pace
from bot.model.outbox.holds import Holds
from bot.model.staff import Actor
from bot.networks import load
from bot.rules.alerts.broadcasts import BroadcastNotPaid
from bot.rules.pacing import Pacer
from bot.times import from_epoch

log = logging.getLogger(__name__)

REFUSALS = 3
"""So many rests of an account within `PATIENCE` seconds end the paid pace of a broadcast."""

PATIENCE = 600.0
"""Seconds; see `REFUSALS`."""

NETWORK = Actor("the network")
"""Who decided where the network didn't take the paid pace."""

_LEFT = (State.SENT, State.UNCERTAIN)


@dataclass(frozen=True, kw_only=True)
class Next:
    """The messages that are paid for next."""

    channel: Channel
    occurrence: int
    #: so many may be claimed
    most: int

    def only(self, holds: Holds) -> Holds:
        """Return the holds with everything held back that is none of these messages."""
        return replace(
            holds,
            waves=f"{holds.waves} AND m.occurrence = :paid_for",
            people=f"{holds.people} AND d.recipient > 0",
            params={**holds.params, "paid_for": self.occurrence},
        )


def pace_of(channels: Sequence[Channel]) -> PaidPace | None:
    """Return the pace that the account of these channels may pay for, no faster than their own
    `per_second`; None where it pays for none.
    """
    paid = load(channels[0].network).PAID if channels[0].paid_broadcast else None
    own = [c.per_second for c in channels if c.per_second]
    return replace(paid, per_second=min([paid.per_second, *own])) if paid else None


class Paying:
    """What the dispatcher of one account pays for; `free` is its free pace in messages a second."""

    def __init__(self, services: Services, channels: Sequence[Channel], free: float) -> None:
        self._services = services
        self._free = free
        self._channels: Mapping[int, Channel] = {
            services.channel_ids[c.name]: c for c in channels if c.name not in services.dry
        }
        #: what the account may pay for; None where it pays for nothing
        self._pace = None if services.rehearsal else pace_of(channels)
        #: whether only what is paid for is claimed
        self._on = False
        #: when the network let the account rest, lately
        self._rests: list[float] = []

    @property
    def may_pay(self) -> bool:
        """Whether the account pays for anything at all."""
        return self._pace is not None

    def first(
        self, pacer: Pacer, open_channels: Sequence[Channel], moment: float
    ) -> Iterator[Channel]:
        """Yield the channel on which something is due that is paid for, if there is one.

        Until the next look only such messages are claimed, at the pace that is paid for; the look
        after it goes back to the free pace.
        """
        self._on = False
        if self._pace is not None:
            following = self._next(open_channels, moment, self._services.store.holds.current())
            if following is not None:
                self._on = True
                pacer.change(self._pace.per_second, now=moment, replies=self._free)
                yield following.channel
                self._on = False
        pacer.change(self._free, now=moment)

    def _next(self, open_channels: Sequence[Channel], moment: float, holds: Holds) -> Next | None:
        """Return the broadcast of which something is due that is paid for, the first planned
        first; None where there is none.
        """
        names = {channel.name for channel in open_channels}
        numbers = [number for number, c in self._channels.items() if c.name in names]
        broadcasts = self._services.store.broadcasts
        for number, occurrence, left in broadcasts.paying(numbers, int(moment)):
            channel = self._channels[number]
            most = min(left, self._affordable(channel, moment))
            following = Next(channel=channel, occurrence=occurrence, most=most)
            if most > 0 and self._is_due(number, following, moment, holds):
                return following
        return None

    def _is_due(self, number: int, following: Next, moment: float, holds: Holds) -> bool:
        outbox = self._services.store.outbox
        return outbox.first_due(number, int(moment), following.only(holds)) is not None

    def _affordable(self, channel: Channel, moment: float) -> int:
        """Return how many more messages the ceiling of the month leaves room for."""
        return cost.affordable(self._services, channel, cost.PAID_MESSAGE, from_epoch(moment))

    def claim(
        self,
        channel: Channel,
        moment: float,
        most: int,
        holds: Holds,
        *,
        posts: int | None,
        token: int = 0,
    ) -> list[Claimed]:
        """Claim what may leave next, as `Outbox.claim` does; where it is time for what is paid for,
        only that, which counts as paid from now on. Called in a transaction.
        """
        store, number = self._services.store, self._services.channel_ids[channel.name]
        if not self._on:
            return store.outbox.claim(number, int(moment), most, holds, posts=posts, token=token)
        following = self._next([channel], moment, holds)
        if following is None:
            return []
        most = min(most, following.most)
        rows = store.outbox.claim(number, int(moment), most, following.only(holds), token=token)
        if rows:
            self._pay(number, following.occurrence, len(rows), moment)
        return [row._replace(paid=True, booked=int(moment)) for row in rows]

    def settle(self, results: Sequence[Result], moment: float) -> list[Result]:
        """Write results, and give back what was to be paid for and didn't leave, all in one
        transaction: in the month in which it was booked, which may be over by now. Return the
        results that were not taken: what they say is as uncertain as if nothing had been heard.
        """
        with self._services.store.transaction(beside=not self.may_pay):
            refused = self._services.store.outbox.settle(results, int(moment))
            back = Counter(
                (result.row.channel, result.row.occurrence, result.row.booked)
                for result in results
                if result.row.paid and result.state not in _LEFT and result not in refused
            )
            for (number, occurrence, booked), n in back.items():
                self._pay(number, occurrence, -n, booked)
        return refused

    def _pay(self, number: int, occurrence: int, messages: int, moment: float) -> None:
        """Count so many messages as paid for, with their cost; give some back below 0."""
        store, channel = self._services.store, self._channels[number]
        store.broadcasts.pay(occurrence, number, messages)
        cost.record(self._services, channel, cost.PAID_MESSAGE, messages, from_epoch(moment))

    def heard(self, row: Claimed, error: NetworkError, moment: float, rests: float) -> bool:
        """Return whether the error is about paying alone.

        A broadcast goes on at the free pace, and staff are told, where its network doesn't take the
        paid one. `rests` is until when the account rests already.
        """
        if not row.paid:
            return False
        if isinstance(error, NotPaid):
            self._stop(row, str(error), moment)
            return True
        if isinstance(error, RateLimited) and moment >= rests:  # else it is of the same burst
            self._rests = [at for at in self._rests if moment - at < PATIENCE] + [moment]
            if len(self._rests) >= REFUSALS:
                self._rests = []
                self._stop(row, str(error), moment)
        return False

    def _stop(self, row: Claimed, words: str, moment: float) -> None:
        store, channel = self._services.store, self._channels[row.channel]
        if not store.broadcasts.decide(
            row.occurrence, row.channel, [Pace.PAID], Pace.FREE, NETWORK, int(moment)
        ):
            return
        ref = f"{row.occurrence}-{row.channel}"
        occurrence = store.plan.occurrence(row.occurrence)
        text = (
            f"broadcast {ref} ({occurrence.action} on {channel.name}) goes on at the free pace:"
            f" {words}. Look at the balance and whether paid broadcasts are enabled, then `drumbeat"
            f" broadcasts pay {ref}` if it is still worth it"
        )
        alarm = BroadcastNotPaid(
            subject=ref,
            text=text,
            campaign=occurrence.campaign,
            action=occurrence.action,
            channel=channel.name,
            words=words,
        )
        store.alerts.open(alarm, int(moment))
        log.error("%s", text)
