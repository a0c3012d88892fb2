"""Alarms: what staff should look at, one class for each kind.

The store keeps an alarm's kind, subject, text and detail; `read` makes the alarm of them again. The
detail is JSON and holds the fields that a class adds to `Alarm`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from bot.model.staff import Alert
from bot.rules.alerts.alarm import Alarm, OtherAlarm
from bot.rules.alerts.broadcasts import BroadcastAsks, BroadcastNotPaid, WordsWait
from bot.rules.alerts.events import EventGone
from bot.rules.alerts.results import ResultsRefused


@dataclass(frozen=True, kw_only=True)
class ChannelPaused(Alarm):
    """The channel named by the subject is paused, so that nothing leaves it."""

    kind = "paused"
    #: in a row, where an older version paused it for them; 0 where the network refused it
    failures: int = 0
    #: what the network says
    words: str


@dataclass(frozen=True, kw_only=True)
class AccountRests(Alarm):
    """The network of the account named by the subject has failed for minutes; it is tried again and
    again.
    """

    kind = "rests"
    #: what the network says
    words: str


@dataclass(frozen=True, kw_only=True)
class TokenRefused(Alarm):
    """A network refuses the token of the account named by the subject."""

    kind = "token"
    words: str


@dataclass(frozen=True, kw_only=True)
class TargetMoved(Alarm):
    """The chat in which a channel posts has another address; the subject is the channel."""

    kind = "moved"
    #: the new one
    target: str


@dataclass(frozen=True, kw_only=True)
class DeliveriesUncertain(Alarm):
    """Something may or may not have left the channel named by the subject."""

    kind = "uncertain"
    #: since a backup was restored
    restored: bool = False


# posts; the subject is the delivery's key


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


# data of campaigns


@dataclass(frozen=True, kw_only=True)
class TextHeld(Alarm):
    """An action can't be sent until somebody mends its text; the subject names both ids."""

    kind = "text"
    #: link, fact or text
    why: str
    words: str

    @staticmethod
    def about(campaign: str, action: str) -> str:
        """Return the subject that stands for this action of a campaign."""
        return f"{campaign}/{action}"

    @property
    def campaign(self) -> str:
        """Return the campaign's id, which the subject holds."""
        return self.subject.partition("/")[0]

    @property
    def action(self) -> str:
        """Return the action's id, which the subject holds."""
        return self.subject.partition("/")[2]


@dataclass(frozen=True, kw_only=True)
class LinkFails(Alarm):
    """A link that is needed soon has no address, or its page fails."""

    kind = "link"
    #: what needs it next
    action: str
    #: when, as ISO 8601
    day: str
    #: '' where the slot is empty
    url: str

    @staticmethod
    def about(campaign: str, slot: str) -> str:
        """Return the subject that stands for this link of a campaign."""
        return f"{campaign}/{slot}"

    @property
    def campaign(self) -> str:
        """Return the campaign's id, which the subject holds."""
        return self.subject.partition("/")[0]

    @property
    def slot(self) -> str:
        """Return the link's name in campaign.toml, which the subject holds."""
        return self.subject.partition("/")[2]

    @property
    def date(self) -> date | None:
        """Return the day when it is needed; None where an older version didn't keep it."""
        return _day(self.day)


@dataclass(frozen=True, kw_only=True)
class ZoneUnknown(Alarm):
    """People have the unknown time zone that is the subject."""

    kind = "zone"


# the program


@dataclass(frozen=True, kw_only=True)
class JobFails(Alarm):
    """The job named by the subject fails, or the database does."""

    kind = "job"
    #: '' where it is the database
    job: str = ""
    words: str


@dataclass(frozen=True, kw_only=True)
class WebhookFails(Alarm):
    """The webhook named by the subject takes nothing, and messages to it were given up or soon will
    be.
    """

    kind = "webhook"
    #: what is wrong
    words: str


@dataclass(frozen=True, kw_only=True)
class ClockJumped(Alarm):
    """The machine's clock jumped, and is not believed yet."""

    kind = "clock"
    #: epoch seconds that it shows; 0 where nothing says
    shown: int = 0
    #: epoch seconds by the count of the process
    counted: int = 0


@dataclass(frozen=True, kw_only=True)
class PruningBegins(Alarm):
    """Messages to people that ended long ago will become counts, for the first time."""

    kind = "pruning"
    #: how many there are at most
    count: int
    #: days after which they do
    days: int
    #: epoch seconds
    begins: int


@dataclass(frozen=True, kw_only=True)
class ChatTrouble(Alarm):
    """The chat can't do all that it should; the subject is one of the constants here."""

    kind = "chat"
    PRIVACY: ClassVar[str] = "privacy"
    SAFEGUARDING: ClassVar[str] = "safeguarding"
    CONFLICT: ClassVar[str] = "conflict"


# people


