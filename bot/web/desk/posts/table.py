"""Posts of one's own from a CSV file: shown with all that is wrong, taken by a second press.

A form carries a mark of the posts that its own come too near to, as they were shown. Where others
are there by now, as those of the same file after it was sent, these are shown before any is taken.
"""

from collections.abc import Sequence

from bot.jobs.people import csv_file
from bot.jobs.people.csv_file import Fault
from bot.jobs.staff.writing import doubles
from bot.jobs.staff.writing import table as posts_file
from bot.jobs.staff.writing.doubles import Pair
from bot.jobs.staff.writing.table import Row
from bot.languages import said_row
from bot.model.staff import StaffRole
from bot.web.desk.colleague import Colleague
from bot.web.desk.posts import told
from bot.web.desk.posts.drafted import remarks
from bot.web.desk.site import done, field
from bot.web.forms import Fields
from bot.web.public.reader import Answer, Shown

MOST_BYTES = 2 * posts_file.MOST_BYTES
"""Bytes of a form with a file, or with what was read of one."""


def table(who: Colleague) -> Shown:
    """Ask for a file."""
    return _page(who, rows=(), faults=[], content="")


def take(who: Colleague, form: Fields) -> Answer:
    """Show what a file would bring; or take it, where that was pressed and nothing is wrong."""
    data = form.files.get("file") or form.get("csv", "").encode()
    rows, faults = posts_file.read(who.services, data, who.now)
    if faults or not all(row.fits for row in rows):
        return _page(who, rows=rows, faults=faults, content="", status=422)
    near = _near(who, rows)
    if field(form, "do") != "send" or field(form, "mark") != doubles.mark(near):
        return _page(who, rows=rows, faults=[], content=csv_file.decoded(data), near=near)
    asks = not who.may(StaffRole.APPROVER)
    posts_file.send(who.services, rows, who.by, who.now, asks=asks)
    first = min(row.composed.draft.due for row in rows)
    return done(who, "sent", "calendar", month=first[:7])


def _near(who: Colleague, rows: Sequence[Row]) -> list[Pair]:
    wanted = [each for row in rows for each in doubles.placed(row.composed)]
    return doubles.pairs(who.services, wanted)


def _page(
    who: Colleague,
    *,
    rows: Sequence[Row],
    faults: Sequence[Fault],
    content: str,
    near: Sequence[Pair] = (),
    status: int = 200,
) -> Shown:
    words = who.words["menu"]
    values = {
        "rows": [_line(who, row) for row in rows],
        "faults": [_fault(who, each) for each in faults],
        "content": content,
        "doubles": remarks(who, doubles.remarks(near)),
        "mark": doubles.mark(near),
        "zone": who.services.settings.zone,
        "channels": [name for name, each in who.services.settings.channels.items() if each.posts],
    }
    return Shown(
        template="table.html",
        title=who.words["table"]["title"],
        trail=((words["compose"], who.path("compose")),),
        values=values,
        status=status,
    )


def _fault(who: Colleague, fault: Fault) -> str:
    words = who.words["table"]
    said = who.filled(words["faults"][fault.key], fault.values)
    return who.filled(words["in_line"], {"line": fault.line, "what": said}) if fault.line else said


def _line(who: Colleague, row: Row) -> dict[str, object]:
    composed = row.composed
    return {
        "line": row.line,
        "at": who.instant(composed.dues[0]) if composed.dues else "",
        "channels": said_row(composed.draft.channels, who.language),
        "text": composed.draft.text,
        "wrong": [*remarks(who, row.wrong), *told.excesses(who, composed.all_excesses)],
    }
