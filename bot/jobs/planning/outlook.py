"""The outlook: what goes out next and when, or that a campaign is over and how to go on."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from bot.model import Campaign, Channel
from bot.model.outbox.waves import Upcoming
from bot.names import there_are
from bot.rules import planner
from bot.store import Store
from bot.times import epoch, from_epoch

AHEAD = timedelta(days=800)
"""How far data are searched: two years and a little, for what comes every other year."""

_SOON = timedelta(days=2)


def coming(
    store: Store | None,
    active: Sequence[Campaign],
    channels: Mapping[str, Channel],
    now: datetime,
    limit: int,
) -> list[Upcoming]:
    """Return the next posts and nudges, as they stand in the database or, where nothing is planned
    yet, as the data ask for.
    """
    moment = epoch(now)
    planned = store.listing.next_due(moment, limit) if store else []
    return planned or _from_data(active, channels, now)[:limit]


def _from_data(
    active: Sequence[Campaign], channels: Mapping[str, Channel], now: datetime
) -> list[Upcoming]:
    upcoming = []
    for o in planner.occurrences(active, (now - timedelta(days=1)).date(), (now + AHEAD).date()):
        instants = [(planner.opens(o.day), "", "nudges")] if o.nudge else []
        if o.post:
            instants += [
                (planner.post_due(o.day, c), c.name, "planned")
                for c in planner.post_channels(o.audience, channels)
            ]
        upcoming += [
            Upcoming(
                due=epoch(due),
                campaign=o.campaign,
                action=o.action,
                day=o.day,
                channel=channel,
                state=state,
            )
            for due, channel, state in instants
            if due > now
        ]
    # one line for all audiences of an action
    return sorted(set(upcoming), key=lambda u: (u.due, u.campaign, u.action, u.channel))


def sentence(
    upcoming: Sequence[Upcoming], active: Sequence[Campaign], known: Sequence[str], now: datetime
) -> str:
    """Return a sentence that says what goes out next and when, or why nothing does and how to go
    on.

    `known` are the ids of all campaigns that can be read.
    """
    if upcoming:
        return _next(upcoming[0], now)
    if not active:
        there = f"; {there_are(known)}" if known else ""
        return f'no campaign is active: name one as active = ["…"] in config.toml{there}'
    over = [c for c in active if c.end is not None and c.end < (now - planner.LAST_ZONE).date()]
    if len(over) == len(active):
        return " ".join(_over(campaign, now.date()) for campaign in over)
    return (
        "nothing comes: no day of the active campaigns lies ahead, or no channel carries it;"
        " `drumbeat calendar` lists their days"
    )


def _next(first: Upcoming, now: datetime) -> str:
    due = from_epoch(first.due)
    where = f"on {first.channel}" if first.channel else "as nudges, zone by zone"
    approval = ", once somebody has approved it" if first.state == "awaiting_approval" else ""
    return (
        f"next: {first.action} of {first.campaign} {where}, {due:%A %Y-%m-%d %H:%M} UTC"
        f" ({_away(due - now)}){approval}"
    )


def _away(span: timedelta) -> str:
    if span < timedelta(minutes=2):
        return "in a moment"
    minutes = int(span.total_seconds()) // 60
    if span < timedelta(hours=2):
        return f"in {minutes} minutes"
    return f"in {minutes // 60} hours" if span < _SOON else f"in {span.days} days"


def _over(campaign: Campaign, today: date) -> str:
    year = today.year + 1
    other = f"{re.sub(r'[0-9]{4}$', '', campaign.id)}{year}"
    return (
        f"{campaign.id} ended on {campaign.end}, nothing more of it goes out. To go on: `drumbeat"
        f" new campaign {other} --from {campaign.id} "
        f'--year {year}`, then active = ["{other}"] in config.toml and `drumbeat reload`.'
    )
