"""The campaigns of some roots, as they were read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from bot.files.frozen import Files
from bot.library.shared import Shared, read_shared
from bot.model import Campaign, Problem


@dataclass(frozen=True, kw_only=True)
class Library:
    """The campaigns that are sound, by id, and all the files that they come with."""

    #: what stands in the roots, as it was read
    files: Files
    campaigns: Mapping[str, Campaign]
    #: campaigns that have problems but can be looked at, so that `check` finds all problems at
    #: once; nothing else may use them
    drafts: Mapping[str, Campaign] = field(default_factory=dict)
    #: ids of all folders, broken campaigns included
    known: tuple[str, ...] = ()

    @property
    def roots(self) -> tuple[Path, ...]:
        """The roots that were read, in order of precedence."""
        return self.files.roots

    @property
    def shared(self) -> Shared:
        """What belongs to no campaign, as far as its files are sound."""
        return self._shared[0]

    @property
    def shared_problems(self) -> list[Problem]:
        """What is wrong in the files of `shared`."""
        return self._shared[1]

    @cached_property
    def _shared(self) -> tuple[Shared, list[Problem]]:
        return read_shared(self.files)
