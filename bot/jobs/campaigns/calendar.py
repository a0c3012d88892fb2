"""What a campaign asks for, as a list of entries.

Openings and journey steps that ask for nothing are not in the list. A text that can't be made (an
empty link slot, an expired fact) is None in it: nothing is made up in its place.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from bot.errors import FactExpired, LinkEmpty, UsageError
from bot.languages import said_wait
from bot.model import Action, Audience, Campaign, Channel, Rendered, Role
from bot.model.makers import AfterPledge
from bot.names import pick
from bot.render import Renderer
from bot.rules import planner

_Day = date  # a field of that name hides the class

LIST = "calendar"
"""The network that templates see when the calendar is listed."""


@dataclass(frozen=True, kw_only=True)
class CalendarEntry:
    """One line of `drumbeat calendar`; its fields are the contract of ``--json``."""

    campaign: str
    id: str
    #: individual, organization, country or region
    audience: str
    kind: str
    observance: str | None
    #: the named day, None for a month's action
    date: _Day | None
    #: the day on which it is sent; None for a quick thing, and for what follows a pledge
    nudge: _Day | None
    #: how long after each pledge it comes, as ISO 8601 writes it ("P14D", "P9M"); None for all else
    after: str | None
    #: 1-12; None where there is no `nudge`
    month: int | None
    title: str
    #: the first wording to share; None where there is nothing to share, or not yet
    text: str | None
    hashtags: tuple[str, ...]
    #: URLs of its link slots; empty slots are left out
    links: tuple[str, ...]
    source: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the calendar as people read it: entries that differ in their audience alone."""

    day: _Day | None
    #: how long after a pledge it comes, in words; '' for all else
    after: str
    #: what leaves on its own, and at which hour by which clock: "post 09:00 UTC, nudge"
    leaves: str
    audiences: tuple[str, ...]
    kind: str
    id: str
    title: str
    hashtags: tuple[str, ...]


def language_of(campaign: Campaign, wanted: str | None) -> str:
    """Return the wanted language, or the campaign's own where none is wanted.

    Raises `UsageError` where the campaign doesn't have it; pt serves pt-BR.
    """
    if wanted is None:
        return campaign.language
    if not any(wanted == tag or wanted.startswith(f"{tag}-") for tag in campaign.languages):
        pick(wanted, campaign.languages, f"language of {campaign.id}")
    return wanted


def window(campaign: Campaign, year: int | None, today: date) -> tuple[date, date]:
    """Return the first and last day to list: of `year`, else the dated campaign's own, else of
    today's year.

    Raises `UsageError` when the campaign doesn't run in `year`.
    """
    if year is None and campaign.start and campaign.end:
        return campaign.start, campaign.end
    wanted = year or max(today.year, campaign.start.year if campaign.start else 0)
    if year is None and campaign.end:
        wanted = min(wanted, campaign.end.year)
    start = max(date(wanted, 1, 1), campaign.start or date.min)
    end = min(date(wanted, 12, 31), campaign.end or date.max)
    if start > end:
        raise UsageError(
            f"{campaign.id} has nothing in {wanted}: it runs from {campaign.start or 'ever'} to"
            f" {campaign.end or 'on'}"
        )
    return start, end


def entries(
    campaign: Campaign,
    renderer: Renderer,
    *,
    today: date,
    year: int | None = None,
    language: str | None = None,
    audience: Audience | None = None,
) -> list[CalendarEntry]:
    """Return the campaign's entries by day, one for each audience of an action; then those that
    follow a pledge, the soonest first, and quick things last.

    Raises `UsageError` for a year or language that the campaign doesn't have, `RenderError` for a
    broken template.
    """
    speak, days = language_of(campaign, language), window(campaign, year, today)
    listed = [
        entry
        for action in campaign.actions
        for entry in of_action(
            campaign,
            action,
            renderer,
            days=days,
            language=speak,
            today=today,
            audiences=(audience,) if audience else tuple(Audience),
        )
    ]
    return in_order(campaign, listed)


def in_order(campaign: Campaign, listed: Iterable[CalendarEntry]) -> list[CalendarEntry]:
    """Return entries of a campaign by day, then those that follow a pledge, then quick things; what
    stands beside each other there keeps its order.
    """
    waits = {action.id: action.after for action in campaign.actions}

    def place(entry: CalendarEntry) -> tuple[int, _Day, int, int]:
        wait = waits.get(entry.id)
        if wait is not None:
            return 1, date.max, wait.months, wait.days
        return (2 if entry.nudge is None else 0), entry.nudge or date.max, 0, 0

    return sorted(listed, key=place)


