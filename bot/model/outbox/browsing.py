"""How the outbox is read in parts: where a page ends, and which posts are looked for."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.model.outbox import State

Place = tuple[int, int, int]
"""Where a page ends: the end of a post's grace (epoch seconds), its occurrence and its channel."""

LAST: Place = (2**62, 2**62, 2**62)
"""After every post."""


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
