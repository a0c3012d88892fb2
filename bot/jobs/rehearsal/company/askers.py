"""Invented people who ask the makers of a result, with all on the way of it: makers fill in what
they found for scaling up, staff let everybody see it, somebody in the chat asks, staff pass it on,
makers answer, and staff pass that on. Of three questions one is never answered, and is over.
"""

from datetime import UTC, datetime, time, timedelta
from functools import partial

from bot.jobs.pledges import journeys
from bot.jobs.pledges.scale_up import deciding, results
from bot.jobs.rehearsal import population
from bot.jobs.rehearsal.company.agenda import Agenda
from bot.jobs.rehearsal.company.saying import answered, said
from bot.jobs.rehearsal.furnished import EDITOR
from bot.jobs.rehearsal.script import Script
from bot.jobs.services import Services
from bot.jobs.staff.questions import lapsing, peers
from bot.jobs.texts import news
from bot.model.person import NewPerson, Question
from bot.model.pledge import Pledge, PledgeState
from bot.model.pledges.peers import OVER_DAYS
from bot.model.public import SCALE_UP
from bot.model.staff import MACHINE
from bot.times import epoch

MOST = 6
"""Makers who find something for scaling up, and are asked about it."""

_DAY = 10
"""The day of each month on which they write it down, where it is open to them."""

_SILENT, _OF = 1, 3
"""Which one of so many questions is answered by nobody: the first, so that there is time for it to
be over.
"""

_AN_HOUR = timedelta(hours=1)
_A_DAY = timedelta(days=1)
_ENDS = timedelta(days=OVER_DAYS, minutes=1)


def plan(agenda: Agenda, services: Services, script: Script) -> None:
    """Let makers find something in each month in which that is open to them, and be asked."""
    people = population.individuals(services, script, MOST) if script.pledges else []
    month = script.start.replace(day=_DAY)
    while people and month <= script.end:
        noon = datetime.combine(month, time(12), UTC)
        if month >= script.start:
            agenda.put(noon, _scale)
            agenda.put(noon + _A_DAY, partial(_ask, people))
            agenda.put(noon + _A_DAY + _AN_HOUR, _pass_on)
            agenda.put(noon + 2 * _A_DAY, _reply)
            agenda.put(noon + 2 * _A_DAY + _AN_HOUR, _pass_back)
            agenda.put(noon + _A_DAY + _AN_HOUR + _ENDS, _end, final=True)
        month = (month + timedelta(days=31)).replace(day=_DAY)


def _scale(services: Services, now: datetime) -> int:
    asked = [each for each in _public(services)[:MOST] if _may_scale(services, each, now)]
    return sum(_finds(services, pledge, now) for pledge in asked)


def _may_scale(services: Services, pledge: Pledge, now: datetime) -> bool:
    return SCALE_UP in journeys.asked(services, pledge, services.today(now))


def _finds(services: Services, pledge: Pledge, now: datetime) -> bool:
    """Keep what the makers of a pledge have found and let everybody see it, of which they hear."""
    campaign = services.library.campaigns[pledge.campaign]
    form = campaign.forms[SCALE_UP]
    told = answered(services, campaign, form, pledge.language, pledge.id, "reply")
    deciding.keep(services, pledge, form.id, told, MACHINE, now, finished=True)
    result = results.result(services, pledge, pledge.language)
    if result is None:
        return False
    deciding.decide(services, pledge.id, result.mark, EDITOR.actor, now, show=True)
    return True


def _public(services: Services) -> list[Pledge]:
    return services.store.pledges.all(states=(PledgeState.PUBLISHED,))


def _ask(people: list[NewPerson], services: Services, now: datetime) -> int:
    """Ask about each result once, one person after the other."""
    shown = [each for each in _public(services)[:MOST] if _is_shown(services, each)]
    for pledge, person in zip(shown, people, strict=False):
        if not _has_asked(services, pledge, person):
            _asks(services, pledge, person, now)
    return 0


def _asks(services: Services, pledge: Pledge, person: NewPerson, now: datetime) -> None:
    where = person.channel, person.address
    if not peers.is_full(services, pledge.id, *where, now):
        text = _words(services, pledge, person.language, "question")
        peers.ask(services, pledge.id, *where, person.language, text, now)


def _words(services: Services, pledge: Pledge, language: str, key: str) -> str:
    return said(services, services.library.campaigns[pledge.campaign], language, key)


def _is_shown(services: Services, pledge: Pledge) -> bool:
    result = results.result(services, pledge, pledge.language)
    return result is not None and result.shown


def _has_asked(services: Services, pledge: Pledge, person: NewPerson) -> bool:
    mine = services.store.inbox.of_address(person.channel, person.address)
    return any(each.peer is not None and each.peer.pledge == pledge.id for each in mine)


def _standing(services: Services, standing: str) -> list[tuple[int, int]]:
    """Return the numbers of the questions that stand so, each with that of its pledge."""
    store = services.store.inbox
    asked = ((each.id, each.peer) for each in (*store.open_questions(), *store.with_makers()))
    return [(number, peer.pledge) for number, peer in asked if peer and peer.standing == standing]


def _pass_on(services: Services, now: datetime) -> int:
    waiting = _standing(services, "asked")
    ready = [number for number, pledge in waiting if news.hearers(services, pledge)]
    for number in ready:
        peers.pass_on(services, number, EDITOR.actor, now)
    return len(ready)


def _reply(services: Services, now: datetime) -> int:
    """Let the focal point of each pledge that is asked answer, but for some."""
    for number, pledge in _standing(services, "passed"):
        if number % _OF != _SILENT:
            _replies(services, number, services.store.pledges.get(pledge), now)
    return 0


def _replies(services: Services, question: int, pledge: Pledge | None, now: datetime) -> None:
    focal = services.store.editors.focal(pledge.id) if pledge else None
    if pledge is not None and focal is not None:
        text = _words(services, pledge, pledge.language, "reply")
        peers.reply(services, question, focal, text, now)


def _pass_back(services: Services, now: datetime) -> int:
    for number, _ in _standing(services, "replied"):
        peers.pass_back(services, number, EDITOR.actor, now)
    return _hear(services, now)


def _end(services: Services, now: datetime) -> int:
    lapsing.run(services, now)
    return _hear(services, now)


def _hear(services: Services, now: datetime) -> int:
    """Let who asked in the chat read what became of it, as the chat says it."""
    answers = [
        each
        for channel in services.channel_ids.values()
        for each in services.store.inbox.untold_answers(channel)
    ]
    for each in answers:
        _reads(services, each)
        services.store.inbox.answer_left(each.id, epoch(now))
    return len(answers)


def _reads(services: Services, answer: Question) -> str:
    told = {"question": answer.text, "answer": answer.answer or ""}
    return services.renderer.chat.text(f"ask.answer{answer.told_as}", answer.language, told)
