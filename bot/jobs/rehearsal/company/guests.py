"""Invented guests of events: some people of the population sign up as in the chat, some by e-mail,
the first of them leaves where others wait for a place, and every second one was there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import cycle, islice

from bot.jobs.events import saying, signing, telling
from bot.jobs.rehearsal import population
from bot.jobs.rehearsal.company import readers
from bot.jobs.rehearsal.company.agenda import Agenda
from bot.jobs.rehearsal.script import Script
from bot.jobs.services import Services
from bot.model import Campaign
from bot.model.events import EventKey, NoteKind, PlannedEvent, Standing
from bot.model.person import NewPerson
from bot.rules.events.when import dated, each_time, is_off
from bot.times import epoch

MOST = 100
"""Guests of one event who sign up in the chat; a hundredth of the population, a few at least."""

_FEW = 6
_BY_MAIL = 3
_BEFORE = timedelta(days=21)
"""How long before an event they sign up."""

_LEAVES = timedelta(days=10)
"""How long before an event somebody leaves."""

_AN_HOUR = timedelta(hours=1)
_A_DAY = timedelta(days=1)

_OF_A_DAY = (NoteKind.WEEK, NoteKind.DAY, NoteKind.HOUR)


@dataclass(frozen=True, kw_only=True)
class _Coming:
    """An event, and who comes in the chat and by e-mail."""

    campaign: Campaign
    #: as the data have it, and as it is this time
    planned: PlannedEvent
    event: PlannedEvent
    chat: Sequence[NewPerson]
    mail: Sequence[NewPerson]

    def people(self, services: Services) -> list[int]:
        """Return the numbers of those who are known by now, in the order in which they come."""
        numbers = (population.number_of(services, each) for each in (*self.chat, *self.mail))
        return [number for number in numbers if number]


def plan(agenda: Agenda, services: Services, script: Script) -> None:
    """Let people come to each event of these days for which one can sign up."""
    each = min(MOST, max(_FEW, script.subscribers // 100))
    crowd = population.individuals(services, script, 10 * each)
    mail = readers.invented(services, script)
    for number, (campaign, planned, event) in enumerate(_events(services, script)):
        coming = _Coming(
            campaign=campaign,
            planned=planned,
            event=event,
            chat=_some(crowd, number, each),
            mail=_some(mail, number, _BY_MAIL),
        )
        _come(agenda, coming, script.start)


def keys(services: Services, script: Script) -> list[EventKey]:
    """Return the events of these days for which people sign up."""
    return [saying.key_of(campaign, event) for campaign, _, event in _events(services, script)]


def _some(people: Sequence[NewPerson], turn: int, most: int) -> Sequence[NewPerson]:
    """Return the next so many of them, from the beginning again behind the last."""
    first = turn * most
    return list(islice(cycle(people), first, first + min(most, len(people))))


def _events(
    services: Services, script: Script
) -> list[tuple[Campaign, PlannedEvent, PlannedEvent]]:
    """Return the events of these days for which people sign up, as the data have them and as they
    are each time.
    """
    return [
        (campaign, planned, event)
        for campaign in services.active
        for planned in campaign.events
        for event in each_time(planned, campaign.observances, script.start, script.end)
        if event.signup and not is_off(event) and event.day and event.day <= script.end
    ]


def _come(agenda: Agenda, coming: _Coming, start: date) -> None:
    event = coming.event
    assert event.day is not None  # one of `_events`  # noqa: S101
    noon = datetime.combine(event.day, time(12), UTC)
    begins = max(noon - _BEFORE, datetime.combine(start, time(12), UTC))
    agenda.put(begins, partial(_sign_up, coming))
    agenda.put(begins, partial(_write, coming))
    for each in coming.mail:
        agenda.put(begins + _AN_HOUR, partial(readers.confirm, agenda, each))
    agenda.put(max(noon - _LEAVES, begins + 2 * _AN_HOUR), partial(_leave, coming))
    for kind in _OF_A_DAY:
        if (opens := telling.opens(event, kind)) is not None:
            agenda.put(max(opens, begins), partial(_tell, agenda, coming), final=True)
    over = telling.opens(event, NoteKind.AFTER)
    assert over is not None  # its day is known  # noqa: S101
    # the zone of the pages says when a day is over, half a day before or after it is in UTC
    for wait in (timedelta(0), _A_DAY / 2):
        agenda.put(over + wait, partial(_tell, agenda, coming), final=True)
    agenda.put(over + 2 * _A_DAY, partial(_was_there, coming))


def _now(coming: _Coming, services: Services, now: datetime) -> PlannedEvent:
    """Return the event as the jobs see it just now."""
    return dated(coming.planned, coming.campaign.observances, services.today(now))


def _sign_up(coming: _Coming, services: Services, now: datetime) -> int:
    there = (coming.campaign, _now(coming, services, now))
    if there not in signing.open_events(services, now):
        return 0
    for each in coming.chat:
        if person := population.number_of(services, each):
            signing.sign_up(services, *there, person, f"{each.language} {readers.WORDING}", now)
    return 0


def _write(coming: _Coming, services: Services, now: datetime) -> int:
    if (coming.campaign, _now(coming, services, now)) not in signing.open_events(services, now):
        return 0
    wanted = coming.campaign.id, coming.event.id
    return sum(readers.ask(services, each, now, *wanted) for each in coming.mail)


def _leave(coming: _Coming, services: Services, now: datetime) -> int:
    """Let the first guest leave where others wait, so that one of them gets the place."""
    event = _now(coming, services, now)
    key = saying.key_of(coming.campaign, event)
    if not services.store.events.waiting(key, 1):
        return 0
    for person in coming.people(services):
        guest = services.store.events.guest(key, person)
        if guest is not None and guest.standing is Standing.COMES:
            return int(signing.leave(services, key, person, now))
    return 0


def _tell(agenda: Agenda, coming: _Coming, services: Services, now: datetime) -> int:
    """Do what the job does for this event, until everybody is told."""
    told = telling.look(services, coming.campaign, _now(coming, services, now), now)
    if told:
        agenda.put(now + timedelta(minutes=1), partial(_tell, agenda, coming), final=True)
    return told


def _was_there(coming: _Coming, services: Services, now: datetime) -> int:
    key = saying.key_of(coming.campaign, _now(coming, services, now))
    for person in coming.people(services)[::2]:
        guest = services.store.events.guest(key, person)
        if guest is not None and guest.standing is Standing.COMES and guest.came is None:
            services.store.events.was_there(key, person, epoch(now))
    return 0
