"""Planning: occurrences that are near enough become rows, their waves open a day before their first
instant, and waves that are due fan out into deliveries.

Planning twice, or after a crash, changes nothing. A tick with nothing due costs a handful of
look-ups, however many subscribers there are.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.errors import OutOfResources, shortage
from bot.jobs.planning import identify
from bot.jobs.services import Services
from bot.model import Campaign, Channel, Occurrence, State
from bot.model.outbox.waves import NewWave, OpenOccurrence, PlannedOccurrence, Start
from bot.model.person import Place
from bot.rules import dates, planner
from bot.rules.alerts import ZoneUnknown
from bot.store import Store
from bot.times import epoch

log = logging.getLogger(__name__)

BEHIND = timedelta(days=31)
"""How far back a grace may reach."""

LEAD = timedelta(days=1)
"""Waves open this long before the day begins in the first zone."""


def run(services: Services, now: datetime) -> int:
    """Plan, open waves and fan out what is due; return the number of deliveries that fanned out."""
    return sum(steps(services, now))


def steps(services: Services, now: datetime) -> Iterator[int]:
    """Do the same step by step, so that others may have their turn while a large wave fans out;
    yield the number of deliveries of each step.

    While the clock is not believed only that which was planned before falls due: nothing is planned
    or cancelled anew, and no wave is too late.
    """
    steady = services.steady()
    if steady:
        sync(services, now)
        open_waves(services, now)
    moment = epoch(now)
    while (made := services.store.plan.fan_out(moment, end_late=steady)) is not None:
        yield made
    services.store.outbox.queue_due(moment)


def wanted(services: Services, now: datetime) -> list[Occurrence]:
    """Return the occurrences that the data ask for, from a month ago to the horizon."""
    return _wanted(identify.identified(services.store, services.active, now), now)


def _wanted(campaigns: Iterable[Campaign], now: datetime) -> list[Occurrence]:
    return planner.occurrences(campaigns, (now - BEHIND).date(), horizon(now))


def horizon(now: datetime) -> date:
    """Return the last day that is planned at this instant."""
    return (now + planner.HORIZON).date()


def diff(services: Services, now: datetime) -> planner.Changes:
    """Return what `sync` would do now, without doing it."""
    return _changes(services, wanted(services, now), now)


def _changes(
    services: Services, occurrences: Sequence[Occurrence], now: datetime
) -> planner.Changes:
    return planner.changes(occurrences, services.store.plan.planned(now, horizon(now)), now)


def sync(services: Services, now: datetime) -> None:
    """Bring occurrences and posts in line with the data: once a day, and whenever the data or the
    channels have changed.
    """
    store = services.store
    mark = f"{services.mark} {now.date()}"
    if store.meta.get("planned") == mark:
        return
    with store.transaction():
        campaigns = identify.identified(store, services.active, now)
        changes = _changes(services, _wanted(campaigns, now), now)
        identify.keep(store, campaigns)
        for occurrence in changes.add:
            _add(store, occurrence, now)
        for planned, occurrence in changes.move:
            store.plan.move(planned.id, occurrence, epoch(now))
        for planned in changes.cancel:
            store.plan.cancel(planned.id, epoch(now))
        for planned in store.plan.planned(now, horizon(now)):
            if not planned.cancelled:
                _posts(services, planned, now)
        store.meta.put("planned", mark)
    if changes.add or changes.move or changes.cancel:
        log.info(
            "planned: %d new, %d moved, %d cancelled",
            len(changes.add),
            len(changes.move),
            len(changes.cancel),
        )


def _add(store: Store, occurrence: Occurrence, now: datetime) -> None:
    """Plan an occurrence; where one of a day long past came to nothing, it gets that one's row."""
    number = store.plan.add(occurrence)
    if store.plan.occurrence(number).day != occurrence.day:
        store.plan.move(number, occurrence, epoch(now))


def _posts(services: Services, planned: PlannedOccurrence, now: datetime) -> None:
    occurrence = planned.occurrence
    channels = (
        planner.post_channels(occurrence.audience, services.settings.channels)
        if occurrence.post
        else []
    )
    for channel in channels:
        _post(services, planned.id, occurrence, channel, now)
    wanted_names = {channel.name for channel in channels}
    for name, channel_id in services.channel_ids.items():
        if name not in wanted_names:
            services.store.intake.drop_post(planned.id, channel_id)


def _post(
    services: Services, occurrence_id: int, occurrence: Occurrence, channel: Channel, now: datetime
) -> None:
    due = planner.post_due(occurrence.day, channel)
    expires = due + occurrence.grace
    if expires <= now:
        return
    intake, channel_id = services.store.intake, services.channel_ids[channel.name]
    state = State.AWAITING_APPROVAL if channel.review else State.PLANNED
    if not intake.add_post(occurrence_id, channel_id, state, epoch(due), epoch(expires)):
        intake.reschedule_post(occurrence_id, channel_id, epoch(due), epoch(expires))


