"""Alarms about posts of others that are passed on."""

from dataclasses import dataclass
from typing import ClassVar

from bot.rules.alerts.alarm import Alarm


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
