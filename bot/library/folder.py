"""One campaign: its folder over all roots becomes a `Campaign`, or a list of what is wrong."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from bot.files import limits
from bot.files import roots as folders
from bot.files.frozen import File, Files
from bot.files.shapes import Report, Shape, fit, reporter, twice
from bot.files.toml import read_toml
from bot.kept import Kept
from bot.library import calendar, campaign, tables
from bot.library.shapes import ID
from bot.model import Action, Audience, Campaign, Kind, ListedDates, Observance, Problem
from bot.names import suggest
from bot.rules import dates

_COMING_YEARS = 10


_Read = tuple[Campaign | None, Sequence[Problem]]

_READ: Kept[tuple[str, date, tuple[tuple[str, File], ...]], _Read] = Kept(100)
"""Campaigns that were read, by their id, day and files: a reload reads only what has changed."""


def read_campaign(
    files: Files, campaign_id: str, today: date
) -> tuple[Campaign | None, Sequence[Problem]]:
    """Read campaigns/<id>: return the campaign and everything that is wrong with it.

    The campaign is None where too much is wrong for its texts to be looked at. In a campaign
    without an end, two nudges on one day are looked for over ten years from its start, or from the
    month of `today`.
    """
    present = folders.tables(files, campaign_id)
    key = (campaign_id, today, tuple(present.items()))
    return _READ.made(key, partial(_read_anew, present, campaign_id, today))


def _read_anew(files: Mapping[str, File], campaign_id: str, today: date) -> _Read:
    prefix = f"campaigns/{campaign_id}"
    if not ID.fullmatch(campaign_id):
        return None, [
            Problem(
                file=prefix,
                key="",
                message="the folder's name is no id; use small letters a-z, digits and '-'",
            )
        ]
    raw, problems = _raw(files, prefix)
    shapes = {name: _fit(shape, name, raw, prefix, problems) for name, shape in _ALL.items()}
    for name in tables.SHAPES:
        inner_shape = shapes[name]
        if isinstance(inner_shape, Shape):
            tables.judge(name, inner_shape, shapes, reporter(problems, f"{prefix}/{name}.toml"))
    beyond = _beyond(shapes, prefix, today)
    if beyond:
        return None, [*problems, *beyond]
    built = _build(campaign_id, shapes, raw, problems)
    if built is not None:
        problems += _dates(built, prefix, today)
    complete = all(shapes[name] is not None for name in ("calendar", "journey") if name in raw)
    return (built if complete and "calendar" in raw else None), problems


_ALL: Mapping[str, type[Shape]] = {
    "campaign": campaign.CampaignShape,
    "calendar": calendar.CalendarShape,
    **tables.SHAPES,
}


def _raw(
    files: Mapping[str, File], prefix: str
) -> tuple[dict[str, Mapping[str, Any]], list[Problem]]:
    """Return every table of the folder that can be read, by file name, and what is wrong."""
    raw, problems = {}, []
    for name, file in files.items():
        table, faults = read_toml(file, f"{prefix}/{name}.toml")
        problems += faults
        if table is not None:
            raw[name] = table
    problems += [
        Problem(file=f"{prefix}/{name}.toml", key="", message="is missing; every campaign needs it")
        for name in ("campaign", "calendar")
        if name not in files
    ]
    return raw, problems


def _fit(
    shape: type[Shape],
    name: str,
    raw: Mapping[str, Mapping[str, Any]],
    prefix: str,
    problems: list[Problem],
) -> Shape | None:
    if name not in raw:
        return None
    fitted, faults = fit(shape, raw[name], f"{prefix}/{name}.toml")
    problems += faults
    return fitted


def _beyond(shapes: Mapping[str, Shape | None], prefix: str, today: date) -> list[Problem]:
    """Return problems of campaigns too large to look at: too many years, actions or prompts."""
    problems: list[Problem] = []
    head, plan, journey = shapes["campaign"], shapes["calendar"], shapes["journey"]
    if isinstance(head, campaign.CampaignShape) and head.end:
        start = head.start or today
        if head.end.year - start.year > limits.MOST_YEARS:
            message = (
                f"{head.end} lies more than {limits.MOST_YEARS} years after {start}; leave it out"
                " for a campaign that goes on every year"
            )
            problems.append(Problem(file=f"{prefix}/campaign.toml", key="end", message=message))
    actions = plan.action if isinstance(plan, calendar.CalendarShape) else []
    prompts = journey.prompt if isinstance(journey, calendar.JourneyShape) else []
    for name, entries in (("calendar", actions), ("journey", prompts)):
        if len(entries) > limits.MOST_ACTIONS:
            message = f"has more than {limits.MOST_ACTIONS:,} of them; leave some out"
            key = "action" if name == "calendar" else "prompt"
            problems.append(Problem(file=f"{prefix}/{name}.toml", key=key, message=message))
    return problems


def _build(
    campaign_id: str,
    shapes: Mapping[str, Shape | None],
    raw: Mapping[str, Mapping[str, Any]],
    problems: list[Problem],
) -> Campaign | None:
    """Return the campaign from the files that fit their shapes; None without campaign.toml.

    What only several files together show, such as an unknown observance, is added to `problems`.
    """
    head, plan, journey = shapes["campaign"], shapes["calendar"], shapes["journey"]
    prefix = f"campaigns/{campaign_id}"
    if isinstance(head, campaign.CampaignShape):
        campaign.judge(head, campaign_id, reporter(problems, f"{prefix}/campaign.toml"))
    slots = raw.get("campaign", {"links": None}).get("links", {})
    slots = slots if isinstance(slots, dict) else None
    observances, actions = _actions(campaign_id, plan, journey, slots, problems)
    if not isinstance(head, campaign.CampaignShape):
        return None
    return Campaign(
        id=campaign_id,
        language=head.language,
        languages=tuple(head.languages or [head.language]),
        hashtag=head.hashtag,
        hashtags=tuple(head.hashtags or [head.hashtag]),
        start=head.start,
        end=head.end,
        contact=head.contact,
        source=head.source,
        yields_to=tuple(head.yields_to),
        links=campaign.links(head),
        facts=campaign.facts(head),
        colours=campaign.colours_of(head),
        observances=observances,
        actions=actions,
        **tables.typed(shapes),
    )


def _actions(
    campaign_id: str,
    plan: Shape | None,
    journey: Shape | None,
    slots: Mapping[str, object] | None,
    problems: list[Problem],
) -> tuple[dict[str, Observance], tuple[Action, ...]]:
    observances: dict[str, Observance] = {}
    actions: list[Action] = []
    names: list[str] = []
    prefix = f"campaigns/{campaign_id}"
    if isinstance(plan, calendar.CalendarShape):
        report = reporter(problems, f"{prefix}/calendar.toml")
        observances, names = calendar.observances(plan, report), list(plan.observances)
        actions += calendar.actions(campaign_id, plan.action, observances, names, slots, report)
        for name in twice([entry.id for entry in plan.action]):
            report(f"action[{name}]", f"the id {name!r} stands there twice; ids must differ")
    if isinstance(journey, calendar.JourneyShape):
        report = reporter(problems, f"{prefix}/journey.toml")
        calendar.judge_journey(journey, report)
        for name in twice([entry.id for entry in journey.prompt]):
            report(f"prompt[{name}]", f"the id {name!r} stands there twice; ids must differ")
        for name in sorted(
            {entry.id for entry in journey.prompt} & {action.id for action in actions}
        ):
            report(
                f"prompt[{name}]",
                f"calendar.toml has an action with the id {name!r}; ids must differ",
            )
        known = (
            names
            if isinstance(plan, calendar.CalendarShape)
            else [entry.observance for entry in journey.prompt if entry.observance]
        )
        actions += calendar.actions(campaign_id, journey.prompt, observances, known, slots, report)
    return observances, tuple(actions)


def _dates(campaign: Campaign, prefix: str, today: date) -> list[Problem]:
    """Return problems of actions outside the campaign's dates, and of two nudges on one day."""
    problems: list[Problem] = []
    start, end = _window(campaign, today)
    nudges: dict[tuple[date, Audience], Action] = {}
    for action in campaign.actions:
        prompt = action.kind is Kind.PROMPT
        report = reporter(problems, f"{prefix}/{'journey' if prompt else 'calendar'}.toml")
        key = f"{'prompt' if prompt else 'action'}[{action.id}]"
        days = dates.days(action.when, start, end) if action.when is not None else []
        if campaign.start or campaign.end:
            _outside(action, days, f"{campaign.start or '…'} to {campaign.end or '…'}", key, report)
        _clashes(action, days, nudges, key, report)
    return problems


