"""Another text in the place of a post's own, and what is to be said of it before it is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from bot.gaps import filled
from bot.jobs.staff import posting
from bot.jobs.staff.strayed import strayed
from bot.text import parts
from bot.web.desk.posts import told
from bot.web.desk.posts.cards import Card


@dataclass(frozen=True)
class Wording:
    """A text for the channel of a post."""

    card: Card
    text: str

    @cached_property
    def posts(self) -> tuple[str, ...]:
        """The posts of its thread, or the only one; none without a text."""
        return parts(self.text)

    @property
    def lengths(self) -> list[str]:
        """The length of each post, as its network counts it."""
        lengths = [length for _, length in self._counted]
        return lengths if len(lengths) < 2 else list(self._numbered(lengths))  # noqa: PLR2004

    @property
    def _counted(self) -> list[tuple[str, str]]:
        return told.parts(self.card.who, self.card.entry.channel, self.posts)

    def _numbered(self, lengths: list[str]) -> Iterator[str]:
        words = self.card.who.words["edit"]["post"]
        for number, length in enumerate(lengths, 1):
            yield filled(words, number=self.card.who.number(number), length=length)

    @cached_property
    def wrong(self) -> list[str]:
        """Why it can't be kept."""
        if not self.posts:
            return [self.card.who.words["edit"]["empty"]]
        over = posting.unfit(self.card.who.services, self.card.entry, self.text)
        return told.excesses(self.card.who, over)

    @cached_property
    def lost(self) -> list[str]:
        """What it loses of the campaign, and where it leads that the campaign doesn't."""
        return list(self._strays()) if self.posts else []

    def _strays(self) -> Iterator[str]:
        words = self.card.who.words["edit"]["lost"]
        lost = strayed(self.card.who.services, self.card.entry, self.text)
        for kind, whats in lost.items():
            yield from (filled(words[kind], what=what) for what in whats)

    @property
    def said(self) -> dict[str, list[str]]:
        """All of this, by name."""
        return {
            "posts": list(self.posts),
            "lengths": self.lengths,
            "wrong": self.wrong,
            "lost": self.lost,
        }
