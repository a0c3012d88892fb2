"""Pledges about which nobody can be asked: the focal point stopped, blocked us or is gone, and
reminders and questions go into the void.

::

    the focal point is away ──► lost: other editors hear of it, and may take over
    lost ── 10 days without anybody ──► staff get a task
     │      (at once, where nobody else edits it whom news reach)
     └── they are back, or somebody else is the focal point ──► lost no longer, and the task is
                                                               closed by itself

The days are those after which a prompt is reminded of (journey.toml). The task comes once for each
time that a pledge is lost.
"""

from datetime import datetime, timedelta

from bot.jobs.pledges import journeys
from bot.jobs.services import Services
from bot.jobs.texts import news
from bot.model import Audience
from bot.model.makers import JourneyRules
from bot.model.pledge import MADE, JourneyState, Pledge
from bot.model.staff import MACHINE
from bot.rules import journey
from bot.rules.alerts import PledgeTask
from bot.times import epoch, from_epoch


def run(services: Services, now: datetime) -> int:
    """Find the pledges of the active campaigns that are lost or no longer so, and tell of them;
    return the number of steps taken.
    """
    steps = 0
    for campaign in services.active:
        numbers = services.store.editors.to_look_at(campaign.id)
        steps += sum(_look(services, number, journey.rules(campaign), now) for number in numbers)
    return steps


def _look(services: Services, number: int, rules: JourneyRules, now: datetime) -> bool:
    with services.store.transaction():
        # read here: what is taken back meanwhile is not told of as lost
        pledge = services.store.pledges.get(number)
        if pledge is None:
            return False
        if not _matters(pledge) or not _nobody(services, pledge):
            return _over(services, pledge, now)
        new = pledge.lost is None and _begin(services, pledge, now)
        return _task(services, services.store.pledges.get(number) or pledge, rules, now) or new


def _matters(pledge: Pledge) -> bool:
    """Return whether the pledge has steps that somebody should be asked about."""
    return (
        pledge.state in MADE
        and pledge.journey is not JourneyState.ENDED
        and pledge.audience is not Audience.INDIVIDUAL
    )


def _nobody(services: Services, pledge: Pledge) -> bool:
    focal = next(
        (editor for editor in services.store.editors.team(pledge.id) if editor.focal), None
    )
    return focal is None or focal.away


def _over(services: Services, pledge: Pledge, now: datetime) -> bool:
    if pledge.lost is None:
        return False
    services.store.pledges.set_lost(pledge.id, None)
    if _matters(pledge):
        services.store.pledges.note(pledge.id, "reachable", MACHINE, epoch(now))
    services.store.alerts.close(PledgeTask.kind, _about(pledge), epoch(now))
    return True


def _begin(services: Services, pledge: Pledge, now: datetime) -> bool:
    services.store.pledges.set_lost(pledge.id, epoch(now))
    line = services.store.pledges.note(pledge.id, "unreachable", MACHINE, epoch(now))
    news.tell(services, line, now)
    return True


def _task(services: Services, pledge: Pledge, rules: JourneyRules, now: datetime) -> bool:
    """Give staff the task to look after the pledge once nobody else does; return whether that is
    new.
    """
    alerts, since = services.store.alerts, pledge.lost or 0
    waits = now < from_epoch(since) + timedelta(days=rules.reminder_days)
    if (waits and news.hearers(services, pledge.id)) or alerts.known(
        PledgeTask.kind, _about(pledge), since
    ):
        return False
    left = not services.store.editors.team(pledge.id)
    says = "is left without an editor" if left else "has a focal point who can't be reached"
    ways = [
        *([f"`/pledges {pledge.id}` in the chat"] if services.settings.chats else []),
        *(["its page at the desk"] if services.settings.web is not None else []),
    ]
    how = f"; {' or '.join(ways)} invites somebody or hands it over" if ways else ""
    text = journeys.task(pledge, f"{says}{how}")
    return alerts.open(
        PledgeTask(subject=_about(pledge), text=text, event="left" if left else "unreachable"),
        epoch(now),
    )


def _about(pledge: Pledge) -> str:
    return PledgeTask.about(pledge.id, "unreachable")
