"""Which campaigns the public site shows: those that are played, and those that are over."""

from collections.abc import Mapping
from datetime import date

from bot.jobs.services import Services
from bot.model import Campaign


def shown_campaigns(services: Services, today: date) -> Mapping[str, Campaign]:
    """Return the campaigns that have pages, by id: the active ones first, then the ended ones, the
    newest first.
    """
    active = {campaign.id: campaign for campaign in services.active}
    ended = [
        campaign
        for campaign in services.library.campaigns.values()
        if campaign.id not in active and is_over(campaign, today)
    ]
    ended.sort(key=lambda campaign: campaign.end or date.min, reverse=True)
    return active | {campaign.id: campaign for campaign in ended}


def is_over(campaign: Campaign, today: date) -> bool:
    """Return whether the campaign's last day has passed: its pages are an archive."""
    return campaign.end is not None and campaign.end < today


def running(services: Services, today: date) -> Campaign | None:
    """Return the campaign to which an archive leads: the first that is played and not over."""
    going_on = (campaign for campaign in services.active if not is_over(campaign, today))
    return next(going_on, None)
