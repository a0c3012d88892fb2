"""Effects on actions: they are ticked off, left out, or put off; and on events: people sign up for
them, leave them, and were there.
"""

from dataclasses import dataclass

from bot.conversation.actions.look import Item
from bot.conversation.words import Effect


@dataclass(frozen=True, kw_only=True)
class Tick(Effect):
    """Keep that the person did an action or leaves it out, or take either back."""

    item: Item
    #: True for done, False for left out, None for neither
    done: bool | None


@dataclass(frozen=True, kw_only=True)
class Postpone(Effect):
    """Send a nudge again at an instant within its grace."""

    #: number of the nudge's occurrence
    occurrence: int
    #: epoch second
    due: int


@dataclass(frozen=True, kw_only=True)
class SignUp(Effect):
    """Sign the person up for an event, and say whether they have a place."""

    #: reference of the event
    ref: str


@dataclass(frozen=True, kw_only=True)
class LeaveEvent(Effect):
    """Delete that the person signed up for an event."""

    #: reference of the event
    ref: str


@dataclass(frozen=True, kw_only=True)
class WasThere(Effect):
    """Keep that the person was at an event."""

    #: reference of the event
    ref: str
