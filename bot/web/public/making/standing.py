"""How the steps of a pledge go on: its maker goes on, asks for help, names another contact, pauses
or ends them, as in the chat.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from http import HTTPStatus

from starlette.exceptions import HTTPException

from bot.conversation.pledges.still import LONGEST, PAUSES, SAYS
from bot.jobs.pledges import journeys
from bot.model.pledge import JourneyState, Pledge
from bot.model.staff import Actor
from bot.rules.journey import Event
from bot.web.public.making import mine, whose
from bot.web.public.pledges.naming import plain
from bot.web.public.reader import Elsewhere, Reader, Shown

PATH = "journey"

_TOLD = {**{what: f"said_{what}" for what in SAYS}, "pause": "paused"}
"""What is said of an answer, as the chat says it."""


def standing(reader: Reader) -> Shown | Elsewhere:
    """Show how the steps go on; lead others to where the pledge is opened."""
    if reader.visitor is None:
        return Elsewhere(path=reader.path("mine"))
    return _page(reader, _travelling(reader))


def said(reader: Reader, sent: Mapping[str, str]) -> Shown | Elsewhere:
    """Take what a maker says of their steps."""
    if reader.visitor is None:
        return mine.page(reader, "over", status=HTTPStatus.FORBIDDEN)
    theirs, what = _travelling(reader), sent.get("do", "")
    if what == "end" and not sent.get("sure"):
        return _page(reader, theirs, problem=reader.words["mine"]["tick_first"])
    if what in SAYS:
        return _happened(reader, theirs, what, SAYS[what])
    if what != "pause":
        return _page(reader, theirs)
    until = _until(reader, sent)
    if until is None:
        return _page(reader, theirs, wrong=True, typed=sent.get("until", ""))
    return _happened(reader, theirs, what, Event.PAUSE, until)


def _travelling(reader: Reader) -> Pledge:
    theirs = whose.theirs(reader)
    if not theirs.travels:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return theirs


def _happened(
    reader: Reader, theirs: Pledge, what: str, event: Event, until: date | None = None
) -> Elsewhere:
    by = Actor.person(reader.visitor or 0)
    journeys.happened(reader.services, theirs.id, event, by, reader.now, until)
    return Elsewhere(path=f"{_path(reader, theirs)}?said={what}")


def _until(reader: Reader, sent: Mapping[str, str]) -> date | None:
    """Return the day until which to pause: after one of the chat's lengths, or the one given."""
    lengths = {str(days): days for days in PAUSES.values()}
    if (days := lengths.get(sent.get("days", ""))) is not None:
        return reader.today + timedelta(days=days)
    day = _day(sent.get("until", ""))
    return day if day and 0 < (day - reader.today).days <= LONGEST else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _path(reader: Reader, theirs: Pledge) -> str:
    return reader.path("mine", str(theirs.id), PATH)


def _page(
    reader: Reader, theirs: Pledge, *, problem: str = "", wrong: bool = False, typed: str = ""
) -> Shown:
    texts, words = reader.services.renderer.chat, reader.words["standing"]
    spoken = texts.spoken(reader.language)
    values = {"until": theirs.until or ""}
    state = {JourneyState.PAUSED: "paused", JourneyState.ENDED: "ended"}.get(theirs.journey)
    told = _TOLD.get(reader.query.get("said", ""), "")
    shows_told = told and not (problem or wrong) and (told != "paused" or state == "paused")
    whole = plain(theirs.name) or reader.words["mine"]["title"]
    return Shown(
        template="mine_standing.html",
        title=words["title"],
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problem or wrong else HTTPStatus.OK,
        indexed=False,
        trail=(
            (reader.words["mine"]["title"], reader.path("mine")),
            (whole, reader.path("mine", str(theirs.id))),
        ),
        values={
            "path": _path(reader, theirs),
            "state": texts.text(f"pledge_journey.status_{state or 'active'}", spoken, values),
            "notice": texts.text(f"pledge_journey.{told}", spoken, values) if shows_told else "",
            "problem": problem,
            "wrong": wrong,
            "typed": typed,
            "rests": state is not None,
            "pauses": [(texts.label(label, spoken), days) for label, days in PAUSES.items()],
            "label": lambda key: texts.label(key, spoken),
            "first": reader.today + timedelta(days=1),
            "last": reader.today + timedelta(days=LONGEST),
        },
    )
