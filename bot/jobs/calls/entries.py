"""What people send to calls for stories and to contests, and what staff decide about it.

::

    sent ── the safeguarding checklist ──► private: an answer tells of a risk, or nobody knows
      │            │ a child is shown ► a second look, by somebody else
      │            └► a favourite: everybody sees it, with the name as its author wrote it
      └── not chosen ──► private        its author deletes it by their link, whatever became of it

What its author doesn't let everybody see is for staff alone.
"""

import secrets
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.errors import UsageError
from bot.jobs.services import Services
from bot.jobs.texts import calls
from bot.jobs.texts.calls import is_open
from bot.model import Campaign
from bot.model.calls.entry import MOST_HOURLY, MOST_WAITING, Call, Entry, EntryState, Sent, form_of
from bot.model.public import PublicLine
from bot.model.share import Answers, ReviewState
from bot.model.staff import Actor
from bot.model.staff.audit import Verb
from bot.model.words import CallWords, FormWords
from bot.rules import amplification, forms
from bot.times import epoch

PATH = calls.PATH
"""The path of the calls of a campaign below it; a call's id follows, or `MINE` and a secret."""

MINE = "mine"
"""The path of what somebody sent, below that of calls; a secret follows."""

_BECOMES = {
    ReviewState.BLOCKED: EntryState.PRIVATE,
    ReviewState.SECOND: EntryState.SECOND,
    ReviewState.APPROVED: EntryState.FAVOURITE,
}


@dataclass(frozen=True, kw_only=True)
class OnBoard:
    """A call, and how many entries it has."""

    campaign: Campaign
    call: Call
    #: whether something can be sent to it now
    open: bool
    waiting: int
    favourites: int


def open_now(services: Services, campaign: Campaign, today: date) -> list[Call]:
    """Return the calls to which something can be sent on the day that pages have; none where nobody
    is named who answers for what is kept.
    """
    if services.settings.privacy is None or campaign not in services.active:
        return []
    return [call for call in campaign.calls if is_open(services, campaign, call, today)]


def reached(services: Services, campaign: Campaign, today: date) -> list[Call]:
    """Return the calls that are open and have a page of ours on which something can be sent."""
    there = services.settings.web is not None and not services.rehearsal
    return open_now(services, campaign, today) if there else []


def board(services: Services, now: datetime) -> list[OnBoard]:
    """Return the calls of each active campaign with how many entries wait and are favourites."""
    rows = []
    for campaign in services.active:
        waiting = services.store.entries.waiting(campaign.id, MOST_WAITING)
        chosen = services.store.entries.favourites(campaign.id, 0, epoch(now) + 1, MOST_WAITING)
        waits, shown = (Counter(each.sent.call for each in of) for of in (waiting, chosen))
        opened = open_now(services, campaign, services.today(now))
        rows += [
            OnBoard(
                campaign=campaign,
                call=call,
                open=call in opened,
                waiting=waits[call.id],
                favourites=shown[call.id],
            )
            for call in campaign.calls
        ]
    return rows


def takes(services: Services, campaign: Campaign, call: Call, now: datetime) -> bool:
    """Return whether another entry is taken now: not so many wait of this call, nor came within the
    hour.
    """
    store, hour = services.store.entries, epoch(now - timedelta(hours=1))
    return (
        store.count(campaign.id, call.id) < MOST_WAITING
        and store.came_since(campaign.id, call.id, hour) < MOST_HOURLY
    )


def lines(services: Services, sent: Sent, language: str) -> tuple[PublicLine, ...]:
    """Return what was answered to the questions of a call, these in the reader's language; none of
    a call without any, and of those that it asks no more.
    """
    campaign = services.library.campaigns.get(sent.campaign)
    named = (each for each in campaign.calls if each.id == sent.call) if campaign else ()
    call = next(iter(named), None)
    if campaign is None or call is None or not call.questions:
        return ()
    words = services.renderer.words(campaign, language)
    said = words.calls.get(call.id) or CallWords()
    form = replace(form_of(call), questions=call.questions)
    asked = replace(words, forms={form.id: FormWords(questions=said.questions)})
    return tuple(
        PublicLine(ask=line.ask, answer=line.answer, own=line.own)
        for step in forms.sheet(form, sent.answers, asked)
        for line in step.lines
        if line.answer
    )


def send(services: Services, sent: Sent, now: datetime) -> str:
    """Keep what somebody sends; return the secret of their link to it."""
    secret = secrets.token_urlsafe(16)
    services.store.entries.add(sent, secret, epoch(now))
    return secret


def take_back(services: Services, entry: Entry, now: datetime) -> None:
    """Delete an entry at its author's wish: from then on nobody sees it."""
    services.store.entries.remove(entry.id)
    services.store.forgotten.leave_traces(epoch(now))


def answer(
    services: Services, number: int, answers: Answers, by: Actor, now: datetime
) -> EntryState:
    """Take somebody's answers to the safeguarding checklist: they make it a favourite, ask for a
    second look, or keep it private.

    Raises `UsageError` where there is no such entry, its author doesn't let everybody see it, it
    doesn't wait, answers are missing, or the second look would be by who looked first.
    """
    with services.store.transaction():
        entry = _there(services, number)
        _check(services, entry, answers, by)
        first = entry.first
        became = _BECOMES[
            amplification.reviewed(answers, first=None, by=by)
            if first is None
            else amplification.second(answers, first=first, by=by)
        ]
        looked = by if became is EntryState.SECOND else None
        services.store.entries.decide(number, became, looked, epoch(now))
        services.store.audit.note(by, Verb.ENTRY_ANSWERED, epoch(now), number)
    return became


def _check(services: Services, entry: Entry, answers: Answers, by: Actor) -> None:
    if not entry.sent.shows:
        raise UsageError(f"entry {entry.id}: its author wants nobody to see it", "entry_not_shown")
    if entry.state not in (EntryState.WAITS, EntryState.SECOND):
        raise UsageError(f"entry {entry.id} waits for nothing any more", "no_such_entry")
    if lacking := amplification.missing(answers, known=True):
        raise UsageError(f"{entry.id}: without an answer to {', '.join(lacking)}", "checklist")
    if entry.first is not None and (
        services.team.same(entry.first, by) or services.team.unknown(by)
    ):
        raise UsageError(
            f"{entry.id}: a child is shown, so a second person has to look at it", "second_person"
        )


def drop(services: Services, number: int, by: Actor, now: datetime) -> None:
    """Keep an entry private, or let nobody see a favourite any longer. Raises `UsageError` where
    there is none.
    """
    with services.store.transaction():
        entry = _there(services, number)
        if entry.state is not EntryState.PRIVATE:
            services.store.entries.decide(number, EntryState.PRIVATE, None, epoch(now))
            services.store.audit.note(by, Verb.ENTRY_DROPPED, epoch(now), number)


def _there(services: Services, number: int) -> Entry:
    entry = services.store.entries.get(number)
    if entry is None:
        raise UsageError(
            f"there is no entry {number}; its author may have deleted it", "no_such_entry"
        )
    return entry
