"""Alarms about posts and waves; where nothing else is said, the subject is the delivery's key."""

from dataclasses import dataclass
from datetime import date

from bot.rules.alerts.alarm import Alarm


@dataclass(frozen=True, kw_only=True)
class ApprovalWaits(Alarm):
    """A post still waits for approval though half of its time is over."""

    kind = "approval"


@dataclass(frozen=True, kw_only=True)
class ApprovalLapsed(Alarm):
    """A post did not go out, because nobody approved it in time."""

    kind = "lapsed"


@dataclass(frozen=True, kw_only=True)
class PostFailed(Alarm):
    """A post did not go out: its network refused it, or could not be reached in time."""

    kind = "failed"
    #: what the network says
    words: str


@dataclass(frozen=True, kw_only=True)
class LettersFailed(Alarm):
    """Letters to people did not arrive within their grace, or were refused; the subject is the
    channel. Who is gone for good is no part of it.
    """

    kind = "letters"
    #: what the server of the last one says
    words: str


@dataclass(frozen=True, kw_only=True)
class PostMissed(Alarm):
    """A post was due while drumbeat stood still or the post was held, until its grace was over."""

    kind = "missed"


@dataclass(frozen=True, kw_only=True)
class DiffersFromApproved(Alarm):
    """A post would come out differently from what was approved."""

    kind = "differs"


@dataclass(frozen=True, kw_only=True)
class OverCeiling(Alarm):
    """A post would cost more than the channel may this month."""

    kind = "ceiling"
    #: in dollars
    ceiling: float


@dataclass(frozen=True, kw_only=True)
class WaveTooLong(Alarm):
    """Of an action's messages to people, some can't leave within their grace at the pace of the
    channel's account.
    """

    kind = "wave"
    campaign: str
    action: str
    #: as ISO 8601
    day: str
    channel: str
    #: messages that wait or are to come, and those of them that can't leave
    messages: int
    late: int
    #: epoch seconds when the last one's grace ends
    expires: int

    @staticmethod
    def about(campaign: str, action: str, day: date, channel: str) -> str:
        """Return the subject that stands for an action's day on this channel."""
        return f"{campaign}/{action} {day} {channel}"

    @property
    def date(self) -> date | None:
        """Return the day; None where nothing says."""
        return _day(self.day)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
