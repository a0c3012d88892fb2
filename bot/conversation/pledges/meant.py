"""Which pledge a button or a text means: handlers get it, and a word is said where it is gone."""

from collections.abc import Callable
from functools import wraps

from bot.conversation.look import View
from bot.conversation.pledges.look import Seen
from bot.conversation.topic import OnPress, OnText
from bot.conversation.words import IDLE, Pressed, Say, State, Step, Text, stale
from bot.model.makers import Form

Pick = Callable[[Pressed, View], Seen | None]
OnPledge = Callable[[State, Pressed, View, Seen], Step]
OnForm = Callable[[State, Pressed, View, Seen, Form], Step]


def mine(event: Pressed, view: View) -> Seen | None:
    """The person's own pledge whose number the button carries."""
    return view.pledges.get(event.number)


def picked(pick: Pick) -> Callable[[OnPledge], OnPress]:
    """Give a handler the pledge that `pick` finds; where it finds none, the button is stale."""

    def decorated(handler: OnPledge) -> OnPress:
        @wraps(handler)
        def checked(state: State, event: Pressed, view: View) -> Step:
            seen = pick(event, view)
            return handler(state, event, view, seen) if seen else stale(state)

        return checked

    return decorated


of_pledge = picked(mine)


def of_form(form: str, pick: Pick = mine) -> Callable[[OnForm], OnPress]:
    """Give a handler the pledge, and the campaign's form of this id; else the button is stale."""

    def decorated(handler: OnForm) -> OnPress:
        @picked(pick)
        @wraps(handler)
        def checked(state: State, event: Pressed, view: View, seen: Seen) -> Step:
            of = view.pledges.form(seen.pledge.campaign, form)
            return handler(state, event, view, seen, of) if of else stale(state)

        return checked

    return decorated


def awaited(handler: Callable[[State, Text, View, Seen], Step]) -> OnText:
    """Give a handler of a text the pledge that was asked about; else say that it is gone."""

    @wraps(handler)
    def checked(state: State, event: Text, view: View) -> Step:
        seen = view.pledges.get(int(state.data.get("pledge", 0)))
        return handler(state, event, view, seen) if seen else gone()

    return checked


def gone() -> Step:
    """Say that there is no such pledge any more; nothing is awaited."""
    return IDLE, (Say(template="pledge.gone"),)
