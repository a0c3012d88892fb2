"""The two invented members of staff: one edits the letter of each month, the other approves it, as
the rule of four eyes wants; then it goes to who agreed to it.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from bot.errors import RenderError
from bot.jobs.newsletter import digests
from bot.jobs.rehearsal.company.agenda import Agenda
from bot.jobs.rehearsal.furnished import APPROVER, EDITOR
from bot.jobs.rehearsal.script import Script
from bot.jobs.services import Services
from bot.model import Campaign

_DAY = 2
"""The day of the next month on which the letter of a month is edited."""

_AN_HOUR = timedelta(hours=1)
_A_MINUTE = timedelta(minutes=1)


def plan(agenda: Agenda, services: Services, script: Script) -> None:
    """Let the letter of each whole month of these days be written, approved and sent."""
    first = script.start.replace(day=1)
    while (after := _next(first)) <= script.end:
        at = datetime.combine(after.replace(day=_DAY), time(12), UTC)
        for campaign in services.active:
            agenda.put(at, partial(_edit, campaign, first))
            agenda.put(at + _AN_HOUR, partial(_approve, agenda, campaign, first))
        first = after


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _edit(campaign: Campaign, first: date, services: Services, now: datetime) -> int:
    """Keep the letter as it is composed, in the name of who looked through it."""
    try:
        draft = digests.draft(services, campaign, first, now)
    except RenderError:
        return 0
    if draft is not None and draft.id == digests.UNKEPT:
        digests.change(services, draft, draft.texts, draft.mark, EDITOR.actor, now)
    return 0


def _approve(
    agenda: Agenda, campaign: Campaign, first: date, services: Services, now: datetime
) -> int:
    draft = services.store.digests.of_month(campaign.id, first)
    if draft is not None and draft.approved is None:
        digests.approve(services, draft, draft.mark, APPROVER.actor, now)
    return _send(agenda, services, now)


def _send(agenda: Agenda, services: Services, now: datetime) -> int:
    """Do what the job does, until the letter is in the outbox for everybody."""
    reached = digests.run(services, now)
    if reached:
        agenda.put(now + _A_MINUTE, partial(_send, agenda), final=True)
    return reached