def of_action(
    campaign: Campaign,
    action: Action,
    renderer: Renderer,
    *,
    days: tuple[date, date],
    language: str,
    today: date,
    audiences: Collection[Audience] = tuple(Audience),
) -> list[CalendarEntry]:
    """Return the entries of one action from the first to the last of `days`, for those of its
    audiences that are wanted; none where it asks for nothing.

    Raises `RenderError` for a broken template.
    """
    if not action.asks:
        return []
    return [
        _entry(campaign, action, renderer, audience=each, day=day, language=language, today=today)
        for day in _days(action, *days)
        for each in action.audiences
        if each in audiences
    ]


def rows(
    campaigns: Sequence[Campaign],
    listed: Iterable[CalendarEntry],
    channels: Mapping[str, Channel],
) -> list[Row]:
    """Return the entries with those of one action, day and title together, in their order."""
    together: dict[tuple[object, ...], list[CalendarEntry]] = {}
    for entry in listed:
        together.setdefault((entry.campaign, entry.id, entry.nudge, entry.title), []).append(entry)
    actions = {(c.id, action.id): action for c in campaigns for action in c.actions}
    return [
        Row(
            day=first.nudge,
            after=_waited(actions[first.campaign, first.id].after),
            leaves=_leaves(actions[first.campaign, first.id], alike, channels),
            audiences=tuple(entry.audience for entry in alike),
            kind=first.kind,
            id=first.id,
            title=first.title,
            hashtags=first.hashtags,
        )
        for alike in together.values()
        for first in alike[:1]
    ]


def posting_hours(channels: Iterable[Channel]) -> dict[str, list[str]]:
    """Return the names of the channels that post, by their hour and its zone: "09:00 UTC"."""
    hours: dict[str, list[str]] = {}
    posting = [channel for channel in channels if channel.posts]
    for channel in sorted(posting, key=lambda channel: (channel.minute, channel.zone)):
        hours.setdefault(f"{hour(channel.minute)} {channel.zone}", []).append(channel.name)
    return hours


def hour(minute: int) -> str:
    """Return a minute of the day as people read it, such as 09:00."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _leaves(action: Action, alike: Sequence[CalendarEntry], channels: Mapping[str, Channel]) -> str:
    if action.when is None:
        return ""
    audiences = [Audience[entry.audience.upper()] for entry in alike]
    carrying = {c.name: c for each in audiences for c in planner.post_channels(each, channels)}
    hours = " and ".join(posting_hours(carrying.values())) or "nowhere"
    posts = [f"post {hours}"] if action.post else []
    return ", ".join([*posts, *(["nudge"] if action.nudge else [])])


def _waited(wait: AfterPledge | None) -> str:
    return f"{said_wait(wait.months, wait.days, 'en')} after" if wait else ""


def _written(wait: AfterPledge | None) -> str | None:
    if wait is None:
        return None
    parts = ((wait.months, "M"), (wait.days, "D"))
    return "P" + "".join(f"{number}{unit}" for number, unit in parts if number)


def _days(action: Action, start: date, end: date) -> list[date | None]:
    if action.when is None or action.after is not None:
        return [None]
    return [day for day, _ in planner.instances(action, start, end)]


def sayable(render: Callable[[], Rendered]) -> str | None:
    """Return the text; None while a link slot is empty, or after a fact has expired."""
    try:
        return render().text
    except (LinkEmpty, FactExpired):
        return None


def _entry(
    campaign: Campaign,
    action: Action,
    renderer: Renderer,
    *,
    audience: Audience,
    day: date | None,
    language: str,
    today: date,
) -> CalendarEntry:
    text = partial(
        renderer.text,
        campaign,
        action,
        language=language,
        network=LIST,
        audience=audience,
        day=day or today,
    )
    shares = renderer.wordings(campaign, action, Role.SHARE, language=language, network=LIST)
    share = sayable(partial(text, Role.SHARE)) if shares else None
    return CalendarEntry(
        campaign=campaign.id,
        id=action.id,
        audience=audience.word,
        kind=action.kind.value,
        observance=action.observance,
        date=day if action.observance else None,
        nudge=day,
        after=_written(action.after),
        month=action.month or (day.month if day else None),
        title=text(Role.TITLE).text,
        text=share,
        hashtags=action.hashtags,
        links=_urls(campaign, action),
        source=action.source,
    )


def _urls(campaign: Campaign, action: Action) -> tuple[str, ...]:
    return tuple(
        campaign.links[slot].url
        for slot in action.links
        if slot in campaign.links and campaign.links[slot].url
    )
