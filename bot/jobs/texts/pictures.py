"""Pictures of posts, made ready to leave (`bot.pictures`) for what each channel's network takes.

The job `run` makes them long before their post is due, in a thread, and the store keeps them. Who
makes a post's text takes what is kept; what isn't there yet is waited for. So what staff approve is
what leaves, to the byte, whatever becomes of the file or of the library meanwhile.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from bot import networks
from bot.errors import OutOfResources, PictureUnfit, RenderError
from bot.jobs.campaigns.cards import CardPicture
from bot.jobs.campaigns.limits import kept
from bot.jobs.campaigns.pictures import name_of, wish_of
from bot.jobs.services import Services
from bot.jobs.texts import posts
from bot.model import Channel, Limits, Picture, Rendered
from bot.model.message import PictureKey, ReadyPicture
from bot.model.outbox import Entry
from bot.model.subject import Planned, Written
from bot.networks.base import Network
from bot.pictures import MOST, Wish
from bot.render import Renderer
from bot.rules import planner
from bot.times import epoch

WAITS = "its picture is being made ready to leave"
"""Why a post can't be approved, or leave, for a moment."""

_KNOWN = WeakKeyDictionary[Renderer, dict[tuple[object, ...], Picture | None]]()
"""The pictures of posts by all that decides them, for as long as a renderer's texts are played."""

_MOST_KNOWN = 1_000
"""Pictures that are known at a time; their bytes are those that cards and files keep anyway."""

UNWANTED = timedelta(days=30)
"""What no post has wanted for so long is deleted."""


async def run(services: Services, now: datetime) -> int:
    """Make ready what posts to come will need and isn't kept; return how many pictures that was.

    Raises `OutOfResources`, after all others, for those that this machine can't make now.
    """
    moment, sources = epoch(now), dict[PictureKey, Picture]()
    for picture, channel in await _coming(services, now):
        sources.setdefault(key_of(services, picture.data, channel), picture)
    missing, lacking = services.store.pictures.missing(sources, moment), list[str]()
    for key in missing:
        try:
            made = await asyncio.to_thread(_made, sources[key].data, key, name_of(sources[key]))
        except OutOfResources as error:
            lacking.append(str(error))
        else:
            services.store.pictures.keep(key, made, moment)
    if missing:
        services.store.pictures.tidy(epoch(now - UNWANTED))
    if lacking:
        raise OutOfResources("\n".join(dict.fromkeys(lacking)))
    return len(missing)


def made_ready(services: Services, body: Rendered, channel: Channel) -> Rendered:
    """Return the post with its picture as it leaves, or as it is where that isn't made yet.

    Raises `PictureUnfit` where the picture can't leave.
    """
    picture = body.picture
    if picture is None or picture.is_ready:
        return body
    made = services.store.pictures.find(key_of(services, picture.data, channel))
    return body if made is None else replace(body, picture=_of(picture, made))


def make(services: Services, body: Rendered, channel: Channel, now: datetime) -> None:
    """Make the post's picture ready at once, for an approval by a command or in a rehearsal: in the
    chat a post is shown for approval only once the job has made it.
    """
    picture = body.picture
    if picture is not None and not picture.is_ready:
        key = key_of(services, picture.data, channel)
        services.store.pictures.keep(key, _made(picture.data, key, str(picture.path)), epoch(now))


async def make_apart(services: Services, body: Rendered, channel: Channel, now: datetime) -> None:
    """Do what `make` does in a thread, so that everything else goes on meanwhile."""
    picture = body.picture
    if picture is not None and not picture.is_ready:
        key = key_of(services, picture.data, channel)
        made = await asyncio.to_thread(_made, picture.data, key, str(picture.path))
        services.store.pictures.keep(key, made, epoch(now))


def as_it_leaves(picture: Picture) -> Picture:
    """Return the picture as it may leave by hand, to a network of which nothing is known.

    Raises `PictureUnfit` where it can't.
    """
    if picture.is_ready:
        return picture
    key = PictureKey.of(picture.data, MOST, moving=False)
    return _of(picture, _made(picture.data, key, str(picture.path)))


