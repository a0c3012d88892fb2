"""Performing effects on actions: ticking them off, leaving them out, putting a nudge off; those on
events stand in `bot.chat.actions.events`.
"""

from collections.abc import Mapping

from bot.chat.actions import events
from bot.chat.turn import Performer, Turn
from bot.conversation.actions.effects import Postpone, Tick
from bot.conversation.words import Effect
from bot.model import DeliveryKey, State
from bot.model.person import Subscriber


def tick(turn: Turn, effect: Tick) -> None:
    """Keep that the person did the action, left it out, or neither; its nudge is then settled."""
    if turn.subscriber is not None:
        key = (effect.item.campaign, effect.item.action, effect.item.slot)
        turn.store.subscribers.tick(turn.subscriber.id, key, effect.done, turn.moment)
        if effect.done is not None:
            _settle(turn, turn.subscriber, key)


def _settle(turn: Turn, person: Subscriber, key: tuple[str, str, int]) -> None:
    """Close a nudge or reminder of the action that still waits, since it isn't needed any more."""
    delivered = turn.store.subscribers.delivered(person.id, turn.channel_id, key, person.audience)
    if delivered is not None:
        row = DeliveryKey(
            occurrence=delivered.occurrence, channel=turn.channel_id, recipient=person.id
        )
        entry = turn.store.listing.entry(row)
        left = entry is not None and entry.receipt is not None
        turn.store.outbox.change(row, [State.QUEUED], State.SENT if left else State.CANCELLED)


def postpone(turn: Turn, effect: Postpone) -> None:
    """Queue the nudge that was sent once more, for the chosen instant; its grace stays as it is."""
    if turn.subscriber is not None:
        key = DeliveryKey(
            occurrence=effect.occurrence,
            channel=turn.channel_id,
            recipient=turn.subscriber.id,
        )
        turn.store.outbox.change(key, [State.SENT], State.QUEUED, due=effect.due, attempts=0)


PERFORM: Mapping[type[Effect], Performer] = {
    Tick: tick,
    Postpone: postpone,
    **events.PERFORM,
}
