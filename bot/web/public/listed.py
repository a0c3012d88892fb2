"""The actions of a campaign's year as pages list them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.errors import RenderError
from bot.jobs.campaigns import calendar
from bot.languages import nearest, said_month, said_wait
from bot.model import Action, Audience, Campaign, Rendered, Role
from bot.rules import planner
from bot.web.public.reader import Reader

_Day = date  # a field of that name hides the class

INDIVIDUAL = Audience.INDIVIDUAL
"""The audience of a calendar whose path names none."""


ASKED = "for"
"""What stands behind the question mark where a page speaks to another audience than is usual."""


def asked_of(campaign: Campaign) -> list[Audience]:
    """Return the audiences of whom the campaign asks anything."""
    asked = {each for action in campaign.actions for each in action.audiences}
    return [audience for audience in Audience if audience in asked]


def usual(action: Action) -> Audience:
    """Return the audience to which an action's page speaks where nothing else is asked for."""
    return INDIVIDUAL if INDIVIDUAL in action.audiences else action.audiences[0]


def path_of(reader: Reader, action: Action, audience: Audience) -> str:
    """Return the path of an action's page as it speaks to an audience."""
    path = reader.path(action.campaign, "actions", action.id)
    return f"{path}?{ASKED}={audience.word}" if _is_asked_else(reader, action, audience) else path


def _is_asked_else(reader: Reader, action: Action, audience: Audience) -> bool:
    """Return whether an audience is asked in other words than the usual one."""
    asked = nudged(reader, action, usual(action))
    return audience in action.audiences and nudged(reader, action, audience) != asked


def nudged(reader: Reader, action: Action, audience: Audience) -> Rendered | None:
    """Return what an audience is asked in these days; None where that can't be made."""
    campaign = reader.services.library.campaigns[action.campaign]
    return said(reader, campaign, action, Role.NUDGE, audience, reader.today)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An action in a list; a field is what `drumbeat calendar` calls it."""

    campaign: str
    id: str
    #: of its page, which speaks to the audience of the list
    path: str
    #: the day on which it is sent; None for a quick thing
    nudge: _Day | None
    observance: str | None
    #: the named day, None for a month's action
    date: _Day | None
    title: str


@dataclass(frozen=True, kw_only=True)
class Month:
    """The actions of one month; `name` as it is written alone."""

    first: date
    name: str
    entries: Sequence[Entry]


def dated(reader: Reader, campaign: Campaign, audience: Audience = INDIVIDUAL) -> list[Entry]:
    """Return what the campaign's year asks of an audience on a day, by day.

    The year is that of a dated campaign, else the one of today.
    """
    return [entry for entry in entries(reader, campaign, audience) if entry.nudge]


def entries(reader: Reader, campaign: Campaign, audience: Audience) -> list[Entry]:
    """Return all that the campaign's year asks of an audience by day; quick things come last."""
    start, end = calendar.window(campaign, None, reader.today)
    listed = [
        _entry(reader, campaign, action, audience, day)
        for action in campaign.actions
        if action.asks and audience in action.audiences
        for day in _days(action, start, end)
    ]
    # sorted() is stable, so entries of one day keep the order of the files
    return sorted(listed, key=lambda entry: entry.nudge or date.max)


def following(reader: Reader, campaign: Campaign, audience: Audience) -> list[tuple[str, Entry]]:
    """Return what follows each pledge of an audience, with how long after it; the soonest first."""
    waits = (
        (action.after, action)
        for action in campaign.actions
        if action.after is not None and audience in action.audiences
    )
    return [
        (
            said_wait(wait.months, wait.days, reader.language),
            _entry(reader, campaign, action, audience, None),
        )
        for wait, action in sorted(waits, key=lambda pair: (pair[0].months, pair[0].days))
    ]


def months_of(campaign: Campaign, audience: Audience, today: date) -> list[date]:
    """Return the first day of each month of the campaign's year that asks an audience anything."""
    start, end = calendar.window(campaign, None, today)
    days = (
        day
        for action in campaign.actions
        if action.asks and audience in action.audiences
        for day in _days(action, start, end)
    )
    return sorted({day.replace(day=1) for day in days if day is not None})


def _days(action: Action, start: date, end: date) -> list[date | None]:
    if action.when is None:
        return [None]
    return [day for day, _ in planner.instances(action, start, end)]


def _entry(
    reader: Reader, campaign: Campaign, action: Action, audience: Audience, day: date | None
) -> Entry:
    return Entry(
        campaign=campaign.id,
        id=action.id,
        path=path_of(reader, action, audience),
        nudge=day,
        observance=action.observance,
        date=day if action.observance else None,
        title=title(reader, campaign, action, audience, day or reader.today),
    )


def title(reader: Reader, campaign: Campaign, action: Action, audience: Audience, day: date) -> str:
    """Return what an action is called on `day`; its id where its title can't be made."""
    text = said(reader, campaign, action, Role.TITLE, audience, day)
    return action.id if text is None else text.text


def said(
    reader: Reader,
    campaign: Campaign,
    action: Action,
    role: Role,
    audience: Audience,
    day: date,
    wording: int = 0,
) -> Rendered | None:
    """Return a text of an action; None where there is none, or none that can be made now.

    `drumbeat check` tells what is wrong with a text; a page shows all others.
    """
    language = nearest(reader.language, campaign.languages) or campaign.language
    try:
        return reader.services.renderer.text(
            campaign,
            action,
            role,
            language=language,
            network=calendar.LIST,
            audience=audience,
            day=day,
            wording=wording,
        )
    except RenderError:
        return None


def day_of(entry: Entry) -> date:
    """Return the day of a dated entry."""
    assert entry.nudge is not None  # noqa: S101 - quick things are none
    return entry.nudge


def months(reader: Reader, listed: Iterable[Entry]) -> list[Month]:
    """Return dated entries by month, in order."""
    by_month: dict[date, list[Entry]] = {}
    for entry in listed:
        by_month.setdefault(day_of(entry).replace(day=1), []).append(entry)
    return [
        Month(first=first, name=month_name(reader, first), entries=by_month[first])
        for first in sorted(by_month)
    ]


def month_name(reader: Reader, day: date) -> str:
    """Return the month and year of a day as a heading has them, 'Février 2030'."""
    name = said_month(day, reader.language, year=True)
    return name[:1].upper() + name[1:]
