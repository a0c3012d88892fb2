"""Alarms: what staff should look at, one class for each kind, in a file for what it is about.

The store keeps an alarm's kind, subject, text and detail; `read` makes the alarm of them again. The
detail is JSON and holds the fields that a class adds to `Alarm`.
"""

from collections.abc import Mapping
from typing import Any

from bot.model.staff import Alert
from bot.rules.alerts.accounts import (
    AccountRests,
    ChannelPaused,
    DeliveriesUncertain,
    TargetMoved,
    TokenRefused,
)
from bot.rules.alerts.alarm import Alarm, OtherAlarm
from bot.rules.alerts.amplification import (
    NotPassedOn,
    NotRetracted,
    PostsAsk,
    ReviewsWait,
    SearchFails,
)
from bot.rules.alerts.broadcasts import BroadcastAsks, BroadcastNotPaid, WordsWait
from bot.rules.alerts.data import LinkFails, TextHeld, ZoneUnknown
from bot.rules.alerts.events import EventGone
from bot.rules.alerts.hashtags import NotCounted, UnusualUse, WeekOfHashtags
from bot.rules.alerts.people import PledgeTask
from bot.rules.alerts.posts import (
    ApprovalLapsed,
    ApprovalWaits,
    DiffersFromApproved,
    LettersFailed,
    OverCeiling,
    PostFailed,
    PostMissed,
    WaveTooLong,
)
from bot.rules.alerts.program import ChatTrouble, ClockJumped, JobFails, PruningBegins, WebhookFails
from bot.rules.alerts.results import ResultsRefused

__all__ = [
    "KINDS",
    "AccountRests",
    "ApprovalLapsed",
    "ApprovalWaits",
    "BroadcastAsks",
    "BroadcastNotPaid",
    "ChannelPaused",
    "ChatTrouble",
    "ClockJumped",
    "DeliveriesUncertain",
    "DiffersFromApproved",
    "EventGone",
    "JobFails",
    "LettersFailed",
    "LinkFails",
    "NotCounted",
    "NotPassedOn",
    "NotRetracted",
    "OtherAlarm",
    "OverCeiling",
    "PledgeTask",
    "PostFailed",
    "PostMissed",
    "PostsAsk",
    "PruningBegins",
    "ResultsRefused",
    "ReviewsWait",
    "SearchFails",
    "TargetMoved",
    "TextHeld",
    "TokenRefused",
    "UnusualUse",
    "WaveTooLong",
    "WebhookFails",
    "WeekOfHashtags",
    "WordsWait",
    "ZoneUnknown",
    "of",
    "of_a_process",
    "read",
]

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
