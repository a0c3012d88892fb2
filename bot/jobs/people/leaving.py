"""Leaving by a letter: whoever has the address is unsubscribed, and it is deleted with all that was
asked of it.
"""

from datetime import datetime

from bot.jobs.services import Services
from bot.jobs.texts import news
from bot.model.pledge import Outcome
from bot.model.staff import Actor
from bot.model.who import Who
from bot.times import epoch


def leave(services: Services, person: int, now: datetime) -> bool:
    """Unsubscribe or remove somebody: forget their address, and hand the pledges that they alone
    edited to staff (`bot.jobs.pledges.lost`).

    Returns whether there was such a person.
    """
    store, moment = services.store, epoch(now)
    with store.transaction():
        led = store.editors.led_by(person)
        store.editors.leave_all(person, moment)
        news.successors(services, led, now)
        place = store.people.where(person)
        name = next(
            (n for n, number in store.channels.ids().items() if place and number == place.channel),
            "",
        )
        asked = _decline(services, person, name, moment)
        asked = _drop(services, person, name, moment) or asked
        store.visits.end(person)
        store.audit.forget_looks(person)
        _forget_letters(services, person, moment)
        return store.contacts.leave(person, name, moment) or asked


def _forget_letters(services: Services, person: int, moment: int) -> None:
    """Delete what they wrote to us by e-mail, what came back, and for which events they signed up;
    a message about a child waits until it was read.
    """
    store = services.store
    place, address = store.people.where(person), store.people.address(person)
    if place is None or address is None:
        return
    who = Who(
        person=person,
        channel=place.channel,
        address=address,
        guarded=services.settings.safeguarding is not None,
    )
    store.events.forget(who, moment)
    for topic in (store.mailbox, store.mail_answers, store.inbox):
        topic.forget(who, moment)


def _decline(services: Services, person: int, channel: str, moment: int) -> bool:
    """Where the address was given as an official one, let staff see that it did not confirm; nobody
    writes there again.
    """
    store = services.store
    requests = [
        request for request in store.officials.to(person) if request.outcome is Outcome.OPEN
    ]
    for request in requests:
        store.pledges.note(request.pledge, "declined", Actor.person(person), moment)
        store.forgotten.remember(channel, request.address, moment)
    store.officials.refuse(person)
    return bool(requests)


def _drop(services: Services, person: int, channel: str, moment: int) -> bool:
    """Where the address was given with a pledge on a page, to sign up, or to invite who has it,
    delete it with that; nobody writes there again.
    """
    store, address = services.store, services.store.people.address(person)
    topics = (store.proposals, store.invitations, store.signups, store.country_reports)
    dropped = sum(topic.refuse(person) for topic in topics) > 0
    if dropped and address is not None:
        store.forgotten.remember(channel, address, moment)
    return dropped
