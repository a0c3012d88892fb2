"""Questions to the makers of a pledge: what such a question has beside its words."""

from dataclasses import dataclass

PEER_DAYS = 14
"""Days for which makers are asked; then staff see that no answer came."""

OVER_DAYS = 28
"""Days after a question was asked, or passed on to its makers, after which it is over where nobody
has answered it: makers have `PEER_DAYS` of them, and staff as many from when it is back.
"""

MOST_WAITING = 50
"""Questions about one pledge that wait at once; more are not taken."""

MOST_A_DAY = 5
"""Questions to makers that one address asks within a day."""


@dataclass(frozen=True, kw_only=True)
class Peer:
    """About which pledge something is asked, and how far that is; instants in epoch seconds."""

    #: number of the pledge
    pledge: int
    #: how its makers may reach who asks; '' for not at all
    contact: str
    #: when staff passed it on to them; None while they have not
    passed: int | None
    #: what they answered; '' where they don't, None while nobody knows
    reply: str | None
    #: when they did, or when staff had it back without
    replied: int | None = None
    #: when it was over since nobody had answered; None while it isn't
    lapsed: int | None = None

    @property
    def standing(self) -> str:
        """Return 'asked' before staff have passed it on, 'passed', 'replied', or 'silent'."""
        if self.passed is None:
            return "asked"
        return "passed" if self.reply is None else "replied" if self.reply else "silent"
