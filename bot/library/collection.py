"""The campaigns of some roots, as they were read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.model import Campaign


@dataclass(frozen=True, kw_only=True)
class Library:
    """The campaigns that are sound, by id, and the roots they come from."""

    roots: tuple[Path, ...]
    campaigns: Mapping[str, Campaign]
    #: campaigns that have problems but can be looked at, to find all of these at once; nothing else
    #: may use them
    drafts: Mapping[str, Campaign] = field(default_factory=dict)
    #: ids of all folders, broken campaigns included
    known: tuple[str, ...] = ()
