"""What people were called to answer, and how many did."""

from bot.jobs.calls import surveys
from bot.jobs.calls.surveys import Asked
from bot.web.desk.colleague import Colleague
from bot.web.public.reader import Shown

PATH = "calls"


def calls(who: Colleague) -> Shown:
    """List the surveys that were answered, the newest year first."""
    return Shown(
        template="calls.html",
        title=who.words["menu"]["calls"],
        values={"surveys": [_line(who, each) for each in surveys.listed(who.services)]},
    )


def _line(who: Colleague, each: Asked) -> dict[str, object]:
    return {
        "path": who.path(PATH, str(each.pledge.id), str(each.year)),
        "name": each.pledge.organisation or each.pledge.name,
        "year": str(each.year),
        "count": who.number(each.count),
    }
