"""The shape of events.toml: what people can come to, and the steps of a roadmap."""

import re
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypedDict
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from bot.files.shapes import Report, Shape
from bot.library.shapes import Id, Languages, Sourced, Text, Url, ids_differ
from bot.model.events import EventState, Outcome, PlannedEvent, RoadmapStep
from bot.names import suggest
from bot.rules import dates

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def _moment(value: object) -> object:
    if isinstance(value, datetime) and value.tzinfo is not None:
        raise ValueError(
            "must be the time as clocks show it where it takes place, without Z or +02:00; say"
            " where in `zone`"
        )
    if isinstance(value, date):
        return value
    raise ValueError(
        "must be a day, like 2000-12-31, or a day with a time, like 2000-12-31T14:00:00, without"
        " quotes"
    )


def _month(text: str) -> str:
    if not _MONTH.fullmatch(text):
        raise ValueError(f"{text!r} is no month; write it like 2000-12")
    return text


def _zone(name: str) -> str:
    try:
        dates.zone(name)
    except (KeyError, ValueError, OSError):  # a folder of zones is no zone
        raise ValueError(
            f"there is no time zone {name!r}; write one of the IANA table, like Africa/Lagos"
        ) from None
    return name


Moment = Annotated[object, AfterValidator(_moment)]


class LookedShape(Sourced):
    """An entry whose source may have a page of its own."""

    url: Url = ""
    read: date | None = None


class EventShape(LookedShape):
    """A table [[event]]: what is left out is not known."""

    id: Id
    observance: Id | None = None
    start: Moment = None
    end: Moment = None
    month: Annotated[str, AfterValidator(_month)] | None = None
    zone: Annotated[str, AfterValidator(_zone)] | None = None
    link: Id | None = None
    recording: Id | None = None
    languages: Languages | None = None
    organisers: list[Text] = Field([])
    capacity: int | None = Field(None, ge=1)
    state: Literal["planned", "moved", "cancelled", "held"] = "planned"
    signup: bool = False


class StepShape(Sourced):
    """A table [[roadmap]]: something that was planned, and where it stands what came of it."""

    id: Id
    event: Id | None = None
    came: LookedShape | None = None


class EventsShape(Shape):
    """Everything that events.toml may hold."""

    event: list[EventShape] = Field([])
    roadmap: list[StepShape] = Field([])


def judge(
    shape: EventsShape,
    observances: Collection[str] | None,
    slots: Collection[str] | None,
    report: Report,
) -> None:
    """Report what contradicts itself or leads nowhere; `observances` and `slots` are the named days
    and link slots of the campaign, None where their file is broken.
    """
    for entry in shape.event:
        where = f"event[{entry.id}]"
        _time(entry, where, report)
        _led(entry, where, slots, report)
        _read(entry, where, report)
        if observances is not None and entry.observance not in (None, *observances):
            named = f"calendar.toml has no observance {entry.observance!r}"
            near = suggest(str(entry.observance), observances)
            report(f"{where}.observance", f"{named}{near}")
    ids = [entry.id for entry in shape.event]
    for step in shape.roadmap:
        if step.event is not None and step.event not in ids:
            message = f"there is no event {step.event!r}{suggest(step.event, ids)}"
            report(f"roadmap[{step.id}].event", message)
        if step.came is not None:
            _read(step.came, f"roadmap[{step.id}].came", report)
    ids_differ(ids, "event", report)
    ids_differ((step.id for step in shape.roadmap), "roadmap", report)


def _read(entry: LookedShape, where: str, report: Report) -> None:
    if entry.read is not None and not entry.url:
        report(f"{where}.read", "nobody knows where it was read; add its url")


def _time(entry: EventShape, where: str, report: Report) -> None:
    """Report times that contradict each other."""
    said = [key for key in ("start", "month", "observance") if getattr(entry, key) is not None]
    if len(said) > 1:
        report(f"{where}.{said[1]}", f"it has {said[0]} already; leave one of them out")
    if entry.signup and entry.start is None and entry.observance is None:
        message = "nobody can be reminded of an event without a day; add its start, or leave it out"
        report(f"{where}.signup", message)
    timed = isinstance(entry.start, datetime)
    if timed and entry.zone is None:
        report(f"{where}.zone", "is missing; a time of day says nothing without its zone")
    elif entry.zone is not None and not timed:
        report(f"{where}.zone", "an event without a time of day needs none; leave it out")
    _end(entry, where, report)


def _end(entry: EventShape, where: str, report: Report) -> None:
    start, end = entry.start, entry.end
    if end is None:
        return
    if start is None:
        report(f"{where}.end", "nobody knows when it begins; add its start, or leave it out")
    elif isinstance(start, datetime) != isinstance(end, datetime):
        report(f"{where}.end", "write start and end alike: both with a time of day, or neither")
    elif end < start:  # type: ignore[operator]  # both are days, or both are times
        report(f"{where}.end", f"{end} lies before start = {start}; change one of them")


def _led(entry: EventShape, where: str, slots: Collection[str] | None, report: Report) -> None:
    """Report links that are no slot of the campaign, and a recording of what was not held."""
    for key, name in (("link", entry.link), ("recording", entry.recording)):
        if name is not None and slots is not None and name not in slots:
            message = f"campaign.toml has no link slot {name!r}{suggest(name, slots)}"
            report(f"{where}.{key}", f"{message}; correct it, or write [links.{name}] there")
    if entry.recording is not None and entry.state != EventState.HELD.value:
        report(f"{where}.recording", 'only what was held has one; set state = "held"')


class Events(TypedDict):
    """The fields of a `Campaign` that events.toml fills."""

    events: tuple[PlannedEvent, ...]
    roadmap: tuple[RoadmapStep, ...]


def typed(shape: EventsShape | None) -> Events:
    """Return the fields of a campaign from its events.toml; empty ones without it."""
    return Events(
        events=tuple(map(_event, shape.event)) if shape else (),
        roadmap=tuple(_steps(shape.roadmap)) if shape else (),
    )


def _event(entry: EventShape) -> PlannedEvent:
    zone = dates.zone(entry.zone) if entry.zone else None
    return PlannedEvent(
        id=entry.id,
        source=entry.source,
        observance=entry.observance,
        start=_at(entry.start, zone),
        end=_at(entry.end, zone),
        month=date.fromisoformat(f"{entry.month}-01") if entry.month else None,
        link=entry.link,
        recording=entry.recording,
        languages=tuple(entry.languages or ()),
        organisers=tuple(entry.organisers),
        capacity=entry.capacity,
        state=EventState(entry.state),
        signup=entry.signup,
        url=entry.url,
        read=entry.read,
    )


def _at(when: Any, zone: ZoneInfo | None) -> date | None:
    if not isinstance(when, datetime):
        return when  # type: ignore[no-any-return]  # a day, or nothing
    return when.replace(tzinfo=zone) if zone else when.date()


def _steps(entries: Iterable[StepShape]) -> Iterable[RoadmapStep]:
    for entry in entries:
        came = Outcome(**entry.came.model_dump()) if entry.came else None
        yield RoadmapStep(id=entry.id, source=entry.source, event=entry.event, came=came)
