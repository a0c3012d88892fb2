"""Who did what: the log that is only added to, for admins."""

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from datetime import datetime, time
from itertools import islice

from bot.gaps import filled
from bot.jobs.staff import deeds
from bot.jobs.staff.deeds import Line
from bot.jobs.staff.writing import when
from bot.model.staff import Actor
from bot.rules import dates
from bot.times import epoch, iso
from bot.web.desk.colleague import Colleague
from bot.web.desk.pages import Table
from bot.web.desk.site import numbered
from bot.web.public.reader import Shown

PAGE = 100
"""Lines of a page."""


def log(who: Colleague) -> Shown:
    """Show a page of the log, newest first."""
    asked, before = _asked(who), who.query.get("before", "")
    older = numbered(before) or None
    lines = list(islice(_lines(who, asked, older, PAGE + 1), PAGE + 1))
    values = {
        "deeds": [_shown(who, line) for line in lines[:PAGE]],
        "kinds": who.words["log"]["kinds"],
        "people": _people(who),
        "asked": asked,
        "older": lines[PAGE - 1].id if len(lines) > PAGE else None,
    }
    return Shown(template="log.html", title=who.words["menu"]["log"], values=values)


def table(who: Colleague) -> Table:
    """Give the log as CSV, newest first, with instants in UTC."""
    lines = _lines(who, _asked(who), None, deeds.AT_ONCE)
    # what is wrong with what was asked is said before anything leaves
    first = list(islice(lines, deeds.AT_ONCE))
    return Table(parts=_parts(first, lines), filename="log.csv")


async def _parts(page: list[Line], lines: Iterator[Line]) -> AsyncIterator[bytes]:
    yield _csv([("at", "who", "verb", "about", "digest")])
    while page:
        yield _csv((iso(line.at), line.who, line.verb, line.about, line.digest) for line in page)
        # others have their turn, however many lines there are
        await asyncio.sleep(0)
        page = list(islice(lines, deeds.AT_ONCE))


def _csv(rows: Iterable[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _lines(
    who: Colleague, asked: Mapping[str, str], before: int | None, at_once: int
) -> Iterator[Line]:
    kind, since = asked.get("kind"), when.day(asked.get("since", ""))
    zone = dates.zone(who.services.settings.zone)
    return deeds.lines(
        who.services,
        who=asked.get("who"),
        verb=f"{kind}." if kind else "",
        since=epoch(datetime.combine(since, time(), zone)) if since else 0,
        before=before,
        at_once=at_once,
    )


def _asked(who: Colleague) -> dict[str, str]:
    """Return what somebody wants to see alone, as far as there is such: kind, who, since."""
    fits = {
        "kind": lambda word: word in who.words["log"]["kinds"],
        "who": lambda word: word in _people(who),
        "since": lambda word: when.day(word) is not None,
    }
    return {key: word for key, word in who.query.items() if key in fits and fits[key](word)}


def _people(who: Colleague) -> list[str]:
    return [member.name for member in who.team.members]


def _shown(who: Colleague, line: Line) -> dict[str, str]:
    verbs = who.words["verbs"]
    return {
        "at": who.instant(line.at),
        "who": _who(who, line),
        "what": str(verbs.get(line.verb.replace(".", "_"), line.verb)),
        "about": line.about,
        "path": _path(who, line),
        "why": line.why,
    }


def _who(who: Colleague, line: Line) -> str:
    """Return who acted; of somebody without an account only the link that they had is known."""
    if Actor(line.who).is_outside:
        return filled(who.words["log"]["outside"], number=line.who.partition(" ")[2])
    return line.who


_LEADS = {"post": ("posts", re.compile(r"\d+-\d+-0")), "pledge": ("pledges", re.compile(r"\d+"))}


def _path(who: Colleague, line: Line) -> str:
    """Return the path of the post or pledge that a line is about; '' for all else."""
    room, form = _LEADS.get(line.verb.partition(".")[0], ("", re.compile("(?!)")))
    return who.path(room, line.about) if form.fullmatch(line.about) else ""
