"""What the servers of our channels accept, as they last said it. It is kept in the database with
its day, so that texts are measured by it before anything is sent.

Most networks accept the same everywhere; those with `TELLS_LIMITS` are asked by each probe.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any

from bot import networks
from bot.config import Settings
from bot.model import Channel, Limits, Role
from bot.networks.base import Network
from bot.store import Store
from bot.times import epoch, from_epoch

OLD = timedelta(days=30)
"""What a server said longer ago should be asked again: its operator may have changed it."""

_KEY = "limits {}"


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a server said that it accepts, and when."""

    limits: Limits
    #: address of the server
    server: str
    at: datetime
    #: limits of each service behind the account, by its name, where there are several
    services: Mapping[str, Limits] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """The limits that fit all our channels, by the name of their network."""

    #: limits of each network on which we post: the tightest of its channels
    limits: Mapping[str, Limits] = field(default_factory=dict)
    #: networks of which a server was not asked yet, so that the declared limits stand for it
    unasked: frozenset[str] = frozenset()
    #: limits of each network by which we write to single people or rooms, likewise
    people: Mapping[str, Limits] = field(default_factory=dict)
    #: limits of each service on which rooms are, by the names of its network and of the service
    services: Mapping[str, Mapping[str, Limits]] = field(default_factory=dict)

    def of(self, network: str, role: Role, declared: Limits) -> Limits:
        """Return the limits of a text: a post must fit our own channels, and so must what we write
        to people; what people share fits any account of the network, as `declared`.
        """
        if role is Role.POST:
            return self.limits.get(network, declared)
        is_ours = role in (Role.NUDGE, Role.WITHOUT_PLEDGE)
        return self.people.get(network, declared) if is_ours else declared

    def of_letters(self, network: str, declared: Limits) -> Mapping[str, Limits]:
        """Return the limits within which letters leave on a network, by service; under '' those of
        all, where no service is known by itself.
        """
        return self.services.get(network) or {"": self.of(network, Role.NUDGE, declared)}


def read(channel: Channel, network: Network, now: datetime) -> Told | None:
    """Return what the channel's server told since the network was built, or None."""
    limits = network.told_limits
    if limits is None:
        return None
    return Told(
        limits=limits, server=_server(channel), at=now, services=dict(network.told_services)
    )


def keep(store: Store, account: str, told: Told) -> None:
    """Remember what the account's server told, in place of what it said before."""
    content = {
        "server": told.server,
        "at": epoch(told.at),
        "limits": asdict(told.limits),
        "services": {name: asdict(limits) for name, limits in told.services.items()},
    }
    store.meta.put(_KEY.format(account), json.dumps(content, sort_keys=True))


def kept(store: Store, channels: Iterable[Channel]) -> dict[str, Told]:
    """Return what is known of the servers of these channels, by account.

    What a server said before the channel had another `base_url` doesn't count.
    """
    known: dict[str, Told] = {}
    for channel in channels:
        text = store.meta.get(_KEY.format(channel.account))
        content = json.loads(text) if text else {}
        if content.get("server") == _server(channel):
            known[channel.account] = Told(
                limits=_limits(content["limits"]),
                server=content["server"],
                at=from_epoch(content["at"]),
                # an older version stored none
                services={
                    name: _limits(given) for name, given in content.get("services", {}).items()
                },
            )
    return known


def taken(settings: Settings, told: Mapping[str, Told]) -> Taken:
    """Return what fits on all channels that post, and on all that write to people, by what their
    servers `told` or else by what their networks declare.
    """
    limits: dict[str, Limits] = {}
    people: dict[str, Limits] = {}
    services: dict[str, dict[str, Limits]] = {}
    unasked: set[str] = set()
    for channel in settings.channels.values():
        network, known = networks.load(channel.network), told.get(channel.account)
        mine = network.measured(known.limits if known else network.LIMITS, channel.options)
        for is_used, fits in ((channel.posts, limits), (channel.nudges, people)):
            if is_used:
                _fit(fits, channel.network, mine)
        if channel.nudges and known:
            for service, those in known.services.items():
                _fit(services.setdefault(channel.network, {}), service, those)
        if channel.posts and network.TELLS_LIMITS and known is None:
            unasked.add(channel.network)
    return Taken(limits=limits, unasked=frozenset(unasked), people=people, services=services)


def _fit(fits: dict[str, Limits], name: str, limits: Limits) -> None:
    """Let what is kept under this name fit these limits, too."""
    there = fits.get(name)
    fits[name] = tighter(there, limits) if there else limits


def tighter(one: Limits, other: Limits) -> Limits:
    """Return the limits of what fits both."""
    tight = min((one, other), key=lambda limits: limits.length - limits.beside)
    return replace(
        tight,
        link_length=max((one.link_length or 0, other.link_length or 0)) or None,
        alt=_least(one.alt, other.alt),
        picture=_least(one.picture, other.picture),
    )


def old(told: Mapping[str, Told], now: datetime) -> Iterator[str]:
    """Yield a sentence for each server that was asked too long ago."""
    for known in told.values():
        if now - known.at > OLD:
            yield (
                f"What {known.server} takes was read on {known.at:%Y-%m-%d},"
                f" {(now - known.at).days} days ago: `drumbeat doctor` reads it again."
            )


def _least(one: int | None, other: int | None) -> int | None:
    return min((most for most in (one, other) if most is not None), default=None)


def _server(channel: Channel) -> str:
    return channel.base_url or channel.network


def _limits(content: Mapping[str, object]) -> Limits:
    # a newer version may have stored more fields
    known = {each.name for each in fields(Limits)}
    given: dict[str, Any] = {name: value for name, value in content.items() if name in known}
    return Limits(**given)
