"""How far each country of the active campaigns is, for staff."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.jobs.services import Services
from bot.model import Campaign
from bot.model.pathfinders import Pathfinder, PathStanding
from bot.model.pathfinders.report import CountryReport
from bot.rules.pathfinders import is_due, standing


@dataclass(frozen=True, kw_only=True)
class BoardRow:
    """A country of a campaign, and how far it is."""

    campaign: Campaign
    country: Pathfinder
    #: None while nothing is known of it
    at: PathStanding | None
    #: whether its review is to be held now, or should have been
    due: bool
    #: the newest report that it was asked for, or None
    report: CountryReport | None


def board(services: Services, now: datetime, campaign: str | None = None) -> Iterator[BoardRow]:
    """Yield the countries of the active campaigns, or of one of them, in the order of the files."""
    today = services.today(now)
    for each in services.active:
        of = each.pathfinders
        if of is None or campaign not in (None, each.id):
            continue
        every = services.store.country_reports.of_campaign(each.id)
        newest = {report.country: report for report in reversed(every)}
        for country in of.countries:
            at = standing(of, country, today)
            yield BoardRow(
                campaign=each,
                country=country,
                at=at,
                due=is_due(at, today),
                report=newest.get(country.code),
            )
