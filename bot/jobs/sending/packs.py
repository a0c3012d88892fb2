"""Packs: posts that people make by hand, with text, picture and alt text as the network takes them,
and what is remembered once somebody says that it is posted.

There are two kinds. Posts of a channel that is paused or dry are deliveries of the outbox, and a
pack's id is the delivery's. Networks that have no channel (`bot.networks.common.hand`) have packs
with ids such as `facebook-12-en` (network, occurrence, language), which are remembered apart.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from bot import text as texts
from bot.config import Settings
from bot.errors import Missing, Overtaken, PictureUnfit, RenderError, UsageError
from bot.jobs.campaigns.cards import kept_by, picture_of
from bot.jobs.sending import decisions
from bot.jobs.sending.held import has_post
from bot.jobs.services import Services
from bot.jobs.texts.kinds import post_body
from bot.jobs.texts.pictures import as_it_leaves
from bot.jobs.texts.posts import find
from bot.links import link_spans
from bot.model import PUBLIC, Audience, Occurrence, Picture, Rendered, Role, State
from bot.model.campaign import Size
from bot.model.outbox import Entry
from bot.model.outbox.notes import Note, written
from bot.model.share import Blank, Flaw, HandPost, Pack
from bot.model.staff import Actor
from bot.model.staff.audit import Verb
from bot.names import meant
from bot.networks.common.hand import HANDS, Hand
from bot.rules import dates, identity, planner
from bot.rules.reading import links
from bot.store import Store
from bot.times import epoch, from_epoch

log = logging.getLogger(__name__)

AHEAD = timedelta(days=2)
"""How long before its post is due a pack is listed."""

_STUCK = (State.PLANNED, State.QUEUED, State.SKIPPED, State.FAILED)
"""States in which a post of a channel that can't post may be made by hand.

An uncertain one may be there already, and one that awaits approval isn't approved.
"""


_NOWHERE = "dry"
"""The network of channels that are not meant to post at all."""


def packs(
    services: Services, now: datetime, network: str | None = None, folder: Path | None = None
) -> list[Pack]:
    """Return the packs that are due within `AHEAD` and whose grace has not ended, first due first;
    of one network or of all.

    Their pictures are the files as they were read; with a `folder` they are written there as they
    may leave, each by its pack's id.

    Raises `UsageError` for a network that no channel uses and for which nobody posts by hand.
    """
    known = sorted({*HANDS, *(channel.network for channel in services.settings.channels.values())})
    if network is not None and network not in known:
        raise UsageError(f"no packs are made for {network!r}; {meant(network, known)}")
    chosen = waiting(services.settings, services.store, services.dry, now)
    wanted = [blank for blank in chosen if network in (None, blank.network)]
    return [filled(services, blank, folder) for blank in wanted]


def waiting(settings: Settings, store: Store, dry: Mapping[str, str], now: datetime) -> list[Blank]:
    """Return the packs of `packs` without their texts, which take time to make; what is held is
    for nobody's hands either.
    """
    by_hand = _not_held(store, _by_hand(settings, store, now))
    blanks = [*stuck(settings, store, dry, now), *by_hand]
    return sorted(blanks, key=lambda blank: (blank.due, blank.id))


def _not_held(store: Store, blanks: Iterable[Blank]) -> list[Blank]:
    held = [hold.scope for hold in store.holds.all() if not hold.lifting]
    return [
        blank
        for blank in blanks
        if not any(has_post(each, blank, blank.channel or "", blank.language) for each in held)
    ]


# of channels


def stuck(settings: Settings, store: Store, dry: Mapping[str, str], now: datetime) -> list[Blank]:
    """Return the packs of posts that a channel of ours should make and can't, by due, without those
    that are held.
    """
    return _not_held(store, _stuck(settings, store, dry, now))


def _stuck(
    settings: Settings, store: Store, dry: Mapping[str, str], now: datetime
) -> Iterator[Blank]:
    paused = {
        row.name: f"channel {row.name} is paused: {row.reason}" for row in store.channels.paused()
    }
    reasons = dict(dry) | paused
    for entry in store.posts.between(epoch(now), epoch(now + AHEAD)):
        channel = settings.channels.get(entry.channel)
        if (
            channel is None
            or channel.network == _NOWHERE
            or entry.channel not in reasons
            or entry.state not in _STUCK
        ):
            continue
        yield Blank(
            id=str(entry.key),
            channel=entry.channel,
            network=channel.network,
            label=channel.network,
            language=channel.language,
            campaign=entry.campaign,
            action=entry.action,
            audience=entry.audience,
            day=entry.day,
            slot=entry.slot,
            due=from_epoch(entry.due),
            expires=from_epoch(entry.expires),
            why="paused" if entry.channel in paused else "dry",
            reason=reasons[entry.channel],
        )


def is_by_hand(services: Services, pack: str, now: datetime) -> bool:
    """Return whether people make the post of a pack: for want of a channel, or while it can't."""
    made = stuck(services.settings, services.store, services.dry, now)
    return pack.partition("-")[0] in HANDS or any(blank.id == pack for blank in made)


