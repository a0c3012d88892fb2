"""What topics of everybody who talks to the bot may look at: places, help, and what is kept."""

from collections.abc import Collection, Mapping
from typing import Protocol

from bot.model.audience import Audience
from bot.model.shared import ChildHelpline
from bot.rules.reading.places import Place


class PeopleLook(Protocol):
    """What is said to everybody, and what is kept about them."""

    def facts_in(self, language: str) -> Mapping[str, object]:
        """What is said of us and of privacy in another language, by name.

        The names are age, controller, contact, retention, notice and channel (pages, or ''), title
        and about of the first campaign, and minute and place (the defaults).
        """

    @property
    def commands(self) -> tuple[Mapping[str, str], ...]:
        """`name` and `what` of the commands that are listed for this person."""

    @property
    def danger_link(self) -> str | None:
        """The page that opens a private chat in which help for a child comes first."""

    @property
    def helplines(self) -> tuple[ChildHelpline, ...]:
        """The helplines for children in the person's country."""

    @property
    def safeguarding(self) -> tuple[str, int] | None:
        """Name of the contact and days of retention; None where nobody is named."""

    @property
    def named_days(self) -> bool:
        """Whether there are named days for the person's audience, so that they may choose them."""

    @property
    def audiences(self) -> Collection[Audience]:
        """The audiences to which an active campaign has something to say, and the person's own."""

    @property
    def hours(self) -> tuple[int, ...]:
        """The full hours of a day that lie outside quiet hours."""

    def places(self, text: str) -> tuple[Place, ...]:
        """What a typed city or country may mean; a country with one zone gives that."""

    def place_name(self, zone: str) -> str:
        """The zone's city in the person's language.

        Raises KeyError for a zone that does not exist.
        """

    @property
    def stored(self) -> bool:
        """Whether anything is kept about this chat.

        That is a person, messages of somebody who has not joined, or what is kept of staff.
        """

    @property
    def untold(self) -> bool:
        """Whether a message about a child has not reached the safeguarding contact yet."""

    def export(self) -> str:
        """All that is stored about this chat, as JSON."""
