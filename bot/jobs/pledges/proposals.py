"""Pledges that are written on a page: they wait for who has the address given, and are submitted by
the link in the letter to it; or for who opens their code in the chat first, to submit them there.

Whoever asks learns nothing of an address: what is done for one that is known, that is written to
too often or that has left is the same for who looks at the page.
"""

import secrets
from datetime import date, datetime, timedelta

from bot.errors import UsageError
from bot.jobs.pledges import editing, officials
from bot.jobs.services import Services
from bot.jobs.texts import letters, notes
from bot.model import Audience, Campaign, Channel
from bot.model.person import NUDGES, Contact, NewContact, NewPerson, Status
from bot.model.pledge import NewPledge, Outcome, Pledge, PledgeState, Proposal, Proposed
from bot.model.staff import Actor
from bot.model.subject import Propose
from bot.rules import dates, planner
from bot.rules.reading import handles, places
from bot.times import epoch

MOST = 3
"""Letters to one address within a day."""

MAIL, TELEGRAM = "mail", "telegram"
"""How a pledge from a page is confirmed: by a letter's link, or by a code in the chat."""

_A_DAY = timedelta(days=1)
_MINUTE = 9 * 60
"""The minute of the day at which who gives no hour is written to."""


def taking(services: Services, today: date) -> Campaign | None:
    """Return the campaign that takes pledges today: the first that has the form, is not over and
    yields to no other that does. None where there is none.
    """
    fit = [
        campaign
        for campaign in services.active
        if campaign.forms.get("pledge") and (campaign.end is None or today <= campaign.end)
    ]
    return next(iter(planner.leading(fit)), None)


def channel(services: Services, language: str) -> Channel | None:
    """Return the channel by which the letter leaves; None where pledges can't be made on pages: no
    mail leaves, or nobody says who answers for what is kept.
    """
    told = services.settings.privacy is not None and not services.rehearsal
    return letters.mail_channel(services, language) if told else None


def ways(services: Services, language: str) -> tuple[str, ...]:
    """Return how a pledge that is written on a page can be confirmed, `MAIL` before `TELEGRAM`;
    none where nobody says who answers for what is kept.
    """
    talks = services.settings.privacy is not None and not services.rehearsal and services.talking
    mails = channel(services, language) is not None
    return (*((MAIL,) if mails else ()), *((TELEGRAM,) if talks else ()))


def page(services: Services, campaign: str, language: str) -> str:
    """Return the address of the page on which a pledge of this campaign is written; '' where there
    is none, or it takes none.
    """
    below = notes.pages(services, campaign, language)
    return f"{below}/pledge" if below and ways(services, language) else ""


def has_room(services: Services, address: str, now: datetime) -> bool:
    """Return whether another pledge is taken, by a letter to this address, or by a code ('');
    where all places are taken, one that nobody has answered for long makes room.
    """
    shared = is_shared(services, address)
    return services.store.proposals.make_room(address, epoch(now), shared=shared)


def is_shared(services: Services, address: str) -> bool:
    """Return whether anybody could have an address of this domain, or it is none ('')."""
    known = services.library.shared.free_mail
    free = known is not None and handles.is_free(address.rpartition("@")[2], known)
    return free or not address


def propose(services: Services, proposed: Proposed, address: str, now: datetime) -> None:
    """Keep what was written and send the letter; do neither for an address that has left, or to
    which enough letters go. Raises `UsageError` where no mail leaves.
    """
    new, store = proposed.new, services.store
    by = channel(services, new.language)
    if by is None:
        raise UsageError("no pledge can be made on a page: no e-mail channel is live")
    channel_id = services.channel_ids[by.name]
    zone, minute = hours(services, new.country)
    person = NewPerson(
        channel=channel_id,
        address=address,
        audience=new.audience,
        language=new.language,
        country=None,
        zone=zone,
        minute=minute,
        joined=epoch(now),
    )
    with store.transaction():
        if store.forgotten.is_gone(by.name, address) or _is_pestered(services, person, now):
            return
        proposal, number = store.proposals.keep(person, proposed, epoch(now))
        notes.send(
            services, new.campaign, Propose(), new.audience, proposal, number, channel_id, now
        )


def written(services: Services, person: int, now: datetime) -> list[tuple[Proposal, NewPledge]]:
    """Return what was written with this person's address and still waits, oldest first."""
    return [
        (each, each.proposed.new)
        for each in services.store.proposals.of_person(person)
        if each.proposed is not None and each.waits(epoch(now))
    ]


def new_code() -> str:
    """Return a code that opens one proposal: 22 characters, 128 bits of chance."""
    return secrets.token_urlsafe(16)


