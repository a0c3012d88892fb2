"""The campaign's events, those to come before those that are over, and a page for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from http import HTTPStatus

from starlette.exceptions import HTTPException

from bot.gaps import filled
from bot.languages import language_name, said_list, said_month, said_time
from bot.model import Link
from bot.model.events import EventState, PlannedEvent
from bot.model.words import EventWords
from bot.rules.events.when import dated, is_off, is_over
from bot.rules.reading import called
from bot.web.public.reader import Reader, Shown


@dataclass(frozen=True, kw_only=True)
class SaidEvent:
    """An event in the reader's language; what nobody knows is ''."""

    event: PlannedEvent
    title: str
    about: str
    #: when it is, as precisely as is known
    when: str
    place: str
    #: names of languages, one after the other
    languages: str
    organisers: str
    over: bool
    off: bool
    moved: bool
    #: None where nobody filled the slot
    link: Link | None
    recording: Link | None
    path: str
    #: of the file for calendar apps; '' where there is nothing left to keep
    ics: str


def events(reader: Reader) -> Shown:
    """Show the campaign's events; raises `HTTPException` 404 where it has none."""
    if not reader.of.events:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    words, listed = reader.words["events"], said(reader)
    past = [each for each in listed if each.over]
    return Shown(
        template="events.html",
        title=words["title"],
        description=words["about"],
        trail=_trail(reader),
        values={
            "coming": [each for each in listed if not each.over],
            "past": past[::-1],
        },
    )


def event_page(
    reader: Reader, event_id: str, *, status: int, indexed: bool, values: Mapping[str, object]
) -> Shown:
    """Return the page of one event, with what else its template shows; raises `HTTPException` 404
    where there is no such one.
    """
    asked = said_of(reader, event_id)
    return Shown(
        template="event.html",
        title=asked.title,
        description=asked.when,
        status=status,
        indexed=indexed,
        trail=(*_trail(reader), (reader.words["events"]["title"], reader.here("events"))),
        values={"each": asked, **values},
    )


def said_of(reader: Reader, event_id: str) -> SaidEvent:
    """Return the event with this id; raises `HTTPException` 404 where there is no such one."""
    asked = next((each for each in said(reader) if each.event.id == event_id), None)
    if asked is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return asked


def said(reader: Reader) -> Sequence[SaidEvent]:
    """Return the campaign's events by day; those whose day nobody knows come last."""
    told = (dated(each, reader.of.observances, reader.today) for each in reader.of.events)
    return [_said(reader, each) for each in sorted(told, key=_by_day)]


def _by_day(event: PlannedEvent) -> date:
    return event.day or event.month or date.max


def _said(reader: Reader, event: PlannedEvent) -> SaidEvent:
    own = reader.about(reader.of).events.get(event.id) or EventWords()
    over, off = is_over(event, reader.now, reader.today), is_off(event)
    names = sorted(language_name(tag, reader.language) for tag in event.languages)
    return SaidEvent(
        event=event,
        title=own.title or event.id,
        about=own.about,
        when=_when(reader, event),
        place=own.place,
        languages=said_list(names, reader.language),
        organisers=own.organisers or said_list(event.organisers, reader.language),
        over=over,
        off=off,
        moved=event.state is EventState.MOVED,
        link=None if over or off else _slot(reader, event.link),
        recording=_slot(reader, event.recording),
        path=reader.here("events", event.id),
        ics=reader.here("events", f"{event.id}.ics") if event.day and not (over or off) else "",
    )


def _slot(reader: Reader, name: str | None) -> Link | None:
    link = reader.of.links.get(name or "")
    return link if link and link.url else None


def _when(reader: Reader, event: PlannedEvent) -> str:
    words = reader.words["events"]
    first, last = event.day, event.last_day
    if first is None or last is None:
        return said_month(event.month, reader.language, year=True) if event.month else ""
    days = reader.days(first, last)
    if event.starts is None:
        return days
    key = "hours" if event.ends and last == first else "hour"
    return filled(
        words[key],
        day=days,
        start=_clock(reader, event.starts),
        end=_clock(reader, event.ends) if event.ends else "",
        zone=called.of_zone(str(event.starts.tzinfo), reader.language),
    )


def _clock(reader: Reader, at: datetime) -> str:
    return said_time(time(at.hour, at.minute), reader.language)


def _trail(reader: Reader) -> tuple[tuple[str, str], ...]:
    return ((reader.about(reader.of).title, f"{reader.here()}/"),)
