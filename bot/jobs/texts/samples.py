"""Letters as people and rooms would get them, made without a database: to look at before anything
leaves, and to see whether they can.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from time import thread_time

from bot import networks
from bot.config import Settings
from bot.errors import RenderError
from bot.files.limits import MOST_CHECKED
from bot.jobs.campaigns.calendar import language_of
from bot.jobs.campaigns.limits import Taken, Told, taken
from bot.jobs.campaigns.preview import Broken, Preview, next_day, preview
from bot.jobs.texts import letterhead, posts
from bot.jobs.texts.wanted import Wanted
from bot.library import Library
from bot.model import Action, Audience, Campaign, Kind, Limits, Problem, Rendered, Role
from bot.model.subject import Planned
from bot.networks.base import Network
from bot.render import Renderer
from bot.render.letter import Draft
from bot.rules.tokens import Grant, Purpose, make
from bot.text import broken, measure

_PUBLIC = "https://pages.example"
"""Where pages would be, as long as the settings name no address."""

_ORGANISATION = "ACME"
_KEY = b"of links that lead nowhere"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A letter to look at."""

    shown: Preview
    #: None for a room, and where there is no text
    html: str | None = None


def samples(
    settings: Settings,
    renderer: Renderer,
    campaign: Campaign,
    action: Action,
    kinds: Mapping[str, type[Network]],
    *,
    day: date,
    language: str | None,
    fits: Taken | None = None,
) -> Iterator[Sample]:
    """Yield the letters that this action sends on each of these networks, in all wordings for each
    audience, to somebody with a pledge; measured by what `fits` our channels.
    """
    speak, fits = language_of(campaign, language), fits or Taken()
    for name, kind in kinds.items():
        if not kind.LETTERS or not action.nudge:
            continue
        for wanted in _wanted(renderer, campaign, action, name, speak, day):
            yield _sample(settings, renderer, campaign, action, (kind, fits), wanted)


def of_people(
    settings: Settings,
    renderer: Renderer,
    of: tuple[Campaign, Action],
    kinds: Mapping[str, type[Network]],
    *,
    audience: Audience,
    day: date,
    language: str,
) -> list[Preview]:
    """Return what an action (`of`: campaign and action) brings to one audience on each of these
    networks, a letter or a message, in all its wordings.
    """
    campaign, action = of
    letters = samples(settings, renderer, *of, kinds, day=day, language=language)
    messages = preview(campaign, action, renderer, kinds, day=day, language=language)
    nudges = [each for each in messages if each.role == Role.NUDGE.value]
    texts = [*nudges, *(letter.shown for letter in letters)]
    return [each for each in texts if each.audience == audience.word]


def in_place(
    settings: Settings,
    renderer: Renderer,
    of: tuple[Campaign, Action],
    network: str,
    *,
    audience: Audience,
    day: date,
    language: str,
    instead: str,
) -> Preview:
    """Return what an action (`of`: campaign and action) brings to one audience on a network, a
    letter or a message, where this text stands in the place of its wordings; with '' by the first
    of these.
    """
    (campaign, action), kind = of, networks.load(network)
    wanted = Wanted(
        campaign=campaign.id,
        subject=Planned(action.id),
        network=network,
        audience=audience,
        day=day,
        language=language,
        pledge=True,
        recipient=0,
        buttons=not kind.LETTERS and kind.BUTTONS,
        instead=instead,
    )
    if kind.LETTERS:
        return _sample(settings, renderer, campaign, action, (kind, Taken()), wanted).shown
    limits = Taken().of(network, Role.NUDGE, kind.LIMITS)
    try:
        said = posts.nudge_of(renderer, campaign, action, wanted)
    except RenderError as error:
        return _unmade(limits.length, wanted, str(error))
    length = measure(said.text, limits)
    return replace(_unmade(limits.length, wanted, ""), text=said.text, length=length, problem=None)


def _wanted(
    renderer: Renderer, campaign: Campaign, action: Action, network: str, language: str, day: date
) -> Iterator[Wanted]:
    """Yield what to ask for each letter of the action: whom it is for, and which wording it has."""
    wordings = renderer.wordings(campaign, action, Role.NUDGE, language=language, network=network)
    for audience in action.audiences:
        for wording in range(wordings):
            yield Wanted(
                campaign=campaign.id,
                subject=Planned(action.id),
                network=network,
                audience=audience,
                day=day,
                language=language,
                pledge=True,
                recipient=wording,
                buttons=False,
            )


