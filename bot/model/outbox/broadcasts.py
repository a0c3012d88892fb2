"""What is decided about all nudges of a broadcast at once: its pace, and its sweeps."""

from dataclasses import dataclass
from enum import IntEnum

from bot.model.outbox import ActionDay, Scope
from bot.model.staff import Actor


class Pace(IntEnum):
    """What was decided about the pace of a broadcast."""

    #: so few messages that nobody is asked; they leave at the free pace
    SMALL = 0
    #: staff are asked; until somebody answers it leaves at the free pace
    ASKED = 1
    #: leaves at the pace that is paid for
    PAID = 2
    #: leaves at the free pace
    FREE = 3
    #: is not sent
    CANCELLED = 4

    @property
    def word(self) -> str:
        """Return the word that stands for it in JSON and on screens."""
        return self.name.lower()


@dataclass(frozen=True, kw_only=True)
class Broadcast(ActionDay):
    """A broadcast that may leave at a pace which is paid for."""

    occurrence: int
    channel_id: int
    channel: str
    pace: Pace
    #: as counted when staff were asked: so many may be paid for, and no more
    messages: int
    #: of these, those that are due at the same instant; the most there are
    largest: int
    #: paid for, or under way to be
    paid: int
    #: who decided; empty where nobody has
    by: Actor
    #: epoch seconds: when staff were asked, or somebody decided
    at: int

    #: messages that its cancellation has reached (None where there is none), and its share of all
    cancelled: int | None
    share: float

    @property
    def ref(self) -> str:
        """Return its public id, `occurrence-channel`."""
        return f"{self.occurrence}-{self.channel_id}"

    @property
    def word(self) -> str:
        """Return the word for its pace; while its messages are being cancelled one of its own."""
        return "cancelling" if self.cancelled is not None and self.share < 1 else self.pace.word


class SweepKind(IntEnum):
    """What becomes of all messages of a broadcast."""

    #: what waits is cancelled
    CANCEL = 1
    #: what is uncertain is sent
    SEND = 2
    #: what is uncertain is given up
    GIVE_UP = 3
    #: what is past its grace gets a new one
    RENEW = 4
    #: what waits is cancelled, since its day is not planned any more
    CALL_OFF = 5
    #: what waits is dropped, since its day is planned anew
    CLEAR = 6
    #: what was cancelled waits again
    REVIVE = 7
    #: what waits is due when its wave is, which has another hour
    RETIME = 8


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """A decision about a whole broadcast, which is carried out step by step."""

    id: int
    kind: SweepKind
    occurrence: int
    channel: int
    #: the part of the messages that it is about, by their people alone
    of: Scope
    by: Actor
    #: epoch seconds when it was decided
    at: int
    #: people up to this id are done, with so many messages changed
    after: int
    changed: int
    done: bool
