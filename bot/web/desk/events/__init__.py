"""Events at the desk: when each is, and how many come, wait for a place, and were there. Nobody's
name is shown: to know who comes needs nobody. What the data have no longer is called off here.
"""

from collections.abc import Mapping

from bot.errors import Missing
from bot.gaps import filled
from bot.jobs.events import gone
from bot.jobs.events.board import EventRow, board
from bot.jobs.events.gone import GoneEvent
from bot.jobs.texts.events import title
from bot.languages import in_brackets, said_instant, said_month
from bot.model.events import PlannedEvent
from bot.model.staff import StaffRole
from bot.rules.reading import called
from bot.web.desk.colleague import Colleague
from bot.web.desk.pages import DeskPage
from bot.web.desk.site import done, field
from bot.web.public.reader import Elsewhere, Shown

PATH = "events"


def events(who: Colleague) -> Shown:
    """Show the events of each campaign; those to come first, the nearest before others."""
    lost = gone.waiting(who.services, who.now)
    undecided = {each.key for each in lost}
    rows = [row for row in board(who.services, who.now) if row.key not in undecided]
    ahead = [row for row in rows if not row.over]
    past = [row for row in rows if row.over]
    return Shown(
        template="events.html",
        title=who.words["menu"]["events"],
        values={
            "rows": [_row(who, row) for row in (*ahead, *reversed(past))],
            "gone": [_gone(who, each) for each in lost],
            "may": who.may(StaffRole.APPROVER),
        },
    )


def _gone(who: Colleague, each: GoneEvent) -> dict[str, object]:
    said = who.words["events"]
    return {
        "campaign": each.key.campaign,
        "event": each.key.event,
        "title": each.facts.titles.get(who.language, each.title),
        "when": _when(who, each.event),
        "people": filled(said["people"], count=who.number(each.people)),
    }


def called_off(who: Colleague, form: Mapping[str, str]) -> Elsewhere:
    """Let who signed up for what the data have no longer hear that it is called off. Raises
    `UsageError` where nobody is.
    """
    if form.get("do") != "off":
        raise Missing("there is no such decision; load the page anew")
    campaign, event = field(form, "campaign"), field(form, "event")
    gone.call_off(who.services, campaign, event, who.by, who.now)
    return done(who, "event_off", PATH)


def _row(who: Colleague, row: EventRow) -> dict[str, object]:
    said, event = who.words["events"], row.event
    return {
        "title": title(who.services, row.key, who.language),
        "campaign": row.key.campaign,
        "when": _when(who, event),
        "state": said["states"][row.state],
        "signup": said["open"] if row.takes else "",
        "counts": row.counts if event.signup or row.gone else None,
        "capacity": event.capacity,
    }


def _when(who: Colleague, event: PlannedEvent) -> str:
    if event.starts:
        place = called.of_zone(str(event.starts.tzinfo), who.language)
        return in_brackets(said_instant(event.starts, who.language), place, who.language)
    if event.day:
        return who.day(event.day)
    return said_month(event.month, who.language, year=True) if event.month else ""


PAGES: tuple[DeskPage, ...] = (
    DeskPage(path=PATH, answer=events, menu="events", posted=called_off, sends=StaffRole.APPROVER),
)
"""The page about events, by its path below /desk/."""
