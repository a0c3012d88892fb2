"""What staff write, and what they are told: one-off posts and announcements, alerts and notices."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Alert:
    """Something that a person should look at; instants in epoch seconds."""

    id: int
    at: int
    #: paused, uncertain, approval, link, differs, zone, …
    kind: str
    subject: str
    #: says what is wrong and what to do, for logs and the command line
    text: str
    told: bool
    #: what the text is made of, to be said in another language
    detail: Mapping[str, Any] = field(default_factory=dict)


POST = "post"
"""The kind of a one-off text that stands on channels, for everybody."""

ANNOUNCEMENT = "announcement"
"""The kind of a one-off text that goes to people, each by themselves."""


@dataclass(frozen=True, kw_only=True)
class Wording:
    """The text that somebody wrote in the place of a post's own."""

    text: str
    by: str


@dataclass(frozen=True, kw_only=True)
class OneOff:
    """A post or an announcement that stands in no calendar.

    Its occurrences' action is ``post:12`` or ``announcement:13``.
    """

    id: int
    #: POST or ANNOUNCEMENT
    kind: str
    campaign: str
    text: str
    by: str
    #: epoch seconds
    at: int
    #: of an announcement: whom it is for; empty for everybody
    language: str
    country: str
    channel: int

    @property
    def action(self) -> str:
        """What its occurrences are called."""
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A message for one member of staff."""

    id: int
    address: str
    #: epoch seconds when there was something to tell
    at: int
    #: file.block of the chat's texts
    template: str
    values: Mapping[str, Any]
