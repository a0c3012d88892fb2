"""Moved: where the posts of a channel go since its chat has another address.

Kept in the database until config.toml names it, so that a restart knows it too.
"""

import json
from collections.abc import Iterable
from dataclasses import replace

from bot.model import Channel
from bot.store import Store

_KEY = "target {}"


def keep(store: Store, channel: Channel, address: str) -> None:
    """Write down where the chat that the config names is now."""
    content = {"was": channel.target, "now": address}
    store.meta.put(_KEY.format(channel.name), json.dumps(content))


def followed(store: Store, channels: Iterable[Channel]) -> dict[str, str]:
    """The new addresses by channel name, of those channels whose table still names the old one."""
    addresses = {}
    for channel in channels:
        content = json.loads(store.meta.get(_KEY.format(channel.name)) or "{}")
        if content and content["was"] == channel.target:
            addresses[channel.name] = str(content["now"])
    return addresses


def named(used: Channel, read: Channel, address: str | None) -> bool:
    """Whether what was read differs in nothing but that it names the address that posts follow:
    then nothing has to begin anew.
    """
    return address is not None and read == replace(used, target=address)


def what_to_write(name: str, address: str) -> str:
    """Say what the operator should do, for logs and the command line."""
    return (
        f"the chat of channel {name} has a new address, and posts follow it: write target ="
        f' "{address}" under [channels.{name}] in config.toml, then `drumbeat reload`'
    )
