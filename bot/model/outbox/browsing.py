"""How the outbox is read in parts: where a page ends, and which posts are looked for."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.model.message import DeliveryKey
from bot.model.outbox import PUBLIC, ActionDay, State

Place = tuple[int, int, int]
"""Where a post stands in a list, and where a page ends: the epoch second by which its posts are in
order, such as the end of its grace; its occurrence and its channel.
"""

LAST: Place = (2**62, 2**62, 2**62)
"""After every post."""


@dataclass(frozen=True, kw_only=True)
class PostAt(ActionDay):
    """A post as a calendar has it."""

    occurrence: int
    channel_id: int
    #: the channel's name
    channel: str
    state: State
    #: epoch seconds
    due: int

    @property
    def key(self) -> DeliveryKey:
        """The post's key."""
        return DeliveryKey(self.occurrence, self.channel_id, PUBLIC)


@dataclass(frozen=True, kw_only=True)
class Meant:
    """What somebody means by words: actions whose title has them, and those whose id has them."""

    #: ids of actions
    actions: Collection[str]
    #: in small letters, and never ''; stand in the id
    words: str


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which posts are looked for; an empty field means every one."""

    state: State | None = None
    #: the channel's name
    channel: str = ""
    #: what it is about; None for everything
    about: Meant | None = None


_LONGEST = 18
"""Digits of a number that fits into the database's 64 bits."""


def place(text: str) -> Place | None:
    """Return the place that somebody wrote as 'number-number-number'; None for anything else."""
    parts = text.split("-")
    if not all(part.isascii() and part.isdecimal() and len(part) <= _LONGEST for part in parts):
        return None
    match [int(part) for part in parts]:
        case [first, occurrence, channel]:
            return first, occurrence, channel
    return None
