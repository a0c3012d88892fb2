"""Channels that are dry: why nothing leaves them, and what to do, in the same words everywhere; and
which of them the running process found so.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot import networks
from bot.config import Settings, variable
from bot.model import Channel
from bot.store import Store

NO_PAGES = "its people confirm and unsubscribe on a page, and config.toml has no [web] public_url"
"""The reason of a channel of letters that lacks nothing but the pages."""

SENDS_NOTHING = "its network sends nothing"
"""The reason of a channel that somebody has written so."""

_NOT_SET = " not set"


def not_set(variables: Sequence[str]) -> str:
    """Return the reason of a channel for which these variables are not set."""
    return f"{', '.join(variables)}{_NOT_SET}"


def why_dry(name: str, reason: str) -> str:
    """Return why nothing leaves a channel, as what it skips says it."""
    return f"channel {name} is dry: {reason}"


def reason_of(name: str, said: str) -> str:
    """Return the bare reason in what `why_dry` said of the channel."""
    return said.removeprefix(why_dry(name, ""))


@dataclass(frozen=True, kw_only=True)
class Dry:
    """Channels that are dry for want of the same secrets, or one that is dry for another reason."""

    channels: Sequence[Channel]
    reason: str

    @property
    def names(self) -> str:
        """The names of the channels in a row."""
        return ", ".join(channel.name for channel in self.channels)

    @property
    def is_on_purpose(self) -> bool:
        """Whether somebody has written it so, and nobody need do anything."""
        return self.reason == SENDS_NOTHING

    @property
    def is_meant_live(self) -> bool:
        """Whether a part of what it needs is there: who gave that means it to send."""
        first = self.channels[0]
        needed = [variable(first.account, each) for each in networks.load(first.network).SECRETS]
        return self.reason not in (SENDS_NOTHING, not_set(needed))

    @property
    def sentence(self) -> str:
        """Which channels are dry, why, and what to do."""
        if len(self.channels) == 1:
            told, them = why_dry(self.names, self.reason), "it"
        else:
            told, them = f"channels {self.names} are dry: {self.reason}", "them"
        return f"{told}; nothing leaves {them} until you {self._advice}"

    @property
    def _advice(self) -> str:
        if self.is_on_purpose:
            return 'name another network than "dry" for it in config.toml'
        if self.reason == NO_PAGES:
            return "write it there and restart `drumbeat run`"
        if "," in self.reason:
            how = "set them (or each with _FILE at its end, to the name of a file that holds it)"
        else:
            name = self.reason.removesuffix(_NOT_SET)
            how = f"set it (or {name}_FILE, to the name of a file that holds it)"
        return f"{how} and restart `drumbeat run`"


def alike(settings: Settings, dry: Mapping[str, str]) -> Iterator[Dry]:
    """Yield the channels that are dry, those together that lack the same; `dry` maps their names to
    what `why_dry` said, which may name channels that are no longer in the settings.
    """
    groups: dict[tuple[str, str], list[Channel]] = {}
    for name, said in dry.items():
        if channel := settings.channels.get(name):
            reason = reason_of(name, said)
            shared = name if reason in (NO_PAGES, SENDS_NOTHING) else channel.account
            groups.setdefault((shared, reason), []).append(channel)
    for (_, reason), channels in groups.items():
        yield Dry(channels=channels, reason=reason)


def remember_dry(store: Store, dry: Mapping[str, str]) -> None:
    """Record which channels the running process found dry, for `status` in another shell."""
    store.meta.put("dry", json.dumps(dict(dry)))


def remembered_dry(store: Store) -> dict[str, str] | None:
    """Return the dry channels that the running process recorded, with their reasons, or None."""
    known = store.meta.get("dry")
    return None if known is None else dict(json.loads(known))
