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
class Sent:
    """A letter of ours that a message gives back."""

    person: int
    #: the address of whom it went to, as it is today
    address: str
    #: name of their channel
    channel: str
    #: epoch second at which it left; None where nobody knows any more
    at: int | None


def of(services: Services, received: Received, now: datetime) -> Sent | None:
    """Return the letter that a message proves to be about; None where it proves none, or its
    recipient is gone.
    """
    for trace in received.traces:
        known = _by_envelope(services, trace) or _by_link(services, trace, now)
        home = services.store.people.home(known[0]) if known else None
        if known and home and "@" in home[1]:
            return Sent(person=known[0], address=home[1], channel=home[0], at=known[1])
    return None


def _by_envelope(services: Services, trace: str) -> tuple[int, int | None] | None:
    for key in letters.keys(services.store):
        if said := tokens.returned(key, trace):
            return said[0], services.store.mailbox.sent(*said)
    return None


def _by_link(services: Services, trace: str, now: datetime) -> tuple[int, int | None] | None:
    match = _LINK.search(trace)
    said, key = letters.read(services.store, match[1], now) if match else (None, b"")
    grant = signed.holder(services, said, key) if said else None
    if said is None or grant is None or grant.purpose is not Purpose.UNSUBSCRIBE:
        return None
    return grant.person, said.at
