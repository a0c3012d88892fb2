"""Whose letter a message of our mailbox is about.

Anybody can write a report about anybody's address. So it counts only where it gives back what no
stranger has: the token of the letter's envelope, or the link in its head that unsubscribes.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from bot.jobs.services import Services
from bot.jobs.texts import letters, signed
from bot.model.mail import Received
from bot.rules import tokens
from bot.rules.tokens import Purpose

_LINK = re.compile(rf"/{Purpose.UNSUBSCRIBE.value}/({Purpose.UNSUBSCRIBE.value}-[\w-]{{20,110}})")


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A letter of ours that a message gives back: to whom it went."""

    person: int
    #: their address today
    address: str


def of(services: Services, received: Received, now: datetime) -> Letter | None:
    """Return the letter that a message proves to be about; None where it proves none, or its
    recipient is gone.
    """
    for trace in received.traces:
        person = _by_envelope(services, trace) or _by_link(services, trace, now)
        address = services.store.people.address(person) if person else None
        if person and address and "@" in address:
            return Letter(person=person, address=address)
    return None


def _by_envelope(services: Services, trace: str) -> int | None:
    for key in letters.keys(services.store):
        if said := tokens.returned(key, trace):
            return said[0]
    return None


def _by_link(services: Services, trace: str, now: datetime) -> int | None:
    match = _LINK.search(trace)
    said, key = letters.read(services.store, match[1], now) if match else (None, b"")
    grant = signed.holder(services, said, key) if said else None
    return grant.person if grant and grant.purpose is Purpose.UNSUBSCRIBE else None
