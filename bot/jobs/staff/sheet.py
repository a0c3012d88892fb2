"""The day's sheet for staff, a day before an observance begins in the first time zone: its posts as
each network shows them, recipients, health, price, approvals.

It consists of plain values, instants in epoch seconds, so that each member of staff reads it in
their own language.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from bot.jobs.operations import probe, status
from bot.jobs.operations.needs import Need
from bot.jobs.planning import waves
from bot.jobs.sending import packs
from bot.jobs.services import Services
from bot.jobs.staff import posting, seen
from bot.jobs.texts import links
from bot.model import State
from bot.model.outbox import Entry, Shown
from bot.model.outbox.waves import PlannedOccurrence
from bot.rules import planner

LEAD = timedelta(hours=24)
"""How long before the day begins in the first zone its sheet is due."""


def due(services: Services, now: datetime) -> list[date]:
    """Return the observances' days whose sheet is due and which are not over, in order."""
    soon = services.store.plan.planned(now, (now + LEAD + planner.FIRST_ZONE).date())
    days = {
        p.occurrence.day
        for p in soon
        if _on_a_named_day(services, p) and planner.opens(p.occurrence.day) - LEAD <= now
    }
    return sorted(day for day in days if day >= now.astimezone(UTC).date())


def next_day(services: Services, now: datetime) -> date | None:
    """Return the next day with an observance that is planned; None where there is none."""
    far = (now + planner.HORIZON).date()
    days = {
        p.occurrence.day
        for p in services.store.plan.planned(now, far)
        if _on_a_named_day(services, p)
    }
    return min((day for day in days if day >= now.astimezone(UTC).date()), default=None)


def _on_a_named_day(services: Services, planned: PlannedOccurrence) -> bool:
    campaign = services.library.campaigns.get(planned.occurrence.campaign)
    action = campaign.action(planned.occurrence.action) if campaign else None
    return action is not None and action.observance is not None and not planned.cancelled


def posts(services: Services, day: date) -> list[Entry]:
    """Return the posts of the day, first due first."""
    keys = services.store.numbers.posts_of(day)
    return [entry for key in keys if (entry := services.store.listing.entry(key)) is not None]


def make(services: Services, day: date, now: datetime) -> dict[str, object]:
    """Return the values of the sheet: day, posts, recipients, waves, health, usd, open, hand (posts
    that people can make by hand), and mark (what stands for its posts as they are shown).
    """
    shown = [posting.shown(services, entry) for entry in posts(services, day)]
    return {
        "day": day.isoformat(),
        "mark": seen.brief(shown),
        "posts": [_post(shown_post) for shown_post in shown],
        "recipients": _recipients(services, day, now),
        "waves": _waves(services, day, now),
        "health": health(services, {shown_post.entry.channel for shown_post in shown}, now),
        "links": list(links.failing(services.store)),
        "usd": sum(shown_post.usd for shown_post in shown),
        "open": sum(shown_post.entry.state is State.AWAITING_APPROVAL for shown_post in shown),
        "hand": sum(
            shown_post.day == day
            for shown_post in packs.waiting(services.settings, services.store, services.dry, now)
        ),
    }


def _post(shown: Shown) -> dict[str, object]:
    return {
        **shown.values,
        "campaign": shown.entry.campaign,
        "action": shown.entry.action,
        "text": shown.body.whole if shown.body else "",
        "posts": len(shown.parts) or 1,
    }


def _recipients(services: Services, day: date, now: datetime) -> int:
    planned = services.store.plan.planned(now, day)
    audiences = {
        p.occurrence.audience
        for p in planned
        if p.occurrence.day == day and p.occurrence.nudge and not p.cancelled
    }
    return services.store.numbers.recipients(tuple(sorted(audiences, key=int))) if audiences else 0


def _waves(services: Services, day: date, now: datetime) -> list[dict[str, object]]:
    """Return when the day's messages begin and will have left, as far as their waves are open."""
    settings, store, dry = services.settings, services.store, services.dry
    coming = waves.to_come(settings, store, dry, now)
    return [
        {
            "campaign": each.campaign,
            "action": each.action,
            "channel": each.channel,
            "left": each.left,
            "late": each.late,
            "begins": each.begins,
            "ends": each.ends,
        }
        for each in waves.days(settings, store, dry, now, coming)
        if each.day == day
    ]


def health(services: Services, channels: set[str], now: datetime) -> list[dict[str, object]]:
    """Return of each of these channels whether it is live, dry, paused, held or resting, since
    when, and what the last probe of its token gave ("ok", why not, or "" before the first).
    """
    states: list[dict[str, object]] = []
    for channel in status.channels(services.settings, services.store, services.dry, now):
        if channel.name in channels:
            account = services.settings.channels[channel.name].account
            token = "" if channel.state == "dry" else probe.health(services.store, account)
            states.append(
                {
                    "channel": channel.name,
                    "state": channel.state,
                    "since": channel.since or 0,
                    "token": token,
                }
            )
    return states


def needs(services: Services, now: datetime) -> Sequence[Need]:
    """Return what needs somebody, as `drumbeat status` says it; nothing on a quiet day."""
    return status.needing(
        services.settings, services.library, services.store, now, dry=services.dry, runs=True
    )
