"""Decisions of staff on pledges, wherever they come from.

Everybody who edits the pledge hears of each (`bot.jobs.texts.news`).
"""

from datetime import datetime

from bot.errors import Missing, Overtaken, UsageError
from bot.jobs.pledges import public
from bot.jobs.services import Services
from bot.jobs.texts import news
from bot.model.pledge import LONGEST_REASON, MADE, Pledge, PledgeState
from bot.model.staff import Actor
from bot.model.staff.audit import Verb
from bot.rules import forms
from bot.text import visible
from bot.times import epoch

_SAID = {
    PledgeState.APPROVED: Verb.PLEDGE_APPROVED,
    PledgeState.REJECTED: Verb.PLEDGE_REJECTED,
    PledgeState.PUBLISHED: Verb.PLEDGE_PUBLISHED,
}

DECISIONS = frozenset(_SAID)
"""States to which staff can move a pledge; its editors move it to the others."""


def decide(
    services: Services, pledge: int, to: PledgeState, by: Actor, now: datetime, reason: str = ""
) -> Pledge:
    """Approve (an edit too), reject or publish a pledge; return it as it stands then.

    Raises `UsageError` for an unknown way.
    """
    if to not in DECISIONS:
        raise ValueError(f"staff don't make a pledge {to.word}")
    with services.store.transaction():
        after = services.store.pledges.move(pledge, to, by, epoch(now), reason)
        logged(services, after, _SAID[to], by, now)
        public.refresh(services, pledge)
        flags(services, pledge)
        _tell(services, pledge, now)
    return after


def approve(services: Services, pledge: int, seen: str, by: Actor, now: datetime) -> Pledge:
    """Approve a pledge, or an edit of one, whose answers somebody has read; `seen` is their mark.

    Raises `UsageError` where there is nothing to approve, or where the answers are others now.
    """
    with services.store.transaction():
        _as_seen(services, pledge, seen)
        return decide(services, pledge, PledgeState.APPROVED, by, now)


def refuse(
    services: Services, pledge: int, seen: str, by: Actor, now: datetime, reason: str
) -> Pledge:
    """Send back a pledge whose answers somebody has read, or an edit of it; `seen` is their mark.

    Raises `UsageError` where there is nothing to send back, where the answers are others now, or
    for a reason that nobody can read.
    """
    _check_words(reason)
    with services.store.transaction():
        if _as_seen(services, pledge, seen).pending:
            return send_back(services, pledge, by, now, reason)
        return decide(services, pledge, PledgeState.REJECTED, by, now, reason)


def _as_seen(services: Services, pledge: int, seen: str) -> Pledge:
    there = services.store.pledges.get(pledge)
    if there is None or there.state is PledgeState.DRAFT:
        raise Missing(
            f"there is no pledge {pledge} that was ever sent; `drumbeat pledges list` shows all"
        )
    if (mark := forms.mark(there.answers)) != seen:
        raise Overtaken(
            f"the answers of pledge {pledge} have the mark {mark} now, not {seen}: read them once"
            f" more (`drumbeat pledges report {pledge}`), then decide"
        )
    return there


def _check_words(text: str) -> None:
    if not 0 < len(visible(text)) <= LONGEST_REASON:
        raise UsageError(
            f"a reason or a note has between 1 and {LONGEST_REASON:,} characters, and this one"
            f" {len(visible(text)):,}",
            "length",
            most=LONGEST_REASON,
            count=len(text.strip()),
        )


def send_back(services: Services, pledge: int, by: Actor, now: datetime, reason: str) -> Pledge:
    """Refuse an edit of an approved pledge, which then stands as before, but for a name or a leave
    to show it that its owner has changed or taken back: that is shown no more.

    Raises `UsageError` when nothing was edited.
    """
    with services.store.transaction():
        seen = services.store.pledges.get(pledge)
        leave = public.theirs(services, seen) if seen else ()
        after = services.store.pledges.send_back(pledge, by, epoch(now), reason, leave)
        public.refresh(services, pledge)
        logged(services, seen or after, Verb.PLEDGE_RETURNED, by, now)
        _tell(services, pledge, now)
    return after


def verify(
    services: Services, pledge: int, method: str, by: Actor, now: datetime, note: str
) -> None:
    """Note that a pledge comes from whom it names, by `method` 'email' or 'staff'; `note` says what
    was seen.

    Raises `UsageError` when there is no such pledge, or for a note that nobody can read.
    """
    _check_words(note)
    with services.store.transaction():
        services.store.pledges.verify(pledge, method, by, epoch(now), note)
        services.store.audit.note(by, Verb.PLEDGE_VERIFIED, epoch(now), pledge)
        _tell(services, pledge, now)


def logged(services: Services, pledge: Pledge, verb: Verb, by: Actor, now: datetime) -> None:
    """Add a line to the log of who did what, with the mark of the pledge's answers."""
    digest = forms.mark(pledge.answers)
    services.store.audit.note(by, verb, epoch(now), pledge.id, digest=digest)


def flags(services: Services, pledge: int) -> None:
    """Let the nudges of a pledge's editors suppose a pledge, as far as one of theirs stands, or no
    longer.
    """
    store = services.store
    for editor in store.editors.team(pledge):
        store.subscribers.set_pledge(
            editor.person,
            any(theirs.state in MADE for theirs in store.pledges.of_person(editor.person)),
        )


def _tell(services: Services, pledge: int, now: datetime) -> None:
    line = services.store.pledges.newest(pledge)
    if line is not None:
        news.tell(services, line.id, now)
