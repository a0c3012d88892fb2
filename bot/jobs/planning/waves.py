"""The waves under way and to come, with the instant at which each will have left. Reads only."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby

from bot.config import Settings
from bot.jobs.broadcasts.paying import pace_of
from bot.model.outbox import Hold
from bot.model.outbox.broadcasts import Pace
from bot.model.outbox.waves import Waiting, WaveKey
from bot.model.staff import ANNOUNCEMENT
from bot.model.subject import MARK
from bot.networks import load
from bot.rules import dates, eta
from bot.rules.pacing import DAY, Pacer, State
from bot.store import Store
from bot.store.planning.counts import Fanned
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


@dataclass(frozen=True, kw_only=True)
class Day:
    """All waves of one action's day on one channel that have not ended."""

    campaign: str
    #: the text of a subject: see `bot.model.subject`
    action: str
    day: date
    channel: str
    #: deliveries that have not ended, also those that have still to fan out
    left: int
    held: int
    late: int
    #: epoch seconds when the first may leave, when the last leaves that is in time (None where
    #: none is), and when the last one's grace ends
    begins: int
    ends: int | None
    expires: int


def under_way(
    settings: Settings, store: Store, dry: Mapping[str, str], now: datetime
) -> list[Wave]:
    """Return the waves that have fanned out and not ended, account by account, earliest deadline
    first; none of dry channels, from which nothing leaves.
    """
    return _estimated(settings, store, _fanned_out(settings, store, dry, now), now)


def days(
    settings: Settings,
    store: Store,
    dry: Mapping[str, str],
    now: datetime,
    coming: Iterable[Waiting],
) -> list[Day]:
    """Return the waves under way and `coming`, by action, day and channel, first due first."""
    waiting = [*_fanned_out(settings, store, dry, now), *_merged(coming)]
    waiting.sort(key=lambda wave: (wave.expires, wave.due))
    groups: dict[tuple[str, str, str, date], list[Wave]] = {}
    for wave in _estimated(settings, store, waiting, now):
        key = (wave.channel, wave.campaign, wave.action, wave.day)
        groups.setdefault(key, []).append(wave)
    return sorted(map(_day, groups.values()), key=lambda day: (day.begins, day.action, day.channel))


def to_come(
    settings: Settings, store: Store, dry: Mapping[str, str], now: datetime
) -> Iterator[Waiting]:
    """Yield the waves that are open and have still to fan out, of live channels.

    They open a day before their day begins anywhere.
    """
    holds, gone = store.holds.all(), _not_sent(store, now)
    for wave, people in store.counts.now(epoch(now)).coming:
        if wave.channel not in settings.channels or wave.channel in dry:
            continue
        if people and (wave.occurrence, wave.channel_id) not in gone:
            free = 0 if _is_held(wave, holds) else people
            yield Waiting(
                campaign=wave.campaign,
                action=wave.action,
                day=wave.day,
                channel=wave.channel,
                zone=wave.zone,
                due=wave.due,
                expires=wave.expires,
                total=people,
                free=free,
            )


def _merged(coming: Iterable[Waiting]) -> Iterator[Waiting]:
    """Yield one wave for all places with the same deadline."""
    groups: dict[tuple[str, str, date, str, int], list[Waiting]] = {}
    for wave in coming:
        key = (wave.campaign, wave.action, wave.day, wave.channel, wave.expires)
        groups.setdefault(key, []).append(wave)
    for waves in groups.values():
        yield replace(
            min(waves, key=lambda wave: wave.zone),
            due=min(wave.due for wave in waves),
            total=sum(wave.total for wave in waves),
            free=sum(wave.free for wave in waves),
        )


def _is_held(wave: WaveKey, holds: Sequence[Hold]) -> bool:
    """Return whether a hold keeps a whole wave back; one of a part of the people keeps back these
    alone.
    """
    return any(
        not hold.scope.of_people
        and hold.scope.campaign in ("", wave.campaign)
        and hold.scope.channel in ("", wave.channel)
        and hold.scope.action in ("", wave.action, wave.action.partition(MARK)[0])
        for hold in holds
    )


