"""Offers: staff are told what a broadcast costs at the faster pace that its network sells, and say
whether it is paid for, leaves at the free pace, or isn't sent.

Where nobody answers it leaves at the free pace: nothing is paid without a yes, and nobody misses a
message since somebody was on holiday.
"""

import asyncio
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_UP, Decimal
from math import ceil

from typing_extensions import override

from bot.config import Settings
from bot.errors import UsageError
from bot.jobs.broadcasts import skipping
from bot.jobs.broadcasts.paying import pace_of
from bot.jobs.counting import cost
from bot.jobs.services import Services
from bot.model import Channel
from bot.model.channel import PaidPace
from bot.model.outbox.broadcasts import Broadcast, Pace
from bot.model.staff import Actor
from bot.model.staff.audit import Verb
from bot.networks import load
from bot.rules.alerts.broadcasts import BroadcastAsks, BroadcastNotPaid
from bot.store import Store
from bot.times import DAY, epoch

WORTH = 60
"""Seconds: who gets all messages that are due together sooner than that at the free pace isn't
asked.
"""

_REF = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")
"""A broadcast's id; longer numbers may not fit into the database's 64 bits."""


@dataclass(frozen=True, kw_only=True)
class Price:
    """What a broadcast costs at most, of its messages that are not paid for yet."""

    messages: int
    #: in the network's own unit, such as Stars
    amount: Decimal
    unit: str
    usd: Decimal

    @override
    def __str__(self) -> str:
        return f"{self.messages:,} messages, at most {self.amount:,} {self.unit} (${self.usd:,.2f})"


async def run(services: Services, now: datetime) -> int:
    """Ask staff about each broadcast that may be paid for and was not asked about yet, from a day
    before it begins; return how many were asked about.
    """
    store, moment, asked = services.store, epoch(now), 0
    looked: list[tuple[Channel, int]] = []
    for channel in services.settings.channels.values():
        if not (channel.paid_broadcast and channel.nudges) or channel.name in services.dry:
            continue
        number = services.channel_ids[channel.name]
        small = store.broadcasts.small(number, moment, moment + DAY)
        looked += [(channel, occurrence) for occurrence in small]
    if looked:
        await counting(services, now)
    for channel, occurrence in looked:
        asked += _look(services, channel, occurrence, moment)
    for over in store.broadcasts.over(moment):
        _decided(services, over, Pace.FREE, Actor(""), now)
    return asked


async def counting(services: Services, now: datetime) -> None:
    """See that the waves are counted, step by step, so that others go on meanwhile."""
    if not services.store.counts.is_fresh(epoch(now)):
        for _ in services.store.counts.steps(epoch(now)):
            await asyncio.sleep(0)


def _look(services: Services, channel: Channel, occurrence: int, moment: int) -> bool:
    """Count one broadcast, and ask staff where it is worth it; return whether they are asked."""
    store, number = services.store, services.channel_ids[channel.name]
    messages, largest = store.counts.now(moment).broadcast(occurrence, number)
    if not messages:
        return False
    worth = largest > WORTH * free_rate(services, channel)
    pace = Pace.ASKED if worth else Pace.SMALL
    store.broadcasts.put(occurrence, number, pace, messages, largest, moment)
    broadcast = store.broadcasts.find(occurrence, number)
    if broadcast is None:
        return False
    store.alerts.open(_alarm(services, channel, broadcast), moment)
    return True


def _alarm(services: Services, channel: Channel, broadcast: Broadcast) -> BroadcastAsks:
    sold = price(services, channel, broadcast)
    free, paid = minutes(services, channel, broadcast)
    ref = broadcast.ref
    return BroadcastAsks(
        subject=ref,
        text=(
            f"{broadcast.action} of {broadcast.day} on {channel.name} may leave faster: {sold};"
            f" what is due together takes about {paid} minutes instead of {free}. `drumbeat"
            f" broadcasts pay {ref}` pays for it; without an answer it leaves at the free pace"
        ),
        campaign=broadcast.campaign,
        action=broadcast.action,
        channel=channel.name,
        messages=sold.messages,
        price=float(sold.amount),
        unit=sold.unit,
        usd=float(sold.usd),
        minutes_free=free,
        minutes_paid=paid,
    )


