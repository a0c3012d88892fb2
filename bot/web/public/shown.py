"""Which campaigns the public site shows: those that are played, and those that are over."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path

from bot.jobs.services import Services
from bot.library import Library, shipped_root
from bot.model import Campaign
from bot.web.public.reader import Reader


def shown_campaigns(services: Services, today: date) -> Mapping[str, Campaign]:
    """Return the campaigns that have pages, by id: the active ones first, then the ended ones, the
    newest first.

    An ended one that came along with drumbeat has them only beside one that it has to do with: who
    plays a campaign of another cause didn't play that.
    """
    active = {campaign.id: campaign for campaign in services.active}
    ended = [
        campaign
        for campaign in services.library.campaigns.values()
        if campaign.id not in active
        and is_over(campaign, today)
        and (is_kin(campaign, active.values()) or not _is_shipped(services.library, campaign))
    ]
    ended.sort(key=lambda campaign: campaign.end or date.min, reverse=True)
    return active | {campaign.id: campaign for campaign in ended}


def is_kin(campaign: Campaign, active: Iterable[Campaign]) -> bool:
    """Return whether the campaign is like one of those that are played, or leaves days to it, or
    the other way round.
    """
    return any(
        campaign.id in (*each.like, *each.yields_to)
        or each.id in (*campaign.like, *campaign.yields_to)
        for each in active
    )


def _is_shipped(library: Library, campaign: Campaign) -> bool:
    file = library.files.first(f"campaigns/{campaign.id}/campaign.toml")
    return file is not None and file.path.is_relative_to(_shipped())


@cache
def _shipped() -> Path:
    return shipped_root()


def is_over(campaign: Campaign, today: date) -> bool:
    """Return whether the campaign's last day has passed: its pages are an archive."""
    return campaign.end is not None and campaign.end < today


def running(reader: Reader) -> Campaign | None:
    """Return the campaign to which an archive leads: the first that is played and not over."""
    active = reader.services.active
    return next((campaign for campaign in active if not is_over(campaign, reader.today)), None)


def instead(reader: Reader) -> tuple[str, str] | None:
    """Return title and path of the campaign to which an archive leads; None where none goes on."""
    other = running(reader)
    return (reader.about(other).title, reader.path(other.id, "")) if other else None