@dataclass(frozen=True, kw_only=True)
class PledgeTask(Alarm):
    """Staff should get in touch with the maker of a pledge."""

    kind = "journey"
    #: why, where the subject doesn't say it: left, unreachable
    event: str = ""

    @staticmethod
    def about(pledge: int, why: str) -> str:
        """Return the subject, such as 'pledge 12: need help' for `need_help`."""
        return f"pledge {pledge}: {why.replace('_', ' ')}"

    @property
    def pledge(self) -> int | None:
        """Return the pledge's number; None where the subject names none."""
        number = self.subject.partition(":")[0].removeprefix("pledge ")
        return int(number) if number.isdecimal() else None

    @property
    def why(self) -> str:
        """Return what happened, as `about` was told it."""
        return self.event or self.subject.partition(": ")[2].replace(" ", "_")


# hashtags


@dataclass(frozen=True, kw_only=True)
class NotCounted(Alarm):
    """Hashtags could not be counted at a place for a day."""

    kind = "blind"
    network: str
    place: str
    #: epoch seconds; 0 where an older version didn't keep it
    since: int
    words: str

    @staticmethod
    def about(network: str, place: str) -> str:
        """Return the subject that stands for this place of a network."""
        return f"{network} {place}"


@dataclass(frozen=True, kw_only=True)
class UnusualUse(Alarm):
    """A hashtag was used much more than usual on a network on one day."""

    kind = "surge"
    tag: str
    network: str
    #: as ISO 8601
    day: str
    uses: int
    #: uses of a usual day
    usual: float

    @staticmethod
    def about(tag: str, network: str, day: date) -> str:
        """Return the subject that stands for a hashtag on a network on this day."""
        return f"{tag} {network} {day}"

    @property
    def date(self) -> date | None:
        """Return the day; None where an older version didn't keep it."""
        return _day(self.day)


@dataclass(frozen=True, kw_only=True)
class WeekOfHashtags(Alarm):
    """The use of hashtags in one week, for information only; the subject is the Monday after it."""

    kind = "digest"
    #: first and last day, as ISO 8601
    start: str
    end: str
    #: for each hashtag on each network what was counted; its keys are those of the text
    tags: tuple[Mapping[str, Any], ...]

    @property
    def first(self) -> date | None:
        """Return the first day; None where an older version didn't keep it."""
        return _day(self.start)

    @property
    def last(self) -> date | None:
        """Return the last day; None where an older version didn't keep it."""
        return _day(self.end)


# amplification


@dataclass(frozen=True, kw_only=True)
class SearchFails(Alarm):
    """The channel named by the subject can't search for posts of pledge-makers."""

    kind = "amplify"
    words: str


@dataclass(frozen=True, kw_only=True)
class ReviewsWait(Alarm):
    """Posts and links of pledge-makers wait for review."""

    kind = "review"
    #: the subject, always the same, so that only one is open
    ABOUT: ClassVar[str] = "amplification"
    count: int


@dataclass(frozen=True, kw_only=True)
class PostsAsk(Alarm):
    """Posts with the hashtag ask something, and wait for staff."""

    kind = "asked"
    #: the subject, always the same, so that only one is open
    ABOUT: ClassVar[str] = "posts"
    count: int


@dataclass(frozen=True, kw_only=True)
class NotPassedOn(Alarm):
    """An approved post could not be amplified; the subject is the review's number."""

    kind = "amplification"
    url: str
    #: failed, ceiling or uncertain
    why: str
    channel: str | None = None
    #: what the network says, where it failed
    words: str | None = None

    @property
    def number(self) -> int:
        """Return the number of the review."""
        return int(self.subject)


@dataclass(frozen=True, kw_only=True)
class NotRetracted(Alarm):
    """A post that must be taken back is still there; the subject is the review's number."""

    kind = "retract"
    url: str
    #: '' where the network was not asked
    words: str


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


KINDS: Mapping[str, type[Alarm]] = {
    cls.kind: cls
    for cls in (
        AccountRests,
        ApprovalLapsed,
        ApprovalWaits,
        BroadcastAsks,
        BroadcastNotPaid,
        ChannelPaused,
        ChatTrouble,
        ClockJumped,
        DeliveriesUncertain,
        DiffersFromApproved,
        EventGone,
        JobFails,
        LettersFailed,
        LinkFails,
        NotCounted,
        NotPassedOn,
        NotRetracted,
        OverCeiling,
        PledgeTask,
        PostFailed,
        PostMissed,
        PostsAsk,
        PruningBegins,
        ResultsRefused,
        ReviewsWait,
        SearchFails,
        TargetMoved,
        TextHeld,
        TokenRefused,
        UnusualUse,
        WaveTooLong,
        WebhookFails,
        WeekOfHashtags,
        ZoneUnknown,
        WordsWait,
    )
}
"""All alarms that can be raised: their classes by kind."""


def read(kind: str, subject: str, text: str, detail: Mapping[str, Any]) -> Alarm:
    """Return the alarm of what is stored; `OtherAlarm` for a kind that nobody knows."""
    return KINDS.get(kind, OtherAlarm).read(subject, text, detail)


def of_a_process(kind: str, subject: str) -> bool:
    """Return whether an alarm is about the process that raised it.

    The next process tells anew what still fails. Whom the chat can't reach has nothing to do with
    the process.
    """
    chat = kind == ChatTrouble.kind and subject != ChatTrouble.SAFEGUARDING
    return chat or kind == JobFails.kind


def of(row: Alert) -> Alarm:
    """Return the alarm that a row of the store stands for."""
    return read(row.kind, row.subject, row.text, row.detail)
