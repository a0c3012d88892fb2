"""Help: the commands, and a friendly word for texts that nobody has asked for."""

from bot.conversation.look import View
from bot.conversation.topic import Offer, Topic
from bot.conversation.words import (
    HELP_FOR_CHILD,
    IDLE,
    Command,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Text,
    below,
    line,
    lines,
    paragraph,
    press,
)
from bot.rules.reading import typed


def help_(state: State, event: Command, view: View) -> Step:
    """List the commands; a text that is awaited stays awaited."""
    title, commands, waiting = view.facts["title"], view.people.commands, bool(state.topic)
    return state, (
        Say(
            template="help.help",
            values={**view.facts, "commands": list(commands), "waiting": waiting},
            parts=(
                line("help.help_title") if title else None,
                *below(lines("help.help_command", commands)),
                paragraph("help.help_waiting") if waiting else None,
            ),
            buttons=_ways(view),
        ),
    )


def number(state: State, event: Command, view: View) -> Step:
    """Say the person's number on Telegram, which the operator needs of staff."""
    return state, (Say(template="help.number", values={"number": view.people.number}),)


def cancel(state: State, event: Command | Pressed, view: View) -> Step:
    """Stop waiting for a text."""
    return IDLE, (Say(template="help.cancelled" if state.topic else "help.nothing_to_cancel"),)


def text(state: State, event: Text, view: View) -> Step:
    """Answer a text that nobody waited for: say what can be done, and offer help for a child."""
    if view.person and typed.friendly(event.text, view.people.phrases):
        return IDLE, (_friendly(view),)
    return IDLE, (
        Say(
            template="help.text_subscribed" if view.person else "help.text_stranger",
            values={"subscribed": view.person is not None},
            buttons=_ways(view),
        ),
    )


def _friendly(view: View) -> Say:
    """Return a friendly word for thanks or a mere yes, and how to say that something is done."""
    items = view.actions.open_items
    parts = (
        line("help.text_polite"),
        line("help.text_polite_open", title=items[0].title) if len(items) == 1 else None,
    )
    return Say(template="help.text_friendly", parts=parts, buttons=_ways(view))


TOPIC = Topic(
    name="help",
    commands=(
        Offer(name="help", handler=help_, group=True),
        Offer(name="cancel", handler=cancel, group=True, listed=False),
        Offer(name="id", handler=number, listed=False),
    ),
    presses={"cancel": cancel},
    texts={"": text},
)


def _ways(view: View) -> Rows:
    ways: Rows = (
        (press("today", "today", "today"), press("ask", "ask", "open")),
        (HELP_FOR_CHILD,),
    )
    return ways if view.person else (*ways, (press("join", "today", "join"),))
