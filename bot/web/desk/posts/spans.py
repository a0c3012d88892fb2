"""The days that a calendar shows: a month, or a week as it begins where the reader's language is
spoken.
"""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from bot.gaps import filled
from bot.jobs.staff.writing import when
from bot.languages import first_weekday, said_month
from bot.web.desk.colleague import Colleague

DAY = timedelta(days=1)
_WEEK = timedelta(days=7)

_KEPT = ("campaign", "channel")
"""What is asked for and stays so on the way to other days."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """The days that are shown."""

    #: 'month' or 'week'
    kind: str
    first: date
    #: the day behind the last one
    end: date

    @property
    def before(self) -> date:
        """A day of the span before."""
        return self.first - DAY

    @property
    def last(self) -> date:
        """The last of its days."""
        return self.end - DAY

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.first).days

    def has(self, day: date) -> bool:
        """Return whether it is one of its days."""
        return self.first <= day < self.end

    @property
    def asked(self) -> dict[str, str]:
        """How it is asked for."""
        return asked(self.kind, self.first)

    @property
    def name_of_other(self) -> str:
        """The other kind of span."""
        return "week" if self.kind == "month" else "month"


def asked(kind: str, day: date) -> dict[str, str]:
    """Return how the span of this kind is asked for that has this day."""
    return {"month": f"{day:%Y-%m}"} if kind == "month" else {"week": day.isoformat()}


def of(who: Colleague) -> Span:
    """Return the span that is asked for, or this month."""
    week = when.day(who.query.get("week", ""))
    month = when.day(f"{who.query.get('month', '')}-01") or who.today
    return _month(month) if week is None else _week(week, first_weekday(who.language))


def _month(day: date) -> Span:
    first = day.replace(day=1)
    return Span(kind="month", first=first, end=(first + 31 * DAY).replace(day=1))


def _week(day: date, begins: int) -> Span:
    first = day - timedelta(days=(day.weekday() - begins) % 7)
    return Span(kind="week", first=first, end=first + _WEEK)


def whole_weeks(who: Colleague, span: Span) -> list[date]:
    """Return the days of all weeks of which it has a day."""
    if span.kind == "week":
        return [span.first + at * DAY for at in range(7)]
    weeks = calendar.Calendar(first_weekday(who.language))
    return list(weeks.itermonthdates(span.first.year, span.first.month))


def name(who: Colleague, span: Span) -> str:
    """Return what it is called."""
    if span.kind == "week":
        first, last = who.day(span.first), who.day(span.last)
        return filled(who.words["calendar"]["from_to"], first=first, last=last)
    month = said_month(span.first, who.language, year=True)
    return month[:1].upper() + month[1:]


def ways(who: Colleague, span: Span) -> list[tuple[str, str, str]]:
    """Return (key of its words, path, relation) of each way to another span."""
    days = {"before": span.before, "after": span.end, "now": who.today}
    rels = {"before": "prev", "after": "next", "now": ""}
    beside = [
        (f"{span.kind}_{key}", path(who, asked(span.kind, day)), rels[key])
        for key, day in days.items()
    ]
    return [*beside, _other(who, span)]


def _other(who: Colleague, span: Span) -> tuple[str, str, str]:
    near = who.today if span.has(who.today) else span.first
    return f"as_{span.name_of_other}", path(who, asked(span.name_of_other, near)), ""


def path(who: Colleague, wanted: Mapping[str, str]) -> str:
    """Return the path of the calendar that is asked for so, of the same campaign and channel."""
    kept = {key: who.query[key] for key in _KEPT if who.query.get(key)}
    return f"{who.path('calendar')}?{urlencode({**wanted, **kept})}"