def _sample(
    settings: Settings,
    renderer: Renderer,
    campaign: Campaign,
    action: Action,
    network: tuple[type[Network], Taken],
    wanted: Wanted,
) -> Sample:
    kind, fits = network
    limits = fits.of(wanted.network, Role.NUDGE, kind.LIMITS)
    longest = limits.length if kind.LETTERS == "room" else None
    try:
        draft = _draft(settings, renderer, campaign, action, wanted, room=kind.LETTERS == "room")
        if kind.LETTERS == "room":
            rooms = fits.of_letters(wanted.network, kind.LIMITS)
            return Sample(shown=_in_rooms(_shown(limits, wanted, draft, draft.plain), rooms))
        head = letterhead.Head(
            campaign=campaign,
            privacy=settings.privacy,
            organisation="" if wanted.audience is Audience.INDIVIDUAL else _ORGANISATION,
        )
        whole = letterhead.framed(renderer, head, draft)
    except RenderError as error:
        return Sample(shown=_unmade(longest, wanted, str(error)))
    shown = replace(_shown(limits, wanted, draft, whole.text), limit=longest)
    return Sample(shown=shown, html=whole.html)


def _draft(
    settings: Settings,
    renderer: Renderer,
    campaign: Campaign,
    action: Action,
    wanted: Wanted,
    *,
    room: bool,
) -> Draft:
    """Return the letter as it leaves, with links as long as real ones; raises `RenderError`."""
    text = posts.nudge_of(renderer, campaign, action, wanted)
    return letterhead.draft(
        renderer,
        campaign,
        _title(renderer, campaign, action, text, wanted),
        text,
        asked=_asked(settings, action, wanted, room=room),
        leave=_link(settings, Purpose.UNSUBSCRIBE),
        room=room,
    )


def written(
    settings: Settings, renderer: Renderer, campaign: Campaign, body: Rendered, *, room: bool
) -> tuple[str, str]:
    """Return subject and whole text of the letter that brings what staff wrote, to somebody of whom
    nothing but the language is known, with links as long as real ones; raises `RenderError`.
    """
    title = renderer.words(campaign, body.language).title
    leave = _link(settings, Purpose.UNSUBSCRIBE)
    draft = letterhead.draft(renderer, campaign, title, body, asked={}, leave=leave, room=room)
    if room:
        return draft.subject, draft.plain
    head = letterhead.Head(campaign=campaign, privacy=settings.privacy, organisation="")
    return draft.subject, letterhead.framed(renderer, head, draft).text


def _title(
    renderer: Renderer, campaign: Campaign, action: Action, text: Rendered, wanted: Wanted
) -> str:
    return renderer.text(
        campaign,
        action,
        Role.TITLE,
        language=text.language,
        network=wanted.network,
        audience=wanted.audience,
        day=wanted.day,
    ).text


def _asked(settings: Settings, action: Action, wanted: Wanted, *, room: bool) -> dict[str, str]:
    if action.kind is Kind.PROMPT:
        return {"report": _link(settings, Purpose.REPORT)} if wanted.pledge else {}
    alone = wanted.audience is Audience.INDIVIDUAL and not room
    return {"done": _link(settings, Purpose.DONE)} if alone and action.asks else {}


def _link(settings: Settings, purpose: Purpose) -> str:
    """Return a link as long as a real one, which leads nowhere."""
    public = settings.web.public_url if settings.web else _PUBLIC
    grant = Grant(purpose=purpose, person=1, subject=1)
    return f"{public}/{purpose.value}/{make(_KEY, grant, '', 1_600_000_000)}"


def _unmade(longest: int | None, wanted: Wanted, problem: str) -> Preview:
    """Return what is shown of a letter that can't be made."""
    return Preview(
        campaign=wanted.campaign,
        action=wanted.subject.about,
        audience=wanted.audience.word,
        role="letter",
        network=wanted.network,
        language=wanted.language,
        wording=wanted.recipient + 1,
        text=None,
        length=None,
        limit=longest,
        alt=None,
        problem=problem,
    )


