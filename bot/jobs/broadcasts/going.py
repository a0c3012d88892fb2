"""Broadcasts as staff find them: what goes to people of an occurrence on a channel."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.errors import Missing
from bot.jobs.services import Services
from bot.model import Channel
from bot.model.outbox.broadcasts import Pace
from bot.model.outbox.waves import Start, ToPeople
from bot.times import epoch

AHEAD = timedelta(days=14)
"""How far ahead broadcasts are listed."""

OPEN = ("coming", "going", "delayed")
"""How a broadcast stands of which something may leave still."""

_BEHIND = timedelta(days=62)
"""How far back the day of a broadcast may lie that isn't over."""

_REF = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")
"""A broadcast's id; longer numbers may not fit into the database's 64 bits."""


@dataclass(frozen=True, kw_only=True)
class Going:
    """What goes to people of an occurrence on a channel."""

    row: ToPeople
    channel: Channel
    #: the channel's number; 0 where the database doesn't know it yet
    number: int

    @property
    def ref(self) -> str:
        """Its public id, `occurrence-channel`."""
        return f"{self.row.id}-{self.number}"


def of(services: Services, row: ToPeople) -> list[Going]:
    """Return what goes to people of an occurrence, on each channel that carries it."""
    own = services.store.oneoffs.about(row.subject)
    on = (
        Going(row=row, channel=channel, number=services.channel_ids.get(name, 0))
        for name, channel in services.settings.channels.items()
        if channel.nudges and row.audience in channel.audiences
    )
    # an announcement has a text for each channel
    return [each for each in on if own is None or each.number == own.channel]


def on(services: Services, occurrence: int, channel: str) -> Going:
    """Return what goes to people of the occurrence with this number on the channel of this name;
    raises `Missing` where nothing does.
    """
    there = services.store.plan.find(occurrence)
    rows = services.store.plan.to_people(there.day, there.day) if there is not None else []
    for row in rows:
        for each in of(services, row) if row.id == occurrence else ():
            if each.channel.name == channel:
                return each
    raise Missing("nothing of this goes to people on this channel")


def find(services: Services, ref: str) -> Going:
    """Return the broadcast with this id; raises `Missing` where there is none."""
    if numbers := _REF.fullmatch(ref):
        names = {number: name for name, number in services.channel_ids.items()}
        if name := names.get(int(numbers[2])):
            return on(services, int(numbers[1]), name)
    raise Missing(
        "there is no such broadcast; an id has the form 12-3, and `drumbeat broadcasts coming`"
        " lists all that are near"
    )


def near(services: Services, now: datetime) -> Iterator[Going]:
    """Yield the broadcasts that are not over and begin within the next days, by day."""
    first, last = (now - _BEHIND).date(), (now + AHEAD).date()
    for row in services.store.plan.to_people(first, last):
        if row.closes > epoch(now):
            yield from of(services, row)


def standing(services: Services, going: Going, now: datetime) -> str:
    """Return 'skipped' by staff, 'cancelled' with its day, 'delayed' by staff, 'coming', 'going' or
    'over', as a broadcast stands.
    """
    decided = services.store.broadcasts.find(going.row.id, going.number)
    if decided is not None and decided.pace is Pace.CANCELLED:
        return "skipped"
    state = going.row.standing(epoch(now))
    given = start(services, going) if state in OPEN else None
    return "delayed" if given is not None and given.first > now else state


def start(services: Services, going: Going) -> Start | None:
    """Return before when nothing of a broadcast leaves; None where staff gave it no other hour."""
    return services.store.waves.starts(going.row.id).get(going.number)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A broadcast as programs and `drumbeat broadcasts coming` see it; its fields are the
    contract.
    """

    id: str
    campaign: str
    #: the text of a subject: see `bot.model.subject`
    action: str
    audience: str
    day: date
    channel: str
    #: coming, delayed (by staff), going, skipped (by staff) or cancelled (with its day)
    state: str
    #: messages that its skipping has reached so far, and how far it has come, from 0 to 1; None
    #: where it is not skipped
    cancelled: int | None
    share: float | None
    #: day and hour before which nothing leaves, without a zone; and that of their clock, '' for
    #: each person's own; None where staff gave it no other hour
    not_before: str | None
    zone: str | None


def lines(services: Services, now: datetime) -> list[Line]:
    """Return the broadcasts that are not over and begin within the next days, by day."""
    return [_line(services, each, now) for each in near(services, now)]


def _line(services: Services, each: Going, now: datetime) -> Line:
    row, state = each.row, standing(services, each, now)
    decided = services.store.broadcasts.find(row.id, each.number)
    done = decided if state == "skipped" else None
    given = start(services, each)
    return Line(
        id=each.ref,
        campaign=row.campaign,
        action=row.action,
        audience=row.audience.word,
        day=row.day,
        channel=each.channel.name,
        state=state,
        cancelled=done.cancelled if done else None,
        share=round(done.share, 3) if done else None,
        not_before=given.clock.isoformat(timespec="minutes") if given else None,
        zone=given.zone if given else None,
    )
