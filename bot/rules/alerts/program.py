"""Alarms about the program itself: its jobs, webhooks, clock and chat."""

from dataclasses import dataclass
from typing import ClassVar

from bot.rules.alerts.alarm import Alarm


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
