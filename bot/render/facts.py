"""The facts of a campaign as they may be said: a sentence, its source, until when it holds, and
what it means.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot.gaps import filled
from bot.languages import behind_comma, in_brackets, said_number, said_short, said_year
from bot.model import Campaign, Fact
from bot.model.words import ExplainedWords, Words

_MILLION = 1_000_000


@dataclass(frozen=True, kw_only=True)
class SaidFact:
    """A fact in the words of one language."""

    fact: Fact
    sentence: str
    #: who says it, and the year since when; the whole source where the campaign has no few words
    by: str
    language: str
    #: its parts are '' where the campaign says nothing of them
    explained: ExplainedWords
    #: nobody should say it any more
    expired: bool

    @property
    def cited(self) -> str:
        """Return the sentence with who says it, as it is passed on."""
        return in_brackets(self.sentence, self.by, self.language)


def facts(campaign: Campaign, words: Words, language: str, today: date) -> Iterator[SaidFact]:
    """Yield the facts that are known on a day and have a sentence in these words, which are those
    of the campaign in the language; what still holds comes first.
    """
    said = [
        SaidFact(
            fact=fact,
            sentence=filled(sentence, **_figure(fact, language)),
            by=_by(fact, words.cited.get(fact.name, ""), language),
            language=language,
            explained=words.explained.get(fact.name) or ExplainedWords(),
            expired=fact.is_expired(today),
        )
        for fact in campaign.facts.values()
        if fact.is_known(today) and (sentence := words.facts.get(fact.name))
    ]
    yield from sorted(said, key=lambda each: each.expired)


def holding(campaign: Campaign, words: Words, language: str, today: date) -> list[SaidFact]:
    """Return those of `facts` that may be said."""
    return [each for each in facts(campaign, words, language, today) if not each.expired]


def _by(fact: Fact, cited: str, language: str) -> str:
    return behind_comma(cited, said_year(fact.as_of, language), language) if cited else fact.source


def _figure(fact: Fact, language: str) -> dict[str, str]:
    """Return what a sentence may say of the fact's value, by the names of its gaps."""
    if isinstance(fact.value, str):
        return {"value": fact.value}
    return {
        "value": said_number(fact.value, language),
        "millions": said_number(fact.value / _MILLION, language),
        "short": said_short(fact.value, language),
    }
