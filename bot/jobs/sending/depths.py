"""How much waits on each channel and for each account, and since when."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from bot.model import Channel
from bot.model.outbox.depths import Depth
from bot.store import Store
from bot.times import epoch


def by_channel(store: Store, channels: Mapping[str, int], now: int) -> dict[str, Depth]:
    """Return what waits on each of these channels, given by their ids."""
    holds, moving = store.holds.current(), store.backlog.moving(now)

    def depth(channel: int) -> Depth:
        waiting, due = moving.get(channel, (0, 0))
        since = store.backlog.oldest_due(channel, now, holds) if due else None
        return Depth(waiting=waiting, due=due, since=since)

    return {name: depth(channel) for name, channel in channels.items()}


def by_account(channels: Iterable[Channel], depths: Mapping[str, Depth]) -> dict[str, Depth]:
    """Return what waits for each account that has channels, of the `depths` of these."""
    of: dict[str, list[Depth]] = {}
    for channel in channels:
        of.setdefault(channel.account, []).append(depths.get(channel.name, Depth()))
    return {account: _together(of[account]) for account in sorted(of)}


def now(store: Store, channels: Mapping[str, Channel], at: datetime) -> dict[str, Depth]:
    """Return what waits for each account of these channels."""
    ids = {name: id_ for name, id_ in store.channels.ids().items() if name in channels}
    return by_account(channels.values(), by_channel(store, ids, epoch(at)))


def due(store: Store, channels: Mapping[str, Channel], at: datetime, most: int) -> dict[str, Depth]:
    """Return the same for a page, which must take no longer where a million wait: of a channel no
    more than `most` that are due are counted, and what is not due is left out.
    """
    moment, holds = epoch(at), store.holds.current()

    def depth(channel: int) -> Depth:
        count = store.backlog.due(channel, moment, most)
        since = store.backlog.oldest_due(channel, moment, holds) if count else None
        return Depth(waiting=count, due=count, since=since)

    ids = store.channels.ids()
    there = {name: depth(ids[name]) for name in channels if name in ids}
    return by_account(channels.values(), there)


def _together(depths: Iterable[Depth]) -> Depth:
    depths = list(depths)
    return Depth(
        waiting=sum(each.waiting for each in depths),
        due=sum(each.due for each in depths),
        since=min((each.since for each in depths if each.since is not None), default=None),
    )
