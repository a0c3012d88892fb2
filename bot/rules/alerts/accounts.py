"""Alarms about channels and their accounts, and what is uncertain on them."""

from dataclasses import dataclass

from bot.rules.alerts.alarm import Alarm


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
