"""What a topic may look at: the `View`, which is read-only.

`bot.chat.look` implements it over the store.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Protocol

from bot.conversation.actions.look import ActionsLook
from bot.conversation.calls.look import CallsLook
from bot.conversation.pathfinders.look import CountriesLook
from bot.conversation.people.look import PeopleLook
from bot.conversation.pledges.look import PledgesLook
from bot.conversation.staff.look import StaffLook
from bot.conversation.words import Offered
from bot.model.person import Subscriber
from bot.model.staff import StaffRole


class View(Protocol):
    """What a topic may look at in one turn.

    Each thing is fetched when it is asked for, in the transaction in which the effects are done.
    """

    @property
    def now(self) -> datetime:
        """The instant of this turn, aware."""

    @property
    def today(self) -> date:
        """The day that it is where the person lives."""

    @property
    def language(self) -> str:
        """Tag of the person's language, else of their app's where we speak it."""

    @property
    def languages(self) -> Mapping[str, str]:
        """Each language's name for itself, by tag: those that we speak, then those in which a
        campaign writes and we don't speak.
        """

    @property
    def offered(self) -> tuple[Offered, ...]:
        """The buttons below what was last said here, the last message's first."""

    @property
    def person(self) -> Subscriber | None:
        """The person who is known at this address; None before consent."""

    @property
    def private(self) -> bool:
        """Whether it is a chat with one person, not a group."""

    @property
    def admin(self) -> bool:
        """Whether they may change settings: everybody in a private chat, admins in a group."""

    @property
    def is_staff(self) -> bool:
        """Whether the person works with the bot."""

    def may(self, role: StaffRole) -> bool:
        """Return whether they may do what this role of staff allows."""

    @property
    def people(self) -> PeopleLook:
        """What the topics of everybody may look at."""

    @property
    def actions(self) -> ActionsLook:
        """What the topics of actions may look at."""

    @property
    def pledges(self) -> PledgesLook:
        """What the topics of pledge-makers may look at."""

    @property
    def countries(self) -> CountriesLook:
        """What the topics of focal points of countries may look at."""

    @property
    def calls(self) -> CallsLook:
        """What the topics of calls may look at."""

    @property
    def staff(self) -> StaffLook:
        """What the topics of staff may look at; no other topic asks for it."""

    @property
    def start_link(self) -> str | None:
        """The page that opens a private chat with us; None where the bot's name is unknown."""

    @property
    def facts(self) -> Mapping[str, object]:
        """What texts say of us, in the person's language; see `PeopleLook.facts_in`."""

    @property
    def groups(self) -> Mapping[str, str]:
        """Names of the stakeholder groups of organisations by id, in the person's language."""
