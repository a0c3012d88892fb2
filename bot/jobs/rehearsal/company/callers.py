"""Invented people who send something to calls and contests, and the two members of staff who open
those that staff open, decide about what comes, and close them again.

Of four entries one is clear, one shows a child and needs both of them, one tells of a risk, and the
author of the last wants nobody to see it.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from bot.jobs.calls import entries, opening
from bot.jobs.rehearsal.company.agenda import Agenda
from bot.jobs.rehearsal.company.saying import answered, said
from bot.jobs.rehearsal.furnished import APPROVER, EDITOR
from bot.jobs.rehearsal.script import Script
from bot.jobs.services import Services
from bot.jobs.texts.calls import is_open
from bot.model import Campaign
from bot.model.calls.entry import MOST_WAITING, Call, Entry, EntryState, Sent, form_of
from bot.model.share import Answer, Answers
from bot.times import epoch

ENTRIES = 4
"""How many are sent to a call each time that it is open."""

_LASTS = timedelta(days=14)
"""How long a call is open that has no days of its own."""

_LATER = timedelta(days=21)
"""How long after the first day staff open it: who is asked to answer may have pledged by then."""

_A_DAY = timedelta(days=1)
_AN_HOUR = timedelta(hours=1)

_CLEAR = {
    **dict.fromkeys(("shown", "child", "risk", "dignity", "place"), Answer.NO),
    "consent": Answer.YES,
}
_LOOKS: tuple[Answers, ...] = (
    _CLEAR,
    {**_CLEAR, "shown": Answer.YES, "child": Answer.YES},
    {**_CLEAR, "risk": Answer.YES},
)
"""What the checklist says of one entry after the other whose author lets everybody see it."""


def plan(agenda: Agenda, services: Services, script: Script) -> None:
    """Let something be sent to each call on the days on which it opens."""
    for campaign in services.active:
        for call in campaign.calls:
            for first in _opens(call, script):
                noon = datetime.combine(first, time(12), UTC)
                agenda.put(noon, partial(_open, campaign, call))
                agenda.put(noon + _A_DAY, partial(_send, campaign, call, noon))
                agenda.put(noon + 2 * _A_DAY, partial(_look, campaign, call))
                agenda.put(noon + 2 * _A_DAY + _AN_HOUR, partial(_look_again, campaign, call))
                agenda.put(noon + _LASTS, partial(_close, campaign, call))


def _opens(call: Call, script: Script) -> Iterator[date]:
    """Yield the days of the script on which a call opens by its own days; the one on which staff
    open it where it has none.
    """
    if _by_word(call):
        yield script.start + _LATER
    for number in range((script.end - script.start).days + 1):
        day = script.start + _A_DAY * number
        if call.is_open(day) and not (number and call.is_open(day - _A_DAY)):
            yield day


def _by_word(call: Call) -> bool:
    """Return whether staff alone open it."""
    return call.month is None and call.opens is None


def _open(campaign: Campaign, call: Call, services: Services, now: datetime) -> int:
    """Open what isn't open by itself, or goes to makers, who are written to by that."""
    if not opening.may_open(services, campaign, call, now):
        return 0
    return opening.open_(services, campaign, call, EDITOR.actor, now)


def _send(
    campaign: Campaign, call: Call, since: datetime, services: Services, now: datetime
) -> int:
    before = services.store.entries.came_since(campaign.id, call.id, epoch(since))
    if not before and is_open(services, campaign, call, services.today(now)):
        for number in range(ENTRIES):
            entries.send(services, _sent(services, campaign, call, number), now)
    return 0


def _sent(services: Services, campaign: Campaign, call: Call, number: int) -> Sent:
    language = campaign.languages[number % len(campaign.languages)]
    told = dict(answered(services, campaign, form_of(call), language, number, "entry"))
    own = {question.id for question in call.questions}
    mine = number + 1
    return Sent(
        campaign=campaign.id,
        call=call.id,
        language=language,
        name=said(services, campaign, language, "organisation", n=mine),
        text=told.get("text", "") if not own else "",
        link="",
        contact=f"invented-{mine}@rehearsal.invalid",
        shows=mine < ENTRIES,
        answers={key: text for key, text in told.items() if key in own},
    )


def _waiting(services: Services, campaign: Campaign, call: Call, state: EntryState) -> list[Entry]:
    there = services.store.entries.waiting(campaign.id, MOST_WAITING)
    return [each for each in there if each.sent.call == call.id and each.state is state]


def _look(campaign: Campaign, call: Call, services: Services, now: datetime) -> int:
    """Decide about what came, as one of the two."""
    for each in _waiting(services, campaign, call, EntryState.WAITS):
        if each.sent.shows:
            entries.answer(services, each.id, _looks(each), EDITOR.actor, now)
        else:
            entries.drop(services, each.id, EDITOR.actor, now)
    return 0


def _looks(entry: Entry) -> Answers:
    return _LOOKS[(entry.id - 1) % ENTRIES % len(_LOOKS)]


def _look_again(campaign: Campaign, call: Call, services: Services, now: datetime) -> int:
    for each in _waiting(services, campaign, call, EntryState.SECOND):
        entries.answer(services, each.id, _LOOKS[1], APPROVER.actor, now)
    return 0


def _close(campaign: Campaign, call: Call, services: Services, now: datetime) -> int:
    """Close what staff opened without days of its own."""
    if _by_word(call) and is_open(services, campaign, call, services.today(now)):
        opening.close(services, campaign, call, EDITOR.actor, now)
    return 0
