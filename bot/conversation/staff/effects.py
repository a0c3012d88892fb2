"""What is done for staff; who asks is known to who does it."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.conversation.words import Effect
from bot.model import Audience
from bot.model.outbox import Scope
from bot.model.share import Answer


@dataclass(frozen=True, kw_only=True)
class Approve(Effect):
    """Let these posts go out at their hours."""

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
class Decide(Effect):
    """What becomes of a `Uncertain`: 'arrived', 'send' or 'leave'."""

    ref: str
    way: str


@dataclass(frozen=True, kw_only=True)
class Resume(Effect):
    """Let a paused channel go on."""

    channel: str


@dataclass(frozen=True, kw_only=True)
class Attend(Effect):
    """Somebody got in touch with a pledge-maker."""

    pledge: int


@dataclass(frozen=True, kw_only=True)
class HoldIt(Effect):
    """Stop what is in the scope."""

    scope: Scope


@dataclass(frozen=True, kw_only=True)
class Release(Effect):
    """Let the scope go on.

    Of what is late there, these (occurrence, channel) are sent all the same.
    """

    scope: Scope
    send: tuple[tuple[int, int], ...]


@dataclass(frozen=True, kw_only=True)
class Publish(Effect):
    """Schedule a post that stands in no calendar."""

    text: str
    channels: tuple[str, ...]
    #: epoch seconds
    due: int


@dataclass(frozen=True, kw_only=True)
class Reply(Effect):
    """The answer to a question."""

    question: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Announce(Effect):
    """Write to all subscribers of some audiences."""

    text: str
    audiences: tuple[Audience, ...]
    language: str
    country: str


@dataclass(frozen=True, kw_only=True)
class Review(Effect):
    """Take these answers; who asks is known to who does it."""

    id: int
    answers: Mapping[str, Answer]
    way: str


@dataclass(frozen=True, kw_only=True)
class Refuse(Effect):
    """Decide that this post is never amplified."""

    id: int


@dataclass(frozen=True, kw_only=True)
class Posted(Effect):
    """Somebody posted it there; who is known to who does it."""

    id: str
    url: str