def open_waves(services: Services, now: datetime) -> None:
    """Make the waves of near occurrences at places that have none yet, unless their grace has
    ended.
    """
    people = services.store.people
    newest = people.newest_place()
    opened = services.store.plan.opened(now + LEAD, now)
    behind = [near for near in opened if near.places < newest]
    upto = people.settled_place() if behind else newest
    for near in behind:
        starts = services.store.waves.starts(near.id)
        waves = [
            wave
            for place in people.places_from(near.audience, near.places)
            if (wave := _wave(services, near, place, starts, now)) is not None
        ]
        services.store.plan.add_waves(near.id, waves, upto)


def started(services: Services, near: OpenOccurrence, channel: int, now: datetime) -> list[NewWave]:
    """Return the waves of an occurrence on a channel as they are to be since staff gave it another
    hour, which leaves none of them out as too late.
    """
    store = services.store
    starts = store.waves.starts(near.id)
    return [
        wave
        for place in store.waves.places(near.id, channel)
        if (wave := _wave(services, near, place, starts, now)) is not None
    ]


def _wave(
    services: Services,
    near: OpenOccurrence,
    place: Place,
    starts: Mapping[int, Start],
    now: datetime,
) -> NewWave | None:
    due = _due(services, near, place, starts, now)
    if due is None or due + near.grace <= now.timestamp():
        return None
    return NewWave(occurrence=near.id, place=place.id, due=due, expires=due + near.grace)


def zone_of(services: Services, place: Place, now: datetime) -> ZoneInfo | None:
    """Return the place's zone, or None where it is unknown: then the people there wait, staff are
    alarmed, and nobody else is held up.

    Raises `OutOfResources` where the zone's file can't be opened just now.
    """
    try:
        return dates.zone(place.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        if lacking := shortage(error):
            raise OutOfResources(
                f"the time zone {place.zone} can't be read now ({lacking}): see to the machine; it"
                " is tried again"
            ) from None
        problem = f"unknown time zone {place.zone!r}"
        services.store.people.set_problem(place.id, problem)
        services.store.alerts.open(
            ZoneUnknown(
                subject=place.zone,
                text=f"{problem}: people there get nothing until their zone is corrected",
            ),
            epoch(now),
        )
        return None


def move(services: Services, person: int, zone: str, minute: int, now: datetime) -> None:
    """Give a subscriber another zone or hour, so that they miss nothing and get nothing twice.

    What still lay before them and whose hour has already passed at the new place, they get now,
    but for what was due there before they subscribed.
    """
    store = services.store
    with store.transaction():
        old, joined = store.people.where(person), store.people.joined(person)
        if old is None or (old.zone, old.minute) == (zone, minute):
            return
        new_id = store.people.place(old.channel, int(old.audience), zone, minute)
        new = Place(id=new_id, channel=old.channel, audience=old.audience, zone=zone, minute=minute)
        for near in store.plan.opened(now + LEAD, now):
            starts = store.waves.starts(near.id)
            theirs = near.audience == old.audience
            due = _due(services, near, new, starts, now) if theirs else None
            if due is not None and joined <= due <= epoch(now):
                _carry(services, near, old, new, person, due, now)
        store.people.settle(person, new_id)


def _carry(
    services: Services,
    near: OpenOccurrence,
    old: Place,
    new: Place,
    person: int,
    due: int,
    now: datetime,
) -> None:
    """Queue at once what was due at the new place at the epoch second `due`, where it lay before
    them still.
    """
    moment = epoch(now)
    old_due = _due(services, near, old, services.store.waves.starts(near.id), now)
    expires = (due if old_due is None else old_due) + near.grace
    # Before them still: not due yet at the old place, or due and not fanned out, or nobody could be
    # met there.
    if old_due is None or old_due > moment or services.store.plan.is_pending(near.id, old.id):
        services.store.intake.add_nudge(near.id, new.channel, person, moment, expires)


def _due(
    services: Services,
    near: OpenOccurrence,
    place: Place,
    starts: Mapping[int, Start],
    now: datetime,
) -> int | None:
    zone, quiet = zone_of(services, place, now), services.settings.quiet
    if zone is None:
        return None
    due = planner.wave_due(near.day, place.minute, zone, quiet)
    if (start := starts.get(place.channel)) is not None:
        due = planner.started_due(due, start, place.minute, zone, quiet)
    return epoch(due)
