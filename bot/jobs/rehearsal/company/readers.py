"""Invented people who read by e-mail: they sign up on a page, confirm by the link in the letter,
and get the month's letter, every second one also the calendar.
"""

from datetime import UTC, datetime, time, timedelta
from functools import partial

from bot.jobs.newsletter import signups
from bot.jobs.rehearsal import population
from bot.jobs.rehearsal.company.agenda import Agenda
from bot.jobs.rehearsal.script import Script
from bot.jobs.services import Services
from bot.jobs.texts import letters
from bot.model import State
from bot.model.newsletter import Wishes
from bot.model.person import NewPerson
from bot.model.subject import SignUp
from bot.times import epoch

WORDING = "rehearsal"
"""What stands for the wording that invented people agreed to."""

MOST = 100
"""Most of them; a hundredth of the population, a few at least."""

_FEW = 6
_DAYS = 7
"""Days on which they sign up."""

_WANTS = (True, False)
"""Whether they want the calendar, one after the other."""

_AN_HOUR = timedelta(hours=1)


def invented(services: Services, script: Script) -> list[NewPerson]:
    """Return the readers by e-mail; none where no letters leave."""
    campaign = services.active[0] if services.active else None
    channel = letters.mail_channel(services, campaign.language) if campaign else None
    if channel is None:
        return []
    count = min(MOST, max(_FEW, script.subscribers // 100))
    return population.by_mail(services, script, channel, count)


def plan(agenda: Agenda, services: Services, script: Script) -> None:
    """Let them sign up on the first days, some each day."""
    first = datetime.combine(script.start, time(10), UTC)
    for number, person in enumerate(invented(services, script)):
        at = first + timedelta(days=number % _DAYS)
        agenda.put(at, partial(_sign_up, person, wants=_WANTS[number % len(_WANTS)]))
        agenda.put(at + _AN_HOUR, partial(confirm, agenda, person))


def _sign_up(person: NewPerson, services: Services, now: datetime, *, wants: bool) -> int:
    campaign = signups.taking(services, services.today(now))
    return ask(services, person, now, campaign.id, calendar=wants) if campaign else 0


def ask(
    services: Services,
    person: NewPerson,
    now: datetime,
    campaign: str,
    event: str = "",
    *,
    calendar: bool = False,
) -> int:
    """Sign somebody up for letters, or for an event; return 1 where a letter goes out, 0 where they
    had done so before.
    """
    if _has_asked(services, person, campaign, event):
        return 0
    wishes = Wishes(
        campaign=campaign,
        language=person.language,
        country=person.country,
        zone=person.zone,
        minute=person.minute,
        calendar=calendar,
        named_only=calendar and person.named_only,
        digest=not event,
        wording=f"{person.language} {WORDING}",
        event=event,
    )
    signups.ask(services, wishes, person.address, now)
    return 1


def _has_asked(services: Services, person: NewPerson, campaign: str, event: str) -> bool:
    store = services.store
    there = population.number_of(services, person)
    if there is None:
        return False
    waits = (each.wishes for each in store.signups.of_person(there) if each.wishes)
    if any((each.campaign, each.event) == (campaign, event) for each in waits):
        return True
    if not event:
        return store.digests.hears(there)
    return any(
        (guest.key.campaign, guest.key.event) == (campaign, event)
        for guest in store.events.of_person(there)
    )


def confirm(agenda: Agenda, person: NewPerson, services: Services, now: datetime) -> int:
    """Press the button behind the link of each letter that has come; look again for those that
    haven't.
    """
    store = services.store
    there = population.number_of(services, person)
    asked = store.signups.of_person(there) if there is not None else []
    waiting = [each for each in asked if each.waits(epoch(now))]
    if there is None or not waiting:
        return 0
    came = {
        entry.slot
        for entry in store.listing.of_person(there)
        if isinstance(entry.subject, SignUp) and entry.state is State.SENT
    }
    for each in waiting:
        if each.id in came:
            signups.confirm(services, each, now)
    if any(each.id not in came for each in waiting):
        agenda.put(now + _AN_HOUR, partial(confirm, agenda, person))
    return 0
