"""Events as somebody in a chat sees them, and what they do about them."""

from collections.abc import Iterator, Mapping

from bot.chat.turn import Performer, Turn
from bot.conversation.actions.effects import LeaveEvent, SignUp, WasThere
from bot.conversation.actions.look import EventItem
from bot.conversation.words import Effect, Say
from bot.jobs.events import signing
from bot.jobs.events.saying import key_of
from bot.jobs.texts import notes
from bot.jobs.texts.events import event_of, facts, reference, told
from bot.languages import nearest
from bot.model import Campaign
from bot.model.events import KEPT_DAYS, EventKey, PlannedEvent
from bot.rules.events.when import dated, is_off, is_over, takes


def items(turn: Turn) -> tuple[EventItem, ...]:
    """Return what is to come in active campaigns, by day, and what the person signed up for."""
    there = {item.ref: item for item in (_item(turn, *pair) for pair in _seen(turn))}
    return tuple(there.values())


def _seen(turn: Turn) -> Iterator[tuple[Campaign, PlannedEvent]]:
    services = turn.services
    coming = [
        (campaign, event)
        for campaign in services.active
        for each in campaign.events
        if not is_over(event := dated(each, campaign.observances, turn.today), turn.now, turn.today)
        and not is_off(event)
    ]
    yield from sorted(coming, key=lambda pair: pair[1].day or pair[1].month or turn.today)
    person = turn.subscriber
    for guest in turn.store.events.of_person(person.id) if person else ():
        there = event_of(services, guest.key)
        if there is not None:
            yield there


def _item(turn: Turn, campaign: Campaign, event: PlannedEvent) -> EventItem:
    services, key = turn.services, key_of(campaign, event)
    speaks = nearest(turn.language, campaign.languages) or campaign.language
    shown = told(services, campaign, event, speaks, turn.zone)
    person = turn.subscriber
    guest = turn.store.events.guest(key, person.id) if person else None
    today = services.today(turn.now)
    below = notes.pages(services, campaign.id, turn.language)
    return EventItem(
        ref=reference(key),
        title=shown.title,
        when=shown.when,
        values=shown.values,
        facts=facts(turn.texts, turn.language, shown),
        page=f"{below}/events/{event.id}" if below else "",
        standing=guest.standing if guest else None,
        takes=takes(event, turn.now, today),
        full=signing.is_full(services, campaign, event),
        over=is_over(event, turn.now, today),
        days=KEPT_DAYS,
    )


def _meant(turn: Turn, ref: str) -> tuple[Campaign, PlannedEvent]:
    """Return the event of a button; raises `KeyError` where it is none that the person sees."""
    by_ref = {reference(key_of(*pair)): pair for pair in _seen(turn)}
    return by_ref[ref]


def sign_up(turn: Turn, effect: SignUp) -> tuple[Effect, ...]:
    """Keep that the person comes, or waits for a place, and say which."""
    if turn.subscriber is None:
        return ()
    campaign, event = _meant(turn, effect.ref)
    version = turn.texts.word("consent", "events", turn.language)
    wording = f"{turn.language} {version}"
    standing = signing.sign_up(
        turn.services, campaign, event, turn.subscriber.id, wording, turn.now
    )
    values = _item(turn, campaign, event).values
    return (Say(template=f"events.signed_{standing.name.lower()}", values=values),)


def leave(turn: Turn, effect: LeaveEvent) -> None:
    """Delete that the person signed up."""
    if turn.subscriber is not None:
        signing.leave(turn.services, *_meant(turn, effect.ref), turn.subscriber.id, turn.now)


def was_there(turn: Turn, effect: WasThere) -> None:
    """Keep that the person was there."""
    if turn.subscriber is not None:
        key: EventKey = key_of(*_meant(turn, effect.ref))
        turn.store.events.was_there(key, turn.subscriber.id, turn.moment)


PERFORM: Mapping[type[Effect], Performer] = {
    SignUp: sign_up,
    LeaveEvent: leave,
    WasThere: was_there,
}