def price(services: Services, channel: Channel, broadcast: Broadcast) -> Price:
    """Return what the messages cost at most that are not paid for yet."""
    messages, sold = broadcast.messages - broadcast.paid, _sold(services, channel)
    return Price(
        messages=messages,
        amount=sold.price(messages),
        unit=sold.unit,
        usd=_dollars(channel, messages),
    )


def _dollars(channel: Channel, messages: int) -> Decimal:
    """Return what so many messages cost at most in US dollars, in whole cents."""
    usd = cost.price(channel.network, {cost.PAID_MESSAGE: messages})
    return usd.quantize(Decimal("0.01"), ROUND_UP)


def free_rate(services: Services, channel: Channel) -> float:
    """Return the messages a second of the channel's account at the free pace."""
    limits = load(channel.network).LIMITS
    return min([limits.per_second, *_own(services, channel)])


def minutes(services: Services, channel: Channel, broadcast: Broadcast) -> tuple[int, int]:
    """Return how many minutes the messages that are due together take, free and paid for."""
    paid = _sold(services, channel).per_second
    free = free_rate(services, channel)
    return ceil(broadcast.largest / free / 60), ceil(broadcast.largest / paid / 60)


def _own(services: Services, channel: Channel) -> list[float]:
    return [c.per_second for c in _of_account(services, channel) if c.per_second]


def _of_account(services: Services, channel: Channel) -> list[Channel]:
    return [c for c in services.settings.channels.values() if c.account == channel.account]


def _sold(services: Services, channel: Channel) -> PaidPace:
    pace = pace_of(_of_account(services, channel))
    if pace is None:
        raise UsageError(
            f"nothing is paid for on {channel.name}: give it paid_broadcast = true in config.toml,"
            " then `drumbeat reload`"
        )
    return pace


# what staff decide


def find(services: Services, ref: str) -> Broadcast:
    """Return the broadcast with this id; raises `UsageError` where there is none."""
    if numbers := _REF.fullmatch(ref):
        broadcast = services.store.broadcasts.find(int(numbers[1]), int(numbers[2]))
        if broadcast is not None:
            return broadcast
    raise UsageError(
        "there is no such broadcast; an id has the form 12-3, and `drumbeat broadcasts` lists all"
    )


@dataclass(frozen=True, kw_only=True)
class Line:
    """A broadcast as programs and `drumbeat broadcasts` see it; its fields are the contract."""

    id: str
    campaign: str
    action: str
    day: date
    channel: str
    #: asked, paid, free, cancelling (its messages are, by and by) or cancelled
    pace: str
    #: the most that may be paid for
    messages: int
    #: what they cost at most, in `unit` and in US dollars
    price: float
    unit: str
    usd: float
    #: messages that were paid for, or may have been
    paid: int
    by: str | None
    #: messages that its cancellation has reached so far; None where it is not cancelled
    cancelled: int | None
    #: how far the cancellation has come, from 0 to 1; None likewise
    share: float | None


def listed(settings: Settings, store: Store, now: datetime) -> list[Line]:
    """Return the broadcasts that staff were asked about and whose day is not over."""
    lines = []
    for each in store.broadcasts.current(epoch(now)):
        channel = settings.channels.get(each.channel)
        if channel is None or (sold := load(channel.network).PAID) is None:
            continue
        lines.append(
            Line(
                id=each.ref,
                campaign=each.campaign,
                action=each.action,
                day=each.day,
                channel=each.channel,
                pace=each.word,
                messages=each.messages,
                price=float(sold.price(each.messages)),
                unit=sold.unit,
                usd=float(_dollars(channel, each.messages)),
                paid=each.paid,
                by=each.by or None,
                cancelled=each.cancelled,
                share=None if each.cancelled is None else round(each.share, 3),
            )
        )
    return lines


