"""The card: a picture of what is to do now, or else of what comes next, for people to pass on."""

from collections.abc import Iterator

from bot.conversation.actions.look import Item
from bot.conversation.look import View
from bot.conversation.topic import Offer, Topic
from bot.conversation.words import Command, Picture, Say, State, Step, press

_TRIED = 3
"""How many things that come next are tried, where there is no card of the first."""


def card(state: State, event: Command, view: View) -> Step:
    """Show the card of the first thing that has one, with its alt text below it."""
    for item in _wanted(view):
        shown = view.actions.card(item)
        if shown is not None:
            values = {"title": item.title, "day": item.day, "alt": shown.alt}
            template = "today.picture" if item.day is None else "today.picture_day"
            return state, (Picture(template=template, content=shown.data, values=values),)
    return state, (
        Say(template="today.no_picture", buttons=((press("today", "today", "today"),),)),
    )


def _wanted(view: View) -> Iterator[Item]:
    """Yield what is to do now, the next of what comes, and a quick thing."""
    coming = [item for item in view.actions.items if item.day and item.day > view.today]
    yield from (*view.actions.open_items, *coming[:_TRIED], *view.actions.quick[:1])


TOPIC = Topic(name="card", commands=(Offer(name="card", handler=card),))