def keep(services: Services, proposed: Proposed, code: str, now: datetime) -> str:
    """Keep what was written for whoever opens its code in the chat first; return that code, another
    one where somebody has opened something else by this one, or deleted it.
    """
    store, moment = services.store.proposals, epoch(now)
    there = store.coded(code)
    same = there is not None and proposed == there.proposed and there.waits(moment)
    if same or (there is not None and there.outcome is Outcome.CONFIRMED):
        return code  # the page was sent once more
    if not store.keep_coded(code, proposed, moment):
        code = new_code()
        store.keep_coded(code, proposed, moment)
    return code


def begin(services: Services, proposal: int, person: int, now: datetime) -> int | None:
    """Make what waits a draft of the person who has opened it, with what they agreed to; return its
    number, None where it waits no longer, or for somebody else.
    """
    store, moment = services.store, epoch(now)
    there = store.proposals.get(proposal)
    if there is None or not there.coded or there.person != person or not there.waits(moment):
        return None
    assert there.proposed is not None  # it waits  # noqa: S101
    with store.transaction():
        pledge = _begin(services, there.proposed, person, moment)
        store.proposals.close(proposal, Outcome.CONFIRMED)
    return pledge


def _begin(services: Services, proposed: Proposed, person: int, moment: int) -> int:
    """Make a draft of what was written, with the person as its first editor."""
    store, by = services.store, Actor.person(person)
    for purpose, wording in proposed.agreed.items():
        store.subscribers.agree(person, purpose, wording, moment)
    pledge = store.pledges.begin(proposed.new, by, moment)
    if proposed.handles:
        store.pledges.set_handles(pledge, proposed.handles, by, moment)
    store.editors.add(pledge, person, moment)
    return pledge


def hours(services: Services, country: str | None) -> tuple[str, int]:
    """Return zone and minute of the day at which who gives none of their own is written to."""
    zone = places.main_zone(country or "") or services.settings.zone
    return zone, dates.waking_minute(_MINUTE, services.settings.quiet)


def _is_pestered(services: Services, person: NewPerson, now: datetime) -> bool:
    known = services.store.people.spelled(person.channel, person.address)
    there = services.store.proposals.of_person(known) if known is not None else []
    return sum(each.at > (now - _A_DAY).timestamp() for each in there) >= MOST


def submit(services: Services, proposal: Proposal, now: datetime) -> int | None:
    """Make the pledge of who has shown that the address is theirs, and submit it; return its
    number, None where it waits no longer.
    """
    store, moment, proposed = services.store, epoch(now), proposal.proposed
    if proposed is None or not proposal.waits(moment):
        return None
    with store.transaction():
        hears = NUDGES in proposed.agreed
        maker = contact(services, proposal.person, proposed.new, now, hears=hears)
        if maker is None:
            return None
        pledge = _begin(services, proposed, maker.person, moment)
        by = Actor.person(maker.person)
        editing.move(services, pledge, PledgeState.SUBMITTED, by, now)
        if proposed.new.audience is not Audience.INDIVIDUAL:
            domain = maker.address.rpartition("@")[2]
            officials.confirmed(services, pledge, maker.person, domain, now)
        store.proposals.close(proposal.id, Outcome.CONFIRMED)
    return pledge


def contact(
    services: Services, person: int, of: NewPledge | Pledge, now: datetime, *, hears: bool
) -> Contact | None:
    """Return the contact that who has shown that the address is theirs is from now on, for the
    maker of this pledge; who was one already stays as they were. `hears` says whether they agree to
    get more than news of the pledge. None where the address is gone.
    """
    store, moment = services.store, epoch(now)
    place, address = store.people.where(person), store.people.address(person)
    by = services.channel(place.channel) if place else None
    if place is None or address is None or by is None:
        return None
    there = NewPerson(
        channel=place.channel,
        address=address,
        audience=of.audience,
        language=store.people.language(person) or of.language,
        country=of.country,
        zone=place.zone,
        minute=place.minute,
        joined=moment,
    )
    group = of.stakeholder if of.audience is Audience.ORGANIZATION else ""
    made = NewContact(
        person=there,
        organisation=of.organisation,
        stakeholder=group,
        consent_source=None,
        consent_date=None,
    )
    store.contacts.add([made], by.name, moment)
    if store.contacts.confirm(person, moment) and not hears:
        # news of their pledge reach them, and nothing else
        store.people.change(person, Status.ACTIVE, Status.PAUSED)
    elif hears:
        store.people.change(person, Status.PAUSED, Status.ACTIVE)
    return store.contacts.get(person)
