"""Official addresses: who may be written to in order to make sure that a pledge comes from whom it
names, and what an answer means.

Nobody is pestered: there are few letters for a pledge, by one person and to one address, and none
to anybody who has unsubscribed.
"""

from datetime import datetime, timedelta

from bot.errors import RenderError, UsageError
from bot.jobs.pledges import moderation
from bot.jobs.services import Services
from bot.jobs.texts import letters, notes
from bot.model import Audience
from bot.model.person import NewPerson
from bot.model.pledge import Official, Outcome, Pledge
from bot.model.staff import Actor
from bot.model.subject import Verify
from bot.rules.reading import handles
from bot.times import epoch

A_DAY = timedelta(days=1)
IN_ALL = 3
"""Letters for one pledge, one a day.

And the most that one person may cause, or one address may get, within a day and until it is
forgotten.
"""


def waiting(services: Services, pledge: int, now: datetime) -> Official | None:
    """Return the newest letter for the pledge that may still be answered."""
    requests = [
        request
        for request in services.store.officials.of_pledge(pledge)
        if request.waits(epoch(now))
    ]
    return requests[-1] if requests else None


def worn_out(services: Services, pledge: int, asker: int, now: datetime) -> str:
    """Return why no letter may go out for this pledge, whatever the address: 'today', 'enough' or
    'many' (by one person); '' when one may.
    """
    since = (now - A_DAY).timestamp()
    store = services.store.officials
    mine = store.of_pledge(pledge)
    if len(mine) >= IN_ALL:
        return "enough"
    if any(request.at > since for request in mine):
        return "today"
    return "many" if sum(request.at > since for request in store.by(asker)) >= IN_ALL else ""


def hindrance(services: Services, pledge: Pledge, asker: int, given: str, now: datetime) -> str:
    """Return why no letter may go to the address that was given: as `worn_out`, or 'shape', 'free',
    'left', 'often'; '' when one may.
    """
    by, address = letters.mail_channel(services, pledge.language), handles.email(given.strip())
    if by is None or (why := worn_out(services, pledge.id, asker, now)):
        return why if by else "closed"
    if address is None:
        return "shape"
    if is_free(services, address.rpartition("@")[2]):
        return "free"
    if services.store.forgotten.is_gone(by.name, address):
        return "left"
    person = services.store.people.spelled(services.channel_ids[by.name], address)
    there = services.store.officials.to(person) if person is not None else []
    often = len(there) >= IN_ALL or any(request.at > (now - A_DAY).timestamp() for request in there)
    return "often" if often else ""


def open_to(services: Services, person: int) -> list[Official]:
    """Return the requests to this address that nobody has answered."""
    return [
        request
        for request in services.store.officials.to(person)
        if request.outcome is Outcome.OPEN
    ]


def is_free(services: Services, domain: str) -> bool:
    """Return whether anybody could have an address at this domain. Raises `RenderError`."""
    known = services.library.shared.free_mail
    if known is None:
        raise RenderError(
            "content/freemail.toml: is missing or broken; `drumbeat check` says what is wrong"
        )
    return handles.is_free(domain, known)


def ask(
    services: Services, pledge: Pledge, asker: int, given: str, language: str, now: datetime
) -> None:
    """Send the letter; raises `UsageError` when it may not go out."""
    by = letters.mail_channel(services, pledge.language)
    if by is None or (why := hindrance(services, pledge, asker, given, now)):
        raise UsageError(
            f"pledge {pledge.id}: no letter may go to this address:"
            f" {why if by else 'no e-mail channel is live'}"
        )
    store, moment, channel_id = services.store, epoch(now), services.channel_ids[by.name]
    place = store.people.where(asker)
    with store.transaction():
        person = NewPerson(
            channel=channel_id,
            address=given.strip().lower(),
            audience=pledge.audience,
            language=language,
            country=None,
            zone=place.zone if place else services.settings.zone,
            minute=place.minute if place else by.minute,
            joined=moment,
        )
        request, number = store.officials.ask(pledge.id, person, asker, moment)
        store.pledges.note(pledge.id, "letter", Actor.person(asker), moment)
        notes.send(
            services, pledge.campaign, Verify(), pledge.audience, request, number, channel_id, now
        )


def answered(services: Services, request: Official, now: datetime) -> None:
    """Note that an official address has confirmed the pledge; the address is forgotten at once, and
    its domain stays.
    """
    with services.store.transaction():
        services.store.officials.confirm(request.id)
        confirmed(services, request.pledge, request.person, request.domain, now)


def confirmed(services: Services, pledge_id: int, person: int, domain: str, now: datetime) -> None:
    """Note that somebody at this domain says that the pledge is theirs: that verifies it, unless it
    is verified already or anybody could have an address there.
    """
    store, moment = services.store, epoch(now)
    pledge = store.pledges.get(pledge_id)
    if pledge is None:
        return
    proves = (
        pledge.audience is not Audience.INDIVIDUAL
        and store.pledges.verification(pledge_id) is None
        and not is_free(services, domain)
    )
    if proves:
        moderation.verify(services, pledge_id, "email", Actor.person(person), now, domain)
    else:
        store.pledges.note(pledge_id, "confirmed", Actor.person(person), moment, {"domain": domain})
