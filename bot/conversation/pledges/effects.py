"""Effects for pledge-makers.

`pledge` is the number of a pledge. 0 means the person's newest draft, since one that is begun in
this very turn has no number yet.
"""

from dataclasses import dataclass
from datetime import date

from bot.conversation.words import Effect
from bot.model import Audience
from bot.model.pledge import Handle
from bot.model.pledges.introduction import Details
from bot.rules.forms import Answers
from bot.rules.journey import Event


@dataclass(frozen=True, kw_only=True)
class Agree(Effect):
    """Keep the person's consent for this purpose."""

    purpose: str


@dataclass(frozen=True, kw_only=True)
class Begin(Effect):
    """Begin a draft, with the person as its first editor."""

    campaign: str
    audience: Audience
    stakeholder: str
    organisation: str


@dataclass(frozen=True, kw_only=True)
class Claim(Effect):
    """Let a pledge from a page be the person's who has opened it."""

    proposal: int


@dataclass(frozen=True, kw_only=True)
class Take(Effect):
    """Make a pledge from a page a draft of the person's, and go on with it in the form; show their
    pledges where it was made one before.
    """

    proposal: int
    #: what the form does next: 'submit' or 'preview'
    act: str


@dataclass(frozen=True, kw_only=True)
class Refuse(Effect):
    """Delete a pledge from a page, and say so."""

    proposal: int


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
    """Refuse an edit for staff: the approved answers stand again."""

    pledge: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class Drop(Effect):
    """Delete a pledge that is still a draft."""

    pledge: int


@dataclass(frozen=True, kw_only=True)
class Verify(Effect):
    """Keep that staff made sure who the pledge-maker is."""

    pledge: int
    #: 'email' or 'staff'
    method: str
    note: str


@dataclass(frozen=True, kw_only=True)
class DecideResult(Effect):
    """Decide for staff who may see a pledge's scale-up result."""

    pledge: int
    #: the mark of the answers that were looked at
    mark: str
    #: whether everybody may see it on the pledge's page, or nobody
    show: bool


@dataclass(frozen=True, kw_only=True)
class Write(Effect):
    """Send a letter to an official address, which may confirm the pledge."""

    pledge: int
    address: str


@dataclass(frozen=True, kw_only=True)
class Invite(Effect):
    """Make an invitation that works once, and say its link."""

    pledge: int
    #: whether it is for a group chat, and not for one person
    group: bool = False
    #: whether staff invite, who may do so to any pledge
    staff: bool = False


@dataclass(frozen=True, kw_only=True)
class Tell(Effect):
    """Keep what a pledge-maker lets another one know, once both agree."""

    #: the number of the side of the introduction
    side: int
    details: Details


@dataclass(frozen=True, kw_only=True)
class Meet(Effect):
    """Take whether a pledge-maker wants to know another one."""

    #: the number of the side of the introduction
    side: int
    agreed: bool


@dataclass(frozen=True, kw_only=True)
class MeetNobody(Effect):
    """Take that a pledge-maker doesn't want to know another one, nor anybody else."""

    #: the number of the side of the introduction
    side: int


@dataclass(frozen=True, kw_only=True)
class MeetAgain(Effect):
    """Take that a pledge-maker may be suggested to others again."""

    #: the number of the side by which they had ended it
    side: int


@dataclass(frozen=True, kw_only=True)
class HandOver(Effect):
    """Make another editor the focal point."""

    pledge: int
    #: the person who becomes the focal point
    to: int
    #: whether staff do it, in the place of a focal point who can't be reached
    staff: bool = False


@dataclass(frozen=True, kw_only=True)
class TakeOver(Effect):
    """Make the person the focal point in the place of one who can't be reached."""

    pledge: int


@dataclass(frozen=True, kw_only=True)
class Leave(Effect):
    """Take the person out of the pledge's editors."""

    pledge: int


@dataclass(frozen=True, kw_only=True)
class Report(Effect):
    """Keep that a milestone is done; its link is shown to nobody before staff have seen it."""

    pledge: int
    action: str
    slot: int
    link: str | None


@dataclass(frozen=True, kw_only=True)
class Happen(Effect):
    """Let something happen to a pledge's journey."""

    pledge: int
    event: Event
    #: the last day of a pause; None for other events
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Keep(Effect):
    """Keep a pledge-maker's answers to a form that is no pledge."""

    pledge: int
    #: the form's id
    form: str
    answers: Answers
    #: whether every question is answered or left out
    finished: bool
