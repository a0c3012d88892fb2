"""What somebody who gets letters chooses: their hour, place and language, a pause, which days of
the calendar, and whether the month's letter comes.
"""

from dataclasses import dataclass
from datetime import date, datetime

from bot.jobs.planning import plan
from bot.jobs.services import Services
from bot.model.newsletter import DIGEST
from bot.model.person import NUDGES, Contact, Status, Subscriber
from bot.rules import dates
from bot.times import epoch


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What somebody gets now."""

    #: whether they want the calendar, also while it pauses
    calendar: bool
    paused: bool
    #: the day on which a pause ends by itself; None for one without an end
    until: date | None
    #: of the calendar, the named days alone
    named_only: bool
    #: whether they want the month's letter
    digest: bool


def chosen(services: Services, contact: Contact) -> Chosen:
    """Return what a contact has chosen."""
    person, agreed = _subscriber(services, contact), _agreed(services, contact.person)
    paused = contact.status is Status.PAUSED
    wants = NUDGES in agreed or not paused
    return Chosen(
        calendar=wants,
        paused=paused and wants,
        until=person.until if person else None,
        named_only=bool(person and person.named_only),
        digest=DIGEST in agreed,
    )


def _subscriber(services: Services, contact: Contact) -> Subscriber | None:
    return services.store.subscribers.find(contact.channel, contact.address)


def _agreed(services: Services, person: int) -> set[str]:
    consents = services.store.subscribers.consents(person)
    return {str(each["purpose"]) for each in consents if each["withdrawn"] is None}


def set_language(services: Services, contact: Contact, language: str) -> None:
    """Write to them in another language from now on."""
    services.store.subscribers.set_language(contact.person, language)


def set_hour(services: Services, contact: Contact, minute: int, now: datetime) -> None:
    """Write to them at another minute of their day, or after the quiet hours in which it lies."""
    awake = dates.waking_minute(minute, services.settings.quiet)
    plan.move(services, contact.person, contact.zone, awake, now)


def set_place(
    services: Services, contact: Contact, zone: str, country: str | None, now: datetime
) -> None:
    """Write to them by the clock of another place."""
    with services.store.transaction():
        plan.move(services, contact.person, zone, contact.minute, now)
        services.store.subscribers.set_country(contact.person, country)


def set_named_only(services: Services, contact: Contact, *, named_only: bool) -> None:
    """Send them all days of the calendar, or the named ones alone."""
    services.store.subscribers.set_named_only(contact.person, named_only)


def pause(services: Services, contact: Contact, until: date | None) -> None:
    """Send nothing until that day of their own calendar, or until they go on."""
    with services.store.transaction():
        services.store.people.change(contact.person, Status.ACTIVE, Status.PAUSED)
        services.store.subscribers.pause(contact.person, until)


def go_on(services: Services, contact: Contact) -> None:
    """End a pause."""
    with services.store.transaction():
        services.store.people.change(contact.person, Status.PAUSED, Status.ACTIVE)
        services.store.subscribers.pause(contact.person, None)


def set_calendar(
    services: Services, contact: Contact, *, wanted: bool, wording: str, now: datetime
) -> None:
    """Begin or end the calendar, as they agree to it in this wording, or no longer do."""
    with services.store.transaction():
        _consent(services, contact, NUDGES, wording if wanted else None, now)
        if wanted:
            go_on(services, contact)
        else:
            pause(services, contact, None)


def set_digest(
    services: Services, contact: Contact, *, wanted: bool, wording: str, now: datetime
) -> None:
    """Begin or end the month's letter, as they agree to it in this wording, or no longer do."""
    _consent(services, contact, DIGEST, wording if wanted else None, now)


def _consent(
    services: Services, contact: Contact, purpose: str, wording: str | None, now: datetime
) -> None:
    subscribers = services.store.subscribers
    if wording is None:
        subscribers.withdraw(contact.person, purpose, epoch(now))
    else:
        subscribers.agree(contact.person, purpose, wording, epoch(now))
