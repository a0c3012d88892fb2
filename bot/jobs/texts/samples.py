"""Letters as people and rooms would get them, made without a database: to look at before anything
leaves.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from bot.config import Settings
from bot.errors import RenderError
from bot.jobs.campaigns.calendar import Preview, language_of
from bot.jobs.campaigns.limits import Taken
from bot.jobs.texts import letterhead, posts
from bot.jobs.texts.wanted import Wanted
from bot.model import Action, Audience, Campaign, Kind, Limits, Rendered, Role
from bot.model.subject import Planned
from bot.networks.base import Network
from bot.render import Renderer
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
    networks: Mapping[str, type[Network]],
    *,
    day: date,
    language: str | None,
    fits: Taken | None = None,
) -> Iterator[Sample]:
    """Yield the letters that this action sends on each of these networks, one for each audience, in
    its first wording, to somebody with a pledge; measured by what `fits` our channels.
    """
    speak = language_of(campaign, language)
    for name, kind in networks.items():
        if not kind.LETTERS or not action.nudge:
            continue
        for audience in action.audiences:
            wanted = Wanted(
                campaign=campaign.id,
                subject=Planned(action.id),
                network=name,
                audience=audience,
                day=day,
                language=speak,
                pledge=True,
                recipient=0,
                buttons=False,
            )
            limits = fits.of(name, Role.NUDGE, kind.LIMITS) if fits else kind.LIMITS
            yield _sample(settings, renderer, campaign, action, (kind, limits), wanted)


def _sample(
    settings: Settings,
    renderer: Renderer,
    campaign: Campaign,
    action: Action,
    network: tuple[type[Network], Limits],
    wanted: Wanted,
) -> Sample:
    kind, limits = network
    room = kind.LETTERS == "room"
    try:
        text = posts.nudge_of(renderer, campaign, action, wanted)
        draft = letterhead.draft(
            renderer,
            campaign,
            _title(renderer, campaign, action, text, wanted),
            text,
            asked=_asked(settings, action),
            leave=_link(settings, Purpose.UNSUBSCRIBE),
            room=room,
        )
        head = letterhead.Head(
            campaign=campaign,
            privacy=settings.privacy,
            organisation="" if wanted.audience is Audience.INDIVIDUAL else _ORGANISATION,
        )
        whole = None if room else letterhead.framed(renderer, head, draft)
    except RenderError as error:
        return Sample(shown=_shown(limits, wanted, problem=str(error)))
    shown = _shown(
        limits,
        wanted,
        language=draft.language,
        subject=draft.subject,
        text=whole.text if whole else draft.plain,
    )
    return Sample(shown=shown, html=whole.html if whole else None)


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


def _asked(settings: Settings, action: Action) -> dict[str, str]:
    return {"report": _link(settings, Purpose.REPORT)} if action.kind is Kind.PROMPT else {}


def _link(settings: Settings, purpose: Purpose) -> str:
    """Return a link as long as a real one, which leads nowhere."""
    public = settings.web.public_url if settings.web else _PUBLIC
    token = make(_KEY, Grant(purpose=purpose, person=1, subject=1), "", 1_600_000_000)
    return f"{public}/{purpose.value}/{token}"


def _shown(
    limits: Limits,
    wanted: Wanted,
    *,
    language: str | None = None,
    subject: str | None = None,
    text: str | None = None,
    problem: str | None = None,
) -> Preview:
    return Preview(
        campaign=wanted.campaign,
        action=wanted.subject.about,
        audience=wanted.audience.word,
        role="letter",
        network=wanted.network,
        language=language or wanted.language,
        wording=1,
        text=text,
        length=None if text is None else measure(text, limits),
        limit=limits.length,
        alt=None,
        problem=problem,
        subject=subject,
        messages=len(_messages(text, subject, limits)),
    )


def _messages(text: str | None, subject: str | None, limits: Limits) -> tuple[str, ...]:
    """Return the messages in which a room gets the text; its title may stand above the first."""
    if text is None or limits.messages == 1:
        return (text or "",)
    return broken(text, limits.length, max(1, limits.length - len(subject or "") - 2))
