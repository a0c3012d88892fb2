"""Visits of makers to their own pages, which a letter to their address opens once.

Whoever asks learns nothing of an address: whatever becomes of it, the page says the same.
"""

import secrets
from datetime import datetime, timedelta

from bot.jobs.pledges import proposals
from bot.jobs.services import Services
from bot.jobs.texts import letters, notes
from bot.model.person import HEARS
from bot.model.pledge import Pledge
from bot.model.subject import Visit
from bot.times import epoch

MOST = 3
"""Letters to one address within a day."""

LASTS = timedelta(hours=2)
"""How long a visit stays open."""

_A_DAY = timedelta(days=1)


def ask(services: Services, address: str, now: datetime) -> None:
    """Send the letter to who is known at this address and has a pledge; do nothing for others, and
    where enough letters went there.
    """
    store = services.store
    for name, channel in services.settings.channels.items():
        live = proposals.channel(services, channel.language) is not None
        if not live or letters.kind(channel.network) != letters.MAIL or name in services.dry:
            continue
        number = services.channel_ids[name]
        person = store.people.spelled(number, address)
        mine = store.pledges.of_person(person) if person is not None else []
        if person is not None and mine and _may_hear(services, person, now):
            _send(services, mine[-1], person, number, now)


def _may_hear(services: Services, person: int, now: datetime) -> bool:
    contact, since = services.store.contacts.get(person), (now - _A_DAY).timestamp()
    asked = [visit for visit in services.store.visits.of_person(person) if visit.at > since]
    return contact is not None and contact.status in HEARS and len(asked) < MOST


def _send(services: Services, pledge: Pledge, person: int, channel: int, now: datetime) -> None:
    with services.store.transaction():
        visit = services.store.visits.ask(person, epoch(now))
        notes.send(services, pledge.campaign, Visit(), pledge.audience, visit, person, channel, now)


def enter(services: Services, visit: int, now: datetime) -> str | None:
    """Open a visit by its letter's link; return the secret that keeps it open, None where the link
    was used before.
    """
    secret = secrets.token_urlsafe(32)
    opened = services.store.visits.open(visit, secret, epoch(now), epoch(now + LASTS))
    return secret if opened else None
