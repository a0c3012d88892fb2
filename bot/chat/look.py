"""What the topics of a conversation may look at: `bot.conversation.look.View` over the services.

Each thing is fetched when it is asked for, and once. What topics of one feature alone see stands in
its room.
"""

from collections.abc import Mapping
from functools import cached_property

from bot.chat.actions.look import ActionsLook
from bot.chat.calls.look import CallsLook
from bot.chat.pathfinders.look import CountriesLook
from bot.chat.people.look import PeopleLook
from bot.chat.pledges.look import PledgesLook
from bot.chat.staff.look import StaffLook
from bot.chat.turn import Turn
from bot.jobs.campaigns.languages.speaking import beyond
from bot.languages import own_names
from bot.model import Audience


class View:
    """What the topics may look at in one person's turn."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self.person, self.language = turn.subscriber, turn.language
        self.now, self.today = turn.now, turn.today
        self.private, self.admin, self.is_staff = turn.private, turn.admin, turn.staff
        self.may = turn.may
        self.offered = turn.offered
        self.start_link = f"https://t.me/{turn.bot}?start=i" if turn.bot else None

    @cached_property
    def languages(self) -> Mapping[str, str]:
        """Those that we speak, then those in which campaigns write alone."""
        spoken = self._turn.texts.languages()
        return {**spoken, **dict(own_names(beyond(self._turn.services.active, spoken)))}

    @cached_property
    def people(self) -> PeopleLook:
        """What the topics of everybody may look at."""
        return PeopleLook(self._turn, self.pledges)

    @cached_property
    def actions(self) -> ActionsLook:
        """What the topics of actions may look at."""
        return ActionsLook(self._turn)

    @cached_property
    def pledges(self) -> PledgesLook:
        """What the topics of pledge-makers may look at."""
        return PledgesLook(self._turn)

    @cached_property
    def countries(self) -> CountriesLook:
        """What the topics of focal points of countries may look at."""
        return CountriesLook(self._turn)

    @cached_property
    def calls(self) -> CallsLook:
        """What the topics of calls may look at."""
        return CallsLook(self._turn)

    @cached_property
    def staff(self) -> StaffLook:
        """What the topics of staff may look at."""
        return StaffLook(self._turn)

    @property
    def facts(self) -> Mapping[str, object]:
        """What the texts say of us and of privacy, in the person's language."""
        return self.people.facts_in(self.language)

    @cached_property
    def groups(self) -> Mapping[str, str]:
        """Names of the stakeholder groups of organisations, by id, in the person's language."""
        names: dict[str, str] = {}
        for campaign in self._turn.services.active:
            words = self._turn.services.renderer.words(campaign, self.language)
            for group in campaign.groups.values():
                if group.audience is Audience.ORGANIZATION:
                    names.setdefault(group.id, words.group(group.id) or group.id)
        return names