# of networks without a channel


def _by_hand(settings: Settings, store: Store, now: datetime) -> Iterator[Blank]:
    posts = store.plan.with_posts(now, (now + AHEAD).date())
    made = store.packs.made(number for number, _ in posts)
    for number, occurrence in posts:
        for network, hand in HANDS.items():
            for language in _languages(settings, occurrence.audience):
                blank = _blank(settings, number, occurrence, network, hand, language)
                if (
                    (number, network, language) not in made
                    and blank.expires > now
                    and blank.due <= now + AHEAD
                ):
                    yield blank


def _languages(settings: Settings, audience: Audience) -> list[str]:
    """Return the languages in which our channels post for this audience."""
    return sorted(
        {channel.language for channel in planner.post_channels(audience, settings.channels)}
    )


def _blank(
    settings: Settings, number: int, occurrence: Occurrence, network: str, hand: Hand, language: str
) -> Blank:
    due = dates.instant(
        occurrence.day, _minute(settings, occurrence.audience), dates.zone(settings.zone)
    )
    return Blank(
        id=f"{network}-{number}-{language}",
        channel=None,
        network=network,
        label=hand.label,
        language=language,
        campaign=occurrence.campaign,
        action=occurrence.action,
        audience=occurrence.audience,
        day=occurrence.day,
        slot=occurrence.slot,
        due=due,
        expires=due + occurrence.grace,
        why="none",
        reason=f"{hand.label} has no channel: it is posted by hand",
    )


def _minute(settings: Settings, audience: Audience) -> int:
    """Return the earliest minute of the day at which a channel of ours posts for this audience;
    nine o'clock where none does.
    """
    return min(
        (channel.minute for channel in planner.post_channels(audience, settings.channels)),
        default=9 * 60,
    )


# the texts


def filled(services: Services, blank: Blank, folder: Path | None = None) -> Pack:
    """Return a pack with its text and picture, or with what is wrong with them, as `packs`."""
    hand = HANDS.get(blank.network) if blank.channel is None else None
    try:
        body = _body(services, blank)
        picture = _file(body.picture, blank, folder) if body.picture else None
    except RenderError as error:
        return Pack(
            **vars(blank),
            text="",
            picture=None,
            alt=None,
            flaws=(Flaw(kind="text", network=blank.network, words=str(error)),),
        )
    return Pack(
        **vars(blank),
        text=body.whole,
        picture=picture,
        alt=body.picture.alt if body.picture else None,
        video=_videos(services, blank),
        flaws=tuple(_flaws(body, hand)) if hand else (),
    )


def _file(picture: Picture, blank: Blank, folder: Path | None) -> Path:
    """Return the picture's file, or one in the folder with the picture as it may leave.

    Raises `PictureUnfit` for what is no picture, `UsageError` where nothing can be written.
    """
    if folder is None:
        return picture.path
    leaves = as_it_leaves(picture)
    path = folder / f"{blank.id}{Path(leaves.name).suffix}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(leaves.data)
    except OSError as error:
        raise UsageError(f"{path}: the picture can't be written: {error.strerror}") from None
    return path


def _body(services: Services, blank: Blank) -> Rendered:
    if blank.channel is not None:
        return post_body(services, blank, blank.channel)
    campaign, action = find(services, blank.campaign, blank.action)
    body = services.renderer.text(
        campaign,
        action,
        Role.POST,
        language=blank.language,
        network=blank.network,
        audience=blank.audience,
        day=blank.day,
        wording=identity.turn(blank.slot),
    )
    return body if body.picture else replace(body, picture=_card(services, blank))


