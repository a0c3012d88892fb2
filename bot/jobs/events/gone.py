"""Events that the data have no longer, though people are signed up for them.

Nobody is told by that alone, since a line that is missing may be a slip: staff are alarmed, and
either put the event back, or say that it is called off, which everybody who signed up then hears.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import UsageError
from bot.jobs.events.news import spread
from bot.jobs.services import Services
from bot.jobs.texts.events import event_of, last_said
from bot.model.events import EventCounts, EventKey, EventNote, NoteKind, PlannedEvent
from bot.model.events.said import EventFacts, SaidOfEvent
from bot.model.staff import Actor
from bot.model.staff.audit import Verb
from bot.names import did_you_mean, meant
from bot.rules.alerts.events import EventGone
from bot.rules.events.when import is_over
from bot.text import counted
from bot.times import epoch


@dataclass(frozen=True, kw_only=True)
class GoneEvent:
    """An event of which the data say nothing any more, as was last said of it."""

    key: EventKey
    said: SaidOfEvent
    facts: EventFacts
    event: PlannedEvent
    counts: EventCounts

    @property
    def people(self) -> int:
        """Return how many come, or wait for a place."""
        return self.counts.people

    @property
    def subject(self) -> str:
        """Return which it is, in one word."""
        return "/".join(map(str, self.key))

    @property
    def title(self) -> str:
        """Return what it was called in the first language of its campaign."""
        return next(iter(self.facts.titles.values()), self.key.event)


def look(services: Services, now: datetime) -> int:
    """Alarm staff about what is gone and hasn't been called off, and tell of what was; return how
    many people were looked at.
    """
    alerts, steps = services.store.alerts, 0
    with services.store.transaction():
        open_ = {each.subject: each for each in _gone(services, now) if not each.facts.off}
        for alert in alerts.current():
            if alert.kind == EventGone.kind and alert.subject not in open_:
                alerts.close(alert.kind, alert.subject, epoch(now))
        for each in open_.values():
            alerts.open(_alarm(each), epoch(now))
        for each in _gone(services, now):
            if each.facts.off:
                steps += spread(services, each.key, each.event, each.said, now)
    return steps


def waiting(services: Services, now: datetime) -> list[GoneEvent]:
    """Return what is gone, is not over, and about which nobody has said what becomes of it."""
    return [each for each in _gone(services, now) if not each.facts.off]


def _gone(services: Services, now: datetime) -> Iterator[GoneEvent]:
    today = services.today(now)
    return (each for each in with_guests(services) if not is_over(each.event, now, today))


def with_guests(services: Services) -> Iterator[GoneEvent]:
    """Yield what the data have no longer while it is kept who signed up for it, over or not."""
    store = services.store.events
    for key in store.said_of():
        if event_of(services, key) is not None:
            continue
        said, counts = store.said(key), store.counts(key)
        facts = last_said(services, key)
        if said is None or facts is None or not counts.people:
            continue
        event = facts.event(key.event, key.slot)
        yield GoneEvent(key=key, said=said, facts=facts, event=event, counts=counts)


def _alarm(gone: GoneEvent) -> EventGone:
    campaign, event, _ = gone.key
    people = counted(gone.people, "person is", "people are")
    return EventGone(
        subject=gone.subject,
        text=(
            f"campaigns/{campaign}/events.toml has no event {event} any more, and {people} signed"
            " up for it, who have heard nothing: put it back, or let them hear that it is called"
            f" off: `drumbeat events off {campaign} {event}`"
        ),
        campaign=campaign,
        title=gone.title,
        people=gone.people,
    )


def call_off(services: Services, campaign: str, event: str, by: Actor, now: datetime) -> int:
    """Let everybody hear who signed up for an event that is no longer in the data that it is called
    off; return how many they are. Raises `UsageError` where there is no such one.
    """
    lost = waiting(services, now)
    chosen = [each for each in lost if each.key[:2] == (campaign, event)]
    if not chosen:
        raise UsageError(_not_gone(services, lost, campaign, event), "no_such_event")
    with services.store.transaction():
        for each in chosen:
            number = each.said.sequence + 1
            digest = f"{each.event.start} {each.event.end} off"
            now_said = SaidOfEvent(digest=digest, sequence=number, dated=number)
            services.store.events.say(each.key, now_said, replace(each.facts, off=True))
            note = EventNote(key=each.key, kind=NoteKind.OFF, sequence=number)
            about = services.store.events.note(note)
            services.store.audit.note(by, Verb.EVENT_CALLED_OFF, epoch(now), about)
        look(services, now)
    return sum(each.people for each in chosen)


def _not_gone(services: Services, lost: list[GoneEvent], campaign: str, event: str) -> str:
    """Return why there is nothing to call off: what is unknown, or what to do in its place."""
    file = f"campaigns/{campaign}/events.toml"
    known = {each.key.campaign for each in lost} | {each.id for each in services.active}
    if campaign not in known:
        return f"no campaign is called '{campaign}'; {meant(campaign, known)}"
    there = services.library.campaigns.get(campaign)
    listed = {each.id for each in there.events} if there else set()
    if event in listed:
        return f'{event} stands in {file}, and is called off there, by its state = "cancelled"'
    here = {each.key.event for each in lost if each.key.campaign == campaign}
    if not here:
        return (
            f"no event of {campaign} that people are signed up for and haven't heard of has left"
            f" {file}{did_you_mean(event, listed)}"
        )
    return f"no event called '{event}' has left {file}; {meant(event, here)}"
