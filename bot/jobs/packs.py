"""Packs: posts that people make by hand: text as the network wants it, picture, alt text; and "I posted it" with its link.

Two kinds: posts of a channel that is paused or dry, which are rows of the outbox, and those for networks that have no channel (`bot.networks._hand`), which
are remembered apart. A pack's id is the delivery's id, or `facebook-12-en`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from bot import dates, planner
from bot import text as texts
from bot.errors import RenderError, UsageError
from bot.jobs import decide
from bot.jobs.posts import find, post_body
from bot.jobs.services import Services
from bot.model import PUBLIC, Audience, Occurrence, Rendered, Role, State
from bot.networks._hand import HANDS, Hand
from bot.store.listing import Entry
from bot.store.packs import Made

AHEAD = timedelta(days=2)
"""So long before it is due a pack is made."""

_STUCK = (State.PLANNED, State.QUEUED, State.SKIPPED, State.FAILED)
"""What of a channel that can't post may be posted by hand; what is uncertain may be there already, and what awaits approval has none."""


_NOWHERE = "dry"
"""A channel on this network is not meant to post at all."""


@dataclass(frozen=True, kw_only=True)
class Pack:
    """What a person needs to post it."""

    id: str
    #: name of the channel; None where the network has none
    channel: str | None
    network: str
    language: str
    campaign: str
    action: str
    due: datetime
    #: worthless after this
    expires: datetime
    #: empty when a problem says why there is none
    text: str
    picture: Path | None
    alt: str | None
    #: why the channel does not post by itself
    reason: str
    #: what does not fit the network as it stands; nothing is cut
    problems: tuple[str, ...]


def packs(services: Services, now: datetime, network: str | None = None) -> list[Pack]:
    """All packs that are due within two days and not over, by due; of one network or all.

    Raises `UsageError` for a network that nobody has.
    """
    known = sorted({*HANDS, *(channel.network for channel in services.settings.channels.values())})
    if network is not None and network not in known:
        raise UsageError(f"no packs are made for {network!r}; there are: {', '.join(known)}")
    found = [*_stuck(services, now), *_by_hand(services, now)]
    return sorted((pack for pack in found if network in (None, pack.network)), key=lambda pack: (pack.due, pack.id))


# of channels


def _stuck(services: Services, now: datetime) -> Iterator[Pack]:
    reasons = dict(services.dry) | {one.name: f"channel {one.name} is paused: {one.reason}" for one in services.store.channels.paused()}
    for entry in services.store.listing.posts_between(int(now.timestamp()), int((now + AHEAD).timestamp())):
        channel = services.settings.channels.get(entry.channel)
        if channel is None or channel.network == _NOWHERE or entry.channel not in reasons or entry.state not in _STUCK:
            continue
        body, problem = _text(lambda e=entry: post_body(services, e.campaign, e.action, e.channel, e.audience, e.day, e.slot))  # type: ignore[misc]
        yield Pack(
            id=str(entry.key),
            channel=entry.channel,
            network=channel.network,
            language=channel.language,
            campaign=entry.campaign,
            action=entry.action,
            due=datetime.fromtimestamp(entry.due, UTC),
            expires=datetime.fromtimestamp(entry.expires, UTC),
            text=body.whole if body else "",
            picture=body.picture.path if body and body.picture else None,
            alt=body.picture.alt if body and body.picture else None,
            reason=reasons[entry.channel],
            problems=(problem,) if problem else (),
        )


# of networks without a channel


def _by_hand(services: Services, now: datetime) -> Iterator[Pack]:
    made = services.store.packs.made()
    for planned in services.store.plan.planned(now, (now + AHEAD).date()):
        if planned.cancelled or not planned.occurrence.post:
            continue
        for network, hand in HANDS.items():
            for language in _languages(services, planned.occurrence.audience):
                pack = _pack(services, planned.id, planned.occurrence, network, hand, language)
                if (planned.id, network, language) not in made and pack.expires > now and pack.due <= now + AHEAD:
                    yield pack


def _languages(services: Services, audience: Audience) -> list[str]:
    """Those in which our channels post for this audience."""
    return sorted({channel.language for channel in planner.post_channels(audience, services.settings.channels)})


