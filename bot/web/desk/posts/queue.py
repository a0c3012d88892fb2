"""The queue: what waits for approval, in the order in which it is due."""

from collections.abc import Iterator, Mapping

from bot.errors import DrumbeatError
from bot.jobs.staff import seen
from bot.model import PUBLIC, State
from bot.rules import planner
from bot.text import filled
from bot.times import epoch
from bot.web.desk.colleague import Colleague
from bot.web.desk.posts.cards import Card, find
from bot.web.public.reader import Shown

MOST = 40
"""Posts that are shown at a time; each has its text made anew, and its form carries it."""


def queue(who: Colleague) -> Shown:
    """Show the posts that wait."""
    return _queue(who, [])


def _queue(who: Colleague, became: list[tuple[str, str]]) -> Shown:
    posts = list(waiting(who))
    values = {
        "cards": posts[:MOST],
        "more": max(0, len(posts) - MOST),
        "became": became,
    }
    return Shown(template="queue.html", title=who.words["menu"]["queue"], values=values)


def waiting(who: Colleague) -> Iterator[Card]:
    """Yield the posts that wait, in the order in which they are due, as far as plans reach."""
    listing, far = who.services.store.listing, epoch(who.now + planner.HORIZON)
    for entry in listing.waiting(State.AWAITING_APPROVAL, far):
        card = Card(who, entry)
        if card.is_ahead and entry.key.recipient == PUBLIC:
            yield card


def approve(who: Colleague, form: Mapping[str, str]) -> Shown:
    """Approve the posts that were ticked, as they were shown, and say what became of each."""
    ticked = [(name, mark) for name, mark in form.items() if name.endswith("-0") and mark]
    # all are found before the first is approved, so that what fails has done nothing
    cards = [(Card(who, find(who, key)), mark) for key, mark in ticked]
    return _queue(who, [_approved(card, mark) for card, mark in cards])


def _approved(card: Card, mark: str) -> tuple[str, str]:
    """Return the post's title and what became of it."""
    return f"{card.title} – {card.entry.channel}", _became(card, mark)


def _became(card: Card, mark: str) -> str:
    who, words = card.who, card.who.words["queue"]
    try:
        seen.let_go(who.services, card.entry.key, mark, who.by, who.now)
    except seen.Changed:
        return str(words["changed"])
    except DrumbeatError as error:
        return filled(words["not_done"], why=str(error))
    return str(words["approved"])
