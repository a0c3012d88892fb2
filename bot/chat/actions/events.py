"""Events as somebody in a chat sees them, and what they do about them."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from bot.chat.turn import Performer, Turn
from bot.conversation.actions.effects import LeaveEvent, SignUp, WasThere
from bot.conversation.actions.look import EventItem
from bot.conversation.words import Effect, Say
from bot.jobs.events import signing
from bot.jobs.events.saying import key_of
from bot.jobs.texts import notes
from bot.jobs.texts.events import as_was, event_of, facts, reference, shown_to
from bot.model import Campaign
from bot.model.events import KEPT_DAYS, EventKey, PlannedEvent
from bot.rules.events.when import dated, is_off, is_over, takes


def items(turn: Turn) -> tuple[EventItem, ...]:
    """Return what is to come in active campaigns, by day, and what the person signed up for, also
    where the data have it no longer.
    """
    there = {item.ref: item for item in (_item(turn, each) for each in _seen(turn))}
    return tuple(there.values())


class _Seen(NamedTuple):
    """An event that somebody sees."""

    key: EventKey
    event: PlannedEvent
    #: None where the data have the event no longer
    campaign: Campaign | None


def _seen(turn: Turn) -> Iterator[_Seen]:
    services = turn.services
    coming = [
        _Seen(key_of(campaign, event), event, campaign)
        for campaign in services.active
        for each in campaign.events
        if not is_over(event := dated(each, campaign.observances, turn.today), turn.now, turn.today)
        and not is_off(event)
    ]
    yield from sorted(coming, key=lambda seen: seen.event.day or seen.event.month or turn.today)
    person = turn.subscriber
    for guest in turn.store.events.of_person(person.id) if person else ():
        key = guest.key
        if there := event_of(services, key):
            yield _Seen(key, there[1], there[0])
        elif was := as_was(services, key):
            yield _Seen(key, was, None)


def _item(turn: Turn, seen: _Seen) -> EventItem:
    services, (key, event, campaign) = turn.services, seen
    shown = shown_to(services, key, turn.language, turn.zone)
    person = turn.subscriber
    guest = turn.store.events.guest(key, person.id) if person else None
    today = services.today(turn.now)
    below = notes.pages(services, campaign.id, turn.language) if campaign else ""
    over = is_over(event, turn.now, today)
    return EventItem(
        ref=reference(key),
        title=shown.title,
        when=shown.when,
        values=shown.values,
        facts=facts(turn.texts, turn.language, shown),
        page=f"{below}/events/{event.id}" if below else "",
        standing=guest.standing if guest else None,
        takes=takes(event, turn.now, today),
        full=campaign is not None and signing.is_full(services, campaign, event),
        over=over,
        became="off" if is_off(event) else "" if over or campaign else "gone",
        days=KEPT_DAYS,
    )


def _meant(turn: Turn, ref: str) -> _Seen:
    """Return the event of a button; raises `KeyError` where it is none that the person sees."""
    by_ref = {reference(each.key): each for each in _seen(turn)}
    return by_ref[ref]


def sign_up(turn: Turn, effect: SignUp) -> tuple[Effect, ...]:
    """Keep that the person comes, or waits for a place, and say which."""
    seen = _meant(turn, effect.ref)
    if turn.subscriber is None or seen.campaign is None:
        return ()
    version = turn.texts.word("consent", "events", turn.language)
    wording = f"{turn.language} {version}"
    standing = signing.sign_up(
        turn.services, seen.campaign, seen.event, turn.subscriber.id, wording, turn.now
    )
    values = _item(turn, seen).values
    return (Say(template=f"events.signed_{standing.name.lower()}", values=values),)


def leave(turn: Turn, effect: LeaveEvent) -> None:
    """Delete that the person signed up."""
    if turn.subscriber is not None:
        signing.leave(turn.services, _meant(turn, effect.ref).key, turn.subscriber.id, turn.now)


def was_there(turn: Turn, effect: WasThere) -> None:
    """Keep that the person was there."""
    if turn.subscriber is not None:
        key = _meant(turn, effect.ref).key
        turn.store.events.was_there(key, turn.subscriber.id, turn.moment)


PERFORM: Mapping[type[Effect], Performer] = {
    SignUp: sign_up,
    LeaveEvent: leave,
    WasThere: was_there,
}
