"""Effects on the person: consent, settings, what they did, reminders, and being forgotten."""

from collections.abc import Callable, Mapping

from bot.chat.turn import DEFAULT_MINUTE, Performer, Turn
from bot.conversation.actions.effects import Postpone, Tick
from bot.conversation.people.effects import Change, Forget, Move, Subscribe
from bot.conversation.words import Effect
from bot.jobs.planning import plan
from bot.jobs.texts import news
from bot.model import Audience, DeliveryKey, State
from bot.model.person import NUDGES, NewPerson, Status, Subscriber
from bot.rules import dates


def subscribe(turn: Turn, effect: Subscribe) -> None:
    """Keep the person, with what they agreed to and when.

    Who was there before keeps their history.
    """
    store, settings = turn.store, turn.services.settings
    person = NewPerson(
        channel=turn.channel_id,
        address=turn.address,
        audience=effect.audience,
        language=effect.language,
        country=None,
        zone=settings.zone,
        minute=dates.waking_minute(DEFAULT_MINUTE, settings.quiet),
        joined=turn.moment,
    )
    store.people.add([person])
    subscriber = turn.again().subscriber
    assert subscriber is not None  # noqa: S101 - added above
    store.people.mark([subscriber.id], Status.ACTIVE)
    store.subscribers.set_language(subscriber.id, effect.language)
    version = turn.texts.word("consent", "version", effect.language)
    store.subscribers.agree(subscriber.id, NUDGES, f"{effect.language} {version}", turn.moment)
    if effect.referrer:
        store.subscribers.set_profile(subscriber.id, "referrer", effect.referrer)
    store.forgotten.returned(turn.channel.name, turn.address)


def change(turn: Turn, effect: Change) -> None:
    """Change the one setting that the effect names."""
    if turn.subscriber is not None:
        _CHANGES[effect.field](turn, turn.subscriber, effect)


def _language(turn: Turn, person: Subscriber, effect: Change) -> None:
    turn.store.subscribers.set_language(person.id, effect.value)


def _place(turn: Turn, person: Subscriber, effect: Change) -> None:
    plan.move(turn.services, person.id, effect.value, person.minute, turn.now)
    turn.store.subscribers.set_country(person.id, effect.extra)


def _minute(turn: Turn, person: Subscriber, effect: Change) -> None:
    plan.move(turn.services, person.id, person.zone, effect.value, turn.now)


def _audience(turn: Turn, person: Subscriber, effect: Change) -> None:
    people = turn.store.people
    people.settle(
        person.id,
        people.place(turn.channel_id, int(Audience(effect.value)), person.zone, person.minute),
    )
    turn.store.subscribers.set_profile(person.id, "group", effect.extra)


def _named_only(turn: Turn, person: Subscriber, effect: Change) -> None:
    turn.store.subscribers.set_named_only(person.id, effect.value)


def _status(turn: Turn, person: Subscriber, effect: Change) -> None:
    store, status = turn.store, effect.value
    store.people.mark([person.id], status)
    if status is Status.STOPPED:
        store.subscribers.withdraw(person.id, NUDGES, turn.moment)


def _profile(turn: Turn, person: Subscriber, effect: Change) -> None:
    if effect.extra:
        turn.store.subscribers.set_profile(person.id, effect.extra, effect.value)


_CHANGES: Mapping[str, Callable[[Turn, Subscriber, Change], None]] = {
    "language": _language,
    "place": _place,
    "minute": _minute,
    "audience": _audience,
    "named_only": _named_only,
    "status": _status,
    "profile": _profile,
}


def tick(turn: Turn, effect: Tick) -> None:
    """Done, left out, or neither."""
    if turn.subscriber is not None:
        key = (effect.item.campaign, effect.item.action, effect.item.slot)
        turn.store.subscribers.tick(turn.subscriber.id, key, effect.done, turn.moment)
        if effect.done is not None:
            _settle(turn, turn.subscriber, key)


def _settle(turn: Turn, person: Subscriber, key: tuple[str, str, int]) -> None:
    """A nudge or reminder that still waits is not needed any more."""
    delivered = turn.store.subscribers.delivered(person.id, turn.channel_id, key, person.audience)
    if delivered is not None:
        row = DeliveryKey(occurrence=delivered[0], channel=turn.channel_id, recipient=person.id)
        entry = turn.store.listing.entry(row)
        left = entry is not None and entry.receipt is not None
        turn.store.outbox.change(row, [State.QUEUED], State.SENT if left else State.CANCELLED)


def postpone(turn: Turn, effect: Postpone) -> None:
    """The same delivery goes out once more; its grace stays as it is."""
    if turn.subscriber is not None:
        key = DeliveryKey(
            occurrence=effect.occurrence,
            channel=turn.channel_id,
            recipient=turn.subscriber.id,
        )
        turn.store.outbox.change(key, [State.SENT], State.QUEUED, due=effect.due, attempts=0)


def forget(turn: Turn, _effect: Forget) -> None:
    """Everything is gone; a keyed hash stays.

    Whoever looks after their pledges from now on hears of it.
    """
    store = turn.store
    led = store.editors.led_by(turn.subscriber.id) if turn.subscriber else []
    contact = turn.services.settings.safeguarding is not None
    store.forgotten.forget_at(
        turn.channel_id, turn.channel.name, turn.address, turn.moment, contact=contact
    )
    news.successors(turn.services, led, turn.now)


def move(turn: Turn, effect: Move) -> None:
    """The chat has another address."""
    turn.store.conversations.move(turn.channel_id, turn.address, effect.address)


PERFORM: Mapping[type[Effect], Performer] = {
    Subscribe: subscribe,
    Change: change,
    Tick: tick,
    Postpone: postpone,
    Forget: forget,
    Move: move,
}
