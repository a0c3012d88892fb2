"""Effects on the person: consent, settings, what they did, reminders, and being forgotten."""

from collections.abc import Callable, Mapping

from bot.chat.effects import Context, Performer
from bot.chat.view import DEFAULT_MINUTE
from bot.conversation.actions.effects import Postpone, Tick
from bot.conversation.people.effects import Change, Forget, Move, Subscribe
from bot.jobs.planning import plan
from bot.jobs.texts import news
from bot.model import Audience, DeliveryKey, State
from bot.model.person import NUDGES, NewPerson, Status, Subscriber
from bot.rules import dates


def subscribe(context: Context, effect: Subscribe) -> None:
    """Keep the person, with what they agreed to and when.

    Who was there before keeps their history.
    """
    store, settings = context.services.store, context.services.settings
    person = NewPerson(
        channel=context.channel_id,
        address=context.address,
        audience=effect.audience,
        language=effect.language,
        country=None,
        zone=settings.zone,
        minute=dates.waking_minute(DEFAULT_MINUTE, settings.quiet),
        joined=context.moment,
    )
    store.people.add([person])
    found = context.again()
    assert found is not None  # noqa: S101 - added above
    store.people.mark([found.id], Status.ACTIVE)
    store.subscribers.set_language(found.id, effect.language)
    version = context.texts.word("consent", "version", effect.language)
    store.subscribers.agree(found.id, NUDGES, f"{effect.language} {version}", context.moment)
    if effect.referrer:
        store.subscribers.set_profile(found.id, "referrer", effect.referrer)
    store.forgotten.returned(context.channel.name, context.address)
    context.language = effect.language
    context.again()


def change(context: Context, effect: Change) -> None:
    """One setting."""
    if context.subscriber is not None:
        _CHANGES[effect.field](context, context.subscriber, effect)
        context.again()


def _language(context: Context, person: Subscriber, effect: Change) -> None:
    context.services.store.subscribers.set_language(person.id, effect.value)
    context.language = effect.value


def _place(context: Context, person: Subscriber, effect: Change) -> None:
    plan.move(context.services, person.id, effect.value, person.minute, context.now)
    context.services.store.subscribers.set_country(person.id, effect.extra)


def _minute(context: Context, person: Subscriber, effect: Change) -> None:
    plan.move(context.services, person.id, person.zone, effect.value, context.now)


def _audience(context: Context, person: Subscriber, effect: Change) -> None:
    people = context.services.store.people
    people.settle(
        person.id,
        people.place(context.channel_id, int(Audience(effect.value)), person.zone, person.minute),
    )
    context.services.store.subscribers.set_profile(person.id, "group", effect.extra)


def _named_only(context: Context, person: Subscriber, effect: Change) -> None:
    context.services.store.subscribers.set_named_only(person.id, effect.value)


def _status(context: Context, person: Subscriber, effect: Change) -> None:
    store, status = context.services.store, Status[effect.value.upper()]
    store.people.mark([person.id], status)
    if status is Status.STOPPED:
        store.subscribers.withdraw(person.id, NUDGES, context.moment)


def _profile(context: Context, person: Subscriber, effect: Change) -> None:
    if effect.extra:
        context.services.store.subscribers.set_profile(person.id, effect.extra, effect.value)


_CHANGES: Mapping[str, Callable[[Context, Subscriber, Change], None]] = {
    "language": _language,
    "place": _place,
    "minute": _minute,
    "audience": _audience,
    "named_only": _named_only,
    "status": _status,
    "profile": _profile,
}


def tick(context: Context, effect: Tick) -> None:
    """Done, left out, or neither."""
    if context.subscriber is not None:
        key = (effect.item.campaign, effect.item.action, effect.item.slot)
        context.services.store.subscribers.tick(
            context.subscriber.id, key, effect.done, context.moment
        )
        if effect.done is not None:
            _settle(context, context.subscriber, key)


def _settle(context: Context, person: Subscriber, key: tuple[str, str, int]) -> None:
    """A nudge or reminder that still waits is not needed any more."""
    found = context.services.store.subscribers.delivered(
        person.id, context.channel_id, key, person.audience
    )
    if found is not None:
        row = DeliveryKey(occurrence=found[0], channel=context.channel_id, recipient=person.id)
        entry = context.services.store.listing.entry(row)
        left = entry is not None and entry.receipt is not None
        context.services.store.outbox.change(
            row, [State.QUEUED], State.SENT if left else State.CANCELLED
        )


def postpone(context: Context, effect: Postpone) -> None:
    """The same delivery goes out once more; its grace stays as it is."""
    if context.subscriber is not None:
        key = DeliveryKey(
            occurrence=effect.occurrence,
            channel=context.channel_id,
            recipient=context.subscriber.id,
        )
        context.services.store.outbox.change(
            key, [State.SENT], State.QUEUED, due=effect.due, attempts=0
        )


def forget(context: Context, _effect: Forget) -> None:
    """Everything is gone; a keyed hash stays.

    Whoever looks after their pledges from now on hears of it.
    """
    store = context.services.store
    led = store.editors.led_by(context.subscriber.id) if context.subscriber else []
    contact = context.services.settings.safeguarding is not None
    store.forgotten.forget_at(
        context.channel_id, context.channel.name, context.address, context.moment, contact=contact
    )
    news.successors(context.services, led, context.now)
    context.subscriber = None


def move(context: Context, effect: Move) -> None:
    """The chat has another address."""
    context.services.store.conversations.move(context.channel_id, context.address, effect.address)
    context.address = effect.address
    context.again()


PERFORM: Mapping[type, Performer] = {
    Subscribe: subscribe,
    Change: change,
    Tick: tick,
    Postpone: postpone,
    Forget: forget,
    Move: move,
}
