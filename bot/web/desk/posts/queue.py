"""The queue: what waits for approval, in the order in which it is due."""

from collections.abc import Mapping

from bot.errors import DrumbeatError
from bot.jobs.staff import seen
from bot.model import PUBLIC, State
from bot.rules import planner
from bot.text import filled
from bot.times import epoch
from bot.web.desk.colleague import Colleague
from bot.web.desk.posts.cards import Card, card, find
from bot.web.public.reader import Shown

MOST = 40
"""Posts that are shown at a time; each has its text made anew, and its form carries it."""


def queue(who: Colleague) -> Shown:
    """Show the posts that wait."""
    return _queue(who, [])


def _queue(who: Colleague, became: list[tuple[str, str]]) -> Shown:
    listing, far = who.services.store.listing, epoch(who.now + planner.HORIZON)
    waiting = [
        entry
        for entry in listing.waiting(State.AWAITING_APPROVAL, far)
        if entry.expires > who.now.timestamp() and entry.key.recipient == PUBLIC
    ]
    values = {
        "cards": [card(who, entry) for entry in waiting[:MOST]],
        "more": max(0, len(waiting) - MOST),
        "became": became,
    }
    return Shown(template="queue.html", title=who.words["menu"]["queue"], values=values)


def approve(who: Colleague, form: Mapping[str, str]) -> Shown:
    """Approve the posts that were ticked, as they were shown, and say what became of each."""
    ticked = [name for name, value in form.items() if name.endswith("-0") and value]
    return _queue(who, [_approved(who, name, form[name]) for name in ticked])


def _approved(who: Colleague, key: str, mark: str) -> tuple[str, str]:
    """Return the post's title and what became of it."""
    words, shown = who.words["queue"], card(who, find(who, key))
    try:
        seen.let_go(who.services, shown.shown.entry.key, mark, who.by, who.now)
    except seen.Changed:
        return _named(shown), words["changed"]
    except DrumbeatError as error:
        return _named(shown), filled(words["not_done"], why=str(error))
    return _named(shown), words["approved"]


def _named(shown: Card) -> str:
    return f"{shown.title} – {shown.shown.entry.channel}"
