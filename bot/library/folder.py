"""One campaign: its folder over all roots becomes a `Campaign`, or a list of what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from bot.files import limits
from bot.files import roots as folders
from bot.files.frozen import File, Files
from bot.files.shapes import Report, Shape, fit, reporter
from bot.files.toml import read_toml
from bot.kept import Kept
from bot.library import calendar, campaign, tables
from bot.library.like import lineage, shared
from bot.library.shapes import ID, ids_differ
from bot.library.tables.pathfinders import judge_answers
from bot.model import Action, Audience, Campaign, Kind, ListedDates, Observance, Problem
from bot.model.makers import AfterPledge
from bot.names import suggest
from bot.rules import dates

_COMING_YEARS = 10


_Read = tuple[Campaign | None, Sequence[Problem]]

_READ: Kept[tuple["_Sources", date], _Read] = Kept(100)
"""Campaigns that were read, by their files and the day: a reload reads only what has changed."""


@dataclass(frozen=True, kw_only=True)
class _Sources:
    """From which files a campaign is made."""

    id: str
    #: the campaigns that it is like, the nearest first
    like: tuple[str, ...]
    #: its files by name without suffix, those that it shares among them
    files: tuple[tuple[str, File], ...]
    #: whose file it is, for those that it shares
    owners: tuple[tuple[str, str], ...]

    def place(self, name: str) -> str:
        """Return where the file of this name lies below a root."""
        return f"campaigns/{dict(self.owners).get(name, self.id)}/{name}.toml"


def _sources(files: Files, campaign_id: str, like: tuple[str, ...]) -> _Sources:
    present = folders.tables(files, campaign_id)
    owners = shared(files, like, present)
    present |= {name: folders.tables(files, owner)[name] for name, owner in owners.items()}
    return _Sources(
        id=campaign_id,
        like=like,
        files=tuple(present.items()),
        owners=tuple(sorted(owners.items())),
    )


def read_campaign(
    files: Files, campaign_id: str, today: date
) -> tuple[Campaign | None, Sequence[Problem]]:
    """Read campaigns/<id>: return the campaign and everything that is wrong with it.

    The campaign is None where too much is wrong for its texts to be looked at. In a campaign
    without an end, two nudges on one day are looked for over ten years from its start, or from the
    month of `today`.
    """
    like, faults = lineage(files, campaign_id)
    sources = _sources(files, campaign_id, like)
    built, problems = _READ.made((sources, today), partial(_read_anew, sources, today))
    return built, [*problems, *faults]


def _read_anew(sources: _Sources, today: date) -> _Read:
    campaign_id = sources.id
    prefix = f"campaigns/{campaign_id}"
    if not ID.fullmatch(campaign_id):
        return None, [
            Problem(
                file=prefix,
                key="",
                message="the folder's name is no id; use small letters a-z, digits and '-'",
            )
        ]
    raw, problems = _raw(sources)
    shapes = {name: _fit(shape, name, raw, sources, problems) for name, shape in _ALL.items()}
    for name in tables.SHAPES:
        inner_shape = shapes[name]
        if isinstance(inner_shape, Shape):
            tables.judge(inner_shape, shapes, reporter(problems, sources.place(name)))
    problems = _told_at_home(problems, sources)
    beyond = _beyond(shapes, prefix, today)
    if beyond:
        return None, [*problems, *beyond]
    built = _build(sources, shapes, raw, problems)
    if built is not None:
        campaign.judge_pages(built, reporter(problems, sources.place("campaign")))
        judge_answers(built, reporter(problems, sources.place("pathfinders")))
        problems += _dates(built, prefix, today)
    complete = all(shapes[name] is not None for name in ("calendar", "journey") if name in raw)
    return (built if complete and "calendar" in raw else None), problems


_ALL: Mapping[str, type[Shape]] = {
    "campaign": campaign.CampaignShape,
    "calendar": calendar.CalendarShape,
    **tables.SHAPES,
}


def _raw(sources: _Sources) -> tuple[dict[str, Mapping[str, Any]], list[Problem]]:
    """Return every table of the campaign that can be read, by file name, and what is wrong."""
    raw, problems = {}, []
    for name, file in sources.files:
        table, faults = read_toml(file, sources.place(name))
        problems += faults
        if table is not None:
            raw[name] = table
    problems += [
        Problem(file=sources.place(name), key="", message="is missing; every campaign needs it")
        for name in ("campaign", "calendar")
        if name not in dict(sources.files)
    ]
    return raw, problems


def _fit(
    shape: type[Shape],
    name: str,
    raw: Mapping[str, Mapping[str, Any]],
    sources: _Sources,
    problems: list[Problem],
) -> Shape | None:
    if name not in raw:
        return None
    fitted, faults = fit(shape, raw[name], sources.place(name))
    problems += faults
    return fitted


def _told_at_home(problems: Sequence[Problem], sources: _Sources) -> list[Problem]:
    """Return the problems, with one of the campaign's own for each file with any that it shares.

    The file's own campaign tells them all; and a file that is right there may contradict others
    here.
    """
    theirs = {sources.place(name) for name, _ in sources.owners}
    first: dict[str, Problem] = {}
    for problem in problems:
        if problem.file in theirs:
            first.setdefault(problem.file, problem)
    return [problem for problem in problems if problem.file not in theirs] + [
        Problem(
            file=sources.place("campaign"),
            key="like",
            message=f"shares {fault} (or write a file of your own)",
        )
        for fault in first.values()
    ]


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
    sources: _Sources,
    shapes: Mapping[str, Shape | None],
    raw: Mapping[str, Mapping[str, Any]],
    problems: list[Problem],
) -> Campaign | None:
    """Return the campaign from the files that fit their shapes; None without campaign.toml.

    What only several files together show, such as an unknown observance, is added to `problems`.
    """
    head, plan, journey = shapes["campaign"], shapes["calendar"], shapes["journey"]
    campaign_id = sources.id
    if isinstance(head, campaign.CampaignShape):
        campaign.judge(head, campaign_id, reporter(problems, sources.place("campaign")))
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
        like=sources.like,
        links=campaign.links(head),
        facts=campaign.facts(head),
        colours=campaign.colours_of(head),
        cards=campaign.cards_of(head),
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
        ids_differ((entry.id for entry in plan.action), "action", report)
    if isinstance(journey, calendar.JourneyShape):
        report = reporter(problems, f"{prefix}/journey.toml")
        calendar.judge_journey(journey, report)
        ids_differ((entry.id for entry in journey.prompt), "prompt", report)
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
    return [*problems, *_waits(campaign, f"{prefix}/journey.toml")]


def _waits(campaign: Campaign, file: str) -> list[Problem]:
    """Return problems of prompts that follow a pledge: two on one day, and one that nobody lives to
    see.
    """
    problems: list[Problem] = []
    report, there = reporter(problems, file), dict[tuple[AfterPledge, Audience], Action]()
    for action in campaign.actions:
        wait, key = action.after, f"prompt[{action.id}].after"
        if wait is None:
            continue
        others = [there.setdefault((wait, each), action) for each in action.audiences]
        for other in dict.fromkeys(each.id for each in others if each is not action):
            report(key, f"it comes to the same people on the day of {other!r}; choose another")
        if campaign.start and campaign.end and dates.after(campaign.start, wait) > campaign.end:
            report(
                key,
                f"it would never come: even of a pledge of the campaign's first day,"
                f" {campaign.start}, it lies after its end, {campaign.end}",
            )
    return problems


def _window(campaign: Campaign, today: date) -> tuple[date, date]:
    start = campaign.start or today.replace(day=1)
    end = campaign.end or date(min(start.year + _COMING_YEARS, date.max.year), 12, 31)
    return (start, end) if start <= end else (date(end.year, 1, 1), end)


def _outside(action: Action, days: Sequence[date], window: str, key: str, report: Report) -> None:
    if isinstance(action.when, ListedDates):
        for day in set(action.when.dates) - set(days):
            report(key, f"{day} lies outside the campaign's dates, {window}; change one of them")
    elif action.when is not None and action.after is None and not days:
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
