"""The texts of an action as each network would show them, which is what `drumbeat preview` shows.

A text that can't be made (an empty link slot, an expired fact) is named as a problem: nothing is
made up in its place.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from bot.errors import RenderError
from bot.jobs.campaigns import pictures
from bot.jobs.campaigns.calendar import language_of, window
from bot.jobs.campaigns.limits import Taken
from bot.model import Action, Audience, Campaign, Limits, Rendered, Role
from bot.names import pick
from bot.networks.base import Network
from bot.render import Renderer
from bot.rules import planner
from bot.text import measure


@dataclass(frozen=True, kw_only=True)
class Broken:
    """How a long text comes in the rooms of one service."""

    service: str
    #: the longest message there, in characters
    limit: int
    #: how many messages it makes there
    messages: int


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
