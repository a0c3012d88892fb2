"""The networks, found by name: `load("x")` gives the class `Network` of
`bot/networks/x/network.py`, `load_collector("x")` the class `Collector` beside it, where the
service can be counted on.

A room whose ``network`` is missing is no network. Nothing is imported before it is asked for.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from bot.model import Channel, Problem
from bot.names import pick, suggest
from bot.networks.base import Network
from bot.networks.counting import Collector


@cache
def names() -> tuple[str, ...]:
    """The names of all networks, sorted."""
    return _rooms_with("network")


@cache
def collector_names() -> tuple[str, ...]:
    """The names of all services on which hashtag usage can be counted, sorted."""
    return _rooms_with("collector")


def _rooms_with(module: str) -> tuple[str, ...]:
    rooms = (room.name for room in iter_modules(__path__) if room.ispkg)
    return tuple(
        sorted(name for name in rooms if find_spec(f"{__name__}.{name}.{module}") is not None)
    )


def load(name: str) -> type[Network]:
    """The network's class; raises `UsageError` naming the known ones."""
    pick(name, names(), "network")
    network: type[Network] = import_module(f"{__name__}.{name}.network").Network
    return network


def load_collector(name: str) -> type[Collector]:
    """The collector's class; raises `UsageError` naming the known ones."""
    pick(name, collector_names(), "collector")
    collector: type[Collector] = import_module(f"{__name__}.{name}.collector").Collector
    return collector


def problems(channels: Iterable[Channel], file: str) -> list[Problem]:
    """What the tables of these channels in `file` lack or have too much of, by what their networks
    declare; all of it at once.
    """
    return [
        Problem(file=file, key=f"channels.{channel.name}.{key}", message=words)
        for channel in channels
        for key, words in _wrong(channel)
    ]


def _wrong(channel: Channel) -> Iterator[tuple[str, str]]:
    network = load(channel.network)
    for key in network.NEEDS:
        if getattr(channel, key) is None:
            yield key, f"is missing; {channel.network} can't do without it"
    if channel.posts and not network.POSTS:
        yield (
            "posts",
            (
                f"{channel.network} carries no posts to everyone, only what is for single people;"
                " write posts = false"
            ),
        )
    if channel.nudges and not (network.NUDGES or network.LETTERS):
        yield (
            "nudges",
            (
                f"{channel.network} carries nothing to single people, only what is for everyone;"
                " write nudges = false"
            ),
        )
    yield from _wrong_pace(channel, network)
    for name, value in channel.options.items():
        option = network.OPTIONS.get(name)
        if option is None:
            yield (
                f"options.{name}",
                f"{channel.network} has no such option{suggest(name, network.OPTIONS)}",
            )
        elif option.values is not None and value not in option.values:
            yield f"options.{name}", f"'{value}' is not one of {', '.join(option.values)}"
        elif wrong := option.wrong(value):
            yield f"options.{name}", f"'{value}' {wrong}"


def _wrong_pace(channel: Channel, network: type[Network]) -> Iterator[tuple[str, str]]:
    if channel.granted_per_second is not None and not network.GRANTS:
        yield (
            "granted_per_second",
            (
                f"nobody is granted a faster pace on {channel.network} than"
                f" {network.LIMITS.per_second:g} messages a second; take the line away"
            ),
        )
    if channel.paid_broadcast and network.PAID is None:
        yield (
            "paid_broadcast",
            f"{channel.network} sells no faster pace for broadcasts; take the line away",
        )
    if too_fast := _too_fast(channel, network):
        yield "per_second", too_fast


def _too_fast(channel: Channel, network: type[Network]) -> str:
    """Return what is wrong with a channel's own pace; '' where the account may send so fast."""
    paid = network.PAID if channel.paid_broadcast else None
    most = paid.per_second if paid else channel.granted_per_second or network.LIMITS.per_second
    if channel.per_second is None or channel.per_second <= most:
        return ""
    mend = f"write per_second = {most:g} or less, or take the line away"
    if network.PAID and not paid:
        mend += (
            f"; broadcasts may leave at up to {network.PAID.per_second:g} a second, which"
            f" {channel.network} is paid for in {network.PAID.unit}, with paid_broadcast = true"
        )
    elif network.GRANTS and channel.granted_per_second is None:
        mend += "; a faster pace that the account is granted is granted_per_second"
    return f"{channel.network} takes {most:g} messages a second from this account: {mend}"
