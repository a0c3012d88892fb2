"""Why something was not done: in the reader's language where words of the desk say it, else in
English, as commands do.
"""

from dataclasses import dataclass

from bot.errors import DrumbeatError, Missing, Overtaken, UsageError
from bot.web.desk.colleague import Colleague

WRITTEN = ("text", "reason", "note")
"""Fields of forms that hold words of their sender, who reads them again where they were refused."""


@dataclass(frozen=True, kw_only=True)
class Why:
    """A reason, as it is shown."""

    text: str
    #: whether these are the reader's words; else the program's own, in English
    said: bool


def why(who: Colleague, error: DrumbeatError) -> Why:
    """Return why something was not done, as a sentence or two that also say that nothing was."""
    words = who.words["refused"]
    match error:
        case Missing():
            return Why(text=words["gone"], said=True)
        case Overtaken():
            return Why(text=words["overtaken"], said=True)
        case UsageError(said=key, values=values) if key:
            return Why(text=who.filled(who.words["refusals"][key], values), said=True)
    return Why(text=str(error), said=False)
