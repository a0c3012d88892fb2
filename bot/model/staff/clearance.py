"""Clearance: somebody without an account looks at a post or a pledge behind a link, and says
whether it may go out as it is.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from bot.model.message import DeliveryKey
from bot.model.outbox import PUBLIC
from bot.model.staff import Actor

LONGEST_NAME = 120
"""Most characters of the name or office to which something is sent, and of who decides."""

LONGEST_REASON = 1_000
"""Most characters of a reason for sending back."""


class Became(IntEnum):
    """What became of a clearance that was asked for; integers are stored."""

    OPEN = 1
    CLEARED = 2
    SENT_BACK = 3
    REVOKED = 4


class Stand(StrEnum):
    """How a clearance stands now."""

    OPEN = "open"
    CLEARED = "cleared"
    SENT_BACK = "sent_back"
    REVOKED = "revoked"
    #: what it is about was changed since
    VOIDED = "voided"
    #: nobody answered in time, or what it is about is cancelled or gone
    OVER = "over"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is to be cleared: the post of an occurrence on a channel, or a pledge; 0 for the
    other.
    """

    occurrence: int = 0
    channel: int = 0
    pledge: int = 0

    @property
    def key(self) -> DeliveryKey:
        """Return the key of the post."""
        return DeliveryKey(occurrence=self.occurrence, channel=self.channel, recipient=PUBLIC)


@dataclass(frozen=True, kw_only=True)
class Clearance:
    """A clearance that was asked for; instants in epoch seconds."""

    id: int
    subject: Subject
    #: digest of what its page shows
    shown: str
    #: tag of the language of its page
    language: str
    #: name or office, in the words of who asked; '' once it is forgotten
    sent_to: str
    #: None where the link was handed over by other ways than e-mail
    address: str | None
    by: Actor
    at: int
    until: int
    became: Became
    answered: int | None
    #: their name in their own words; '' while nobody has decided
    decided_by: str
    reason: str
