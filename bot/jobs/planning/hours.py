"""Another hour for what goes to people: nothing of it leaves before.

Everybody has an hour of their own, which staff don't take from them: they say from when on a
broadcast may leave, by one clock for all or by each person's own, and nobody is woken for it.
"""

from datetime import datetime, timedelta

from bot.errors import Overtaken, UsageError
from bot.jobs.broadcasts import sweeps
from bot.jobs.broadcasts.going import Going, find, standing
from bot.jobs.broadcasts.skipping import refuse_over
from bot.jobs.planning import plan
from bot.jobs.services import Services
from bot.model.outbox.broadcasts import SweepKind
from bot.model.outbox.waves import OpenOccurrence, Start
from bot.model.staff import Actor
from bot.model.staff.audit import Verb
from bot.model.subject import Planned
from bot.rules import dates, planner
from bot.times import epoch

_JUST_NOW = timedelta(minutes=1)
"""How long ago an hour may be that was given as this very minute."""


def start_of(services: Services, clock: datetime, by: Actor, *, own: bool) -> Start:
    """Return the start that a day and hour without a zone means: by each person's own clock, or by
    that of config.toml, at the same instant for all.
    """
    if own:
        return Start(clock=clock, instant=None, zone="", by=by)
    zone, minute = services.settings.zone, clock.hour * 60 + clock.minute
    instant = dates.instant(clock.date(), minute, dates.zone(zone))
    return Start(clock=clock, instant=instant, zone=zone, by=by)


def wrong(start: Start, now: datetime) -> str:
    """Return 'past' or 'far' for a start that can't be given, '' for any other."""
    if start.latest < now - _JUST_NOW:
        return "past"
    return "far" if start.latest > now + planner.HORIZON else ""


def delay(services: Services, going: Going, start: Start, by: Actor, now: datetime) -> None:
    """Let nothing of a broadcast leave before a start, in place of one that was given before; from
    then on who has not got it gets it as `planner.started_due` says, with its grace counted from
    there.

    Raises `UsageError` for a start that can't be given, and for an announcement, which leaves at
    once; `Overtaken` where its time is over.
    """
    store, row, number = services.store, going.row, going.number
    if not isinstance(row.subject, Planned):
        raise UsageError("not moved: an announcement leaves as soon as it is made")
    match wrong(start, now):
        case "past":
            raise UsageError("not moved: this hour has passed everywhere", "past")
        case "far":
            raise UsageError("not moved: it is more than 62 days ahead", "far")
    with store.transaction():
        refuse_over(services, going, now)
        if standing(services, going, now) in ("skipped", "cancelled"):
            raise Overtaken("not moved: it isn't sent")
        store.waves.start(row.id, number, start)
        _retime(services, going, now)
        sweeps.begin(services, SweepKind.RETIME, row.id, number, by, now)
        store.audit.note(by, Verb.BROADCAST_MOVED, epoch(now), going.ref)


def _retime(services: Services, going: Going, now: datetime) -> None:
    """Give a broadcast's waves the instants that follow from its start."""
    plans, number = services.store.plan, going.row.id
    occurrence = plans.occurrence(number)
    near = OpenOccurrence(
        id=number,
        day=occurrence.day,
        audience=occurrence.audience,
        grace=int(occurrence.grace.total_seconds()),
        places=0,
    )
    starts = services.store.waves.starts(number).values()
    closes = max(
        planner.closes(occurrence.day, occurrence.grace),
        *(planner.started_closes(each, occurrence.grace) for each in starts),
    )
    waves = plan.started(services, near, going.number, now)
    services.store.waves.move(number, waves, epoch(closes))


# at the command line


def move(
    services: Services, ref: str, clock: datetime, by: Actor, now: datetime, *, own: bool
) -> str:
    """Do `delay` to the broadcast with this id, and return a sentence that says so. Raises
    `UsageError`.
    """
    going = find(services, ref)
    start = start_of(services, clock, by, own=own)
    delay(services, going, start, by, now)
    whose = "each person's own clock" if own else f"the clock of {start.zone}"
    return (
        f"moved: nothing of {going.row.action} on {going.channel.name} leaves before"
        f" {start.clock:%Y-%m-%d %H:%M} by {whose}; each then at their own hour of that day where"
        " it is still to come, else at once, and nobody in their quiet hours"
    )
