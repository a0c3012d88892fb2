"""Which commands have nothing to offer on a day, whoever asks.

They stand in no menu and not in /help; whoever types one all the same gets a friendly word.
"""

from datetime import date

from bot.jobs.calls import entries
from bot.jobs.events import gone
from bot.jobs.services import Services
from bot.model import Campaign, Kind
from bot.rules import journey, planner

_OF_PLEDGES = frozenset({"pledge", "journey", "scaleup"})


def idle(services: Services, day: date) -> frozenset[str]:
    """Return the names of the commands for which no active campaign has anything on this day."""
    active = services.active
    names = set() if any(_takes_pledges(campaign, day) for campaign in active) else set(_OF_PLEDGES)
    if not any(_scales_up(campaign, day) for campaign in active):
        names.add("scaleup")
    if not any(
        campaign.forms.get("carry-on") and planner.last_month(campaign, day) for campaign in active
    ):
        names.add("carryon")
    if not any(campaign.events for campaign in active) and not any(gone.with_guests(services)):
        names.add("events")
    if not any(entries.reached(services, campaign, day) for campaign in active):
        names.add("calls")
    if not any(campaign.facts for campaign in active):
        names.add("facts")
    if not any(action.kind is Kind.QUICK for campaign in active for action in campaign.actions):
        names.add("quick")
    return frozenset(names)


def _takes_pledges(campaign: Campaign, day: date) -> bool:
    return campaign.forms.get("pledge") is not None and (
        campaign.end is None or day <= campaign.end
    )


def _scales_up(campaign: Campaign, day: date) -> bool:
    there = campaign.forms.get("scale-up") is not None and planner.within(campaign, day)
    return there and "scale-up" in journey.offers(journey.rules(campaign), day)
