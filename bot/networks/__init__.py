"""The networks, found by name: `load("x")` gives the class `Network` of `bot/networks/x.py`.

A file whose name starts with '_' or is `base` is not a network. Nothing is imported before it is
asked for.
"""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from importlib import import_module
from pkgutil import iter_modules

from bot.errors import UsageError
from bot.model import Channel, Problem
from bot.networks.base import Network


def names() -> tuple[str, ...]:
    """The names of all networks, sorted."""
    return tuple(
        sorted(
            m.name
            for m in iter_modules(__path__)
            if m.name != "base" and not m.name.startswith("_")
        )
    )


def load(name: str) -> type[Network]:
    """The network's class; raises `UsageError` naming the known ones."""
    if name not in names():
        raise UsageError(f"no network is called {name!r}; there are: {', '.join(names())}")
    network: type[Network] = import_module(f"{__name__}.{name}").Network
    return network


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
    for name, value in channel.options.items():
        option = network.OPTIONS.get(name)
        if option is None:
            yield (
                f"options.{name}",
                f"{channel.network} has no such option{_nearest(name, network.OPTIONS)}",
            )
        elif option.values is not None and value not in option.values:
            yield f"options.{name}", f"'{value}' is not one of {', '.join(option.values)}"


def _nearest(name: str, known: Iterable[str]) -> str:
    known = sorted(known)
    close = get_close_matches(name, known, 1)
    return (
        f"; did you mean '{close[0]}'?" if close else f"; there are: {', '.join(known) or 'none'}"
    )
