"""Why what a program asked for was not done."""

from enum import Enum, auto

from bot.errors import UsageError


class Why(Enum):
    """Kinds of reasons."""

    #: there is no such thing
    ABSENT = auto()
    #: it is somebody else's
    FOREIGN = auto()
    #: it is too late for it
    OVER = auto()
    #: what was sent can't be used
    UNFIT = auto()


class Declined(UsageError):
    """Nothing was done; the message says why, and what could be."""

    def __init__(self, why: Why, message: str) -> None:
        super().__init__(message)
        self.why = why
