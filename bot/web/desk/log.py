"""Who did what: the log that is only added to, for admins."""

import csv
import io
from collections.abc import Iterable

from bot.model.staff.audit import Deed
from bot.times import iso
from bot.web.desk.colleague import Colleague
from bot.web.public.reader import File, Shown

PAGE = 100
"""Lines of a page."""


def log(who: Colleague) -> Shown:
    """Show a page of the log, newest first."""
    kind = _kind(who)
    deeds = _deeds(who, PAGE + 1)
    values = {
        "deeds": [_line(who, deed) for deed in deeds[:PAGE]],
        "kinds": who.words["log"]["kinds"],
        "kind": kind,
        "older": str(deeds[PAGE - 1].id) if len(deeds) > PAGE else "",
        "table": f"{who.path('log.csv')}?kind={kind}" if kind else who.path("log.csv"),
    }
    return Shown(template="log.html", title=who.words["menu"]["log"], values=values)


def table(who: Colleague) -> File:
    """Give the log as CSV, newest first, with instants in UTC."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("at", "who", "verb", "about", "digest"))
    writer.writerows(
        (iso(deed.at), who.name_of(deed.by), deed.verb, deed.object, deed.digest)
        for deed in _all(who)
    )
    return File(
        content=text.getvalue().encode(), media_type="text/csv; charset=utf-8", filename="log.csv"
    )


def _all(who: Colleague) -> Iterable[Deed]:
    store, kind, before = who.services.store, _kind(who), None
    while deeds := store.audit.read(before=before, verb=kind):
        yield from deeds
        before = deeds[-1].id


def _deeds(who: Colleague, most: int) -> list[Deed]:
    before = who.query.get("before", "")
    number = int(before) if before.isdecimal() and len(before) < PAGE else None
    return who.services.store.audit.read(before=number, verb=_kind(who), most=most)


def _kind(who: Colleague) -> str:
    """Return the beginning of the verbs that are asked for, '' for all."""
    kind = who.query.get("kind", "")
    return f"{kind}." if kind in who.words["log"]["kinds"] else ""


def _line(who: Colleague, deed: Deed) -> dict[str, str]:
    verbs = who.words["verbs"]
    return {
        "at": who.instant(deed.at),
        "who": who.name_of(deed.by),
        "what": str(verbs.get(deed.verb.replace(".", "_"), deed.verb)),
        "about": deed.object,
    }
