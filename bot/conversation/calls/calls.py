"""/calls: what people are called to send now, on a page where their age is asked first; and what
was chosen of it, on its page.
"""

from bot.conversation.look import View
from bot.conversation.topic import Offer, Topic
from bot.conversation.words import Command, Pressed, Say, State, Step, line, link, paragraph


def calls(state: State, event: Command | Pressed, view: View) -> Step:
    """List them, with a button to the page of each."""
    there, chosen = view.calls.open, view.calls.favourites
    shown = tuple((link("favourites", page),) for page in chosen)
    if not there:
        return state, (Say(template="calls.none", buttons=shown),)
    said = (paragraph("calls.call", title=each.title, about=each.about) for each in there)
    buttons = tuple((link(each.title, each.page, literal=True),) for each in there)
    parts = (line("calls.head"), *said)
    return state, (Say(template="calls.calls", parts=parts, buttons=(*buttons, *shown)),)


TOPIC = Topic(name="calls", commands=(Offer(name="calls", handler=calls),))
