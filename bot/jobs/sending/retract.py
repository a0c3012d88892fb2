"""Retraction of deliveries: stop one that has not left, delete one that has, and say what remains
where the network can't delete it.
"""

import logging
from datetime import datetime

from bot.errors import NetworkError, Overtaken, UsageError
from bot.jobs.counting import cost
from bot.jobs.sending.decisions import Outcome, close_alerts, find
from bot.jobs.sending.dispatch.attempt import Attempts
from bot.jobs.services import Services
from bot.model import PUBLIC, Receipt, State
from bot.model.outbox import Claimed, Entry, Result
from bot.model.outbox.notes import Note, written
from bot.model.staff import Actor
from bot.model.staff.audit import Verb
from bot.networks.base import Network
from bot.times import epoch

log = logging.getLogger(__name__)

_WAITING = (State.PLANNED, State.AWAITING_APPROVAL, State.QUEUED)


async def retract(services: Services, text: str, by: Actor, now: datetime) -> Outcome:
    """Take back the delivery with the id `text`; `Outcome.done` when nothing of it is out any more.

    `services` must have their networks.
    """
    try:
        return Outcome(
            id=text, done=True, message=await _retract(services, find(services, text), by, now)
        )
    except (UsageError, NetworkError) as error:
        return Outcome(id=text, done=False, message=str(error))


def remains(services: Services, entry: Entry) -> str:
    """Return what will be left of a delivery that is retracted, as far as that is known before: ''
    where nothing is known to be left; 'here' where it has not left; 'ended' where it never will;
    'network' where its network can't delete, 'receipt' where it gave no receipt, 'channel' where
    nobody can ask it.
    """
    if entry.state in _WAITING:
        return "here"
    if entry.state in (State.CANCELLED, State.SKIPPED, State.FAILED):
        return "ended"
    if entry.channel not in services.networks or entry.channel in services.dry:
        return "channel"
    kind = type(services.networks[entry.channel])
    if kind.delete is Network.delete or (entry.state is State.UNCERTAIN and not kind.FINDS):
        return "network"
    return "receipt" if entry.state is State.SENT and entry.receipt is None else ""


async def _retract(services: Services, entry: Entry, by: Actor, now: datetime) -> str:
    if _stopped(services, entry, by, now):
        return f"stopped: {entry.action} on {entry.channel} had not left"
    # its state may have changed since it was read
    fresh = services.store.listing.entry(entry.key) or entry
    match fresh.state:
        case State.SENT:
            return await _delete(services, fresh, by, now)
        case State.UNCERTAIN:
            return await _delete_if_there(services, fresh, by, now)
        case State.CANCELLED | State.SKIPPED | State.FAILED:
            return (
                "nothing to take back: it is"
                f" {fresh.state.word}{f' ({fresh.error})' if fresh.error else ''}"
            )
        case _:
            raise Overtaken(
                "remains: it is being sent at this moment; retract it again in a minute"
            )


def _stopped(services: Services, entry: Entry, by: Actor, now: datetime) -> bool:
    moment = epoch(now)
    with services.store.transaction():
        stopped = services.store.outbox.change(entry.key, _WAITING, State.CANCELLED)
        if stopped:
            services.store.outbox.note(entry.key, moment, error=written(Note.STOPPED, by=by))
            services.store.audit.note(by, Verb.POST_RETRACTED, moment, entry.key)
            close_alerts(services, entry.key, moment)
    return stopped


async def _delete(services: Services, entry: Entry, by: Actor, now: datetime) -> str:
    network, receipt = _network(services, entry), entry.receipt
    if receipt is None:
        raise UsageError(
            f"remains: {entry.action} on {entry.channel} was sent, but the network gave no receipt;"
            f" {_by_hand(entry)}"
        )
    await _take_back(services, network, entry, Receipt(id=receipt, url=entry.url), now)
    words = written(Note.DELETED, network=entry.network, by=by)
    _taken_back(services, entry, State.SENT, words, by, now)
    return f"deleted: {entry.action} is no longer on {entry.channel}"


