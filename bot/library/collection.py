"""The campaigns of some roots, as they were read."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from bot.files.frozen import Files
from bot.library.shared import Shared, read_shared
from bot.model import Campaign, Problem
from bot.names import pick


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

    def campaign(self, name: str) -> Campaign:
        """Return the sound campaign of this id; raises `UsageError`, with the nearest, for none."""
        return self.campaigns[pick(name, self.campaigns, "campaign")]

    def leading_to(self, public_url: str | None) -> "Library":
        """Return the library in which empty link slots that name a page of ours lead there.

        `public_url` is that of the public site, whose pages have addresses without a language, for
        texts; without one, the slots stay empty.
        """
        if public_url is None:
            return self
        filled = [
            {name: _filled(campaign, public_url) for name, campaign in campaigns.items()}
            for campaigns in (self.campaigns, self.drafts)
        ]
        return replace(self, campaigns=filled[0], drafts=filled[1])

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


def _filled(campaign: Campaign, public_url: str) -> Campaign:
    own = {
        name: replace(link, url=f"{public_url}/{campaign.id}/{link.path}", own=True)
        for name, link in campaign.links.items()
        if link.page and not link.url
    }
    return replace(campaign, links={**campaign.links, **own}) if own else campaign
