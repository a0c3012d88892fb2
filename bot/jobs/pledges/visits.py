"""Visits of makers to their own pages, which a letter to their address opens once.

Whoever asks learns nothing of an address: whatever becomes of it, the page says the same.
"""

import secrets
from datetime import datetime, timedelta

from bot.jobs.pledges import proposals
from bot.jobs.services import Services
from bot.jobs.texts import letters, notes
from bot.model import Audience
from bot.model.person import HEARS
from bot.model.pledge import NewPledge, Pledge
from bot.model.subject import Visit
from bot.rules import planner
from bot.times import epoch

MOST = 3
"""Letters to one address within a day."""

LASTS = timedelta(hours=2)
"""How long a visit stays open."""

_A_DAY = timedelta(days=1)


def ask(services: Services, address: str, now: datetime) -> None:
    """Send the letter to who is known at this address and gets letters, or has written a pledge on
    a page that waits; do nothing for others, and where enough letters went there.
    """
    store = services.store
    for name, channel in services.settings.channels.items():
        live = proposals.channel(services, channel.language) is not None
        if not live or letters.kind(channel.network) != letters.MAIL or name in services.dry:
            continue
        number = services.channel_ids[name]
        person = store.people.spelled(number, address)
        opens = _opens(services, person, now) if person is not None else None
        if person is not None and opens is not None and not _is_pestered(services, person, now):
            _send(services, opens, person, number, now)


def _opens(services: Services, person: int, now: datetime) -> tuple[str, Audience] | None:
    """Return the campaign and the audience of what a visit of this person opens: a pledge, or else
    the letters that they get; None where there is neither.
    """
    contact = services.store.contacts.get(person)
    hears = contact is not None and contact.status in HEARS
    pledges = services.store.pledges.of_person(person) if hears else []
    written = [new for _, new in proposals.written(services, person, now)]
    known: list[Pledge | NewPledge] = [*pledges[-1:], *written]
    if known:
        return known[0].campaign, known[0].audience
    asks = planner.leading(services.active)
    return (asks[0].id, contact.audience) if contact is not None and hears and asks else None


def _is_pestered(services: Services, person: int, now: datetime) -> bool:
    """Return whether enough letters went there; with an address that has agreed to none, those of
    pledges from pages count, too.
    """
    store, since = services.store, (now - _A_DAY).timestamp()
    asked = [visit.at for visit in store.visits.of_person(person)]
    if store.contacts.get(person) is None:
        asked += [proposal.at for proposal in store.proposals.of_person(person)]
    return sum(at > since for at in asked) >= MOST


def _send(
    services: Services, about: tuple[str, Audience], person: int, channel: int, now: datetime
) -> None:
    campaign, audience = about
    with services.store.transaction():
        visit = services.store.visits.ask(person, epoch(now))
        notes.send(services, campaign, Visit(), audience, visit, person, channel, now)


def enter(services: Services, visit: int, now: datetime) -> str | None:
    """Open a visit by its letter's link; return the secret that keeps it open, None where the link
    was used before.
    """
    secret = secrets.token_urlsafe(32)
    opened = services.store.visits.open(visit, secret, epoch(now), epoch(now + LASTS))
    return secret if opened else None
