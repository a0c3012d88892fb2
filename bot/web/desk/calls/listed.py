"""What people sent to calls, and how many answered the surveys of pledge-makers."""

from bot.jobs.calls import surveys
from bot.jobs.calls.surveys import Asked
from bot.model.calls.entry import Entry
from bot.times import epoch
from bot.web.desk.colleague import Colleague
from bot.web.public.reader import Shown

PATH = "calls"

SENT = "sent"
"""The path of what somebody sent, below."""

MOST = 50
"""Entries of a campaign on the page, those that wait and the newest favourites."""


def calls(who: Colleague) -> Shown:
    """List what was sent and waits, the oldest first, the favourites, and the surveys."""
    return Shown(
        template="calls.html",
        title=who.words["menu"]["calls"],
        values={
            "waits": [_entry(who, each) for each in _waiting(who)],
            "favourites": [_entry(who, each) for each in _favourites(who)],
            "surveys": [_line(who, each) for each in surveys.listed(who.services)],
        },
    )


def _waiting(who: Colleague) -> list[Entry]:
    store = who.services.store.entries
    return [each for of in who.services.active for each in store.waiting(of.id, MOST)]


def _favourites(who: Colleague) -> list[Entry]:
    store, until = who.services.store.entries, epoch(who.now) + 1
    every = (store.favourites(of.id, 0, until, MOST) for of in who.services.active)
    return [each for of_one in every for each in of_one]


def titled(who: Colleague, entry: Entry) -> str:
    """Return the call of an entry by its name."""
    campaign = who.services.library.campaigns.get(entry.sent.campaign)
    words = who.services.renderer.words(campaign, who.language).calls if campaign else {}
    return words[entry.sent.call].title if entry.sent.call in words else entry.sent.call


def _entry(who: Colleague, each: Entry) -> dict[str, object]:
    return {
        "path": who.path(PATH, SENT, str(each.id)),
        "call": titled(who, each),
        "name": each.sent.name,
        "at": who.instant(each.at),
        "state": who.words["entries"][each.state.word],
    }


def _line(who: Colleague, each: Asked) -> dict[str, object]:
    return {
        "path": who.path(PATH, str(each.pledge.id), str(each.year)),
        "name": each.pledge.organisation or each.pledge.name,
        "year": str(each.year),
        "count": who.number(each.count),
    }
