"""Webhooks: addresses of others that are told what happens here, in numbers and never in names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

from bot.model.channel import Secret


class HookKind(StrEnum):
    """What a webhook can be told of, as the type of its message."""

    POST_SENT = "post.sent"
    POST_FAILED = "post.failed"
    POST_UNCERTAIN = "post.uncertain"
    PLEDGE_SUBMITTED = "pledge.submitted"
    PLEDGE_PUBLISHED = "pledge.published"
    STEP_DONE = "step.done"
    ALARM = "alarm"


PING = "ping"
"""The type of the message that an operator sends to see whether one arrives."""


class HookState(IntEnum):
    """What has become of a message to one webhook."""

    WAITING = 1
    DELIVERED = 2
    GIVEN_UP = 3


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """A table [webhooks.NAME] of config.toml."""

    name: str
    url: str
    events: tuple[str, ...]
    #: whether it may stand inside our own network, and be asked without TLS
    private: bool = False


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A webhook with the keys that sign what it is told."""

    webhook: Webhook
    #: the one that signs first, then those that its owner may still check by; none: it is told
    #: nothing
    keys: tuple[Secret, ...] = ()
    #: why there is none, and what to do
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class HookMessage:
    """One message, as every webhook gets it."""

    #: the same at each try
    id: str
    type: str
    #: when it happened, in epoch seconds
    at: int
    #: numbers and public ids
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class HookDelivery:
    """A message that is due at one webhook."""

    webhook: str
    #: the number of its event
    event: int
    message: HookMessage
    #: this one included
    attempts: int
    #: tries of its webhook in a row that failed before this one
    failures: int
    #: since when it is tried, in epoch seconds
    since: int


@dataclass(frozen=True, kw_only=True)
class HookStanding:
    """How it stands with one webhook; instants in epoch seconds."""

    name: str
    #: messages that have not arrived yet, and those that nobody tries any more
    waiting: int = 0
    given_up: int = 0
    #: when it last took one
    delivered: int | None = None
    #: tries in a row that failed, and what was wrong with the last of them
    failures: int = 0
    words: str = ""
    #: until when it is left alone; 0: it is not
    rests: int = 0
    #: since when it says that it is no more
    gone: int | None = None
