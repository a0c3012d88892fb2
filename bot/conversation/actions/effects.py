"""What is done about actions: ticked off, left out, put off."""

from dataclasses import dataclass

from bot.conversation.actions.look import Item
from bot.conversation.words import Effect


@dataclass(frozen=True, kw_only=True)
class Tick(Effect):
    """The person did an action, leaves it out, or takes either back (None)."""

    item: Item
    done: bool | None


@dataclass(frozen=True, kw_only=True)
class Postpone(Effect):
    """Send this nudge again at the instant, which lies within its grace."""

    occurrence: int
    due: int
