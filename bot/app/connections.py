"""The connections to networks and collectors: opened from settings and secrets, and closed; and why
some channels have none.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from bot import networks
from bot.config import Settings, secrets
from bot.jobs.operations.dry import NO_PAGES, SENDS_NOTHING, not_set, why_dry
from bot.jobs.services import Services
from bot.model import Channel
from bot.model.mail import MailboxAt, Way
from bot.networks.base import Network
from bot.networks.common.redact import conceal
from bot.networks.counting import Collector, Place
from bot.networks.dry.network import Network as Dry
from bot.networks.mail.box import Box

log = logging.getLogger(__name__)

CLOSING = 0.3
"""Seconds that the networks have to close; who stops has five in all."""


def open_networks(
    settings: Settings, environ: Mapping[str, str]
) -> tuple[dict[str, Network], dict[str, str]]:
    """Open the networks of all channels, by channel name; also return why some channels are dry.

    Raises `DataError` for a secret's file that can't be read.
    """
    built: dict[str, Network] = {}
    dry = dry_channels(settings, environ)
    for name, channel in settings.channels.items():
        kind = networks.load(channel.network)
        known, _ = secrets(channel.account, (*kind.SECRETS, *kind.SPARE), environ)
        built[name] = Dry(channel, {}, stands_for=kind) if name in dry else kind(channel, known)
    return built, dry


def dry_channels(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    """Return why channels are dry, by their names.

    Raises `DataError` for a secret's file that can't be read.
    """
    dry: dict[str, str] = {}
    for name, channel in settings.channels.items():
        kind = networks.load(channel.network)
        known, missing = secrets(channel.account, kind.SECRETS, environ)
        if not missing and channel.nudges and settings.web is None and kind.needs_pages(known):
            dry[name] = why_dry(name, NO_PAGES)
        elif missing:
            dry[name] = why_dry(name, not_set(missing))
        elif kind is Dry:
            dry[name] = why_dry(name, SENDS_NOTHING)
    return dry


def open_mailbox(settings: Settings, environ: Mapping[str, str]) -> Box | None:
    """Return the mailbox that config.toml names; None where it names none, or its password is not
    set.

    Raises `DataError` for a secret's file that can't be read.
    """
    at = settings.mailbox
    if at is None:
        return None
    field = secret_of(at)
    known, _ = secrets("mailbox", (field,), environ)
    conceal(known.values(), loggers=(), silent=())
    if at.way is Way.IMAP and not known:
        return None
    return Box(at, known.get("password"), known.get("client_secret"))


def secret_of(at: MailboxAt) -> str:
    """Return the field of the secret by which somebody logs in there."""
    return "client_secret" if at.oauth else "password"


def open_collectors(
    settings: Settings, environ: Mapping[str, str]
) -> tuple[dict[str, Collector], dict[str, str]]:
    """Open the collectors of hashtag usage that the settings want, and return why some can't be.

    Raises `DataError` for a secret's file that can't be read.
    """
    built: dict[str, Collector] = {}
    missing: dict[str, str] = {}
    for name, wanted in _places(settings).items():
        kind = networks.load_collector(name)
        places, lacking = [], []
        for place, channel, login in wanted:
            known, absent = secrets(channel.account, kind.SECRETS, environ) if channel else ({}, [])
            lacking += absent if login else []
            conceal(known.values(), loggers=kind.LOGGERS, silent=kind.SILENT)
            places.append(replace(place, secrets=known if not absent else {}))
        if lacking:
            missing[name] = f"hashtag usage on {name} is not counted: {', '.join(lacking)} not set"
        else:
            built[name] = kind(places)
    return built, missing


def _places(settings: Settings) -> dict[str, list[tuple[Place, Channel | None, bool]]]:
    """Return what each collector asks: a server, a channel with secrets, and whether it needs
    them.
    """
    wanted: dict[str, list[tuple[Place, Channel | None, bool]]] = {}
    if settings.usage.mastodon:
        ours = {c.base_url: c for c in settings.channels.values() if c.network == "mastodon"}
        wanted["mastodon"] = [
            (_place(url, url), ours.get(url), False) for url in settings.usage.mastodon
        ]
    for name, given, own in (
        ("bluesky", settings.usage.bluesky, "https://bsky.social"),
        ("x", settings.usage.x, "https://api.x.com"),
    ):
        if given:
            channel = settings.channels.get(given)
            url = channel.base_url if channel else given
            wanted[name] = [(_place(url or own, url), channel, channel is not None)]
    return wanted


def _place(known_by: str, url: str | None) -> Place:
    return Place(name=urlsplit(known_by).netloc, url=url)


async def disconnect(services: Services) -> None:
    """Close the connections of all networks and collectors.

    One that hangs or fails is left behind, and keeps no other from closing.
    """
    await close_networks(services.networks)
    for collector in services.collectors.values():
        collector.close()


async def close_networks(networks: Mapping[str, Network]) -> None:
    """Close the connections of these channels, all at once and within `CLOSING`.

    One that hangs or fails is left behind.
    """
    closing = {asyncio.ensure_future(network.close()): name for name, network in networks.items()}
    if not closing:
        return
    closed, late = await asyncio.wait(closing, timeout=CLOSING)
    for task in late:
        task.cancel()
    for task in closed:
        if error := task.exception():
            kind = type(error).__name__
            log.warning("the connections of channel %s did not close: %s", closing[task], kind)
