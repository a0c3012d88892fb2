"""What is done for pledge-makers.

The pledge 0 is "my newest draft": one that was begun in this very turn has no number yet.
"""

from dataclasses import dataclass
from datetime import date

from bot.conversation.words import Effect
from bot.model import Audience
from bot.model.pledge import Handle
from bot.rules.forms import Answers
from bot.rules.journey import Event


@dataclass(frozen=True, kw_only=True)
class Agree(Effect):
    """Consent for a purpose of its own."""

    purpose: str


@dataclass(frozen=True, kw_only=True)
class Begin(Effect):
    """Begin a draft; the person is its first editor."""

    campaign: str
    audience: Audience
    stakeholder: str
    organisation: str


@dataclass(frozen=True, kw_only=True)
class Fill(Effect):
    """Set these answers of a pledge."""

    pledge: int
    answers: Answers


@dataclass(frozen=True, kw_only=True)
class AskAgain(Effect):
    """Take an answer out of a draft."""

    pledge: int
    question: str


@dataclass(frozen=True, kw_only=True)
class Accounts(Effect):
    """Set all accounts of a pledge at once."""

    pledge: int
    handles: tuple[Handle, ...]


@dataclass(frozen=True, kw_only=True)
class Shift(Effect):
    """Submit ('submitted'), take back ('draft'), approve, reject, publish or withdraw.

    `to` is the word of the new state.
    """

    pledge: int
    to: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class SendBack(Effect):
    """Staff don't accept an edit: the approved answers stand again."""

    pledge: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class Drop(Effect):
    """Delete a pledge that is still a draft."""

    pledge: int


@dataclass(frozen=True, kw_only=True)
class Verify(Effect):
    """Staff made sure who they are: `method` is 'email' or 'staff'."""

    pledge: int
    method: str
    note: str


@dataclass(frozen=True, kw_only=True)
class Write(Effect):
    """Send a letter to an official address, which may confirm the pledge."""

    pledge: int
    address: str


@dataclass(frozen=True, kw_only=True)
class Invite(Effect):
    """Make a one-time invitation; says its link, for one person or (`group`) for a group chat.

    `staff`: it is staff who invite, to any pledge.
    """

    pledge: int
    group: bool = False
    staff: bool = False


@dataclass(frozen=True, kw_only=True)
class HandOver(Effect):
    """Make another editor the focal point.

    `staff`: it is staff who do it, in the place of a focal point who can't be reached.
    """

    pledge: int
    to: int
    staff: bool = False


@dataclass(frozen=True, kw_only=True)
class TakeOver(Effect):
    """The person becomes the focal point in the place of one who can't be reached."""

    pledge: int


@dataclass(frozen=True, kw_only=True)
class Leave(Effect):
    """The person edits this pledge no more."""

    pledge: int


@dataclass(frozen=True, kw_only=True)
class Report(Effect):
    """A milestone is done; the link is shown to nobody before a person has looked at it."""

    pledge: int
    action: str
    slot: int
    link: str | None


@dataclass(frozen=True, kw_only=True)
class Happen(Effect):
    """Something happened to a journey; `until` belongs to PAUSE."""

    pledge: int
    event: Event
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Keep(Effect):
    """Keep the answers to a form that is no pledge."""

    pledge: int
    form: str
    answers: Answers
    finished: bool
