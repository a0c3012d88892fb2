"""The actions of a campaign's year as pages list them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.jobs.campaigns import calendar
from bot.jobs.campaigns.calendar import CalendarEntry
from bot.languages import nearest
from bot.model import Audience, Campaign
from bot.web.public.reader import Reader

INDIVIDUAL = Audience.INDIVIDUAL
"""The audience of a calendar whose path names none."""


@dataclass(frozen=True, kw_only=True)
class Month:
    """The actions of one month; `name` as it is written alone."""

    first: date
    name: str
    entries: Sequence[CalendarEntry]


def dated(
    reader: Reader, campaign: Campaign, audience: Audience = INDIVIDUAL
) -> list[CalendarEntry]:
    """Return what the campaign's year asks of an audience on a day, by day.

    The year is that of a dated campaign, else the one of today.
    """
    return [entry for entry in entries(reader, campaign, audience) if entry.nudge]


def entries(reader: Reader, campaign: Campaign, audience: Audience) -> list[CalendarEntry]:
    """Return all that the campaign's year asks of an audience; quick things come last."""
    return calendar.entries(
        campaign,
        reader.services.renderer,
        today=reader.today,
        language=nearest(reader.language, campaign.languages) or campaign.language,
        audience=audience,
    )


def day_of(entry: CalendarEntry) -> date:
    """Return the day of a dated entry."""
    assert entry.nudge is not None  # noqa: S101 - quick things are none
    return entry.nudge


def months(reader: Reader, listed: Iterable[CalendarEntry]) -> list[Month]:
    """Return dated entries by month, in order."""
    by_month: dict[date, list[CalendarEntry]] = {}
    for entry in listed:
        by_month.setdefault(day_of(entry).replace(day=1), []).append(entry)
    return [
        Month(first=first, name=month_name(reader, first), entries=by_month[first])
        for first in sorted(by_month)
    ]


def month_name(reader: Reader, day: date) -> str:
    """Return the month and year of a day, as they are written alone: 'June 2021'."""
    return reader.day(day, "LLLL y")