def pay(services: Services, ref: str, by: Actor, now: datetime) -> str:
    """Let what waits of a broadcast leave at the pace that is paid for, and return a sentence that
    says so with its price.

    Raises `UsageError` where it would pass the ceiling of the month with what is paid for already
    and what somebody said yes to, and where it is decided otherwise for good.
    """
    broadcast = find(services, ref)
    sold = price_of(services, broadcast)
    with services.store.transaction():
        if sold.messages > (most := room(services, broadcast, now)):
            raise UsageError(_too_dear(services, broadcast, sold, most))
        if not _decided(services, broadcast, Pace.PAID, by, now):
            raise UsageError(skipping.decided(find(services, ref)))
    return f"paid for: {broadcast.action} on {broadcast.channel}, {sold}"


def price_of(services: Services, broadcast: Broadcast) -> Price:
    """Return what the messages cost at most that are not paid for yet; raises `UsageError` where
    nothing may be paid for on its channel.
    """
    return price(services, _channel(services, broadcast), broadcast)


def room(services: Services, broadcast: Broadcast, now: datetime) -> int:
    """Return for how many messages of a broadcast the ceiling of the month leaves room, beside what
    was paid and what somebody said yes to.
    """
    channel = _channel(services, broadcast)
    numbers = [services.channel_ids[c.name] for c in _of_account(services, channel)]
    promised = sum(
        left
        for number, occurrence, left in services.store.broadcasts.paying(numbers, epoch(now))
        if (occurrence, number) != (broadcast.occurrence, broadcast.channel_id)
    )
    return cost.affordable(services, channel, cost.PAID_MESSAGE, now) - promised


def _channel(services: Services, broadcast: Broadcast) -> Channel:
    channel = services.channel(broadcast.channel_id)
    if channel is None:
        raise UsageError(f"{broadcast.channel} stands in config.toml no longer")
    return channel


def _too_dear(services: Services, broadcast: Broadcast, sold: Price, left: int) -> str:
    ceiling = cost.ceiling(services, _channel(services, broadcast))
    return (
        f"not paid for: {sold} would pass the ceiling of channel {broadcast.channel},"
        f" ${ceiling:.2f} a month, which leaves room for {max(0, left):,} messages; raise `ceiling`"
        " in config.toml, then `drumbeat reload`. Until then it leaves at the free pace"
    )


def free(services: Services, ref: str, by: Actor, now: datetime) -> str:
    """Let what waits of a broadcast leave at the free pace, from the next message on, and return a
    sentence that says so.

    Raises `UsageError` where it isn't sent.
    """
    broadcast = find(services, ref)
    if not _decided(services, broadcast, Pace.FREE, by, now):
        raise UsageError(skipping.decided(broadcast))
    said = f"{broadcast.action} on {broadcast.channel} leaves at the free pace"
    return f"{said}; {broadcast.paid:,} messages were paid for" if broadcast.paid else said


_MAY_BECOME = {
    Pace.PAID: (Pace.ASKED, Pace.FREE, Pace.PAID),
    Pace.FREE: (Pace.ASKED, Pace.PAID, Pace.FREE),
}

_SAID = {
    Pace.PAID: Verb.BROADCAST_PAID,
    Pace.FREE: Verb.BROADCAST_FREED,
}


def _decided(services: Services, broadcast: Broadcast, to: Pace, by: Actor, now: datetime) -> bool:
    """Write down what was decided, and close the alarms that asked for it."""
    store, moment = services.store, epoch(now)
    with store.transaction():
        done = store.broadcasts.decide(
            broadcast.occurrence, broadcast.channel_id, _MAY_BECOME[to], to, by, moment
        )
        if done:
            store.audit.note(by, _SAID[to], moment, broadcast.ref)
        for kind in (BroadcastAsks.kind, BroadcastNotPaid.kind):
            store.alerts.close(kind, broadcast.ref, moment)
    return done
