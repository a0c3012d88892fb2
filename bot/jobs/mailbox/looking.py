"""The job that reads the mailbox, every few minutes: each message once.

What a message leads to and that it was read are written together. One that can't be read is marked
all the same, or it would stand in the way of all others.
"""

import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from bot.errors import NetworkError, StoreError
from bot.jobs.mailbox import bounces, people
from bot.jobs.services import Services
from bot.model.mail import Letter, Mail
from bot.rules.mailbox import read
from bot.store import Store
from bot.times import epoch, from_epoch

log = logging.getLogger(__name__)

AT_ONCE = 25
"""Messages of one look; what is left comes with the next."""

SINCE = timedelta(days=14)
"""How far back the first look goes."""

_LOOKED = "mailbox looked"


@dataclass(frozen=True, kw_only=True)
class Looked:
    """The last look at the mailbox."""

    at: datetime
    #: when it could be read last; None where it never could
    read: datetime | None
    #: why it can't be read; '' where it can
    wrong: str = ""


def looked(store: Store) -> Looked | None:
    """Return the last look; None before the first."""
    kept = json.loads(store.meta.get(_LOOKED) or "null")
    if kept is None:
        return None
    last = from_epoch(kept["read"]) if kept["read"] else None
    return Looked(at=from_epoch(kept["at"]), read=last, wrong=kept["wrong"])


async def run(services: Services, now: datetime) -> int:
    """Read what is new, where the last look is long enough ago; return how many messages that were.

    Where it can't be read, that is kept for `looked`, and the process is no less well for it.
    """
    box = services.mailbox
    last = looked(services.store)
    if box is None or services.rehearsal:
        return 0
    if last and timedelta() <= now - last.at < timedelta(minutes=box.at.minutes):
        return 0
    try:
        count = await _read(services, now)
    except NetworkError as error:
        if last is None or last.wrong != str(error):
            log.warning("%s; it is tried again", error)
        _keep(services.store, now, last.read if last else None, str(error))
        return 0
    if last and last.wrong:
        log.info("the mailbox is read again")
    _keep(services.store, now, now, "")
    return count


async def _read(services: Services, now: datetime) -> int:
    box, store = services.mailbox, services.store
    assert box is not None  # who calls has looked  # noqa: S101
    count = 0
    while True:
        known = store.mailbox.names(box.at.name)
        new = await box.fetch(known, now - SINCE, AT_ONCE)
        for letter in new:
            _take(services, box.at.name, letter, now)
        await box.remove([letter.key for letter in new])
        count += len(new)
        if len(new) < AT_ONCE:
            return count


def _take(services: Services, place: str, letter: Letter, now: datetime) -> None:
    digest = sha256(letter.data).hexdigest()
    store, key, moment = services.store, letter.key, epoch(now)
    try:
        with store.transaction():
            if store.mailbox.read(place, key, digest, moment):
                _act(services, letter, now)
    except StoreError:
        raise
    # whatever somebody wrote, it must not stand in the way of all others
    except Exception as error:  # noqa: BLE001
        kind = type(error).__name__  # its words may hold somebody's
        log.error("mailbox: nothing could be made of a message: %s", kind)  # noqa: TRY400
        with store.transaction():
            store.mailbox.read(place, key, digest, moment)


def _act(services: Services, letter: Letter, now: datetime) -> None:
    received = read(letter.data)
    if received.kind is Mail.PERSON:
        people.take(services, received, now)
    elif received.kind is Mail.REPORT and not bounces.take(services, received, now):
        log.info("mailbox: a report that is about no letter of the last weeks")


def _keep(store: Store, now: datetime, read_at: datetime | None, wrong: str) -> None:
    kept = {"at": epoch(now), "read": epoch(read_at) if read_at else None, "wrong": wrong}
    store.meta.put(_LOOKED, json.dumps(kept))
