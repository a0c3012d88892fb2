"""The probe: asks every live account's network who we are, once a day and once more a day before an
observance, so that a dead token is found while it can be mended.

A refused account is paused as dispatch would pause it, and staff are alarmed; nothing is lost
meanwhile. An account whose network doesn't answer is asked again within the hour.
"""

import asyncio
import json
import logging
from datetime import UTC, datetime, timedelta

from bot.errors import AccountRefused, NetworkError
from bot.jobs.campaigns import limits
from bot.jobs.counting import cost
from bot.jobs.services import Services
from bot.model import Channel
from bot.networks.base import Network
from bot.rules.alerts import TokenRefused
from bot.store import Store
from bot.times import epoch

log = logging.getLogger(__name__)

EVERY = timedelta(days=1)
AGAIN = timedelta(hours=1)
"""The time to the next try after a network could not be asked."""

PATIENCE = 20.0
"""Seconds to wait for a network's answer."""

BEFORE = timedelta(days=1)
"""How long before an observance's post its token is tested once more."""


async def run(services: Services, now: datetime) -> None:
    """Ask the network of each account that is due; a paused one is not asked, since staff know
    already.
    """
    now = now.astimezone(UTC)
    paused = {at_rest.name for at_rest in services.store.channels.paused()}
    accounts: dict[str, list[tuple[Channel, Network]]] = {}
    for name, network in services.networks.items():
        channel = services.settings.channels.get(name)
        if channel is not None and name not in services.dry and network.SECRETS:
            accounts.setdefault(channel.account, []).append((channel, network))
    for account, channels in accounts.items():
        if not any(channel.name in paused for channel, _ in channels) and _due(
            services, account, channels, now
        ):
            await _probe(services, account, channels, now)


def _due(
    services: Services, account: str, channels: list[tuple[Channel, Network]], now: datetime
) -> bool:
    stored = json.loads(services.store.meta.get(f"probe {account}") or "{}")
    # what lies further ahead was written by a clock that has been set back since
    if now.timestamp() < stored.get("next", 0) <= epoch(now + EVERY):
        return _named_ahead(services, channels, stored.get("last", 0), now)
    return True


def _named_ahead(
    services: Services, channels: list[tuple[Channel, Network]], last: int, now: datetime
) -> bool:
    """Return whether an observance's post is due within a day, and the account was not asked since
    that day began.
    """
    ids = {services.channel_ids[channel.name] for channel, _ in channels}
    until = epoch(now + BEFORE)
    return any(
        entry.key.channel in ids
        and entry.due > now.timestamp()
        and last < entry.due - BEFORE.total_seconds()
        for entry in services.store.posts.named(epoch(now), until)
    )


def health(store: Store, account: str) -> str:
    """Return what the last probe of the account's token gave: 'ok', why not, or '' before the
    first.
    """
    return str(json.loads(store.meta.get(f"probe {account}") or "{}").get("found", ""))


async def _probe(
    services: Services, account: str, channels: list[tuple[Channel, Network]], now: datetime
) -> None:
    channel, network = channels[0]
    moment, stored = (
        epoch(now),
        json.loads(services.store.meta.get(f"probe {account}") or "{}"),
    )
    wait = EVERY
    try:
        async with asyncio.timeout(PATIENCE):
            name = await network.probe()
    except AccountRefused as error:
        stored["found"] = str(error)
        _refused(services, [channel for channel, _ in channels], account, error, moment)
    except NetworkError as error:
        stored["found"] = str(error)
    except TimeoutError:
        stored["found"] = f"no answer within {PATIENCE:g} s"
    # A client library may raise anything, and the error's words may hold the token.
    except Exception as error:  # noqa: BLE001
        stored["found"] = f"unexpected {type(error).__name__} of the client library"
    else:
        log.debug("account %s is %s", account, name)
        stored |= {"last": moment, "found": "ok"}
        if told := limits.read(channel, network, now):
            limits.keep(services.store, account, told)
        services.store.alerts.close(TokenRefused.kind, account, moment)
    finally:
        cost.record_reads(services, channel, network, now)
    if stored["found"] != "ok" and not _paused(services, channel):
        log.info("account %s: can't tell whether its token is good: %s", account, stored["found"])
        wait = AGAIN
    stored["next"] = epoch(now + wait)
    services.store.meta.put(f"probe {account}", json.dumps(stored, sort_keys=True))


def _paused(services: Services, channel: Channel) -> bool:
    return any(known.name == channel.name for known in services.store.channels.paused())


def _refused(
    services: Services, channels: list[Channel], account: str, error: AccountRefused, moment: int
) -> None:
    with services.store.transaction():
        for channel in channels:
            services.store.channels.pause(channel.name, str(error), moment)
        names = " and ".join(f"`drumbeat resume {channel.name}`" for channel in channels)
        text = (
            f"the token of account {account} is refused: {error}. It is paused, and nothing is"
            f" lost: put a new one in place, then {names}; `drumbeat packs` gives its posts"
            " meanwhile, to be posted by hand"
        )
        alarm = TokenRefused(subject=account, text=text, words=str(error))
        services.store.alerts.open(alarm, moment)
    log.error("%s", text)
