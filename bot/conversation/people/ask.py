"""Asking the experts: the answer comes back to the chat when a person has written it."""

from bot.conversation.look import View
from bot.conversation.people._join import first, joined
from bot.conversation.people.effects import Ask
from bot.conversation.people.safety import DANGER
from bot.conversation.topic import Offer, Topic
from bot.conversation.words import (
    CANCEL,
    HELP_FOR_CHILD,
    IDLE,
    Command,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Text,
)
from bot.model.person import Subscriber
from bot.rules.reading import typed
from bot.text import visible

LONGEST = 2_000
"""Most characters of a question."""


@joined
def open_(state: State, event: Command | Pressed, view: View, person: Subscriber) -> Step:
    """Wait for the question, or keep the one that stands behind the command."""
    if isinstance(event, Command) and event.argument.strip():
        return asked(state, Text(text=event.argument), view)
    return State(topic="ask", step="text"), (Say(template="ask.ask", buttons=_ways()),)


def asked(state: State, event: Text, view: View) -> Step:
    """Keep the question, or say that it is empty or too long."""
    words = visible(event.text)
    if view.person is None:
        return IDLE, (first(view),)
    if not words or len(words) > LONGEST:
        return State(topic="ask", step="text"), (unfit(words, LONGEST, _ways()),)
    if asks_nothing(words, view):
        return State(topic="ask", step="text"), (Say(template="ask.ask", buttons=_ways()),)
    return IDLE, (
        Ask(text=words),
        Say(template="ask.thanks", buttons=((HELP_FOR_CHILD,),)),
    )


def asks_nothing(words: str, view: View) -> bool:
    """Return whether a text is a mere yes, no or thanks, or what people type for a button or a
    command, and so no question.
    """
    known = view.people.phrases
    return typed.friendly(words, known) or typed.meaning(words, known) not in ("", DANGER)


def unfit(words: str, longest: int, buttons: Rows = ()) -> Say:
    """Return the message that a text is empty, or has more characters than `longest`."""
    return Say(
        template="ask.text_too_long" if words else "ask.text_empty",
        values={"length": len(words), "longest": longest},
        buttons=buttons,
    )


TOPIC = Topic(
    name="ask",
    commands=(Offer(name="ask", handler=open_),),
    presses={"open": open_},
    texts={"text": asked},
)


def _ways() -> Rows:
    return ((HELP_FOR_CHILD,), (CANCEL,))
