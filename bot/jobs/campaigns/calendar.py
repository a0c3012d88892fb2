"""What a campaign asks for: as a list of entries, and as each network would show it.

Openings and journey steps that ask for nothing are not in the list. A text that can't be made (an
empty link slot, an expired fact) is None in the list and named as a problem in a preview: nothing
is made up in its place.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from bot.errors import FactExpired, LinkEmpty, RenderError, UsageError
from bot.jobs.campaigns import pictures
from bot.jobs.campaigns.limits import Taken
from bot.languages import said_wait
from bot.model import Action, Audience, Campaign, Channel, Limits, Rendered, Role
from bot.model.makers import AfterPledge
from bot.names import pick
from bot.networks.base import Network
from bot.render import Renderer
from bot.rules import planner
from bot.text import measure

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
class Broken:
    """How a long text comes in the rooms of one service."""

    service: str
    #: the longest message there, in characters
    limit: int
    #: how many messages it makes there
    messages: int


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


@dataclass(frozen=True, kw_only=True)
class Preview:
    """One text on one network; `text` and `length` are None where `problem` says why."""

    campaign: str
    action: str
    audience: str
    #: nudge, post, share or letter
    role: str
    network: str
    language: str
    #: number of the wording, from 1
    wording: int
    text: str | None
    #: length of the text in the network's own count
    length: int | None
    #: the longest in that count; None for a letter by e-mail, which may be as long as it is
    limit: int | None
    #: words for who can't see the picture; None where there is none
    alt: str | None
    problem: str | None
    #: of a letter: its subject, which a room shows as title
    subject: str | None = None
    #: how many messages it makes, of several services where it makes most
    messages: int = 1
    #: the posts of a thread, in order; empty for a single one
    posts: tuple[str, ...] = ()
    #: what becomes of it in the rooms of each service, where that is known
    rooms: tuple[Broken, ...] = ()
    #: what there is to know of the picture: that it isn't there, or what leaves of it here
    picture: tuple[str, ...] = ()


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


def due(campaign: Campaign, day: date) -> list[Action]:
    """Return the campaign's actions of this day, in the order of the files."""
    if not planner.within(campaign, day):
        return []
    return [action for action in campaign.actions if planner.instances(action, day, day)]


def next_day(campaign: Campaign, action: Action, today: date) -> date:
    """Return the day on which the action is previewed: its next one, else its first, else, for a
    quick thing, today.
    """
    start, end = window(campaign, None, today)
    days = [day for day, _ in planner.instances(action, start, end)]
    return next((day for day in days if day >= today), days[0] if days else today)


def preview(
    campaign: Campaign,
    action: Action,
    renderer: Renderer,
    networks: Mapping[str, type[Network]],
    *,
    day: date,
    language: str | None = None,
    fits: Taken | None = None,
) -> list[Preview]:
    """Return every text of the action as each of these networks would show it, in all wordings and
    measured in the network's own count.

    Posts are measured by what `fits` our own channels.
    """
    speak = language_of(campaign, language)
    return [
        _preview(
            campaign,
            action,
            renderer,
            (network[0], _limits(network, role, fits), network[1]),
            role=role,
            language=speak,
            audience=audience,
            day=day,
            wording=wording,
        )
        for network in networks.items()
        for role, audience in _roles(action, network[1])
        for wording in range(
            renderer.wordings(campaign, action, role, language=speak, network=network[0])
        )
    ]


def _limits(network: tuple[str, type[Network]], role: Role, fits: Taken | None) -> Limits:
    name, kind = network
    return fits.of(name, role, kind.LIMITS) if fits else kind.LIMITS


def _roles(action: Action, network: type[Network]) -> Iterator[tuple[Role, Audience]]:
    """Yield what this network carries of the action: nudges and share texts for each audience, the
    post once. What leaves as a letter is in `bot.jobs.texts.samples`.
    """
    if action.nudge and network.NUDGES and not network.LETTERS:
        yield from ((Role.NUDGE, audience) for audience in action.audiences)
    if action.post:
        yield Role.POST, action.audiences[0]
    yield from ((Role.SHARE, audience) for audience in action.audiences)


def _tried(render: Callable[[], Rendered]) -> tuple[Rendered | None, str | None]:
    """Return the text, or why it can't be rendered."""
    try:
        return render(), None
    except RenderError as error:
        return None, str(error)


def _preview(
    campaign: Campaign,
    action: Action,
    renderer: Renderer,
    network: tuple[str, Limits, type[Network]],
    *,
    role: Role,
    language: str,
    audience: Audience,
    day: date,
    wording: int,
) -> Preview:
    name, limits, kind = network
    render = partial(
        renderer.text,
        campaign,
        action,
        role,
        language=language,
        network=name,
        audience=audience,
        day=day,
        wording=wording,
    )
    rendered, problem = _tried(render)
    posts = _posts(rendered, kind) if rendered else ()
    return Preview(
        campaign=campaign.id,
        action=action.id,
        audience=audience.word,
        role=role.value,
        network=name,
        language=rendered.language if rendered else language,
        wording=wording + 1,
        text=rendered.whole if rendered else None,
        # the length of a thread is that of its longest post
        length=max((measure(part, limits) for part in posts), default=None),
        limit=_limit(limits, rendered),
        alt=rendered.picture.alt if rendered and rendered.picture else None,
        problem=problem,
        posts=posts if len(posts) > 1 else (),
        picture=(
            tuple(pictures.told(campaign, action, renderer, {name: (limits, kind)}))
            if role is Role.POST
            else ()
        ),
    )


def _posts(rendered: Rendered, kind: type[Network]) -> tuple[str, ...]:
    """Return the posts that leave: by mail and in rooms a thread goes out as one text."""
    return (rendered.whole,) if kind.LETTERS else rendered.parts


def _limit(limits: Limits, rendered: Rendered | None) -> int:
    under_picture = rendered is not None and rendered.picture is not None
    return limits.caption if under_picture and limits.caption is not None else limits.length


def actions_named(campaigns: Sequence[Campaign], name: str) -> list[tuple[Campaign, Action]]:
    """Return the action of this id in each campaign that has it.

    Raises `UsageError`, which names what there is, where none has it.
    """
    named = [(campaign, action) for campaign in campaigns if (action := campaign.action(name))]
    if not named:
        pick(
            name,
            {action.id for campaign in campaigns for action in campaign.actions},
            f"action of {', '.join(c.id for c in campaigns)}",
            _listing(campaigns),
        )
    return named


def _listing(campaigns: Sequence[Campaign]) -> str:
    """Return the command that lists the actions of these campaigns."""
    one = f" --campaign {campaigns[0].id}" if len(campaigns) == 1 else ""
    return f"drumbeat calendar{one}"
