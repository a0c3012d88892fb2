"""The day's sheet for staff, a day before an observance begins in the first zone: its posts as each
network shows them, recipients, health, price, approvals.

Gives plain values, instants in epoch seconds, so that each member of staff reads it in their own
language.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta

from bot.jobs.operations import probe, status
from bot.jobs.operations.needs import Need
from bot.jobs.sending import packs
from bot.jobs.services import Services
from bot.jobs.staff import desk
from bot.jobs.texts import links
from bot.model import PUBLIC, DeliveryKey, State
from bot.rules import planner
from bot.store.sending.listing import Entry

LEAD = timedelta(hours=24)
"""Before the day begins in the first zone."""


def due(services: Services, now: datetime) -> list[date]:
    """Named days whose sheet is due and which are not over, in order."""
    soon = services.store.plan.planned(now, (now + LEAD + planner.FIRST_ZONE).date())
    found = {
        p.occurrence.day
        for p in soon
        if p.occurrence.named and not p.cancelled and planner.opens(p.occurrence.day) - LEAD <= now
    }
    return sorted(day for day in found if day >= now.astimezone(UTC).date())


def next_day(services: Services, now: datetime) -> date | None:
    """The next named day that is planned."""
    far = (now + timedelta(days=62)).date()
    days = {
        p.occurrence.day
        for p in services.store.plan.planned(now, far)
        if p.occurrence.named and not p.cancelled
    }
    return min((day for day in days if day >= now.astimezone(UTC).date()), default=None)


def posts(services: Services, day: date) -> list[Entry]:
    """The day's posts, by due."""
    keys = [
        DeliveryKey(occurrence=o, channel=c, recipient=PUBLIC)
        for o, c in services.store.numbers.posts_of(day.isoformat())
    ]
    return [entry for key in keys if (entry := services.store.listing.entry(key)) is not None]


def make(services: Services, day: date, now: datetime) -> dict[str, object]:
    """The sheet's values: day, posts, recipients, health, usd, open, hand (posts that people can
    make by hand).
    """
    shown = [desk.shown(services, entry) for entry in posts(services, day)]
    return {
        "day": day.isoformat(),
        "posts": [_post(one) for one in shown],
        "recipients": _recipients(services, day, now),
        "health": health(services, {one.entry.channel for one in shown}),
        "links": list(links.failing(services.store)),
        "usd": sum(one.usd for one in shown),
        "open": sum(one.entry.state is State.AWAITING_APPROVAL for one in shown),
        "hand": sum(
            one.day == day
            for one in packs.waiting(services.settings, services.store, services.dry, now)
        ),
    }


def _post(one: desk.Shown) -> dict[str, object]:
    return {
        "id": str(one.entry.key),
        "channel": one.entry.channel,
        "network": one.entry.network,
        "campaign": one.entry.campaign,
        "action": one.entry.action,
        "due": one.entry.due,
        "state": one.entry.state.word,
        "text": one.body.whole if one.body else "",
        "alt": one.body.picture.alt if one.body and one.body.picture else "",
        "problem": one.problem,
        "over": [asdict(each) for each in one.over],
        "posts": len(one.body.parts) if one.body else 1,
        "length": one.length,
        "limit": one.limit,
        "usd": one.usd,
    }


def _recipients(services: Services, day: date, now: datetime) -> int:
    planned = services.store.plan.planned(now, day)
    audiences = {
        p.occurrence.audience
        for p in planned
        if p.occurrence.day == day and p.occurrence.nudge and not p.cancelled
    }
    return services.store.numbers.recipients(tuple(sorted(audiences, key=int))) if audiences else 0


def health(services: Services, channels: set[str]) -> list[dict[str, object]]:
    """Of these channels: live, dry, paused or held, since when, and what the last look at the token
    gave ("ok", why not, "" before the first).
    """
    found: list[dict[str, object]] = []
    for one in status.channels(services.settings, services.store, services.dry):
        if one.name in channels:
            account = services.settings.channels[one.name].account
            token = "" if one.state == "dry" else probe.health(services.store, account)
            found.append(
                {"channel": one.name, "state": one.state, "since": one.since or 0, "token": token}
            )
    return found


def needs(services: Services, now: datetime) -> Sequence[Need]:
    """What needs somebody, as `drumbeat status` has it; empty on a quiet day."""
    return status.run(
        services.settings, services.library, services.store, now, dry=services.dry, runs=True
    ).needs
