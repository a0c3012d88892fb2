"""Help for a child in danger, who may be the one who writes.

Helplines come first. Rescue is not promised, nothing is published, and one named person is told.
It works for everyone, also for people about whom nothing else is stored. In a group, where
everybody reads what is written, it leads into a private chat.
"""

from bot.conversation.look import View
from bot.conversation.people._join import in_private
from bot.conversation.people.effects import Flag
from bot.conversation.topic import Offer, Topic
from bot.conversation.words import (
    CANCEL,
    IDLE,
    Answer,
    Command,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Text,
    line,
    paragraph,
    press,
)

DANGER = "danger"
"""The payload of a deep link that leads to this help at once, before anything else is asked."""

LONGEST = 3_000
"""Most characters of a message."""


def open_(state: State, event: Command | Pressed, view: View) -> Step:
    """Say where help is, and whom we can tell."""
    helplines = [
        {"name": each.name, "number": each.number, "read": each.read, "page": each.page}
        for each in view.people.helplines
    ]
    contact = view.people.safeguarding
    values = {
        "helplines": helplines,
        "contact": contact[0] if contact else "",
        "days": contact[1] if contact else 0,
    }
    parts = (
        line("safety.danger_call"),
        *(paragraph("safety.danger_line", **each) for each in helplines),
        paragraph("safety.danger_other_lines" if helplines else "safety.danger_no_line"),
        paragraph("safety.danger_contact") if contact else None,
    )
    return state, (
        Say(
            template="safety.danger",
            values=values,
            parts=parts,
            buttons=_way(view) if contact else (),
        ),
    )


def write(state: State, event: Pressed, view: View) -> Step:
    """Wait for a message to the safeguarding contact."""
    contact = view.people.safeguarding
    if not view.private:
        return state, (Answer(template="help.in_private"),)
    if contact is None:
        return open_(state, event, view)
    values = {"contact": contact[0], "days": contact[1]}
    return State(topic="safety", step="text"), (
        Say(template="safety.write", values=values, buttons=((CANCEL,),)),
    )


def written(state: State, event: Text, view: View) -> Step:
    """Pass the message on to the safeguarding contact, or say that it is empty or too long."""
    words = event.text.strip()
    if not words or len(words) > LONGEST:
        return state, (
            Say(
                template="safety.text_too_long" if words else "safety.text_empty",
                values={"length": len(words), "longest": LONGEST},
            ),
        )
    contact = view.people.safeguarding
    values = {"contact": contact[0] if contact else "", "days": contact[1] if contact else 0}
    return IDLE, (Flag(text=words), Say(template="safety.told", values=values))


TOPIC = Topic(
    name="safety",
    commands=(Offer(name="danger", handler=open_, group=True, listed=False),),
    presses={"open": open_, "write": write},
    texts={"text": written},
)


def _way(view: View) -> Rows:
    if view.private:
        return ((press("write", "safety", "write"),),)
    return in_private(view.people.danger_link)
