"""Sightings: posts of pledge-makers with a campaign's hashtag that were found, and links that they
sent in. What becomes of them is in `bot.jobs.amplify.amplify`.

A post is found by the channel that would amplify it: on some networks its number means something on
that very server only.
"""

import json
import logging
from collections.abc import Awaitable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from bot.errors import NetworkError
from bot.jobs.counting import cost
from bot.jobs.counting.usage import asked_for
from bot.jobs.services import Services
from bot.model import Channel
from bot.model.pledge import MADE
from bot.model.share import Candidate, Sighting
from bot.networks.base import Network
from bot.rules.alerts import SearchFails
from bot.rules.amplification import too_old
from bot.times import epoch, from_epoch

log = logging.getLogger(__name__)

T = TypeVar("T")

EVERY = timedelta(hours=1)
EVERY_PAID = timedelta(hours=6)
"""The time between two searches on a network where reading costs money."""

BACK = timedelta(days=7)
"""How far the first search looks back; later ones go back to a day before the last."""


def channels(services: Services) -> list[tuple[Channel, Network]]:
    """Return one live channel for each network: the first in the settings that posts and is not
    paused.
    """
    paused = {at_rest.name for at_rest in services.store.channels.paused()}
    by_network: dict[str, tuple[Channel, Network]] = {}
    for name, network in services.networks.items():
        channel = services.settings.channels.get(name)
        if (
            channel
            and channel.posts
            and network.AMPLIFIES
            and name not in services.dry
            and name not in paused
        ):
            by_network.setdefault(channel.network, (channel, network))
    return list(by_network.values())


def links(services: Services, now: datetime) -> None:
    """Put links that pledge-makers sent in before staff: the same checklist stands before them."""
    if new := services.store.amplify.sent_in():
        services.store.amplify.add(new, epoch(now))


def accounts(services: Services, network: str) -> Mapping[str, int]:
    """Return the accounts of pledge-makers on a network, in small letters without '@', with the id
    of the pledge that has each.
    """
    active = {campaign.id for campaign in services.active}
    pledges: dict[str, int] = {}
    for pledge in services.store.pledges.all(states=MADE):
        if pledge.campaign in active:
            for handle in services.store.pledges.handles(pledge.id):
                if handle.network == network:
                    pledges.setdefault(handle.name.removeprefix("@").casefold(), pledge.id)
    return pledges


async def search(services: Services, channel: Channel, network: Network, now: datetime) -> None:
    """Ask one network where it is time, and put what is new before staff."""
    stored = json.loads(services.store.meta.get(f"amplify {channel.name}") or "{}")
    known, tags = accounts(services, channel.network), asked_for(services.active, now.date())
    paid = bool(network.PRICES.read)
    every = EVERY_PAID if paid else EVERY
    # what lies further ahead was written by a clock that has been set back since
    waits = now < from_epoch(stored.get("next", 0)) <= now + every
    if waits or not known or not tags:
        return
    since = (
        now - BACK
        if "last" not in stored
        else max(now - BACK, min(now, from_epoch(stored["last"])) - timedelta(days=1))
    )
    try:
        posts = await asked(
            services, channel, network, network.seen(tags, known.keys(), since), now
        )
    except NetworkError as error:
        log.info("posts of pledge-makers on %s are not looked for: %s", channel.name, error)
        text = (
            f"posts of pledge-makers on {channel.name} can't be looked for: {error}; it is tried"
            " again each hour"
        )
        alarm = SearchFails(subject=channel.name, text=text, words=str(error))
        services.store.alerts.open(alarm, epoch(now))
        stored["next"] = epoch(now + EVERY)
    else:
        _keep(services, channel, posts, known, now)
        services.store.alerts.close(SearchFails.kind, channel.name, epoch(now))
        stored = {
            "last": epoch(now),
            "next": epoch(now + every),
        }
    services.store.meta.put(f"amplify {channel.name}", json.dumps(stored, sort_keys=True))


def _keep(
    services: Services,
    channel: Channel,
    posts: Iterable[Sighting],
    known: Mapping[str, int],
    now: datetime,
) -> None:
    rows = [
        Candidate(
            **vars(post),
            network=channel.network,
            pledge=known[post.author],
            channel=channel.name,
        )
        for post in posts
        if post.author in known and not too_old(post.posted, now)
    ]
    if new := services.store.amplify.add(rows, epoch(now)):
        log.info("%d new posts of pledge-makers on %s wait for a look", new, channel.name)


async def asked(
    services: Services, channel: Channel, network: Network, question: Awaitable[T], now: datetime
) -> T:
    """Return the answer; the posts read for it are recorded as cost, also when it failed."""
    try:
        return await question
    finally:
        cost.record_reads(services, channel, network, now)
