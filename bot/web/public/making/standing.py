"""How the steps of a pledge go on: its maker goes on, asks for help, names another contact, pauses
or ends them, as in the chat.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from http import HTTPStatus

from starlette.exceptions import HTTPException

from bot.conversation.pledges.still import LONGEST, PAUSES, SAYS
from bot.jobs.pledges import journeys
from bot.model.person import NUDGES, Status
from bot.model.pledge import JourneyState, Pledge
from bot.model.staff import Actor
from bot.rules.journey import Event
from bot.times import epoch
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
        return _page(reader, theirs, unticked="sure")
    if what in SAYS:
        return _happened(reader, theirs, what, SAYS[what])
    does = {"steps": _steps, "pause": _pause}.get(what)
    return does(reader, theirs, sent) if does else _page(reader, theirs)


def _pause(reader: Reader, theirs: Pledge, sent: Mapping[str, str]) -> Shown | Elsewhere:
    until = _until(reader, sent)
    if until is None:
        return _page(reader, theirs, wrong=True, typed=sent.get("until", ""))
    return _happened(reader, theirs, "pause", Event.PAUSE, until)


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


def _steps(reader: Reader, theirs: Pledge, sent: Mapping[str, str]) -> Shown | Elsewhere:
    """Take that who got news only agrees to the monthly steps."""
    if not _gets_news_only(reader, theirs):
        return _page(reader, theirs)
    if not sent.get("agree"):
        return _page(reader, theirs, unticked="agree")
    store, me = reader.services.store, reader.visitor or 0
    wording = f"{reader.language} steps {reader.words['standing']['version']}"
    with store.transaction():
        store.people.change(me, Status.PAUSED, Status.ACTIVE)
        store.subscribers.pause(me, None)
        store.subscribers.agree(me, NUDGES, wording, epoch(reader.now))
        return _happened(reader, theirs, "here", SAYS["here"])


def _gets_news_only(reader: Reader, theirs: Pledge) -> bool:
    return any(
        editor.person == reader.visitor and editor.status is Status.PAUSED
        for editor in reader.services.store.editors.team(theirs.id)
    )


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


def _unticked(reader: Reader) -> Mapping[str, str]:
    """Return what is said where a box is left empty, by its name."""
    return {
        "sure": reader.words["mine"]["tick_first"],
        "agree": reader.words["standing"]["agree_first"],
    }


def _page(
    reader: Reader, theirs: Pledge, *, unticked: str = "", wrong: bool = False, typed: str = ""
) -> Shown:
    texts, words = reader.services.renderer.chat, reader.words["standing"]
    spoken = texts.spoken(reader.language)
    values = {"until": theirs.until or ""}
    state = {JourneyState.PAUSED: "paused", JourneyState.ENDED: "ended"}.get(theirs.journey)
    goes = state or ("news" if _gets_news_only(reader, theirs) else "active")
    told = _TOLD.get(reader.query.get("said", ""), "")
    # what is said of an answer may hold no longer once the page is opened again
    untrue = (told == "paused" and state != "paused") or (told == "said_here" and goes != "active")
    shows_told = told and not (unticked or wrong or untrue)
    whole = plain(theirs.name) or reader.words["mine"]["title"]
    return Shown(
        template="mine_standing.html",
        title=words["title"],
        status=HTTPStatus.UNPROCESSABLE_ENTITY if unticked or wrong else HTTPStatus.OK,
        indexed=False,
        trail=(
            (reader.words["mine"]["title"], reader.path("mine")),
            (whole, reader.path("mine", str(theirs.id))),
        ),
        values={
            "path": _path(reader, theirs),
            "state": texts.text(f"pledge_journey.status_{goes}", spoken, values),
            "notice": texts.text(f"pledge_journey.{told}", spoken, values) if shows_told else "",
            "unticked": unticked,
            "problem": _unticked(reader).get(unticked, ""),
            "wrong": wrong,
            "typed": typed,
            "rests": state is not None,
            "news_only": goes == "news",
            "pauses": [(texts.label(label, spoken), days) for label, days in PAUSES.items()],
            "label": lambda key: texts.label(key, spoken),
            "first": reader.today + timedelta(days=1),
            "last": reader.today + timedelta(days=LONGEST),
        },
    )
