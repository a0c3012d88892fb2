"""What is done for everybody who talks to the bot: joining, settings, rights, help."""

from dataclasses import dataclass
from typing import Any

from bot.conversation.words import Effect
from bot.model import Audience

INVITE = "e-"
"""How the payload of an invitation begins; a token follows."""


@dataclass(frozen=True, kw_only=True)
class Subscribe(Effect):
    """Consent was given: keep the person, or let them come back."""

    language: str
    audience: Audience
    #: what brought them: a partner or a pledge; empty when nothing did
    referrer: str = ""


@dataclass(frozen=True, kw_only=True)
class Change(Effect):
    """Change one setting: language, place (zone and country), minute, audience (and group),
    named_only, status, or a field of the profile.
    """

    field: str
    value: Any
    #: the country with a zone, the group with an audience
    extra: str | None = None


@dataclass(frozen=True, kw_only=True)
class Ask(Effect):
    """Keep a question for the experts."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Flag(Effect):
    """Tell the safeguarding contact, and nobody else."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Forget(Effect):
    """Delete everything about the person."""


@dataclass(frozen=True, kw_only=True)
class Move(Effect):
    """The chat has another address."""

    address: str


@dataclass(frozen=True, kw_only=True)
class Join(Effect):
    """Use an invitation; says what came of it."""

    token: str
