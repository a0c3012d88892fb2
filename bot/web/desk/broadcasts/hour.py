"""Another hour for what goes to people: a day and hour before which nothing of it leaves."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus

from bot.gaps import filled
from bot.jobs.broadcasts import going
from bot.jobs.broadcasts.going import Going
from bot.jobs.planning import hours
from bot.jobs.staff import posting
from bot.jobs.staff.writing import when
from bot.model.outbox.waves import Start
from bot.model.subject import Planned
from bot.web.desk.broadcasts.page import asked, path
from bot.web.desk.colleague import Colleague
from bot.web.desk.posts.calendars import clock_of
from bot.web.desk.site import done, field
from bot.web.public.reader import Answer, Elsewhere, Shown

OWN, ALL = "own", "all"
"""Whose clock shows the hour: each person's own, or one for all."""


def movable(who: Colleague, about: Going) -> bool:
    """Return whether it may be given another hour."""
    planned = isinstance(about.row.subject, Planned)
    return planned and going.standing(who.services, about, who.now) in going.OPEN


def hour(who: Colleague) -> Answer:
    """Ask for another hour."""
    about = asked(who)
    if not movable(who, about):
        return Elsewhere(path=who.path(*path(about)))
    start = going.start(who.services, about)
    if start is None:
        return _page(who, about, "", ALL)
    return _page(who, about, when.formed(start.clock), ALL if start.zone else OWN)


def _page(who: Colleague, about: Going, local: str, clock: str, *, wrong: str = "") -> Shown:
    start, words, menu = going.start(who.services, about), who.words["hour"], who.words["menu"]
    title = posting.title(who.services, about.row, who.language)
    values = {
        "now": said(who, about, start),
        "label": words["not_before"],
        "seen": _mark(start),
        "local": local,
        "clock": clock,
        "clocks": (
            (ALL, filled(words["for_all"], zone=who.services.settings.zone)),
            (OWN, words["for_each"]),
        ),
        "wrong": wrong,
        "at": clock_of(who, start) if start else "",
        "back": who.path(*path(about)),
    }
    trail = ((menu["calendar"], who.path("calendar")), (title, who.path(*path(about))))
    return Shown(template="hour.html", title=title, trail=trail, values=values)


def said(who: Colleague, about: Going, start: Start | None) -> str:
    """Return when it goes out, and what another hour means."""
    words = who.words["hour"]
    day = who.day(about.row.day, "full")
    told = started(who, start) if start else filled(words["own_hours"], day=day)
    return f"{told}\n\n{words['about']}"


def started(who: Colleague, start: Start) -> str:
    """Return in a sentence before when nothing of it leaves."""
    key = "starts_all" if start.zone else "starts_own"
    return filled(who.words["hour"][key], at=clock_of(who, start), zone=start.zone)


def _mark(start: Start | None) -> str:
    """Return what stands for a start, as a form carries it."""
    return f"{when.formed(start.clock)} {start.zone}" if start else ""


def move(who: Colleague, form: Mapping[str, str]) -> Answer:
    """Let nothing of it leave before the hour that was given; ask once more where somebody gave it
    another than the form has seen.
    """
    about, written = asked(who), field(form, "at")
    own = field(form, "clock") == OWN
    clock = OWN if own else ALL
    local = when.local(written)
    wrong = _wrong(who, local, own=own)
    if local is None or wrong:
        shown = _page(who, about, written, clock, wrong=wrong)
        return replace(shown, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if form.get("seen", "").strip() != _mark(going.start(who.services, about)).strip():
        shown = _page(who, about, when.formed(local), clock, wrong="delayed")
        return replace(shown, status=HTTPStatus.CONFLICT)
    start = hours.start_of(who.services, local, who.by, own=own)
    hours.delay(who.services, about, start, who.by, who.now)
    return done(who, "delayed", *path(about))


def _wrong(who: Colleague, local: datetime | None, *, own: bool) -> str:
    """Return what is wrong with an hour, by a key of the desk's words; '' for nothing."""
    if local is None:
        return "no_hour"
    if not own and when.is_left_out(who.services, local):
        return "left_out"
    return hours.wrong(hours.start_of(who.services, local, who.by, own=own), who.now)