async def _take_back(
    services: Services, network: Network, entry: Entry, receipt: Receipt, now: datetime
) -> None:
    address = (
        services.store.people.address(entry.key.recipient)
        if entry.key.recipient != PUBLIC
        else None
    )
    try:
        await network.delete(receipt, address)
    except NetworkError as error:
        raise UsageError(f"remains: {error}{f' ({receipt.url})' if receipt.url else ''}") from None
    except Exception as error:  # whatever a client library lets through
        log.exception("%s: unexpected error of the client library", entry.channel)
        raise UsageError(
            f"remains, perhaps: {entry.channel} gave an unexpected {type(error).__name__};"
            f" {_by_hand(entry)}"
        ) from None
    cost.record_delete(services, services.settings.channels[entry.channel], receipt, now)


def _taken_back(
    services: Services, entry: Entry, frm: State, words: str, by: Actor, now: datetime
) -> None:
    moment = epoch(now)
    with services.store.transaction():
        services.store.outbox.change(entry.key, [frm], State.CANCELLED)
        services.store.outbox.note(entry.key, moment, error=words)
        services.store.audit.note(by, Verb.POST_RETRACTED, moment, entry.key)
        close_alerts(services, entry.key, moment)


async def _delete_if_there(services: Services, entry: Entry, by: Actor, now: datetime) -> str:
    """Look for an uncertain delivery and delete it where it is there.

    Raises `UsageError` where the network can't be asked.
    """
    network = _network(services, entry)
    if not network.FINDS:
        raise UsageError(
            f"remains, perhaps: nobody knows whether it left, and {entry.network} can't be asked;"
            f" {_by_hand(entry)}, then `drumbeat outbox cancel {entry.key}`"
        )
    receipt = await _look(services, network, entry, now)
    if receipt is not None:
        await _take_back(services, network, entry, receipt, now)
    words = (
        f"found and deleted from {entry.network}"
        if receipt
        else f"looked for on {entry.network} and not there"
    )
    said = f"retracted by {by}: {words}"
    _taken_back(services, entry, State.UNCERTAIN, said, by, now)
    return f"{'deleted' if receipt else 'stopped'}: {entry.action} on {entry.channel} was {words}"


async def _look(
    services: Services, network: Network, entry: Entry, now: datetime
) -> Receipt | None:
    row = _claimed(services, entry)
    message = Attempts(services, services.settings.channels[entry.channel], network).message(
        row, now.timestamp(), sending=False
    )
    if isinstance(message, Result):
        raise UsageError(
            "remains, perhaps: its text can't be made, so it can't be looked for"
            f" ({message.error}); {_by_hand(entry)}"
        )
    try:
        return await network.find(message)
    except NetworkError as error:
        raise UsageError(f"remains, perhaps: {error}; try again, or look at the account") from None
    finally:
        cost.record_reads(services, services.settings.channels[entry.channel], network, now)


def _claimed(services: Services, entry: Entry) -> Claimed:
    for claimed in services.store.outbox.uncertain(entry.key.channel):
        if claimed.key == entry.key:
            return claimed
    raise Overtaken("it changed in this very moment; look at it again with `drumbeat outbox`")


def _network(services: Services, entry: Entry) -> Network:
    if file := services.settings.unusable:
        raise UsageError(
            f"remains: {file} can't be used, so nothing is known of the channel {entry.channel};"
            f" mend it and try again, or {_by_hand(entry)}"
        )
    if entry.channel not in services.networks:
        raise UsageError(
            f"remains: the channel {entry.channel} is no longer in config.toml; put it back, or"
            " remove it by hand"
        )
    if reason := services.dry.get(entry.channel):
        raise UsageError(f"remains: {reason}; it can't be deleted from here without its secret")
    return services.networks[entry.channel]


def _by_hand(entry: Entry) -> str:
    return f"look at the account on {entry.network} and remove it by hand"
