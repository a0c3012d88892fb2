"""Performing effects on the person: consent, settings, questions, flags, and being forgotten."""

from collections.abc import Callable, Mapping

from bot.chat.turn import DEFAULT_MINUTE, Performer, Turn
from bot.conversation.people.effects import (
    FRIEND,
    AnswerAsMaker,
    Ask,
    AskMakers,
    Change,
    Flag,
    Forget,
    InviteFriends,
    Move,
    Subscribe,
    TellContact,
)
from bot.conversation.words import HELP_FOR_CHILD, Effect, Say, line, paragraph, press
from bot.jobs.planning import plan
from bot.jobs.staff.questions import peers
from bot.jobs.texts import news
from bot.model import Audience
from bot.model.person import NUDGES, NewPerson, Status, Subscriber
from bot.model.pledges.peers import OVER_DAYS
from bot.rules import dates


def subscribe(turn: Turn, effect: Subscribe) -> None:
    """Keep the person, with what they agreed to and when; who comes back keeps their history."""
    store, settings = turn.store, turn.services.settings
    if effect.friend and turn.subscriber is None:
        store.friends.count(effect.friend, turn.channel.name, turn.address)
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


def invite_friends(turn: Turn, effect: InviteFriends) -> tuple[Effect, ...]:
    """Return the message with the person's own link and how many came by it."""
    person = turn.subscriber
    if person is None:
        return ()
    code = turn.store.friends.code(person.id, turn.moment)
    url = f"https://t.me/{turn.bot}?start={FRIEND}{code}" if turn.bot else f"/start {FRIEND}{code}"
    values = {"link": url, "came": turn.store.friends.came(person.id), "wanted": effect.wanted}
    parts = (
        line("friends.invite_link"),
        line("friends.invite_wanted" if effect.wanted else "friends.invite_came"),
        paragraph("friends.invite_nobody"),
    )
    return (Say(template="friends.invite", values=values, parts=parts),)


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
    store.subscribers.pause(person.id, None)
    if status is Status.STOPPED:
        store.subscribers.withdraw(person.id, NUDGES, turn.moment)


def _until(turn: Turn, person: Subscriber, effect: Change) -> None:
    turn.store.subscribers.pause(person.id, effect.value)


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
    "until": _until,
    "profile": _profile,
}


def forget(turn: Turn, _effect: Forget) -> None:
    """Delete everything about the person but a keyed hash, which keeps a restore from undoing it.

    Whoever looks after their pledges from now on is told so.
    """
    store = turn.store
    led = store.editors.led_by(turn.subscriber.id) if turn.subscriber else []
    settings = turn.services.settings
    store.forgotten.forget_at(
        turn.channel_id,
        turn.channel.name,
        turn.address,
        turn.moment,
        contact=settings.safeguarding is not None,
        member=turn.services.team.chats.get(turn.address),
    )
    news.successors(turn.services, led, turn.now)


def move(turn: Turn, effect: Move) -> None:
    """Give everything that is kept of the chat its new address."""
    turn.store.conversations.move(turn.channel_id, turn.address, effect.address)


def ask(turn: Turn, effect: Ask) -> None:
    """Keep the question for the experts; the answer is sent when somebody has written it."""
    turn.store.inbox.ask(turn.channel_id, turn.address, turn.language, effect.text, turn.moment)


def ask_makers(turn: Turn, effect: AskMakers) -> tuple[Effect, ...]:
    """Keep the question for staff to pass on; return what is said about it."""
    services, here = turn.services, (turn.channel_id, turn.address)
    language, pledge = turn.language, effect.pledge
    if peers.is_full(services, pledge, *here, turn.now):
        return (Say(template="peers.too_many"),)
    number = peers.ask(services, pledge, *here, language, effect.text, turn.now)
    ways = ((press("peers_contact", "peers", "contact", number),), (HELP_FOR_CHILD,))
    return (Say(template="peers.thanks", values={"days": OVER_DAYS}, buttons=ways),)


def tell_contact(turn: Turn, effect: TellContact) -> None:
    """Keep how the makers of a pledge may reach who asks them."""
    turn.store.peers.tell(effect.question, effect.contact)


def answer_as_maker(turn: Turn, effect: AnswerAsMaker) -> tuple[Effect, ...]:
    """Keep what a maker answers, for staff to pass on; return what is said about it."""
    person = turn.subscriber.id if turn.subscriber else 0
    if peers.reply(turn.services, effect.question, person, effect.text, turn.now):
        return (effect.said,)
    return (Say(template="peers.over"),)


def flag(turn: Turn, effect: Flag) -> None:
    """Keep the message for the safeguarding contact, and for nobody else.

    It stays until the contact has it, and then for the days of [safeguarding] retention.
    """
    country = turn.subscriber.country if turn.subscriber else None
    turn.store.inbox.flag(
        turn.channel_id, turn.address, country, turn.language, effect.text, turn.moment
    )


PERFORM: Mapping[type[Effect], Performer] = {
    Subscribe: subscribe,
    InviteFriends: invite_friends,
    Change: change,
    Forget: forget,
    Move: move,
    Ask: ask,
    AskMakers: ask_makers,
    TellContact: tell_contact,
    AnswerAsMaker: answer_as_maker,
    Flag: flag,
}
