"""The desk's first page: the posts that come next, and those that went out."""

from datetime import timedelta

from bot.jobs.staff import posting
from bot.model.outbox import Entry
from bot.times import epoch
from bot.web.desk.colleague import Colleague
from bot.web.public.reader import Shown

AHEAD = timedelta(days=7)
BACK = timedelta(days=2)
MOST = 30
"""Most posts of a list; the outbox has all."""


def today(who: Colleague) -> Shown:
    """Show the posts of the next week, and what left in the last two days."""
    store = who.services.store
    until = epoch(who.now + AHEAD)
    coming = [
        entry
        for entry in store.listing.posts_between(epoch(who.now), until)
        if entry.state.word not in ("sent", "cancelled")
    ]
    left = [
        entry
        for page in store.numbers.posts_left(epoch(who.now - BACK))
        if (entry := store.listing.entry(page.key)) is not None
    ]
    values = {
        "coming": [_line(who, entry) for entry in coming[:MOST]],
        "more": max(0, len(coming) - MOST),
        "left": [_line(who, entry) for entry in left[:MOST]],
    }
    return Shown(template="today.html", title=who.words["menu"]["today"], values=values)


def _line(who: Colleague, entry: Entry) -> dict[str, object]:
    return {
        "title": posting.title(who.services, entry, who.language),
        "channel": entry.channel,
        "at": who.instant(entry.due),
        "state": who.words["states"][entry.state.word],
        "url": entry.url or "",
    }
