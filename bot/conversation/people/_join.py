"""The way in for somebody who has not joined and wants something that only subscribers can have."""

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
    """Decorate a handler that needs the person; whoever has not joined is shown the way in."""

    @wraps(handler)
    def checked(state: State, event: _Event, view: View) -> Step:
        person = view.person
        return handler(state, event, view, person) if person else (state, (first(view),))

    return checked


def first(view: View) -> Say:
    """Return the message that says why one must join, with the first of the two taps to do so."""
    return Say(template="start.first", values=view.facts, buttons=languages(view, "i"))


def languages(view: View, payload: str) -> Rows:
    """Return a button for each language, first the one that they seem to speak.

    Each carries the deep link's payload through the taps.
    """
    tags = [tag for tag in view.languages if tag == view.language] + [
        tag for tag in view.languages if tag != view.language
    ]
    return tuple(
        (press(view.languages[tag], "start", "lang", tag, payload, literal=True),) for tag in tags
    )


def in_private(page: str | None) -> Rows:
    """Return [Write to us in private], which opens this page; no button without a page."""
    return ((link("private", page),),) if page else ()


def audiences(topic: str, act: str, among: Collection[Audience] = tuple(Audience)) -> Rows:
    """Return a button for each of these audiences, two in a row, that presses `act` of `topic`.

    Each carries the first letter of its audience.
    """
    choices = [
        press(audience.word, topic, act, audience.word[0])
        for audience in Audience
        if audience in among
    ]
    return rows(choices, 2)
