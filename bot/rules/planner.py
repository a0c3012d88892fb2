"""The planner: which occurrences the actions of campaigns have, and when each is due at a place.

Pure: it compares and computes, and stores nothing.

What is decided here:

* An occurrence belongs to a day on the recipient's own calendar, so it spreads over some fifty
  hours of UTC: from the day's first minute at UTC+14 to its last at UTC-12. `opens` and `closes`
  bound that spread.
* Nudges go out at the wished local minute, moved out of quiet hours to their end on the same day.
* A campaign that yields leaves to the other, while that one runs, what both do for the same people:
  a named day, the monthly prompts, the openings, the other things of a month, the quick things.
* Somebody who moves to where the hour has already passed is met at once; somebody who moves to
  where it is still to come is met there. The outbox's key makes sure that nobody is met twice.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.model import Action, Audience, Campaign, Channel, Kind, Occurrence, QuietHours
from bot.model.outbox.waves import PlannedOccurrence, Start
from bot.model.pledge import Milestone
from bot.model.subject import Own
from bot.rules import dates, identity

FIRST_ZONE = timedelta(hours=14)
"""The day begins first at UTC+14 (Kiritimati)."""

LAST_ZONE = timedelta(hours=12)
"""The day ends last at UTC-12."""

HORIZON = timedelta(days=62)
"""How far ahead occurrences and posts get their rows, and what they need is looked at: two months,
so that staff see in good time what is coming.
"""


def opens(day: date) -> datetime:
    """Return the instant at which `day` begins in the first zone, UTC+14."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - FIRST_ZONE


def closes(day: date, grace: timedelta) -> datetime:
    """Return the instant after which nothing of `day` may go out in any zone."""
    return (
        datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1) + LAST_ZONE + grace
    )


def wave_due(day: date, minute: int, zone: ZoneInfo, quiet: QuietHours) -> datetime:
    """Return when people of this zone who wish this local minute are met on `day`."""
    return dates.instant(day, dates.waking_minute(minute, quiet), zone)


def started_due(
    due: datetime, start: Start, minute: int, zone: ZoneInfo, quiet: QuietHours
) -> datetime:
    """Return when people who would be met at `due` are met where nothing leaves before a start: at
    their own hour of that day where it is still to come then, else at once, or when they wake.
    """
    clock = start.clock
    at = start.instant or dates.instant(clock.date(), clock.hour * 60 + clock.minute, zone)
    awake = dates.quiet_end(at, zone, quiet) or at
    return max(due, awake, wave_due(at.astimezone(zone).date(), minute, zone, quiet))


def started_closes(start: Start, grace: timedelta) -> datetime:
    """Return the instant after which nothing goes out of what has this start."""
    # who is asleep then, or whose own hour is later that day, is met within a day
    return start.latest + timedelta(days=1) + grace


def post_due(day: date, channel: Channel) -> datetime:
    """Return the instant at which the channel posts on `day`."""
    return dates.instant(day, channel.minute, dates.zone(channel.zone))


def occurrences(campaigns: Iterable[Campaign], start: date, end: date) -> list[Occurrence]:
    """Return all occurrences of these campaigns from `start` to `end`, both included, by day."""
    campaigns = list(campaigns)
    choosing = having_named_days(campaigns, start)
    dated = [
        occurrence
        for campaign in campaigns
        for action in campaign.actions
        for occurrence in _of_action(campaign, action, start, end, choosing)
        if not rests(campaign, action, occurrence.audience, occurrence.day, campaigns)
    ]
    return sorted(dated, key=lambda o: (o.day, o.campaign, o.action, o.audience))


def having_named_days(campaigns: Iterable[Campaign], day: date) -> frozenset[Audience]:
    """Return the audiences whom a campaign that isn't over on `day` nudges on named days.

    Only they can choose to hear of nothing else: for the others that choice would mean silence.
    """
    return frozenset(
        audience
        for campaign in _going_on(campaigns, day)
        for action in campaign.actions
        if action.observance is not None and action.nudge
        for audience in action.audiences
    )


def addressed(campaigns: Iterable[Campaign], day: date) -> frozenset[Audience]:
    """Return the audiences to which a campaign that isn't over on `day` has anything to say.

    It does so by its actions, or by its stakeholder groups.
    """
    going_on = list(_going_on(campaigns, day))
    acting = {a for c in going_on for action in c.actions for a in action.audiences}
    return frozenset(acting | {group.audience for c in going_on for group in c.groups.values()})


def _going_on(campaigns: Iterable[Campaign], day: date) -> Iterable[Campaign]:
    return (campaign for campaign in campaigns if campaign.end is None or day <= campaign.end)


def _of_action(
    campaign: Campaign, action: Action, start: date, end: date, choosing: frozenset[Audience]
) -> Iterable[Occurrence]:
    if action.when is None or not (action.nudge or action.post):
        return
    for day, slot in instances(action, start, end):
        if not within(campaign, day):
            continue
        for audience in action.audiences:
            yield Occurrence(
                campaign=campaign.id,
                action=action.id,
                audience=audience,
                slot=slot,
                day=day,
                grace=action.grace,
                nudge=action.nudge,
                # A post is for everyone: it goes out once, with the first audience.
                post=action.post and audience is action.audiences[0],
                named=action.observance is not None or audience not in choosing,
            )


