"""The action calendar of an audience: the year as a list, and each month as a grid."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus

from starlette.exceptions import HTTPException

from bot.languages import first_weekday
from bot.model import Audience
from bot.web.public.feeds import named, subscribing
from bot.web.public.listed import (
    INDIVIDUAL,
    Entry,
    asked_of,
    day_of,
    entries,
    following,
    month_name,
    months,
)
from bot.web.public.pictures import cards
from bot.web.public.reader import Reader, Shown


@dataclass(frozen=True, kw_only=True)
class Day:
    """A field of the grid; None for what belongs to another month."""

    day: date | None
    entries: Sequence[Entry] = ()
    today: bool = False


def year(reader: Reader) -> Shown:
    """Show the year of an audience month by month, and the quick things."""
    audience = _audience(reader)
    listed = entries(reader, reader.of, audience)
    words = reader.words["calendar"]
    return Shown(
        template="calendar.html",
        title=words["title"],
        links=(("alternate", "text/calendar", words["title"], reader.here(named(audience))),),
        description=words["about"],
        trail=_trail(reader),
        values={
            "audience": audience.word,
            "audiences": _audiences(reader),
            "subscribing": subscribing(reader, audience),
            "months": months(reader, [entry for entry in listed if entry.nudge]),
            "quick": [entry for entry in listed if not entry.nudge],
            "following": following(reader, reader.of, audience),
        },
    )


def month(reader: Reader) -> Shown:
    """Show one month of an audience as a grid, and beside it as a list."""
    audience = _audience(reader)
    first = _first(reader)
    listed = [entry for entry in entries(reader, reader.of, audience) if entry.nudge]
    shown = {each.first: each for each in months(reader, listed)}
    if first not in shown:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    order = sorted(shown)
    at = order.index(first)
    card = cards.of_month(reader, first)
    return Shown(
        template="month.html",
        title=month_name(reader, first),
        picture=card.path if card else None,
        alt=card.alt if card else "",
        trail=(*_trail(reader), (reader.words["calendar"]["title"], _path(reader, audience))),
        values={
            "audience": audience.word,
            "card": card,
            "month": shown[first],
            "weekdays": _weekdays(reader),
            "weeks": _weeks(reader, shown[first].entries, first),
            "before": order[at - 1] if at else None,
            "after": order[at + 1] if at + 1 < len(order) else None,
            "name": lambda day: month_name(reader, day),
            "path": lambda day: _path(reader, audience, f"{day:%Y-%m}"),
        },
    )


def _trail(reader: Reader) -> tuple[tuple[str, str], ...]:
    return ((reader.about(reader.of).title, f"{reader.here()}/"),)


def _path(reader: Reader, audience: Audience, *more: str) -> str:
    return reader.here("calendar", audience.word, *more)


def _audience(reader: Reader) -> Audience:
    word = reader.parts.get("audience", INDIVIDUAL.word)
    audience = next((each for each in Audience if each.word == word), None)
    if audience is None or audience not in asked_of(reader.of):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return audience


def _audiences(reader: Reader) -> list[tuple[str, str]]:
    """Return word and path of each audience's calendar."""
    return [(audience.word, _path(reader, audience)) for audience in asked_of(reader.of)]


def _first(reader: Reader) -> date:
    try:
        return date.fromisoformat(f"{reader.parts['month']}-01")
    except ValueError:
        raise HTTPException(HTTPStatus.NOT_FOUND) from None


def _weekdays(reader: Reader) -> list[tuple[str, str]]:
    """Return short and whole names of the days of a week, from its first on."""
    monday = date(2024, 1, 1)  # a Monday
    days = [monday + timedelta(days=(first_weekday(reader.language) + i) % 7) for i in range(7)]
    return [(reader.day(day, "ccc"), reader.day(day, "cccc")) for day in days]


def _weeks(reader: Reader, listed: Sequence[Entry], first: date) -> list[list[Day]]:
    weeks = calendar.Calendar(first_weekday(reader.language)).monthdatescalendar(
        first.year, first.month
    )
    return [
        [
            Day(
                day=day,
                entries=[entry for entry in listed if day_of(entry) == day],
                today=day == reader.today,
            )
            if day.month == first.month
            else Day(day=None)
            for day in week
        ]
        for week in weeks
    ]
