"""Effects on actions: they are ticked off, left out, or put off."""

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
