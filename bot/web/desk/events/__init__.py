"""Events at the desk: when each is, and how many come, wait for a place, and were there. Nobody's
name is shown: to know who comes needs nobody.
"""

from bot.jobs.events.board import EventRow, board
from bot.languages import said_instant, said_month
from bot.web.desk.colleague import Colleague
from bot.web.desk.pages import DeskPage
from bot.web.public.reader import Shown


def events(who: Colleague) -> Shown:
    """Show the events of each campaign; those to come first, the nearest before others."""
    rows = board(who.services, who.now)
    ahead = [row for row in rows if not row.over]
    past = [row for row in rows if row.over]
    return Shown(
        template="events.html",
        title=who.words["menu"]["events"],
        values={"rows": [_row(who, row) for row in (*ahead, *reversed(past))]},
    )


def _row(who: Colleague, row: EventRow) -> dict[str, object]:
    said, event = who.words["events"], row.event
    words = who.services.renderer.words(row.campaign, who.language).events.get(event.id)
    return {
        "title": words.title if words else event.id,
        "campaign": row.campaign.id,
        "when": _when(who, row),
        "state": said["states"][event.state.value],
        "signup": said["open"] if row.takes else "",
        "counts": row.counts if event.signup else None,
        "capacity": event.capacity,
    }


def _when(who: Colleague, row: EventRow) -> str:
    event = row.event
    if event.starts:
        return f"{said_instant(event.starts, who.language)} ({event.starts.tzinfo})"
    if event.day:
        return who.day(event.day)
    return said_month(event.month, who.language, year=True) if event.month else ""


PAGES: tuple[DeskPage, ...] = (DeskPage(path="events", answer=events, menu="events"),)
"""The page about events, by its path below /desk/."""
