"""What topics of everybody who talks to the bot may look at: places, help, and what is kept."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bot.model.audience import Audience
from bot.model.person import Question
from bot.model.shared import ChildHelpline
from bot.rules.reading.places import Place
from bot.rules.reading.typed import Phrases


@dataclass(frozen=True, kw_only=True)
class ShownResult:
    """What everybody may see of a pledge's scale-up result, in short."""

    pledge: int
    name: str
    #: who made it
    who: str
    #: what was answered, each with the word of its `BoardPart`
    told: tuple[tuple[str, str], ...]
    #: the pledge's page; '' where we have no pages
    page: str
    #: whether its makers can be asked
    asked: bool


class PeopleLook(Protocol):
    """What can be said to everybody, and what is kept about them."""

    def facts_in(self, language: str) -> Mapping[str, object]:
        """Return what texts say of us and of privacy, in a language, by name.

        The names are age, controller, contact, retention (days), notice and channel (pages, or
        ''), title and about of the first active campaign, and minute and place, the defaults.
        """

    def written_otherwise(self, language: str) -> Mapping[str, str]:
        """Return which `campaigns` write to who has chosen this language in another one than we
        do, and in which, `written`; empty where none does.
        """

    @property
    def commands(self) -> tuple[Mapping[str, str], ...]:
        """The commands that are listed for this person, each as its `name` and `what` it does."""

    @property
    def number(self) -> str:
        """The person's number on Telegram, by which config.toml names staff."""

    @property
    def danger_link(self) -> str | None:
        """The page that opens a private chat which begins with help for a child; None without."""

    @property
    def helplines(self) -> tuple[ChildHelpline, ...]:
        """The helplines for children in the person's country."""

    @property
    def safeguarding(self) -> tuple[str, int] | None:
        """Name of the safeguarding contact and days of retention; None where nobody is named."""

    @property
    def named_days(self) -> bool:
        """Whether there are observances for the person's audience, so that they may choose them."""

    @property
    def audiences(self) -> Collection[Audience]:
        """The audiences to which an active campaign has something to say, and the person's own."""

    @property
    def hours(self) -> tuple[int, ...]:
        """The full hours of a day that lie outside quiet hours."""

    def minute(self, text: str, *, bare: bool = True) -> int | None:
        """Return the minute of the day that was written as people write an hour, in the reader's
        language or another of ours, with `bare` also as a number alone; None for what can't be
        read, or may be read in two ways.
        """

    def is_quiet(self, minute: int) -> bool:
        """Return whether a minute of the day lies in quiet hours."""

    def places(self, text: str, *, slips: bool = True) -> tuple[Place, ...]:
        """Return the places that a typed city or country may mean.

        A country with one time zone is a place by itself. Without `slips` only names that are
        written out and spelled right count, which is quick.
        """

    def place(self, zone: str, country: str | None, city: str) -> Place:
        """Return a place as it is called: by a city where one was said, else by its country.

        Where the country keeps several times it is called by the zone's own city. Raises `KeyError`
        for no zone.
        """

    @property
    def home(self) -> str:
        """What the place where the person lives is called; its zone as it is kept where nobody
        knows that.
        """

    @property
    def country(self) -> str:
        """The name of the person's country in their language; '' where it isn't known."""

    def day(self, text: str, *, alone: bool = False) -> date | None:
        """Return the day that was written as people do in the reader's language or another of ours,
        or in ISO 8601; with `alone` as the whole of a text, but for what says nothing.

        None for what can't be read, or may be read in two ways.
        """

    def age(self, text: str) -> int | None:
        """Return the age in years that the whole of a text says; None for anything else."""

    @property
    def phrases(self) -> Phrases:
        """What people type instead of pressing, in every language that we speak."""

    @property
    def came(self) -> int | None:
        """How many came by the person's own link; None while they have none."""

    def result(self, pledge: int) -> ShownResult | None:
        """Return the public result of a pledge; None where there is none."""

    def may_tell(self, question: int) -> bool:
        """Return whether a question to makers is the person's, and not passed on yet."""

    def asks_me(self, question: int) -> Question | None:
        """Return a question that the person is asked as a pledge's maker; None where they aren't,
        or it has its answer.
        """

    @property
    def stored(self) -> bool:
        """Whether anything is kept about this chat.

        That may be a person, messages of somebody who has not joined, or what is kept of staff.
        """

    @property
    def untold(self) -> bool:
        """Whether a message about a child has not reached the safeguarding contact yet."""

    def export(self) -> str:
        """Return all that is stored about this chat, as JSON."""
