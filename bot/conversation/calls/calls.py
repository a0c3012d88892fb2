"""/calls: what people are called to send now, on a page where their age is asked first."""

from bot.conversation.look import View
from bot.conversation.topic import Offer, Topic
from bot.conversation.words import Command, Pressed, Say, State, Step, line, link, paragraph


def calls(state: State, event: Command | Pressed, view: View) -> Step:
    """List them, with a button to the page of each."""
    there = view.calls.open
    if not there:
        return state, (Say(template="calls.none"),)
    said = (paragraph("calls.call", title=each.title, about=each.about) for each in there)
    buttons = tuple((link(each.title, each.page, literal=True),) for each in there)
    parts = (line("calls.head"), *said)
    return state, (Say(template="calls.calls", parts=parts, buttons=buttons),)


TOPIC = Topic(name="calls", commands=(Offer(name="calls", handler=calls),))
