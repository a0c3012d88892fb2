"""What somebody is told about whom nothing is stored yet, and who wants something that needs it:
the way in, in every language we speak.
"""

from collections.abc import Callable, Collection
from functools import wraps
from typing import TypeVar

from bot.conversation.look import View
from bot.conversation.words import Event, Rows, Say, State, Step, link, press, rows
from bot.model import Audience
from bot.model.person import Subscriber

_Event = TypeVar("_Event", bound=Event)


def joined(
    handler: Callable[[State, _Event, View, Subscriber], Step],
) -> Callable[[State, _Event, View], Step]:
    """Give a handler the person; whoever has not joined is shown the way in."""

    @wraps(handler)
    def checked(state: State, event: _Event, view: View) -> Step:
        person = view.person
        return handler(state, event, view, person) if person else (state, (first(view),))

    return checked


def first(view: View) -> Say:
    """Say why, and offer the first of the two taps."""
    return Say(template="start.first", values=view.facts, buttons=languages(view, "i"))


def languages(view: View, payload: str) -> Rows:
    """A button for each language, the one they seem to speak first.

    It carries the deep link's payload through the taps.
    """
    tags = [tag for tag in view.languages if tag == view.language] + [
        tag for tag in view.languages if tag != view.language
    ]
    return tuple(
        (press(view.languages[tag], "start", "lang", tag, payload, literal=True),) for tag in tags
    )


def in_private(page: str | None) -> Rows:
    """[Write to us in private], where we know the page that opens such a chat."""
    return ((link("private", page),),) if page else ()


def audiences(topic: str, act: str, among: Collection[Audience] = tuple(Audience)) -> Rows:
    """A button for each of these audiences that somebody may speak for, two in a row.

    It carries the first letter of the audience.
    """
    choices = [
        press(audience.word, topic, act, audience.word[0])
        for audience in Audience
        if audience in among
    ]
    return rows(choices, 2)
