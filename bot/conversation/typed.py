"""What is typed instead of pressed: which button, or which command, a text stands for.

A wish to hear no more is asked about, in any language; nothing stops by a word alone. A mere yes
or no answers only what was asked last, and not long ago. While a text
is awaited only what can be no answer is taken at once. Slips are forgiven but for buttons of staff.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from functools import partial

from bot.conversation.actions import today
from bot.conversation.actions.look import Item
from bot.conversation.look import View
from bot.conversation.words import Command, Offered, Pressed, Text
from bot.rules.reading import typed
from bot.rules.reading.typed import STOP

ANY_TIME = ("cancel", "help")
"""The commands that can be typed as words while a text is awaited."""

_OF_ACTION = ("done", "skip", "later", "share")
"""The buttons of an action, which may stand below a message of days ago."""

_LATE, _LATE_PROMPT = timedelta(days=7), timedelta(days=31)
"""How long after its day an action is meant by a mere word; a prompt is for its month."""

_COMMANDS = {typed.BACK: "cancel"}
"""What a phrase means as a command where no button is meant: one step back from a question that has
none before it ends the waiting.
"""

_NOT_COMMANDS = (STOP, typed.YES, typed.NO)
"""What a phrase may mean beside these and the name of a command."""

_Match = Callable[[str, Sequence[Sequence[str]]], int | None]


def button(event: Text, view: View, topics: Collection[str]) -> Pressed | None:
    """Return the button of these topics whose label a text is; None for none."""
    offered = [each for each in view.offered if each.pressed.topic in topics]
    return _matched(event, offered, typed.same)


def wants_to_stop(event: Text, view: View) -> bool:
    """Return whether the whole text is a wish to hear no more, from somebody who may say so."""
    return view.admin and typed.meaning(event.text, view.people.phrases) == STOP


def tells_of_danger(text: str, view: View) -> bool:
    """Return whether a text says, among other things or not, that a child is in danger."""
    return typed.tells_of_danger(text, view.people.phrases)


def skips(event: Text, view: View) -> bool:
    """Return whether the whole text is a wish to leave out what was asked."""
    return typed.meaning(event.text, view.people.phrases) == "skip"


def at_once(event: Text, view: View, *, waiting: bool) -> Command | Pressed | None:
    """Return what a text means before anything else is made of it; None for nothing."""
    phrases = view.people.phrases
    fresh = [offered for offered in view.offered if offered.fresh]
    answered = partial(typed.answer, known=phrases)
    for offered, match in ((view.offered, typed.same), (fresh, answered)):
        if pressed := _matched(event, offered, match):
            return pressed
    meaning = typed.meaning(event.text, phrases)
    if meaning == STOP and view.admin:
        return Pressed(topic="settings", act="stopping")
    command = _COMMANDS.get(meaning, meaning)
    return Command(name=command) if waiting and command in ANY_TIME else None


def otherwise(
    event: Text, view: View, exact: Collection[str], *, waiting: bool
) -> Command | Pressed | None:
    """Return what a text means that is nothing else; None for nothing.

    Buttons of the topics in `exact` must be typed as they are. While a text is awaited, a word such
    as done is said of that, and not of an action.
    """
    phrases = view.people.phrases
    meaning = typed.meaning(event.text, phrases)
    loose = [
        offered
        for offered in view.offered
        if offered.pressed.topic not in exact
        and (offered.fresh or meaning not in (typed.YES, typed.NO))
    ]
    if pressed := _matched(event, loose, partial(typed.like, known=phrases)):
        return pressed
    if meaning in _OF_ACTION:
        return None if waiting else _of_action(meaning, view)
    if not meaning or meaning in _NOT_COMMANDS:
        return None
    return Command(name=_COMMANDS.get(meaning, meaning))


def of_action(text: str, view: View) -> Command | Pressed | None:
    """Return the button of an action that a text means, such as done; None for none."""
    meaning = typed.meaning(text, view.people.phrases)
    return _of_action(meaning, view) if meaning in _OF_ACTION else None


def _of_action(label: str, view: View) -> Command | Pressed | None:
    """Return the button of the one action that is open today; where there are several, /today.

    Where none is, what was done or is shared is the last one of these days.
    """
    items = view.actions.open_items or _of_late(label, view)
    if len(items) != 1:
        return Command(name="today")
    choices = (choice for row in today.buttons(items[0], later=True) for choice in row)
    data = next((choice.press for choice in choices if choice.label == label), None)
    if data is None:
        return None
    topic, act, *args = data.split(":")
    return Pressed(topic=topic, act=act, args=tuple(args))


def _of_late(label: str, view: View) -> tuple[Item, ...]:
    """Return the last action of these days that can still be ticked off, or shared; or none."""
    if label not in ("done", "share"):
        return ()
    recent = [
        item
        for item in view.actions.items
        if item.day and item.day <= view.today <= item.day + _late(item) and _fits(item, label)
    ]
    return tuple(recent[-1:])


def _late(item: Item) -> timedelta:
    return _LATE_PROMPT if item.prompt else _LATE


def _fits(item: Item, label: str) -> bool:
    return item.shares if label == "share" else not (item.done or item.skipped)


def _matched(event: Text, offered: Sequence[Offered], match: _Match) -> Pressed | None:
    at = match(event.text, [button.names for button in offered])
    return None if at is None else offered[at].pressed
