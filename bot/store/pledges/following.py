"""What follows a pledge: when it was made, and which makers have had the prompt that comes so long
after that.
"""

from collections.abc import Collection
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.model import Audience
from bot.model.person import Status
from bot.model.pledge import MADE, Begun, JourneyState, Pledge
from bot.model.subject import Own
from bot.rules import dates
from bot.store.states import listed
from bot.store.topic import Topic
from bot.times import DAY, from_epoch


class Following(Topic):
    """The milestones of pledges that are counted from the day on which each was made."""

    def begun(self, pledge: Pledge) -> Begun | None:
        """Return when a pledge was made, on the calendar of its focal point, or in UTC where there
        is none; None for a draft.
        """
        if pledge.pledged is None:
            return None
        made = from_epoch(pledge.pledged).astimezone(self.zone(pledge.id))
        return Begun(day=made.date(), slot=pledge.pledged // DAY)

    def zone(self, pledge: int) -> ZoneInfo:
        """Return the zone of a pledge's focal point, or UTC where there is none."""
        zone: str | None = self._database.value(
            "SELECT l.zone FROM pledge_editor e JOIN person q ON q.id = e.person JOIN place l ON"
            " l.id = q.place WHERE e.pledge = :pledge AND e.focal = 1",
            {"pledge": pledge},
        )
        return _known(zone or "UTC")

    def waiting(
        self, campaign: str, prompt: str, audiences: Collection[Audience], first: int, last: int
    ) -> list[int]:
        """Return the ids of standing pledges of these audiences that were made from the epoch
        second `first` to `last`, and whose focal point, who is there, has not had this prompt.
        """
        return self._database.column(
            _WAITING.format(audiences=listed(audiences)),
            {"campaign": campaign, "action": str(Own(prompt)), "first": first, "last": last},
        )


def _known(zone: str) -> ZoneInfo:
    try:
        return dates.zone(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return dates.zone("UTC")  # planning tells of it


# From the index of when pledges were made to the few that are to be looked at.
_WAITING = (
    "SELECT p.id FROM pledge p JOIN pledge_editor e ON e.pledge = p.id AND e.focal = 1 JOIN person"
    f" q ON q.id = e.person AND q.status = {int(Status.ACTIVE)} WHERE p.campaign = :campaign AND"
    " p.pledged >= :first AND p.pledged <= :last AND p.audience IN ({audiences}) AND p.audience <>"
    f" {int(Audience.INDIVIDUAL)} AND p.state IN ({listed(MADE)}) AND p.journey ="
    f" {int(JourneyState.ACTIVE)} AND NOT EXISTS (SELECT 1 FROM occurrence o JOIN delivery d ON"
    " d.occurrence = o.id AND d.channel = q.channel AND d.recipient = q.id WHERE o.campaign ="
    " p.campaign AND o.action = :action AND o.audience = p.audience AND o.slot = p.pledged /"
    f" {DAY}) ORDER BY p.id"
)