def following(
    campaign: Campaign, action: Action, audience: Audience, step: Milestone, *, named: bool
) -> Occurrence:
    """Return the occurrence of a prompt on a day counted from a pledge; pledges that were made on
    one day share it. `named`: it comes to those, too, who wish to hear of named days alone.
    """
    return Occurrence(
        campaign=campaign.id,
        action=str(Own(action.id)),
        audience=audience,
        slot=step.slot,
        day=step.day,
        grace=action.grace,
        nudge=True,
        post=False,
        named=named,
    )


def instances(action: Action, start: date, end: date) -> list[tuple[date, int]]:
    """Return the action's days from `start` to `end` with their slots (see
    `bot.rules.identity`).
    """
    if action.when is None:
        return []
    return [
        (day, action.slots.get(day) or identity.slot_of(day))
        for day in dates.days(action.when, start, end)
    ]


def within(campaign: Campaign, day: date) -> bool:
    """Return whether the campaign is running on `day`."""
    return (campaign.start is None or day >= campaign.start) and (
        campaign.end is None or day <= campaign.end
    )


def last_month(campaign: Campaign, day: date) -> bool:
    """Return whether the campaign is in its last month.

    That is the month of its end, or each December where it has none.
    """
    end = campaign.end or day.replace(month=12, day=31)
    return (end.year, end.month) == (day.year, day.month) and (
        campaign.start is None or campaign.start <= day
    )


def rests(
    campaign: Campaign, action: Action, audience: Audience, day: date, others: Iterable[Campaign]
) -> bool:
    """Return whether the action rests on `day` in favour of another campaign.

    The campaign yields to that one, which runs then and does the same for this audience.
    """
    return any(
        other.id in campaign.yields_to
        and within(other, day)
        and any(same(action, theirs, audience) for theirs in other.actions)
        for other in others
    )


def same(action: Action, other: Action, audience: Audience) -> bool:
    """Return whether two actions do the same for an audience.

    They keep the same named day, or both are prompts, openings, quick things, or other things of a
    month. What follows a pledge is for its maker alone, and nothing else does the same.
    """
    if action.after or other.after:
        return False
    if action.observance is not None or other.observance is not None:
        return action.observance == other.observance
    return (
        _sort(action) is _sort(other)
        and audience in action.audiences
        and audience in other.audiences
    )


def _sort(action: Action) -> Kind | None:
    return action.kind if action.kind in (Kind.PROMPT, Kind.OPENING, Kind.QUICK) else None


def leading(campaigns: Sequence[Campaign]) -> list[Campaign]:
    """Return those campaigns that yield to none of the others, in order.

    They are the ones that ask where only one campaign may.
    """
    return [
        campaign
        for campaign in campaigns
        if not any(other.id in campaign.yields_to for other in campaigns)
    ]


def post_channels(audience: Audience, channels: Mapping[str, Channel]) -> list[Channel]:
    """Return the channels that post what is meant for this audience."""
    return [
        channel for channel in channels.values() if channel.posts and audience in channel.audiences
    ]


def fingerprint(wanted: Sequence[Occurrence], channels: Mapping[str, Channel]) -> str:
    """Return a text that changes when, and only when, planning again could change something."""
    return hashlib.sha256(repr((wanted, sorted(channels.items()))).encode()).hexdigest()


OccurrenceKey = tuple[str, str, Audience, int]


def key(occurrence: Occurrence) -> OccurrenceKey:
    """Return the key by which an occurrence is known, whatever its day."""
    return occurrence.campaign, occurrence.action, occurrence.audience, occurrence.slot


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What planning would add, move and cancel."""

    add: tuple[Occurrence, ...]
    #: (as planned, as wanted now): the day, the grace or the targets differ
    move: tuple[tuple[PlannedOccurrence, Occurrence], ...]
    cancel: tuple[PlannedOccurrence, ...]
    #: wanted otherwise, but begun: stays as it is
    keep: tuple[tuple[PlannedOccurrence, Occurrence | None], ...]


def _stands(there: PlannedOccurrence, occurrence: Occurrence) -> bool:
    """Return whether the planned occurrence goes on, on the same day."""
    return not there.cancelled and there.occurrence.day == occurrence.day


def changes(
    wanted: Sequence[Occurrence], planned: Sequence[PlannedOccurrence], now: datetime
) -> Changes:
    """Compare what the data want with what is planned.

    What is past its grace is neither added nor touched. What has begun stays as it is, unless its
    day moved and nothing of it has left.
    """
    by_key = {key(p.occurrence): p for p in planned}
    add, move, keep = [], [], []
    for occurrence in wanted:
        there = by_key.pop(key(occurrence), None)
        if there is None:
            if closes(occurrence.day, occurrence.grace) > now:
                add.append(occurrence)
        elif there.occurrence != occurrence or there.cancelled:
            if there.decided or (there.begun and _stands(there, occurrence)):
                keep.append((there, occurrence))
            elif closes(occurrence.day, occurrence.grace) > now:
                move.append((there, occurrence))
    gone = [p for p in by_key.values() if not p.cancelled]
    keep_gone = [
        (p, None) for p in gone if p.begun and closes(p.occurrence.day, p.occurrence.grace) > now
    ]
    return Changes(
        add=tuple(add),
        move=tuple(move),
        cancel=tuple(p for p in gone if not p.begun),
        keep=(*keep, *keep_gone),
    )
