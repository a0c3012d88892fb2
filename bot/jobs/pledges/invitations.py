"""Invitations to edit a pledge by a letter to a colleague's address, which an editor gives on their
page, or staff at the desk where nobody else can be reached; in the chat they pass a link on
(`bot.jobs.pledges.team`).

Who invites learns nothing of an address: for one that is known, that is written to too often, that
has left or that edits the pledge already, what they see is the same.
"""

from datetime import datetime, timedelta

from bot.errors import UsageError
from bot.jobs.pledges import proposals, team
from bot.jobs.services import Services
from bot.jobs.texts import notes
from bot.model import Channel
from bot.model.person import NUDGES, NewPerson
from bot.model.pledge import MOST_EDITORS, Invitation, Pledge
from bot.model.staff import Actor
from bot.model.subject import Invited
from bot.times import epoch

MOST = 3
"""Letters to one address within a day."""

BY_ONE = 5
"""Invitations by one editor to one pledge within a day, letters and links."""

_A_DAY = timedelta(days=1)


def may_invite(services: Services, pledge: int, by: Actor, now: datetime) -> bool:
    """Return whether they have not invited so many within a day; whom counts for nothing."""
    since = (now - _A_DAY).timestamp()
    lines = services.store.pledges.history(pledge)
    mine = [line for line in lines if line.kind == "invited" and line.by == by and line.at > since]
    return len(mine) < BY_ONE


def send(
    services: Services,
    pledge: Pledge,
    inviter: int,
    by: Actor,
    address: str,
    language: str,
    now: datetime,
) -> None:
    """Send the letter; `inviter` is an editor, or `STAFF`.

    Raises `UsageError` where no mail leaves, the pledge has its most editors or who invites has
    invited enough.
    """
    store, mail = services.store, proposals.channel(services, language)
    full = len(store.editors.team(pledge.id)) >= MOST_EDITORS
    if mail is None or full or not may_invite(services, pledge.id, by, now):
        raise UsageError(f"pledge {pledge.id}: no invitation may leave now", "not_invited")
    with store.transaction():
        team.invited(services, pledge.id, inviter, by, now)
        if not _is_unwelcome(services, mail, pledge, address, now):
            person = _addressee(services, mail, pledge, address, language, now)
            number, whose = store.invitations.ask(pledge.id, person, inviter, epoch(now))
            subject, channel = Invited(), services.channel_ids[mail.name]
            notes.send(
                services, pledge.campaign, subject, pledge.audience, number, whose, channel, now
            )


def _addressee(
    services: Services, by: Channel, pledge: Pledge, address: str, language: str, now: datetime
) -> NewPerson:
    zone, minute = proposals.hours(services, pledge.country)
    return NewPerson(
        channel=services.channel_ids[by.name],
        address=address,
        audience=pledge.audience,
        language=language,
        country=None,
        zone=zone,
        minute=minute,
        joined=epoch(now),
    )


def _is_unwelcome(
    services: Services, by: Channel, pledge: Pledge, address: str, now: datetime
) -> bool:
    store = services.store
    if store.forgotten.is_gone(by.name, address):
        return True
    person = store.people.spelled(services.channel_ids[by.name], address)
    if person is None:
        return False
    since = (now - _A_DAY).timestamp()
    lately = [each for each in store.invitations.to(person) if each.at > since]
    return len(lately) >= MOST or store.editors.may_edit(pledge.id, person)


def refuse(services: Services, person: int, now: datetime) -> None:
    """Take a no from who has the address: it is deleted where nothing else is asked of it, and
    nobody writes there again.
    """
    store, place = services.store, services.store.people.where(person)
    address = store.people.address(person)
    with store.transaction():
        store.invitations.refuse(person)
        known = services.channel(place.channel) if place else None
        if known and address is not None and not store.invitations.keeps(person):
            store.forgotten.remember(known.name, address, epoch(now))


def accept(services: Services, invitation: Invitation, now: datetime, *, steps: str = "") -> bool:
    """Make who has the address an editor; `steps` is the wording by which they ask for the monthly
    steps, too. Returns False where the invitation is over.

    Raises `UsageError` where the pledge has its most editors.
    """
    store, pledge = services.store, services.store.pledges.get(invitation.pledge)
    if pledge is None or not invitation.waits(epoch(now)):
        return False
    with store.transaction():
        contact = proposals.contact(services, invitation.person, pledge, now, hears=bool(steps))
        if contact is None:
            return False
        if store.editors.add(pledge.id, contact.person, epoch(now)):
            team.joined(services, pledge, contact.person, now)
            if store.editors.focal(pledge.id) == contact.person:  # nobody else is there
                team.handed(services, pledge.id, contact.person, Actor.person(contact.person), now)
        if steps:
            store.subscribers.agree(contact.person, NUDGES, steps, epoch(now))
        store.invitations.confirm(invitation.id)
    return True
