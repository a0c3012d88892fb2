"""Effects that reach people who work with us: questions, and messages that a child is in danger."""

from collections.abc import Mapping

from bot.chat.turn import Performer, Turn
from bot.conversation.people.effects import Ask, Flag
from bot.conversation.words import Effect


def ask(turn: Turn, effect: Ask) -> None:
    """Keep the question; the answer comes back when somebody has written it."""
    turn.store.inbox.ask(turn.channel_id, turn.address, turn.language, effect.text, turn.moment)


def flag(turn: Turn, effect: Flag) -> None:
    """Keep it until the contact has it, and for the days that the settings allow.

    Nobody else is told.
    """
    country = turn.subscriber.country if turn.subscriber else None
    turn.store.inbox.flag(
        turn.channel_id, turn.address, country, turn.language, effect.text, turn.moment
    )


PERFORM: Mapping[type[Effect], Performer] = {Ask: ask, Flag: flag}