def _pack(services: Services, number: int, one: Occurrence, network: str, hand: Hand, language: str) -> Pack:
    def render() -> Rendered:
        campaign, action = find(services, one.campaign, one.action)
        return services.renderer.text(
            campaign, action, Role.POST, language=language, network=network, audience=one.audience, day=one.day, wording=one.slot
        )

    body, problem = _text(render)
    due = dates.instant(one.day, _minute(services, one.audience), dates.zone(services.settings.zone))
    return Pack(
        id=f"{network}-{number}-{language}",
        channel=None,
        network=network,
        language=language,
        campaign=one.campaign,
        action=one.action,
        due=due,
        expires=due + one.grace,
        text=body.whole if body else "",
        picture=body.picture.path if body and body.picture else None,
        alt=body.picture.alt if body and body.picture else None,
        reason=f"{hand.label} has no channel: it is posted by hand",
        problems=(problem,) if problem or body is None else tuple(_problems(body, hand)),
    )


def _minute(services: Services, audience: Audience) -> int:
    """The earliest hour at which a channel of ours posts."""
    return min((channel.minute for channel in planner.post_channels(audience, services.settings.channels)), default=9 * 60)


def _problems(body: Rendered, hand: Hand) -> Iterator[str]:
    yield from (f"the text {words}" for words in texts.problems_of_length(body.whole, hand.limits))
    if hand.needs_picture and body.picture is None:
        yield f"{hand.label} takes nothing without a picture, and there is none"
    if hand.hashtags is not None and len(texts.hashtags(body.whole)) > hand.hashtags:
        yield f"{hand.label} takes at most {hand.hashtags} hashtags"
    if not hand.links and texts.links(body.whole):
        yield f"a link in the text can't be tapped on {hand.label}; put it into the profile"
    if body.picture and hand.limits.alt and len(body.picture.alt) > hand.limits.alt:
        yield f"the alt text has {len(body.picture.alt)} characters, {hand.limits.alt} are the most on {hand.label}"


def _text(render: Callable[[], Rendered]) -> tuple[Rendered | None, str]:
    try:
        return render(), ""
    except RenderError as error:
        return None, str(error)


# I posted it


def posted(services: Services, pack: str, url: str, by: str, now: datetime) -> str:
    """Remember that somebody posted it there; gives what was done.

    Raises `UsageError` for a link that is none, an id that is none, and what was posted before.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise UsageError(f"{url!r} is no link; copy the post's address, with https:// in front")
    network, _, rest = pack.partition("-")
    if network in HANDS:
        return _posted_by_hand(services, network, rest, url, by, now)
    return _posted_on_channel(services, decide.find(services, pack), url, by, now)


def _posted_by_hand(services: Services, network: str, rest: str, url: str, by: str, now: datetime) -> str:
    number, _, language = rest.partition("-")
    known = [p for p in services.store.plan.planned(now - timedelta(days=30), (now + AHEAD).date()) if str(p.id) == number]
    if not known or language not in _languages(services, known[0].occurrence.audience):
        raise UsageError(f"{network}-{rest}: there is no such pack; `drumbeat packs` lists them")
    made = Made(occurrence=known[0].id, network=network, language=language, url=url, by=by, at=int(now.timestamp()))
    if not services.store.packs.post(made):
        raise UsageError(f"{network}-{rest}: somebody posted it before")
    return f"sent: {known[0].occurrence.action} is on {HANDS[network].label}"


def _posted_on_channel(services: Services, entry: Entry, url: str, by: str, now: datetime) -> str:
    moment = int(now.timestamp())
    if entry.key.recipient != PUBLIC:
        raise UsageError(f"{entry.key} goes to one person; only posts are made by hand")
    with services.store.database.transaction():
        if not services.store.outbox.change(entry.key, (*_STUCK, State.UNCERTAIN), State.SENT):
            raise UsageError(f"{entry.key} is {entry.state.word}: nothing is left to be posted")
        services.store.outbox.note(entry.key, moment, url=url, error=f"posted by hand by {by}")
        decide.close_alerts(services, entry.key, moment)
    return f"sent: {entry.action} is on {entry.channel}"
