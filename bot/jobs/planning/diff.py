"""What an edit of the data or the channels would add, move, cancel and keep, told before planning
does it. Nothing is changed here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from bot.jobs.planning import plan
from bot.jobs.services import Services
from bot.model import PUBLIC, DeliveryKey, Occurrence, State
from bot.model.outbox import Entry
from bot.model.outbox.waves import PlannedOccurrence
from bot.rules import planner
from bot.times import epoch, iso

_Day = date  # a field of that name hides the class
_MOVABLE = (State.PLANNED, State.AWAITING_APPROVAL)


@dataclass(frozen=True, kw_only=True)
class Line:
    """An occurrence, or one channel's post of it.

    `channel` is empty for an occurrence as a whole.
    """

    #: add, move, cancel, keep (wanted otherwise now, but begun: stays as it is) or planned
    change: str
    campaign: str
    action: str
    audience: str
    channel: str
    #: the day that is planned, or that would be
    date: _Day
    #: for a move the day that is wanted
    to: _Day | None
    #: what would be otherwise, or why it stays
    note: str


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What planning would do, up to `horizon`."""

    horizon: _Day
    lines: tuple[Line, ...]

    def of(self, change: str) -> tuple[Line, ...]:
        """Return the lines of one change: 'add', 'move', 'cancel' or 'keep'."""
        return tuple(line for line in self.lines if line.change == change)


def difference(services: Services, now: datetime) -> Difference:
    """Return what the next planning would do with the data as they are, compared with what is
    planned.
    """
    changes = plan.diff(services, now)
    moved = {there.id for there, _ in changes.move} | {there.id for there in changes.cancel}
    steady = [
        p
        for p in services.store.plan.planned(now, plan.horizon(now))
        if p.id not in moved and not p.cancelled
    ]
    return Difference(
        horizon=plan.horizon(now),
        lines=(
            *(_line("add", o, note=_goes(o)) for o in changes.add),
            *(_line("move", p.occurrence, to=o.day, note=_differs(p, o)) for p, o in changes.move),
            *(_line("cancel", p.occurrence) for p in changes.cancel),
            *(
                _line("keep", p.occurrence, to=o.day if o else None, note=_stays(p, o))
                for p, o in changes.keep
            ),
            *(line for planned in steady for line in _posts(services, planned, now)),
        ),
    )


def planned(services: Services, now: datetime) -> tuple[Line, ...]:
    """Return everything that is planned up to the horizon, as lines of the change 'planned'."""
    rows = services.store.plan.planned(now, plan.horizon(now))
    return tuple(
        _line("planned", p.occurrence, note=_goes(p.occurrence)) for p in rows if not p.cancelled
    )


def _line(
    change: str,
    occurrence: Occurrence,
    *,
    channel: str = "",
    to: _Day | None = None,
    note: str = "",
) -> Line:
    return Line(
        change=change,
        campaign=occurrence.campaign,
        action=occurrence.action,
        audience=occurrence.audience.word,
        channel=channel,
        date=occurrence.day,
        to=to,
        note=note,
    )


def _goes(occurrence: Occurrence) -> str:
    return " and ".join(
        word for word, on in (("nudges", occurrence.nudge), ("posts", occurrence.post)) if on
    )


def _differs(there: PlannedOccurrence, wanted: Occurrence) -> str:
    was = there.occurrence
    parts = [f"grace {was.grace} becomes {wanted.grace}"] if was.grace != wanted.grace else []
    if (was.nudge, was.post) != (wanted.nudge, wanted.post):
        parts.append(f"{_goes(was)} becomes {_goes(wanted)}")
    if was.named != wanted.named:
        who = "those who chose named days only"
        parts.append(f"goes to {who}, too" if wanted.named else f"no longer goes to {who}")
    if there.cancelled:
        parts.append("was cancelled, is planned again")
    return ", ".join(parts)


def _stays(there: PlannedOccurrence, wanted: Occurrence | None) -> str:
    if wanted is None:
        return "no longer in the data, but begun: `drumbeat hold --action` stops what still waits"
    return "; ".join(part for part in ("begun", _differs(there, wanted)) if part)


def _posts(services: Services, there: PlannedOccurrence, now: datetime) -> Iterator[Line]:
    """Yield what becomes of the posts of an occurrence that stays, which an edit of the channels
    may add, move or cancel.
    """
    occurrence = there.occurrence
    channels = (
        planner.post_channels(occurrence.audience, services.settings.channels)
        if occurrence.post
        else []
    )
    names = {channel.name for channel in channels}
    for name in sorted(
        services.store.channels.ids().keys() & services.settings.channels.keys() - names
    ):
        post = _post(services, there.id, name)
        if post is not None and post.state in _MOVABLE:
            yield _line("cancel", occurrence, channel=name, note=f"the post of {_time(post.due)}")
    for channel in channels:
        due = planner.post_due(occurrence.day, channel)
        if due + occurrence.grace <= now:
            continue
        before = _post(services, there.id, channel.name)
        if before is None:
            yield _line(
                "add",
                occurrence,
                channel=channel.name,
                note=f"a post at {_time(epoch(due))}",
            )
        elif before.state in _MOVABLE and before.due != epoch(due):
            note = f"the post of {_time(before.due)} moves to {_time(epoch(due))}"
            yield _line("move", occurrence, channel=channel.name, to=occurrence.day, note=note)


def _post(services: Services, occurrence: int, channel: str) -> Entry | None:
    channel_id = services.store.channels.ids().get(channel)
    if channel_id is None:
        return None
    key = DeliveryKey(occurrence=occurrence, channel=channel_id, recipient=PUBLIC)
    return services.store.listing.entry(key)


def _time(epoch: int) -> str:
    return iso(epoch)
