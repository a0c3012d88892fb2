"""The variables and functions that an action's template may use."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from bot.errors import FactExpired, LinkEmpty, RenderError
from bot.model import Action, Audience, Campaign
from bot.model.words import Words
from bot.names import suggest
from bot.render.facts import holding

NEXT_POST = "\ufdd0"  # a code point that is no character, and that str.strip() leaves alone


@dataclass(frozen=True, kw_only=True)
class Variables:
    """What a template of an action knows when one of its blocks is rendered."""

    campaign: Campaign
    action: Action
    #: BCP 47 tag of the template, after fallback
    language: str
    network: str
    audience: Audience
    day: date
    #: gives the campaign's words in the template's language
    words: Callable[[], Words]
    #: whether an empty link slot gives an address of no meaning, in place of `LinkEmpty`
    stand_in: bool

    def mapping(self) -> dict[str, object]:
        """Return them by the names that templates say."""
        own: dict[str, object] = (
            {} if self.action.prescribed is None else {"prescribed": self.action.prescribed}
        )
        return own | {
            "link": self.link,
            "fact": self.fact,
            "facts": self.facts,
            "hashtag": self.campaign.hashtag,
            "audience": self.audience.word,
            "network": self.network,
            "language": self.language,
            "year": self.day.year,
            "day": self.day,
            "next_post": NEXT_POST,
        }

    def link(self, name: str) -> str:
        """Return the URL of a link slot; raises `RenderError`, for an empty one `LinkEmpty`."""
        slot = self.campaign.links.get(name)
        if slot is None:
            raise RenderError(
                f"link({name!r}): {self.campaign.id} has no such link"
                f" slot{suggest(name, self.campaign.links)}"
            )
        if not slot.url and not self.stand_in:
            raise LinkEmpty(
                f"link({name!r}): the slot is empty; fill in [links.{name}] in"
                f" campaigns/{self.campaign.id}/campaign.toml"
            )
        return slot.url or f"https://example.org/{name}"

    def fact(self, name: str) -> int | float | str:
        """Return the value of a fact; raises `FactExpired` where it may no longer be said, and
        `RenderError` where it may not yet.
        """
        fact = self.campaign.facts.get(name)
        if fact is None:
            raise RenderError(
                f"fact({name!r}): {self.campaign.id} has no such"
                f" fact{suggest(name, self.campaign.facts)}"
            )
        if not fact.is_known(self.day):
            raise RenderError(
                f"fact({name!r}): nobody knows it before {fact.as_of}, which is after {self.day};"
                f" say it later, or correct as_of of [facts.{name}]"
            )
        if fact.is_expired(self.day):
            raise FactExpired(
                f"fact({name!r}): expired on {fact.expires}, before {self.day}; look it up again in"
                f" [facts.{name}], or leave it out"
            )
        return fact.value

    def facts(self) -> list[str]:
        """Return the sentences of the facts that may be said on the day, each with who says it."""
        said = holding(self.campaign, self.words(), self.language, self.day)
        return [each.cited for each in said]
