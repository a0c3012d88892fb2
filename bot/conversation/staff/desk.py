"""The way to the desk in the browser: a link that opens it once, for a member of staff alone."""

from bot.conversation.look import View
from bot.conversation.staff.common import staff_only
from bot.conversation.staff.effects import OpenDesk
from bot.conversation.topic import Offer, Topic
from bot.conversation.words import Command, State, Step


@staff_only
def open_(state: State, event: Command, view: View) -> Step:
    """Give the link."""
    return state, (OpenDesk(),)


TOPIC = Topic(name="desk", commands=(Offer(name="desk", handler=open_, staff=True),))
