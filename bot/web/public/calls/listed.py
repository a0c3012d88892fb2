"""The calls of a campaign: what stories it looks for, its contests, and its favourites."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby

from bot.jobs.calls import entries
from bot.languages import said_month
from bot.model.calls.entry import Call, Entry
from bot.times import epoch, from_epoch
from bot.web.public.reader import Reader, Shown

MOST = 60
"""Favourites of the page, the newest."""


def calls(reader: Reader) -> Shown:
    """List what people can send something to, and the newest favourites by
    the month whose they are: that in which they were chosen, as the month's letter has them.
    """
    said = reader.words["calls"]
    chosen = reader.services.store.entries.favourites(reader.of.id, 0, epoch(reader.now) + 1, MOST)
    ways = entries.open_now(reader.services, reader.of, reader.today) if reader.takes else []
    return Shown(
        template="calls.html",
        title=said["title"],
        description=said["about"],
        trail=((reader.about(reader.of).title, f"{reader.here()}/"),),
        values={
            "calls": [_call(reader, call, opened=call in ways) for call in reader.of.calls],
            "months": list(_months(reader, chosen)),
        },
    )


def _call(reader: Reader, call: Call, *, opened: bool) -> dict[str, object]:
    said = reader.about(reader.of).calls.get(call.id)
    return {
        "id": call.id,
        "title": said.title if said else call.id,
        "about": said.about if said else "",
        "path": reader.here(entries.PATH, call.id) if opened else "",
        "when": when(reader, call),
    }


def when(reader: Reader, call: Call) -> str:
    """Return the days between which a call is open."""
    if call.opens is not None and call.closes is not None:
        return reader.days(call.opens, call.closes)
    return said_month(date(reader.today.year, call.month or 1, 1), reader.language, year=False)


def _months(reader: Reader, chosen: Iterable[Entry]) -> Iterator[dict[str, object]]:
    for month, entries_ in groupby(chosen, _month):
        yield {
            "name": said_month(month, reader.language, year=True),
            "entries": [_favourite(reader, each) for each in entries_],
        }


def _month(entry: Entry) -> date:
    assert entry.decided is not None  # somebody chose it  # noqa: S101
    return from_epoch(entry.decided).date().replace(day=1)


def _favourite(reader: Reader, entry: Entry) -> dict[str, object]:
    said = reader.about(reader.of).calls.get(entry.sent.call)
    return {
        "number": entry.id,
        "call": said.title if said else "",
        "sent": entry.sent,
        "lines": entries.lines(reader.services, entry.sent, reader.language),
    }
