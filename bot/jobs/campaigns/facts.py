"""The facts of a campaign as they may be said: a sentence, its source, and until when it holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot.languages import said_number
from bot.model import Campaign, Fact
from bot.render import Renderer
from bot.text import filled


@dataclass(frozen=True, kw_only=True)
class SaidFact:
    """A fact in the words of one language."""

    fact: Fact
    sentence: str
    #: nobody should say it any more
    expired: bool


def any_said(campaign: Campaign, renderer: Renderer, language: str) -> bool:
    """Return whether `facts` gives any."""
    return any(map(renderer.words(campaign, language).facts.get, campaign.facts))


def facts(campaign: Campaign, renderer: Renderer, language: str, today: date) -> Iterator[SaidFact]:
    """Yield the facts for which the campaign has a sentence in the language, or in its own where
    the language has none; what still holds comes first.
    """
    said = [
        SaidFact(
            fact=fact,
            sentence=filled(sentence, value=_value(fact, language)),
            expired=fact.expires is not None and fact.expires < today,
        )
        for fact in campaign.facts.values()
        if (sentence := renderer.words(campaign, language).facts.get(fact.name))
    ]
    yield from sorted(said, key=lambda each: each.expired)


def _value(fact: Fact, language: str) -> str:
    return fact.value if isinstance(fact.value, str) else said_number(fact.value, language)
