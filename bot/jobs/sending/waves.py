"""The waves under way, with the instant at which each will have left. Reads only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from bot.config import Settings
from bot.model.outbox import Waiting, WaveKey
from bot.networks import load
from bot.rules import dates, eta
from bot.rules.pacing import DAY, Pacer, State
from bot.store import Store
from bot.times import epoch


@dataclass(frozen=True, kw_only=True)
class Wave(WaveKey):
    """What of a wave has not left, and when it will have."""

    #: deliveries that have not ended
    left: int
    #: of these, those that a hold or a pause keeps back
    held: int
    #: epoch seconds when the last leaves that is neither held nor late; None where none is
    ends: int | None
    #: deliveries that can't leave within their grace at the account's pace
    late: int


def under_way(
    settings: Settings, store: Store, dry: Mapping[str, str], now: datetime
) -> list[Wave]:
    """Return the waves that have fanned out and not ended, account by account, earliest deadline
    first; none of dry channels, from which nothing leaves.
    """
    waiting = [
        wave
        for wave in store.listing.waves(epoch(now), store.holds.current())
        if wave.channel in settings.channels and wave.channel not in dry
    ]

    def account(wave: Waiting) -> str:
        return settings.channels[wave.channel].account

    waves: list[Wave] = []
    # the order within an account, which is by deadline, stays
    for name, rows in groupby(sorted(waiting, key=account), account):
        waves += _of_account(settings, store, name, list(rows), now)
    return waves


def _of_account(
    settings: Settings, store: Store, account: str, rows: list[Waiting], now: datetime
) -> Iterator[Wave]:
    paused = {pause.name for pause in store.channels.paused()}
    free = [0 if row.channel in paused else row.free for row in rows]
    rate, begins = _pace(settings, store, account, sum(free), now)
    queues = [
        eta.Queue(messages=n, ready=row.due, expires=row.expires, zone=dates.zone(row.zone))
        for row, n in zip(rows, free, strict=True)
    ]
    ends = eta.estimates(queues, rate=rate, now=begins, quiet=settings.quiet)
    for row, n, estimate in zip(rows, free, ends, strict=True):
        yield Wave(
            campaign=row.campaign,
            action=row.action,
            day=row.day,
            channel=row.channel,
            zone=row.zone,
            due=row.due,
            expires=row.expires,
            left=row.total,
            held=row.total - n,
            ends=None if estimate.ends is None else int(estimate.ends),
            late=estimate.late,
        )


def _pace(
    settings: Settings, store: Store, account: str, messages: int, now: datetime
) -> tuple[float, float]:
    """Return an account's messages per second, and the epoch second from which it may send.

    Where a rolling day may not have so many messages, they are spread over it.
    """
    moment = now.timestamp()
    channels = [c for c in settings.channels.values() if c.account == account]
    limits = load(channels[0].network).LIMITS
    own = [c.per_second for c in channels if c.per_second]
    limit = min([channels[0].granted_per_second or limits.per_second, *own])
    stored = store.channels.pacing(account)
    state = State.loads(stored) if stored else None
    rate = (Pacer.from_state(state, limit, now=moment) if state else Pacer(limit, now=moment)).rate
    if limits.per_day is not None:
        day = state.day if state else ()
        left = sum(n for _, last, n in day if moment - last < DAY)
        if messages > limits.per_day - left:
            rate = min(rate, limits.per_day / DAY)
    return rate, max(moment, state.paused_until if state else moment)
