"""Invented followers, who answer the surveys that makers put to them by the links of these: some
surveys are answered often enough that their makers read what came of it, some are not, some not at
all.
"""

from datetime import UTC, date, datetime, time

from bot.jobs.calls import surveys
from bot.jobs.rehearsal.company.agenda import Agenda
from bot.jobs.rehearsal.company.saying import answered
from bot.jobs.rehearsal.script import Script
from bot.jobs.services import Services
from bot.model.calls import ENOUGH
from bot.model.pledge import MADE, Pledge
from bot.rules import journey

_DAY = 10
"""The day of the survey's month on which they answer."""

_ANSWERS = (ENOUGH + 1, ENOUGH - 1, 0)
"""How many answer a survey, one after the other."""


def plan(agenda: Agenda, services: Services, script: Script) -> None:
    """Let the surveys of the pledges that are made by then be answered, in each year."""
    months = {journey.rules(campaign).survey for campaign in services.active}
    for year in range(script.start.year, script.end.year + 1):
        for month in sorted(month for month in months if month is not None):
            day = date(year, month, _DAY)
            if script.start <= day <= script.end:
                noon = datetime.combine(day, time(12), UTC)
                agenda.put(noon, _answer)


def _answer(services: Services, now: datetime) -> int:
    for pledge in services.store.pledges.all(states=MADE):
        _of_pledge(services, pledge, _ANSWERS[pledge.id % len(_ANSWERS)], now)
    return 0


def _of_pledge(services: Services, pledge: Pledge, answers: int, now: datetime) -> None:
    today = services.today(now)
    offered = surveys.offered(services, pledge, today)
    code = surveys.code_of(services, offered) if offered and answers else ""
    survey = surveys.opened(services, code) if code else None
    if survey is None or not surveys.takes(services, survey, now):
        return
    for number in range(services.store.surveys.count(pledge.id, survey.year), answers):
        told = answered(services, survey.campaign, survey.form, pledge.language, number, "answer")
        surveys.answer(services, survey, told, now)
