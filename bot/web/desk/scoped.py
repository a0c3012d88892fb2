"""What is held, in the words of the reader."""

from bot.gaps import filled
from bot.jobs.staff import scopes
from bot.model.outbox import Scope
from bot.model.staff import StaffRole
from bot.web.desk.colleague import Colleague


def named(who: Colleague, scope: Scope) -> str:
    """Return what a scope is called."""
    words = who.words["hold"]
    names = scopes.names(who.services, scope, who.language, who.now)
    parts = (filled(words[f"of_{part}"], name=name) for part, name in names.items() if name)
    return " · ".join(parts) or str(words["everything"])


def held_now(who: Colleague) -> list[str]:
    """Return what is held at this moment, for the head of each page; nothing for who may see no
    post.
    """
    holds = who.services.store.holds.all() if who.may(StaffRole.READER) else []
    return [named(who, hold.scope) for hold in holds if not hold.lifting]
