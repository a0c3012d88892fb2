"""What happened to a pledge, as staff read it in their language."""

from collections.abc import Iterator
from datetime import date

from bot.jobs.staff import posting
from bot.model.outbox import ActionDay
from bot.model.pledge import Happening, Pledge
from bot.times import from_epoch
from bot.web.desk.colleague import Colleague

_TO_MAKERS = frozenset({"asked", "attended", "message"})
"""What the chat says to makers of what staff or drumbeat did, and otherwise to staff."""

_WRITTEN = ("reason", "text", "link")


def told(who: Colleague, pledge: Pledge) -> Iterator[tuple[str, str]]:
    """Yield each thing that happened to a pledge, oldest first: when and what, and what was written
    with it or which step it is about; '' for nothing. No line has an address or a name.
    """
    for happening in who.services.store.pledges.history(pledge.id):
        yield _happened(who, happening), _written_with(who, pledge, happening)


def _happened(who: Colleague, happening: Happening) -> str:
    table = "steps_told_staff" if happening.kind in _TO_MAKERS else "history"
    what = who.services.renderer.chat.said(table, happening.kind, who.language)
    day = who.day(who.services.today(from_epoch(happening.at)))
    return who.pair(day, what)


def _written_with(who: Colleague, pledge: Pledge, happening: Happening) -> str:
    return " · ".join(_details(who, pledge, happening))


def step(who: Colleague, pledge: Pledge, action: str, at: int) -> str:
    """Return what a step of the pledge is called; `at` is the epoch second at which it was done."""
    return posting.title(who.services, _about(pledge, action, at), who.language)


def _about(pledge: Pledge, action: str, at: int) -> ActionDay:
    day = from_epoch(at).date()
    return ActionDay(campaign=pledge.campaign, action=action, audience=pledge.audience, day=day)


def _details(who: Colleague, pledge: Pledge, happening: Happening) -> Iterator[str]:
    detail = happening.detail
    if action := detail.get("action"):
        yield step(who, pledge, str(action), happening.at)
    if until := detail.get("until"):
        yield who.day(date.fromisoformat(str(until)))
    yield from (" ".join(str(detail[key]).split()) for key in _WRITTEN if detail.get(key))
