"""The look-up of uncertain deliveries, which are never blindly sent again.

A network that folds repeats into one (`Network.REPEATABLE`) gets the message again. One that can be
asked (`Network.FINDS`) is asked whether it is there. Where neither holds, or a server may have
changed the text, the delivery waits until a person says what became of it; only prompts to
pledge-makers, who were promised each at least once, are sent again. A thread that broke off goes on
where it stopped; past its grace, what stands of it is deleted.
"""

import logging
from datetime import datetime

from bot.errors import NetworkError, Overtaken, Unanswered, UsageError
from bot.jobs.counting import cost
from bot.jobs.sending.dispatch.attempt import Attempts
from bot.jobs.sending.dispatch.meaning import tell_failed
from bot.jobs.services import Services
from bot.logcontext import About
from bot.model import PUBLIC, Channel, DeliveryKey, Kind, State
from bot.model.outbox import Claimed, Result
from bot.networks.base import Network
from bot.rules.alerts import DeliveriesUncertain
from bot.times import epoch

log = logging.getLogger(__name__)

MOST_TRIES = 4
"""Tries of a prompt, each of which may have arrived; after so many a person decides."""


async def run(services: Services, now: datetime) -> None:
    """Look up every uncertain delivery whose network can be asked or takes it again, and close the
    alarms of channels that have none left.
    """
    if not services.store.outbox.any_uncertain() and not services.store.alerts.any_open(
        DeliveriesUncertain.kind
    ):
        return
    for name, network in services.networks.items():
        rows = services.store.outbox.uncertain(services.channel_ids[name])
        if not rows:
            services.store.alerts.close(DeliveriesUncertain.kind, name, epoch(now))
        elif name not in services.dry and (network.FINDS or network.REPEATABLE):
            await _channel(services, services.settings.channels[name], network, rows, now)
        elif name not in services.dry:
            _promised(services, rows, epoch(now))


async def look(services: Services, key: DeliveryKey, now: datetime) -> State:
    """Look up one uncertain delivery now, as `run` does with all; return its state then.

    Raises `UsageError` where its network can't be asked.
    """
    entry = services.store.listing.entry(key)
    if entry is None or entry.state is not State.UNCERTAIN:
        raise Overtaken("it isn't uncertain any more; look at it again")
    name = entry.channel
    network = services.networks.get(name)
    if network is None or name in services.dry or not (network.FINDS or network.REPEATABLE):
        raise UsageError(
            f"nobody can ask {name} whether it is there: look at the account on {entry.network}"
        )
    rows = [row for row in services.store.outbox.uncertain(key.channel) if row.key == key]
    await _channel(services, services.settings.channels[name], network, rows, now)
    fresh = services.store.listing.entry(key)
    return fresh.state if fresh is not None else State.UNCERTAIN


def _promised(services: Services, rows: list[Claimed], moment: int) -> None:
    """Send prompts to pledge-makers again: rather twice than not at all."""
    for row in rows:
        occurrence = services.store.plan.occurrence(row.occurrence)
        campaign = services.library.campaigns.get(occurrence.campaign)
        action = campaign.action(occurrence.subject.about) if campaign else None
        if (
            row.recipient != PUBLIC
            and action is not None
            and action.kind is Kind.PROMPT
            and row.attempts < MOST_TRIES
            and row.expires > moment
        ):
            services.store.outbox.change(row.key, [State.UNCERTAIN], State.QUEUED, due=moment)


async def _channel(
    services: Services, channel: Channel, network: Network, rows: list[Claimed], now: datetime
) -> None:
    attempts = Attempts(services, channel, network)
    for row in rows:
        with About(row):
            message = attempts.message(row, now.timestamp(), sending=False)
            if isinstance(message, Result):
                if services.rehearsal:  # its texts don't change: what has none now never had one
                    _again(services, row, epoch(now))
                continue
            late = row.expires <= now.timestamp()
            try:
                # What may simply be sent again is asked only when it can't be sent any more.
                receipt = (
                    await network.find(message)
                    if network.FINDS and (late or not network.REPEATABLE)
                    else None
                )
                if receipt is not None and not receipt.complete and late:
                    await network.delete(receipt, message.address)
                    cost.record_delete(services, channel, receipt, now)
            except Unanswered as error:
                # Something is there that may be it: it stays uncertain until a person has looked.
                log.info("%s: %s", row.key, error)
                continue
            except NetworkError as error:
                log.warning("%s: can't look whether %s arrived: %s", channel.name, row.key, error)
                return
            finally:
                cost.record_reads(services, channel, network, now)
            if receipt is not None and receipt.complete:
                services.store.outbox.arrived(
                    row.key, [State.UNCERTAIN], epoch(now), receipt=receipt.id, url=receipt.url
                )
            else:
                _again(services, row, epoch(now))


def _again(services: Services, row: Claimed, moment: int) -> None:
    """Queue a delivery that is certainly not there, or skip it where its grace has ended.

    While the clock is not believed it stays uncertain rather than be skipped.
    """
    if row.expires > moment:
        services.store.outbox.change(row.key, [State.UNCERTAIN], State.QUEUED, due=moment)
    elif services.steady():
        services.store.outbox.change(row.key, [State.UNCERTAIN], State.SKIPPED)
        words = "it did not arrive, and now it is later than its grace"
        services.store.outbox.note(row.key, moment, error=words)
        if row.recipient == PUBLIC:
            tell_failed(services, row, words, moment)
