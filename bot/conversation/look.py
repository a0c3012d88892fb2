"""What a topic may look at: the `View`, read-only, and the plain values in it.

The chat fills it from the store (`bot.chat.look`).
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Protocol

from bot.conversation.actions.look import ActionsLook
from bot.conversation.people.look import PeopleLook
from bot.conversation.pledges.look import PledgesLook
from bot.conversation.staff.look import StaffLook
from bot.model.person import Subscriber


class View(Protocol):
    """What a topic may look at, read-only.

    Fetched when it is asked for, in one transaction with the effects.
    """

    @property
    def now(self) -> datetime:
        """The instant of this turn, with its zone."""

    @property
    def today(self) -> date:
        """The day on which it is where the person lives."""

    @property
    def language(self) -> str:
        """The person's, or else what their app says, where we speak it."""

    @property
    def languages(self) -> Mapping[str, str]:
        """Own names of the languages by tag."""

    @property
    def person(self) -> Subscriber | None:
        """Who is known at this address; None before consent."""

    @property
    def private(self) -> bool:
        """A chat with one person, not a group."""

    @property
    def admin(self) -> bool:
        """May change settings: everybody in a private chat, admins in a group."""

    @property
    def is_staff(self) -> bool:
        """Whether the person works with the bot."""

    @property
    def people(self) -> PeopleLook:
        """What topics of everybody may look at."""

    @property
    def actions(self) -> ActionsLook:
        """What topics of actions may look at."""

    @property
    def pledges(self) -> PledgesLook:
        """What topics of pledge-makers may look at."""

    @property
    def staff(self) -> StaffLook:
        """What staff look at; only asked for by staff's topics."""

    @property
    def start_link(self) -> str | None:
        """The page that opens a private chat with us."""

    @property
    def facts(self) -> Mapping[str, object]:
        """What is said about us, in the person's language: see `PeopleLook.facts_in`."""

    @property
    def groups(self) -> Mapping[str, str]:
        """Names of the stakeholder groups by id."""
