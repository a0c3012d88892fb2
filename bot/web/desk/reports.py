"""Reports that a child is in danger: read by the role `safeguarding` alone, each reading noted."""

from collections.abc import Mapping
from http import HTTPStatus

from bot.gaps import filled
from bot.jobs.people.retention import FLAGS
from bot.jobs.staff import reports
from bot.jobs.staff.scopes import said_language
from bot.languages import country_name
from bot.model.person import Report
from bot.web.desk.colleague import Colleague
from bot.web.desk.site import done, numbered
from bot.web.public.reader import Elsewhere, Shown

PATH = "reports"


def listed(who: Colleague) -> Shown:
    """List the messages that are kept, without what they say."""
    safeguarding = who.services.settings.safeguarding
    days = safeguarding.retention if safeguarding else FLAGS
    values = {
        "lines": [_line(who, report) for report in who.services.store.inbox.reports()],
        "days": who.number(days),
    }
    return Shown(template="reports.html", title=who.words["menu"]["reports"], values=values)


def report(who: Colleague) -> Shown:
    """Show one message, and note that it was read."""
    words = who.words["reports"]
    kept = reports.read(who.services, _number(who), who.by, who.now)
    trail = ((str(who.words["menu"]["reports"]), who.path(PATH)),)
    if kept is None:
        return Shown(
            template="message.html",
            title=words["gone"],
            values={"text": "", "detail": ""},
            status=HTTPStatus.NOT_FOUND,
            trail=trail,
        )
    return Shown(
        template="report.html",
        title=words["number"].format(number=kept.id),
        values={"line": _line(who, kept), "text": kept.text},
        trail=trail,
    )


def taken(who: Colleague, _form: Mapping[str, str]) -> Elsewhere:
    """Note that they look after it; say where somebody else does already."""
    there = _number(who)
    took = reports.take(who.services, there, who.by, who.now)
    return done(who, "taken" if took else "with_another", PATH, str(there))


def _number(who: Colleague) -> int:
    return numbered(who.parts["number"])


def _line(who: Colleague, kept: Report) -> dict[str, object]:
    words = who.words["reports"]
    by = who.name_of(kept.taken_by) if kept.taken_by is not None else ""
    return {
        "number": kept.id,
        "title": words["number"].format(number=kept.id),
        "at": who.instant(kept.at),
        "country": country_name(kept.country, who.language) if kept.country else "",
        "language": said_language(kept.language, who.language),
        "taken": (
            filled(words["taken"], name=by, at=who.instant(kept.taken)) if kept.taken else ""
        ),
        "path": who.path(PATH, str(kept.id)),
    }
