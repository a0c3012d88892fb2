"""Safety: a child may be on the other end. Helplines first, no promise of rescue, nothing published, one named person is told.

Works for everyone, also for people about whom nothing else is stored.
"""

from bot.conversation._view import View
from bot.conversation.base import IDLE, Command, Flag, Offer, Pressed, Rows, Say, State, Text, Turn, press

LONGEST = 3_000
"""Most characters of a message."""


def open_(state: State, event: Command | Pressed, view: View) -> Turn:
    """Where help is; and whom we can tell."""
    lines = [{"name": line.name, "number": line.number, "read": line.read, "page": line.page} for line in view.helplines]
    contact = view.safeguarding
    values = {"helplines": lines, "contact": contact[0] if contact else "", "days": contact[1] if contact else 0}
    buttons: Rows = ((press("write", "safety", "write"),),) if contact else ()
    return state, (Say(template="safety.danger", values=values, buttons=buttons),)


def write(state: State, event: Pressed, view: View) -> Turn:
    """Wait for the message."""
    contact = view.safeguarding
    if contact is None:
        return open_(state, event, view)
    values = {"contact": contact[0], "days": contact[1]}
    return State(topic="safety", step="text"), (
        Say(template="safety.write", values=values, buttons=((press("cancel", "help", "cancel"),),)),
    )


def written(state: State, event: Text, view: View) -> Turn:
    """Tell the contact at once."""
    words = event.text.strip()
    if not words or len(words) > LONGEST:
        return state, (Say(template="safety.too_long", values={"length": len(words), "longest": LONGEST}),)
    contact = view.safeguarding
    values = {"contact": contact[0] if contact else "", "days": contact[1] if contact else 0}
    return IDLE, (Flag(text=words), Say(template="safety.told", values=values))


COMMANDS = (Offer(name="danger", handler=open_, group=True, listed=False),)
PRESSES = {"open": open_, "write": write}
TEXTS = {"text": written}
