"""Effects that reach people who work with us: questions, and messages that a child is in danger."""

from collections.abc import Mapping

from bot.chat.effects import Context, Performer
from bot.conversation.people.effects import Ask, Flag


def ask(context: Context, effect: Ask) -> None:
    """Keep the question; the answer comes back when somebody has written it."""
    context.services.store.inbox.ask(
        context.channel_id, context.address, context.language, effect.text, context.moment
    )


def flag(context: Context, effect: Flag) -> None:
    """Keep it until the contact has it, and for the days that the settings allow.

    Nobody else is told.
    """
    country = context.subscriber.country if context.subscriber else None
    context.services.store.inbox.flag(
        context.channel_id, context.address, country, context.language, effect.text, context.moment
    )


PERFORM: Mapping[type, Performer] = {Ask: ask, Flag: flag}
