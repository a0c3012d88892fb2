"""Chats that moved: the new address to which a channel's posts go.

It is kept in the database until config.toml names it, so that a restart knows it too.
"""

import json
from collections.abc import Iterable
from dataclasses import replace

from bot.model import Channel
from bot.store import Store

_KEY = "target {}"


def keep(store: Store, channel: Channel, address: str) -> None:
    """Remember the new address of the chat that config.toml names as the channel's target."""
    content = {"was": channel.target, "now": address}
    store.meta.put(_KEY.format(channel.name), json.dumps(content))


def followed(store: Store, channels: Iterable[Channel]) -> dict[str, str]:
    """Return the new addresses, by name of the channels whose table still names the old one."""
    addresses = {}
    for channel in channels:
        content = json.loads(store.meta.get(_KEY.format(channel.name)) or "{}")
        if content and content["was"] == channel.target:
            addresses[channel.name] = str(content["now"])
    return addresses


def named(used: Channel, read: Channel, address: str | None) -> bool:
    """Return whether the table just read differs from the one in use in nothing but its target,
    which is the `address` that posts follow already.

    Such a channel needs no new connection.
    """
    return address is not None and read == replace(used, target=address)


def what_to_write(name: str, address: str) -> str:
    """Return a sentence that tells the operator to write the new address into config.toml."""
    return (
        f"the chat of channel {name} has a new address, and posts follow it: write target ="
        f' "{address}" under [channels.{name}] in config.toml, then `drumbeat reload`'
    )