def _window(campaign: Campaign, today: date) -> tuple[date, date]:
    start = campaign.start or today.replace(day=1)
    end = campaign.end or date(min(start.year + _COMING_YEARS, date.max.year), 12, 31)
    return (start, end) if start <= end else (date(end.year, 1, 1), end)


def _outside(action: Action, days: Sequence[date], window: str, key: str, report: Report) -> None:
    if isinstance(action.when, ListedDates):
        for day in set(action.when.dates) - set(days):
            report(key, f"{day} lies outside the campaign's dates, {window}; change one of them")
    elif action.when is not None and not days:
        report(
            key,
            f"it would never go out: no day of it lies in the campaign's dates, {window}; change"
            " one of them",
        )


def _clashes(
    action: Action,
    days: Sequence[date],
    nudges: dict[tuple[date, Audience], Action],
    key: str,
    report: Report,
) -> None:
    """Report the first day on which this action nudges the same people as an earlier one.

    `nudges` holds the actions looked at so far, by day and audience; this one is added to it.
    """
    told: set[str] = set()
    for day, audience in (
        (day, audience) for day in days if action.nudge for audience in action.audiences
    ):
        other = nudges.setdefault((day, audience), action)
        if other is not action and other.id not in told:
            told.add(other.id)
            report(
                key,
                f"on {day} it nudges the same people ({audience.word}) as {other.id!r}; choose"
                " another day for one of them",
            )


def unknown_yields(
    campaigns: Mapping[str, Campaign], known: Sequence[str]
) -> dict[str, list[Problem]]:
    """Return the problems of campaigns that yield to one that doesn't exist, by campaign id."""
    problems: dict[str, list[Problem]] = {}
    for campaign_id, yielding in campaigns.items():
        for other in [other for other in yielding.yields_to if other not in known]:
            message = f"there is no campaign {other!r}{suggest(other, known)}"
            problems.setdefault(campaign_id, []).append(
                Problem(
                    file=f"campaigns/{campaign_id}/campaign.toml", key="yields_to", message=message
                )
            )
    return problems
