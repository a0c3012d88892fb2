"""How a month is told, in one language: its words, names and numbers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.jobs.counting.figures import capital, network_name
from bot.jobs.results.monthly import Month, Monthly
from bot.jobs.services import Services
from bot.languages import said_list, said_month, said_number
from bot.model import Campaign

WORDS = "documents/month"
"""The templates of the words, below content/<language>/."""

SHORT = ("likes", "reposts", "replies")
"""The counts that are named where there is little room."""


@dataclass(frozen=True)
class Voice:
    """One month that is told in one language."""

    services: Services
    campaign: Campaign
    of: Monthly
    language: str

    def say(self, block: str, **variables: object) -> str:
        """Return a block of the words, with the names of both months."""
        months = {
            "month": self.month(self.of.month.first),
            "earlier": self.month(self.of.before.first),
        }
        return self.services.renderer.page(
            WORDS,
            block,
            language=self.language,
            fallback="en",
            variables={**months, **variables},
        ).text

    def month(self, first: date) -> str:
        """Return a month with its year."""
        return said_month(first, self.language, year=True)

    def number(self, value: float | None) -> str:
        """Return a number, with one decimal at most; '' for one that isn't known."""
        return "" if value is None else said_number(rounded(value), self.language)

    def name(self, network: str) -> str:
        """Return what a network is called within a sentence."""
        return network_name(self.services, network, self.language)

    def titled(self, network: str) -> str:
        """Return what a network is called at the beginning of a line."""
        return capital(self.name(network))

    def names(self, networks: Iterable[str]) -> str:
        """Return the names of networks, one after the other."""
        return said_list(sorted(map(self.name, networks), key=str.casefold), self.language)

    def tells(self, network: str) -> frozenset[str]:
        """Return the counts that a network of the month tells."""
        return self.of.month.shown.tells.get(network, frozenset())

    def known(self, kind: str) -> list[str]:
        """Return the networks on which a count is known of any post of either month."""
        return [
            name
            for name in self.of.networks
            if any(each(month, name, kind) is not None for month in (self.of.month, self.of.before))
        ]

    def observance(self, name: str) -> str:
        """Return the name of an observance, as the campaign's words have it."""
        words = self.services.renderer.words(self.campaign, self.language)
        return words.observances.get(name, name)


def count(month: Month, network: str, kind: str) -> int | None:
    """Return a count of all posts of a network in a month; None where it isn't known."""
    of = month.sums.get(network)
    return of.counts.get(kind) if of else None


def each(month: Month, network: str, kind: str) -> float | None:
    """Return what a post of a network had of a count on average; None where it isn't known."""
    of = month.sums.get(network)
    return of.each(kind) if of else None


def rounded(value: float) -> float:
    """Return a number with one decimal at most."""
    short = round(value, 1)
    return int(short) if short == int(short) else short
