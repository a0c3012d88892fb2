"""How effects are done: each file of this folder has ``PERFORM``, a mapping of effect classes to
functions (context, effect); found by name.

What is said (`Say`, `Edit`, `Answer`, `Document`) is the door's own business.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from bot.conversation.words import Effect
from bot.jobs.services import Services
from bot.model import Channel
from bot.model.person import Subscriber
from bot.render.chat import ChatTexts
from bot.times import epoch


@dataclass(kw_only=True)
class Context:
    """One turn while its effects are done.

    The only thing here that changes: who the person is, and in which language they are answered.
    """

    services: Services
    texts: ChatTexts
    channel: Channel
    channel_id: int
    address: str
    #: the one who wrote or pressed: in a group somebody else than the address
    user: str
    now: datetime
    subscriber: Subscriber | None
    language: str
    #: the bot's own name, where it is known
    bot: str | None = None

    @property
    def moment(self) -> int:
        """Now, in epoch seconds."""
        return epoch(self.now)

    def again(self) -> Subscriber | None:
        """Read the person anew, after something of theirs has changed."""
        self.subscriber = self.services.store.subscribers.find(self.channel_id, self.address)
        return self.subscriber


Performer = Callable[[Context, Any], Sequence[Effect] | None]
"""Does an effect; what it gives are further effects, such as what there is to say of it."""


@cache
def performers() -> Mapping[type, Performer]:
    """By class of the effect."""
    found: dict[type, Performer] = {}
    for module in sorted(m.name for m in iter_modules(__path__) if not m.name.startswith("_")):
        found |= import_module(f"{__name__}.{module}").PERFORM
    return found


def perform(context: Context, effect: Effect) -> Sequence[Effect]:
    """Do one effect; gives those that follow from it.

    Raises KeyError for one that nobody can do.
    """
    return performers()[type(effect)](context, effect) or ()
