"""Decorators that give handlers the pledge which a button or a text means.

Where that pledge is gone, they say so.
"""

from collections.abc import Callable
from functools import wraps

from bot.conversation.look import View
from bot.conversation.pledges.buttons import to_card
from bot.conversation.pledges.look import Seen
from bot.conversation.topic import OnPress, OnText
from bot.conversation.words import IDLE, Pressed, Say, State, Step, Text, stale
from bot.model.makers import Form

Pick = Callable[[Pressed, View], Seen | None]
OnPledge = Callable[[State, Pressed, View, Seen], Step]
OnForm = Callable[[State, Pressed, View, Seen, Form], Step]


def mine(event: Pressed, view: View) -> Seen | None:
    """Return the pledge whose number the button carries; None where it isn't the person's own."""
    return view.pledges.get(event.number)


def picked(pick: Pick) -> Callable[[OnPledge], OnPress]:
    """Return a decorator that gives a handler the pledge of `pick`; without one it is stale."""

    def decorated(handler: OnPledge) -> OnPress:
        @wraps(handler)
        def checked(state: State, event: Pressed, view: View) -> Step:
            seen = pick(event, view)
            return handler(state, event, view, seen) if seen else stale(state)

        return checked

    return decorated


of_pledge = picked(mine)


def of_form(form: str, pick: Pick = mine) -> Callable[[OnForm], OnPress]:
    """Return a decorator that gives a handler the pledge and its campaign's form of this id.

    Where either is missing, the button is stale.
    """

    def decorated(handler: OnForm) -> OnPress:
        @picked(pick)
        @wraps(handler)
        def checked(state: State, event: Pressed, view: View, seen: Seen) -> Step:
            of = form_of(view, seen, form)
            return handler(state, event, view, seen, of) if of else stale(state)

        return checked

    return decorated


def awaited(handler: Callable[[State, Text, View, Seen], Step]) -> OnText:
    """Decorate a handler of a text that needs the pledge which the state names."""

    @wraps(handler)
    def checked(state: State, event: Text, view: View) -> Step:
        seen = view.pledges.get(int(state.data.get("pledge", 0)))
        return handler(state, event, view, seen) if seen else gone()

    return checked


def form_of(view: View, seen: Seen, form: str) -> Form | None:
    """Return the form of this id as it is asked of the pledge's maker, or None."""
    of = view.pledges.form(seen.pledge.campaign, form)
    return of.fitting(seen.pledge.audience) if of else None


def personal(view: View) -> Say | None:
    """Return what is said to who asks for the steps of a pledge and has made one for themselves
    alone: what there is in their place. None for anybody else.
    """
    made = [seen for seen in view.pledges.mine if seen.pledge.made]
    if not made or any(seen.pledge.travels for seen in made):
        return None
    return Say(template="pledge_journey.personal", buttons=((to_card(made[0]),),))


def gone() -> Step:
    """Return the step that says that the pledge is gone, after which nothing is awaited."""
    return IDLE, (Say(template="pledge.gone"),)