def _shown(limits: Limits, wanted: Wanted, draft: Draft, text: str) -> Preview:
    return replace(
        _unmade(limits.length, wanted, ""),
        language=draft.language,
        text=text,
        length=measure(text, limits),
        problem=None,
        subject=draft.subject,
    )


def _in_rooms(shown: Preview, services: Mapping[str, Limits]) -> Preview:
    """Return the letter with what becomes of it in the rooms of each service."""
    rooms = [
        Broken(
            service=service,
            limit=limits.length,
            messages=len(_messages(shown.text or "", shown.subject or "", limits)),
        )
        for service, limits in services.items()
    ]
    return replace(
        shown,
        messages=max(room.messages for room in rooms),
        rooms=tuple(room for room in rooms if room.service),
    )


def _messages(text: str, title: str, limits: Limits) -> tuple[str, ...]:
    """Return the messages in which a room with these limits gets a letter."""
    above = len(title) + 2 if limits.title_above else 0
    return broken(text, limits.length, max(1, limits.length - above))


def problems(
    settings: Settings,
    library: Library,
    renderer: Renderer,
    told: Mapping[str, Told],
    *,
    today: date,
    only: Collection[str] | None = None,
) -> list[Problem]:
    """Return a problem for each wording that no longer leaves once it is a letter to a room: with
    the text to share, what is asked and how to stop it below, it makes more messages than a room
    may get. Measured by what the services `told`, as they leave; texts that can't be made are told
    by `bot.jobs.campaigns.check`. With `only`, other campaigns are left out.
    """
    fits = taken(settings, told)
    kinds = {name: networks.load(name) for name in networks.names()}
    rooms = {
        name: fits.of_letters(name, kind.LIMITS)
        for name, kind in kinds.items()
        if kind.LETTERS == "room"
    }
    return [
        problem
        for campaign in (*library.campaigns.values(), *library.drafts.values())
        if only is None or campaign.id in only
        for problem in _of_campaign(settings, renderer, campaign, rooms, today)
    ]


def _of_campaign(
    settings: Settings,
    renderer: Renderer,
    campaign: Campaign,
    rooms: Mapping[str, Mapping[str, Limits]],
    today: date,
) -> Iterator[Problem]:
    end = thread_time() + MOST_CHECKED
    for action, language, (network, services) in product(
        campaign.actions, campaign.languages, rooms.items()
    ):
        if not action.nudge or thread_time() > end:
            continue
        for wanted in _all_wanted(renderer, campaign, action, network, language, today):
            try:
                draft = _draft(settings, renderer, campaign, action, wanted, room=True)
            except RenderError:
                continue
            role = Role.NUDGE if wanted.pledge else Role.WITHOUT_PLEDGE
            names = renderer.names(campaign, action, role, language=language, network=network)
            block = names[wanted.recipient % len(names)]
            yield from _too_many(draft, network, services, wanted, block)


def _all_wanted(
    renderer: Renderer, campaign: Campaign, action: Action, network: str, language: str, today: date
) -> Iterator[Wanted]:
    """Yield what to ask for each letter of the action on its next day, also for who has no pledge
    where that is another one; nothing where its texts can't be read.
    """
    try:
        day = next_day(campaign, action, today)
        asked = list(_wanted(renderer, campaign, action, network, language, day))
    except RenderError:
        return
    yield from asked
    if action.requires == "pledge":
        yield from (replace(wanted, pledge=False) for wanted in asked)


def _too_many(
    draft: Draft, network: str, services: Mapping[str, Limits], wanted: Wanted, block: str
) -> Iterator[Problem]:
    """Yield what is wrong with a letter that some service takes in too many messages only."""
    for service, limits in services.items():
        count = len(_messages(draft.plain, draft.subject, limits))
        if count > limits.messages:
            where = f"in a room of {service}" if service else f"on {network}"
            message = (
                f"{where} the letter ({wanted.audience.word}) counts {len(draft.plain)} with all"
                f" that stands in it and makes {count} messages of {limits.length}, but"
                f" {limits.messages} is the most: shorten it"
            )
            file = f"content/{draft.language}/{wanted.campaign}/{wanted.subject.about}.j2"
            yield Problem(file=file, key=block, message=message)
