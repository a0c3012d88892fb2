"""Signing up by e-mail: what somebody wishes waits for who has the address given, who confirms it
by the link in the letter to it.

Whoever asks learns nothing of an address: what is done for one that is known, that is written to
too often or that has left is the same for who looks at the page.
"""

from datetime import date, datetime, timedelta

from bot.errors import UsageError
from bot.jobs.events import signing
from bot.jobs.planning import plan
from bot.jobs.pledges import proposals
from bot.jobs.services import Services
from bot.jobs.texts import letters, notes
from bot.model import Audience, Campaign
from bot.model.events import PlannedEvent
from bot.model.newsletter import DIGEST, Signup, Wishes
from bot.model.person import NUDGES, Contact, NewContact, NewPerson, Status
from bot.model.pledge import Outcome
from bot.model.subject import SignUp
from bot.rules import planner
from bot.times import epoch

MOST = 3
"""Letters to one address within a day."""

_A_DAY = timedelta(days=1)


def taking(services: Services, today: date) -> Campaign | None:
    """Return the campaign on whose pages people sign up: the first that asks something of
    individuals, is not over and yields to no other that does. None where there is none.
    """
    fit = [
        campaign
        for campaign in services.active
        if (campaign.end is None or today <= campaign.end)
        and any(Audience.INDIVIDUAL in a.audiences and a.nudge for a in campaign.actions)
    ]
    return next(iter(planner.leading(fit)), None)


def is_open(services: Services, language: str) -> bool:
    """Return whether somebody can sign up: letters leave, and it is said who answers for what is
    kept.
    """
    return proposals.channel(services, language) is not None


def has_room(services: Services, address: str, now: datetime) -> bool:
    """Return whether another sign-up is taken, whatever is known of the address; where all places
    are taken, one that nobody has answered for long makes room.
    """
    shared = proposals.is_shared(services, address)
    return services.store.signups.make_room(address, epoch(now), shared=shared)


def ask(services: Services, wishes: Wishes, address: str, now: datetime) -> None:
    """Keep what is wished and send the letter; do neither for an address that has left, or to which
    enough letters go. Raises `UsageError` where no mail leaves.
    """
    store, by = services.store, letters.mail_channel(services, wishes.language)
    if by is None:
        raise UsageError("nobody can sign up: no e-mail channel is live")
    channel = services.channel_ids[by.name]
    person = _person(wishes, channel, address, epoch(now))
    with store.transaction():
        if store.forgotten.is_gone(by.name, address) or _is_pestered(services, person, now):
            return
        signup, number = store.signups.keep(person, wishes, epoch(now))
        notes.send(
            services, wishes.campaign, SignUp(), Audience.INDIVIDUAL, signup, number, channel, now
        )


def _person(wishes: Wishes, channel: int, address: str, moment: int) -> NewPerson:
    return NewPerson(
        channel=channel,
        address=address,
        audience=Audience.INDIVIDUAL,
        language=wishes.language,
        country=wishes.country,
        zone=wishes.zone,
        minute=wishes.minute,
        named_only=wishes.named_only,
        joined=moment,
    )


def _is_pestered(services: Services, person: NewPerson, now: datetime) -> bool:
    known = services.store.people.spelled(person.channel, person.address)
    there = services.store.signups.of_person(known) if known is not None else []
    return sum(each.at > (now - _A_DAY).timestamp() for each in there) >= MOST


def confirm(services: Services, signup: Signup, now: datetime) -> bool:
    """Let who has shown that the address is theirs be written to as they wished; False where it
    waits no longer, the event is over, or the address is gone.
    """
    store, wishes = services.store, signup.wishes
    if wishes is None or not signup.waits(epoch(now)):
        return False
    wanted = event_of(services, wishes, now)
    if wishes.event and wanted is None:
        return False
    with store.transaction():
        there = store.contacts.get(signup.person)
        contact = _contact(services, signup.person, wishes, now)
        if contact is None:
            return False
        if contact.audience is Audience.INDIVIDUAL and not (wanted and there):
            _settle(services, contact.person, wishes, now)
        _agree(services, contact.person, wishes, now, new=there is None)
        if wanted is not None:
            signing.sign_up(services, *wanted, contact.person, wishes.wording, now)
        store.signups.close(signup.id, Outcome.CONFIRMED)
    return True


def event_of(
    services: Services, wishes: Wishes, now: datetime
) -> tuple[Campaign, PlannedEvent] | None:
    """Return the event that somebody wants to come to, with its campaign; None where that is none,
    or nobody can sign up for it any more.
    """
    there = signing.open_events(services, now)
    named = (each for each in there if (each[0].id, each[1].id) == (wishes.campaign, wishes.event))
    return next(named, None)


def _contact(services: Services, person: int, wishes: Wishes, now: datetime) -> Contact | None:
    """Return the contact that the person is from now on; who was one already stays it."""
    store, moment = services.store, epoch(now)
    place, address = store.people.where(person), store.people.address(person)
    by = services.channel(place.channel) if place else None
    if place is None or address is None or by is None:
        return None
    made = NewContact(
        person=_person(wishes, place.channel, address, moment),
        organisation="",
        stakeholder="",
        consent_source=None,
        consent_date=None,
    )
    store.contacts.add([made], by.name, moment)
    store.contacts.confirm(person, moment)
    return store.contacts.get(person)


def _settle(services: Services, person: int, wishes: Wishes, now: datetime) -> None:
    """Write to somebody as they wish, in whatever way that was before."""
    subscribers = services.store.subscribers
    subscribers.set_language(person, wishes.language)
    subscribers.set_country(person, wishes.country)
    if wishes.calendar:
        subscribers.set_named_only(person, wishes.named_only)
    plan.move(services, person, wishes.zone, wishes.minute, now)


def _agree(services: Services, person: int, wishes: Wishes, now: datetime, *, new: bool) -> None:
    """Keep what they agreed to, and when; who wants no calendar, and had none, gets no nudges."""
    store, moment = services.store, epoch(now)
    for purpose, wanted in ((NUDGES, wishes.calendar), (DIGEST, wishes.digest)):
        if wanted:
            store.subscribers.agree(person, purpose, wishes.wording, moment)
    if wishes.calendar:
        store.people.change(person, Status.PAUSED, Status.ACTIVE)
        store.subscribers.pause(person, None)
    elif new:
        store.people.change(person, Status.ACTIVE, Status.PAUSED)
