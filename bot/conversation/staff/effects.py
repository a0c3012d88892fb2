"""Effects for staff; `bot.chat.staff.effects` performs them in the name of who asked."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.conversation.words import Effect, Say
from bot.model.outbox import Scope
from bot.model.share import Answer
from bot.model.staff import StaffRole, Whom


@dataclass(frozen=True, kw_only=True)
class Approve(Effect):
    """Let these posts go out at their hours."""

    #: ids of deliveries, like '12-3-0'
    ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Reject(Effect):
    """Cancel this post for good."""

    id: str


@dataclass(frozen=True, kw_only=True)
class Rewrite(Effect):
    """Give a post another text."""

    id: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Reschedule(Effect):
    """Let a post go out at another instant."""

    id: str
    #: epoch second
    due: int


@dataclass(frozen=True, kw_only=True)
class Decide(Effect):
    """Decide what becomes of something uncertain, or of a post that failed or was missed."""

    #: id of a delivery, or 'occurrence-channel' for all that went to people
    ref: str
    #: 'arrived', 'send' or 'leave'
    way: str


@dataclass(frozen=True, kw_only=True)
class SetPace(Effect):
    """Decide how fast a broadcast leaves, or that it isn't sent."""

    #: its id, 'occurrence-channel'
    ref: str
    #: 'pay', 'free' or 'cancel'
    way: str
    #: what is said once it is done, and where it could not be done
    said: Say
    unchanged: Say


@dataclass(frozen=True, kw_only=True)
class Resume(Effect):
    """Let a paused channel go on."""

    channel: str


@dataclass(frozen=True, kw_only=True)
class Attend(Effect):
    """Close the tasks of a pledge, since somebody got in touch with its maker."""

    pledge: int


@dataclass(frozen=True, kw_only=True)
class HoldIt(Effect):
    """Hold all that is in the scope."""

    scope: Scope


@dataclass(frozen=True, kw_only=True)
class ExplainHold(Effect):
    """Say why a scope is held, or until when."""

    scope: Scope
    #: None leaves it as it is
    reason: str | None = None
    #: epoch seconds; None leaves it as it is
    until: int | None = None


@dataclass(frozen=True, kw_only=True)
class Release(Effect):
    """Let the scope go on."""

    scope: Scope
    #: the number of the hold that was asked about
    shown: int
    #: (occurrence, channel) of what is past its grace there and is sent all the same
    send: tuple[tuple[int, int], ...]


@dataclass(frozen=True, kw_only=True)
class Publish(Effect):
    """Schedule a post that stands in no calendar."""

    text: str
    #: names of channels
    channels: tuple[str, ...]
    #: epoch second
    due: int


@dataclass(frozen=True, kw_only=True)
class Reply(Effect):
    """Answer a question that somebody asked the experts."""

    question: int
    text: str


@dataclass(frozen=True, kw_only=True)
class PassQuestion(Effect):
    """Pass a question on to the makers of a pledge, or their answer to who asked."""

    question: int
    #: whether it is the answer that was read
    reply: bool = False


@dataclass(frozen=True, kw_only=True)
class RefuseQuestion(Effect):
    """Let who asked the makers of a pledge know that there is no answer."""

    question: int


@dataclass(frozen=True, kw_only=True)
class DropPost(Effect):
    """Delete a post that asks something, and never take it again."""

    post: int
    #: whether a child may have written it
    child: bool


@dataclass(frozen=True, kw_only=True)
class Announce(Effect):
    """Write to all subscribers of some audiences."""

    text: str
    whom: Whom


@dataclass(frozen=True, kw_only=True)
class Review(Effect):
    """Take the answers to the checklist of a pledge-maker's post or link."""

    id: int
    #: by question; empty where a post that was cleared is passed on once more
    answers: Mapping[str, Answer]
    #: 'boost' or 'quote'; '' where it was chosen before
    way: str


@dataclass(frozen=True, kw_only=True)
class Refuse(Effect):
    """Decide that this post is never amplified."""

    id: int


@dataclass(frozen=True, kw_only=True)
class Posted(Effect):
    """Count a pack as sent, since somebody posted it by hand."""

    #: id of the pack
    id: str
    #: where it was posted
    url: str


@dataclass(frozen=True, kw_only=True)
class OpenDesk(Effect):
    """Make a link that opens the desk once for who asked, and say it."""


@dataclass(frozen=True, kw_only=True)
class TakeReport(Effect):
    """Look after a report that a child is in danger, and hear whether somebody else does."""

    report: int


@dataclass(frozen=True, kw_only=True)
class DecideReport(Effect):
    """Decide about what a country reports, the answers that have this mark."""

    report: int
    mark: str
    #: 'show', 'hide' or 'return'
    way: str
    #: what who answers it reads of why it is sent back
    reason: str = ""


NEEDS: Mapping[type[Effect], StaffRole] = {
    TakeReport: StaffRole.SAFEGUARDING,
    **dict.fromkeys((Rewrite, Reschedule, Publish, Reply, Posted, DropPost), StaffRole.WRITER),
    **dict.fromkeys((PassQuestion, RefuseQuestion), StaffRole.WRITER),
    **dict.fromkeys(
        (
            Approve,
            Reject,
            Decide,
            SetPace,
            Resume,
            Attend,
            HoldIt,
            ExplainHold,
            Release,
            Announce,
            Review,
            Refuse,
            DecideReport,
        ),
        StaffRole.APPROVER,
    ),
}
"""The role that each effect needs of who asks for it."""
