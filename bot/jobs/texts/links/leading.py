"""Links of ours that lead to somebody: the page of a pledge, a favourite, what others published;
and posts of pledge-makers that we showed.

A text that staff read yesterday may lead to what is withdrawn, deleted or held today. It mustn't
leave so: whoever takes something back is shown to nobody from that instant on.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from bot.jobs.services import Services
from bot.links import links
from bot.model.calls.entry import EntryState
from bot.model.newsletter import without_items
from bot.rules.amplification import holds_maker
from bot.rules.pledges.named import named_in, names_in

_TO = re.compile(
    r"/[^/]+/(?P<campaign>[^/]+)/(?:pledges/(?P<pledge>\d{1,15})"
    r"|calls#favourite-(?P<entry>\d{1,15})|stories#(?P<story>[a-z0-9-]+))(?![\w-])"
)


@dataclass(frozen=True)
class Leading:
    """What links lead to just now."""

    services: Services
    #: whether it is for a text that leaves, so that what is held stays out, too
    leaves: bool = True
    #: addresses of posts of pledge-makers that a text shows
    posts: Collection[str] = ()

    def dead(self, text: str) -> list[str]:
        """Return the links in a text that lead to what must not be shown."""
        return [link for link in links(text) if self._is_dead(link)]

    def without(self, text: str, above: str = "") -> tuple[str, tuple[str, ...]]:
        """Return a text without the lines of its lists that lead to what must not be shown, and
        without a list of which nothing is left; and the other lines that lead there or name it,
        what stands `above` the text among them.
        """
        rest, names = without_items(text, self.dead), names_in(text, self.dead)
        lines = f"{above}\n{rest}".split("\n")
        return rest, tuple(line for line in lines if self.dead(line) or named_in(line, names))

    def _is_dead(self, link: str) -> bool:
        if link in self.posts:
            return link not in self._shown
        web = self.services.settings.web
        below, path = _bare(web.public_url) if web else "", _bare(link)
        to = _TO.match(path.removeprefix(below)) if below and path.startswith(below) else None
        return to is not None and not self._is_there(to)

    def _is_there(self, to: re.Match[str]) -> bool:
        if pledge := to["pledge"]:
            return self._pledge(int(pledge))
        entry = to["entry"]
        return self._favourite(int(entry)) if entry else self._story(to)

    @cached_property
    def _shown(self) -> frozenset[str]:
        return frozenset(self.services.store.amplify.showing(self.posts))

    def _pledge(self, number: int) -> bool:
        store = self.services.store
        pledge = store.pledges.get(number)
        if pledge is None or not store.public_pledges.is_public(pledge):
            return False
        held = store.holds.scopes() if self.leaves else ()
        return not any(holds_maker(scope, pledge) for scope in held)

    def _favourite(self, number: int) -> bool:
        entry = self.services.store.entries.get(number)
        return entry is not None and entry.state is EntryState.FAVOURITE

    def _story(self, to: re.Match[str]) -> bool:
        campaign = self.services.library.campaigns.get(to["campaign"])
        return campaign is not None and to["story"] in {each.id for each in campaign.published}


def _bare(link: str) -> str:
    """Return a link without what stands before its host, which is written in small letters."""
    host, slash, path = link.rsplit("://", maxsplit=1)[-1].partition("/")
    return f"{host.lower()}{slash}{path}"