def _fanned_out(
    settings: Settings, store: Store, dry: Mapping[str, str], now: datetime
) -> list[Waiting]:
    """Return what waits of the waves of live channels that is within its grace, earliest deadline
    first.
    """
    moment, gone, holds = epoch(now), _not_sent(store, now), store.holds.all()
    groups: dict[tuple[int, int, int], list[Fanned]] = {}
    for fanned in store.counts.now(moment).fanned:
        if fanned.expires > moment and (fanned.occurrence, fanned.channel) not in gone:
            key = (fanned.occurrence, fanned.channel, fanned.expires)
            groups.setdefault(key, []).append(fanned)
    waiting = (_waiting(settings, store, *key, rows, holds) for key, rows in groups.items())
    return sorted(
        (
            wave
            for wave in waiting
            if wave.zone and wave.channel in settings.channels and wave.channel not in dry
        ),
        key=lambda wave: (wave.expires, wave.due, wave.campaign, wave.action, wave.channel),
    )


def _waiting(
    settings: Settings,
    store: Store,
    occurrence: int,
    channel: int,
    expires: int,
    rows: Sequence[Fanned],
    holds: Sequence[Hold],
) -> Waiting:
    campaign, action, day, name, zone = store.listing.wave(occurrence, channel, expires)
    if action.partition(MARK)[0] == ANNOUNCEMENT:
        zone = zone or settings.zone  # it goes to all places at once, and so belongs to none
    wave = Waiting(
        campaign=campaign,
        action=action,
        day=day,
        channel=name,
        zone=zone,
        due=min(row.due for row in rows),
        expires=expires,
        total=sum(row.total for row in rows),
        free=sum(row.free for row in rows),
    )
    return replace(wave, free=0) if _is_held(wave, holds) else wave


def _not_sent(store: Store, now: datetime) -> set[tuple[int, int]]:
    """Return the broadcasts that staff have cancelled, as (occurrence, channel)."""
    return {
        (each.occurrence, each.channel_id)
        for each in store.broadcasts.current(epoch(now))
        if each.pace is Pace.CANCELLED
    }


def _estimated(
    settings: Settings, store: Store, waiting: Sequence[Waiting], now: datetime
) -> list[Wave]:
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
    rows = [replace(row, free=0) if row.channel in paused else row for row in rows]
    rate, begins = _pace(settings, store, account, sum(row.free for row in rows), now)
    paid = _paid_for(settings, store, account, now)
    queues = [
        eta.Queue(
            messages=row.free,
            ready=row.due,
            expires=row.expires,
            zone=dates.zone(row.zone),
            rate=paid.get((row.campaign, row.action, row.day, row.channel)),
        )
        for row in rows
    ]
    ends = eta.estimates(queues, rate=rate, now=begins, quiet=settings.quiet)
    for row, estimate in zip(rows, ends, strict=True):
        yield Wave(
            campaign=row.campaign,
            action=row.action,
            day=row.day,
            channel=row.channel,
            zone=row.zone,
            due=row.due,
            expires=row.expires,
            left=row.total,
            held=row.total - row.free,
            ends=None if estimate.ends is None else int(estimate.ends),
            late=estimate.late,
        )


def _day(waves: Sequence[Wave]) -> Day:
    return Day(
        campaign=waves[0].campaign,
        action=waves[0].action,
        day=waves[0].day,
        channel=waves[0].channel,
        left=sum(wave.left for wave in waves),
        held=sum(wave.held for wave in waves),
        late=sum(wave.late for wave in waves),
        begins=min(wave.due for wave in waves),
        ends=max((wave.ends for wave in waves if wave.ends is not None), default=None),
        expires=max(wave.expires for wave in waves),
    )


def _paid_for(
    settings: Settings, store: Store, account: str, now: datetime
) -> Mapping[tuple[str, str, date, str], float]:
    """Return the messages per second of an account's broadcasts that are paid for, by campaign,
    action, day and channel.
    """
    pace = pace_of([c for c in settings.channels.values() if c.account == account])
    if pace is None:
        return {}
    rate = Pacer(pace.per_second, now=now.timestamp()).rate
    return {
        (each.campaign, each.action, each.day, each.channel): rate
        for each in store.broadcasts.current(epoch(now))
        if each.pace is Pace.PAID and each.paid < each.messages
    }


def _pace(
    settings: Settings, store: Store, account: str, messages: int, now: datetime
) -> tuple[float, float]:
    """Return an account's messages per second at the free pace, and the epoch second from
    which it may send.

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
