"""What somebody is told of an event that they signed up for, made when it leaves.

A row of `event_note` is what such a message is about (`bot.store.events`).
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.conversation.words import Parts, Rows, line, paragraph, press
from bot.errors import RenderError
from bot.jobs.services import Services
from bot.jobs.texts.wanted import Wanted
from bot.languages import nearest, said_days, said_instant, said_month
from bot.model import Campaign, Rendered
from bot.model.events import STAGES, EventKey, EventNote, NoteKind, PlannedEvent, Standing
from bot.model.events.said import EventFacts
from bot.model.subject import OfEvent
from bot.model.words import EventWords
from bot.render.chat import ChatTexts
from bot.rules import dates
from bot.rules.events.when import is_off, this_time


@dataclass(frozen=True, kw_only=True)
class ToldEvent:
    """An event as one person is told of it; what nobody knows is ''."""

    title: str
    about: str
    #: in their zone where the hour is known, else the day or the month
    when: str
    #: whether `when` is of their zone
    timed: bool
    place: str
    #: addresses
    link: str
    recording: str

    @property
    def values(self) -> Mapping[str, object]:
        """Return what templates say of it."""
        return dict(vars(self))


def reference(key: EventKey) -> str:
    """Return a short reference to an event for buttons."""
    return f"{zlib.crc32('/'.join(map(str, key)).encode()):08x}"


def event_of(services: Services, key: EventKey) -> tuple[Campaign, PlannedEvent] | None:
    """Return an event as it is this time, with its campaign; None where the data have it no
    longer.
    """
    campaign = services.library.campaigns.get(key.campaign)
    named = (each for each in campaign.events if each.id == key.event) if campaign else ()
    event = next(iter(named), None)
    if campaign is None or event is None:
        return None
    return campaign, this_time(event, campaign.observances, key.slot)


def planned(services: Services, key: EventKey) -> PlannedEvent | None:
    """Return an event as it is this time, else as was last said of it; None where nobody knows."""
    there = event_of(services, key)
    return there[1] if there else as_was(services, key)


def as_was(services: Services, key: EventKey) -> PlannedEvent | None:
    """Return an event as was last said of it to who signed up; None where nothing was."""
    was = last_said(services, key)
    return was.event(key.event, key.slot) if was else None


def told(
    services: Services, campaign: Campaign, event: PlannedEvent, language: str, zone: ZoneInfo
) -> ToldEvent:
    """Return an event as somebody with this language and zone is told of it."""
    own = services.renderer.words(campaign, language).events.get(event.id) or EventWords()
    return ToldEvent(
        title=own.title or event.id,
        about=own.about,
        when=_when(event, language, zone),
        timed=event.starts is not None,
        place=own.place,
        link=_address(campaign, event.link),
        recording=_address(campaign, event.recording),
    )


def shown_to(services: Services, key: EventKey, language: str, zone: ZoneInfo) -> ToldEvent:
    """Return an event as somebody with this language and zone is told of it: as the data have it,
    else as was last said of it. Raises `KeyError` where neither is known.
    """
    there = event_of(services, key)
    if there is not None:
        campaign, event = there
        speaks = nearest(language, campaign.languages) or campaign.language
        return told(services, campaign, event, speaks, zone)
    was = last_said(services, key)
    if was is None:
        raise KeyError(key)
    return recalled(key, was, language, zone)


def facts(texts: ChatTexts, language: str, event: ToldEvent) -> str:
    """Return title, date, place and link of an event, as far as they are known, one below the
    other.
    """
    when = "events.facts_hour" if event.timed else "events.facts_day"
    parts = (
        line("events.facts_title"),
        line(when) if event.when else None,
        line("events.facts_place") if event.place else None,
        line("events.facts_link") if event.link else None,
    )
    return texts.text("events.facts", language, event.values, parts)


def before(
    services: Services, texts: ChatTexts, language: str, note: EventNote, person: int
) -> str:
    """Return what somebody had known of an event and is otherwise now, as `facts` has it; '' where
    that was not known.
    """
    store, guest = services.store.events, services.store.events.guest(note.key, person)
    was = store.facts(note.key, guest.knows) if guest else None
    is_now = _was(services, note)
    if was is None or is_now is None:
        return ""
    shown = recalled(note.key, was, language, zone_of(services, person))
    dated = was.date != is_now.date and shown.when
    placed = _said(was.places, language) != _said(is_now.places, language) and shown.place
    parts = (
        line("events.facts_hour" if shown.timed else "events.facts_day") if dated else None,
        line("events.facts_place") if placed else None,
        line("events.facts_link") if was.link != is_now.link and shown.link else None,
    )
    return texts.text("events.facts", language, shown.values, parts) if any(parts) else ""


def recalled(key: EventKey, was: EventFacts, language: str, zone: ZoneInfo) -> ToldEvent:
    """Return an event as was said of it, whatever the data say now."""
    event = was.event(key.event, key.slot)
    return ToldEvent(
        title=_said(was.titles, language) or key.event,
        about="",
        when=_when(event, language, zone),
        timed=event.starts is not None,
        place=_said(was.places, language),
        link=was.link,
        recording="",
    )


def _said(texts: Mapping[str, str], language: str) -> str:
    """Return what was said in a language, or in the one that stands in for it."""
    return texts.get(nearest(language, texts) or next(iter(texts), ""), "")


def _address(campaign: Campaign, slot: str | None) -> str:
    link = campaign.links.get(slot or "")
    return link.url if link else ""


def _when(event: PlannedEvent, language: str, zone: ZoneInfo) -> str:
    if event.starts is not None:
        return said_instant(event.starts.astimezone(zone), language)
    if event.day is not None:
        return said_days(event.day, event.last_day or event.day, language)
    return said_month(event.month, language, year=True) if event.month else ""


def text(services: Services, wanted: Wanted) -> Rendered:
    """Return what a message about an event tells; raises `RenderError` where it is gone."""
    assert isinstance(wanted.subject, OfEvent)  # noqa: S101 - it stands in its line of the table
    note = services.store.events.noted(wanted.subject.number)
    there = event_of(services, note.key) if note else None
    zone = zone_of(services, wanted.recipient)
    if note is not None and there is not None:
        event = told(services, *there, wanted.language, zone)
    elif note is not None and note.kind is NoteKind.OFF and (was := _was(services, note)):
        event = recalled(note.key, was, wanted.language, zone)
    else:
        raise RenderError(
            f"the event of {wanted.subject} is no longer in the data; put it back, or cancel what"
            " is planned of it"
        )
    texts = services.renderer.chat
    spoken = texts.spoken(wanted.language)
    values = {**event.values, "facts": facts(texts, spoken, event)}
    if note.kind is NoteKind.MOVED:
        values["was"] = before(services, texts, spoken, note, wanted.recipient)
    said = texts.text(f"events.told_{note.kind}", spoken, values, _parts(note.kind, values))
    return Rendered(text=said, language=spoken)


def _was(services: Services, note: EventNote) -> EventFacts | None:
    return services.store.events.facts(note.key, note.sequence)


def title(services: Services, key: EventKey, language: str) -> str:
    """Return what an event is called, or was while the data still had it."""
    there = event_of(services, key)
    was = None if there else last_said(services, key)
    own = services.renderer.words(there[0], language).events.get(key.event) if there else None
    said = own.title if own else _said(was.titles, language) if was else ""
    return said or key.event


def last_said(services: Services, key: EventKey) -> EventFacts | None:
    """Return what was last said of an event to who signed up; None where nothing was."""
    store = services.store.events
    said = store.said(key)
    return store.facts(key, said.sequence) if said else None


def _parts(kind: NoteKind, values: Mapping[str, object]) -> Parts:
    if kind is not NoteKind.MOVED:
        return ()
    was = paragraph("events.moved_was") if values["was"] else None
    return line("events.moved_head"), was, paragraph("events.moved_stays")


def zone_of(services: Services, person: int) -> ZoneInfo:
    """Return the zone by whose clock somebody is told of events: theirs, else the settings'; UTC
    where this machine doesn't know it.
    """
    place = services.store.people.where(person)
    try:
        return dates.zone(place.zone if place else services.settings.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return dates.zone("UTC")


def buttons(services: Services, number: int) -> Rows:
    """Return the buttons below a message about an event."""
    note = services.store.events.noted(number)
    if note is None or note.kind in (NoteKind.OFF, NoteKind.RECORDING):
        return ()
    ref = reference(note.key)
    if note.kind is NoteKind.AFTER:
        return ((press("event_there", "events", "there", ref),),)
    return ((press("event_leave", "events", "leave", ref),),)


def concerns(services: Services, number: int, person: int) -> bool:
    """Return whether a message still concerns somebody: who signed up, and has not left since, of
    the date that is still the event's. What is no longer known concerns them; its text says so.
    """
    store = services.store.events
    note = store.noted(number)
    if note is None:
        return True
    guest, there = store.guest(note.key, person), event_of(services, note.key)
    if guest is None or there is None:
        return guest is not None and (note.kind is NoteKind.PLACE or _is_current(services, note))
    comes = guest.standing is Standing.COMES and not is_off(there[1])
    if note.kind is NoteKind.PLACE:
        return comes
    return _is_current(services, note) and (comes or note.kind not in STAGES)


def _is_current(services: Services, note: EventNote) -> bool:
    said = services.store.events.said(note.key)
    stands = said and (said.dated if note.kind in STAGES else said.sequence)
    return stands == note.sequence
