"""Reports that a child is in danger, for those who look after them: [I look after it], and the way
to the desk where they are read.
"""

from bot.conversation.look import View
from bot.conversation.staff.effects import OpenDesk, TakeReport
from bot.conversation.topic import Offer, Topic
from bot.conversation.words import Command, Pressed, State, Step, stale
from bot.model.staff import StaffRole


def open_(state: State, event: Command, view: View) -> Step:
    """Give the link to the desk."""
    return state, (OpenDesk(),)


def take(state: State, event: Pressed, view: View) -> Step:
    """Note that they look after it; for anybody else the button is stale."""
    if not (view.private and view.may(StaffRole.SAFEGUARDING)):
        return stale(state)
    return state, (TakeReport(report=event.number),)


TOPIC = Topic(
    name="reports",
    commands=(Offer(name="reports", handler=open_, staff=True, role=StaffRole.SAFEGUARDING),),
    presses={"take": take},
)