def _card(services: Services, blank: Blank) -> Picture | None:
    """Return the square card of the post's action; None where it has none."""
    if services.renderer.cards is None:
        return None
    campaign, action = find(services, blank.campaign, blank.action)
    try:
        card = picture_of(
            services.renderer, campaign, action, blank.language, Size.SQUARE, blank.day
        )
    except PictureUnfit as error:
        log.info("%s: the pack has no card: %s", blank.id, error)
        return None
    path = kept_by(services.renderer).folder or Path()
    return Picture(path=path / f"{card.digest}.png", data=card.data, alt=card.alt)


def _videos(services: Services, blank: Blank) -> tuple[str, ...]:
    campaign, action = find(services, blank.campaign, blank.action)
    return campaign.videos(action)


def _flaws(body: Rendered, hand: Hand) -> Iterator[Flaw]:
    length, tags = texts.measure(body.whole, hand.limits), len(texts.hashtags(body.whole))
    if length > hand.limits.length:
        yield Flaw(kind="long", network=hand.label, count=length, most=hand.limits.length)
    if hand.needs_picture and body.picture is None:
        yield Flaw(kind="picture", network=hand.label)
    if hand.hashtags is not None and tags > hand.hashtags:
        yield Flaw(kind="hashtags", network=hand.label, count=tags, most=hand.hashtags)
    if not hand.links and link_spans(body.whole):
        yield Flaw(kind="link", network=hand.label)
    if body.picture and hand.limits.alt and len(body.picture.alt) > hand.limits.alt:
        yield Flaw(
            kind="alt", network=hand.label, count=len(body.picture.alt), most=hand.limits.alt
        )


# I posted it


def posted(services: Services, pack: str, url: str, by: Actor, now: datetime) -> str:
    """Remember that the post of a pack stands at this address; return a sentence that says so.

    Raises `UsageError` for what is no address or no pack's id, and where it was posted before.
    """
    address = links.link(url)
    if address is None:
        raise UsageError(
            f"{url!r} is no link; copy the post's address, like example.org/post/1", "no_link"
        )
    network, _, rest = pack.partition("-")
    if network in HANDS:
        return _posted_by_hand(services, network, rest, address, by, now)
    return _posted_on_channel(services, decisions.find(services, pack), address, by, now)


def _posted_by_hand(
    services: Services, network: str, rest: str, url: str, by: Actor, now: datetime
) -> str:
    number, _, language = rest.partition("-")
    known = [
        p
        for p in services.store.plan.planned(now - timedelta(days=30), (now + AHEAD).date())
        if str(p.id) == number
    ]
    if not known or language not in _languages(services.settings, known[0].occurrence.audience):
        raise Missing(f"{network}-{rest}: there is no such pack; `drumbeat packs` lists them")
    made = HandPost(
        occurrence=known[0].id,
        network=network,
        language=language,
        url=url,
        by=by,
        at=epoch(now),
    )
    with services.store.transaction():
        if not services.store.packs.post(made):
            raise Overtaken(f"{network}-{rest}: somebody posted it before")
        services.store.audit.note(by, Verb.POST_BY_HAND, made.at, made.occurrence)
    return f"sent: {known[0].occurrence.action} is on {HANDS[network].label}"


def _posted_on_channel(services: Services, entry: Entry, url: str, by: Actor, now: datetime) -> str:
    moment = epoch(now)
    if entry.key.recipient != PUBLIC:
        raise UsageError(f"{entry.key} goes to one person; only posts are made by hand")
    with services.store.transaction():
        if not services.store.outbox.arrived(
            entry.key,
            (*_STUCK, State.UNCERTAIN),
            moment,
            url=url,
            error=written(Note.BY_HAND, by=by),
        ):
            raise Overtaken(f"{entry.key} is {entry.state.word}: nothing is left to be posted")
        services.store.audit.note(by, Verb.POST_BY_HAND, moment, entry.key)
        decisions.close_alerts(services, entry.key, moment)
    return f"sent: {entry.action} is on {entry.channel}"