def leaving(picture: CardPicture) -> bytes:
    """Return a card as it is, or the campaign's own picture in its place as it may leave.

    Raises `PictureUnfit` where it can't.
    """
    if picture.file is None:
        return picture.data
    return as_it_leaves(Picture(path=picture.file, data=picture.data, alt=picture.alt)).data


def key_of(services: Services, data: bytes, channel: Channel) -> PictureKey:
    """Return under what the picture of these bytes is kept for this channel."""
    network = networks.load(channel.network)
    wish = wish_of(_limits(services, channel, network), network)
    return PictureKey.of(data, wish.most, moving=wish.moving)


def _limits(services: Services, channel: Channel, network: type[Network]) -> Limits:
    """Return what the channel's server told, also to a process that asks nobody."""
    told = kept(services.store, [channel]).get(channel.account)
    if told is not None:
        return told.limits
    built = services.networks.get(channel.name)
    return built.limits if built is not None else network.LIMITS


async def _coming(services: Services, now: datetime) -> list[tuple[Picture, Channel]]:
    """Return the picture of each post that is still to leave, a file or a card, with its channel.

    Cards are drawn in a thread, and what a post shows is asked once for as long as the texts stay.
    """
    known = _KNOWN.setdefault(services.renderer, {})
    coming = []
    for entry, channel in _posts(services, now):
        key = (
            *(entry.campaign, entry.action, entry.audience, entry.day),
            *(channel.language, channel.network),
        )
        if key not in known:
            if len(known) >= _MOST_KNOWN:
                known.clear()
            known[key] = await _picture(services, entry, channel)
        if (picture := known[key]) is not None:
            coming.append((picture, channel))
    return coming


def _posts(services: Services, now: datetime) -> Iterator[tuple[Entry, Channel]]:
    """Yield the posts that may have a picture and are still to leave, with their channel: those
    of the data with a picture slot, and those that staff wrote.
    """
    pictured = {
        (campaign.id, action.id)
        for campaign in services.active
        for action in campaign.actions
        if action.picture is not None
    }
    if not pictured and not services.store.own_pictures.any():
        return
    for entry in services.store.posts.between(epoch(now), epoch(now + planner.HORIZON)):
        channel = services.settings.channels.get(entry.channel)
        of_data = isinstance(entry.subject, Planned) and (entry.campaign, entry.action) in pictured
        if channel is not None and (of_data or isinstance(entry.subject, Written)):
            yield entry, channel


async def _picture(services: Services, entry: Entry, channel: Channel) -> Picture | None:
    """Return the picture of a post; None without one, or where its text can't be made: what is
    wrong with that is told where the post is needed.
    """
    if isinstance(entry.subject, Written):
        try:
            return posts.own_picture(services, entry.subject)
        except RenderError:
            return None
    campaign = next(each for each in services.active if each.id == entry.campaign)
    action = campaign.action(entry.action)
    if action is None:
        return None
    try:
        draw = services.renderer.post_picture(
            campaign,
            action,
            language=channel.language,
            network=channel.network,
            audience=entry.audience,
            day=entry.day,
        )
        return await asyncio.to_thread(draw)
    except RenderError:
        return None


def _made(data: bytes, key: PictureKey, name: str) -> ReadyPicture | PictureUnfit:
    """Return what leaves of a file, or why nothing can.

    Raises `OutOfResources` with the file's name; that says nothing of the file, and is never kept.
    """
    from bot.pictures.making import ready

    try:
        return ready(data, Wish(most=key.most, moving=key.moving))
    except PictureUnfit as error:
        # without the frames that it came through, which would keep the picture alive
        return PictureUnfit(*error.args)
    except OutOfResources as error:
        raise OutOfResources(f"the picture {name}: {error}") from None


def _of(picture: Picture, made: ReadyPicture | PictureUnfit) -> Picture:
    if isinstance(made, PictureUnfit):
        raise PictureUnfit(f"the picture {picture.path} can't leave: {made}")
    return replace(
        picture,
        data=made.data,
        mime=made.mime,
        width=made.width,
        height=made.height,
        original=picture.data,
    )
