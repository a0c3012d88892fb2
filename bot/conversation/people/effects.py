"""Effects for everybody who talks to the bot: joining, settings, questions, rights, safety."""

from dataclasses import dataclass
from typing import Any

from bot.conversation.words import Effect
from bot.model import Audience

FRIEND = "i-"
"""How the payload of a deep link from a friend begins; its code follows."""

INVITE = "e-"
"""How the payload of a deep link with an invitation begins; its token follows."""


@dataclass(frozen=True, kw_only=True)
class Subscribe(Effect):
    """Keep the person, who has given their consent, or let them come back."""

    language: str
    audience: Audience
    #: the partner (r-…) or pledge (p-…) whose link brought them; '' when none did
    referrer: str = ""
    #: the code of the friend's link that brought them, which counts them once and is not kept
    friend: str = ""


@dataclass(frozen=True, kw_only=True)
class InviteFriends(Effect):
    """Show the person the link of their own and how many came by it; it is made where there is
    none.
    """

    #: how many friends an action asks for; 0 where none says so
    wanted: int


@dataclass(frozen=True, kw_only=True)
class Change(Effect):
    """Change one setting of the person."""

    #: 'language', 'place', 'minute', 'audience', 'named_only', 'status', 'profile', or 'until', the
    #: day on which a pause ends
    field: str
    #: the new value; of a place, its zone
    value: Any
    #: the country of a place, the group of an audience, the name of a profile's field
    extra: str | None = None


@dataclass(frozen=True, kw_only=True)
class Ask(Effect):
    """Keep a question for the experts."""

    text: str


@dataclass(frozen=True, kw_only=True)
class AskMakers(Effect):
    """Keep a question to the makers of a pledge, and say so; or that it can't be kept now."""

    pledge: int
    text: str


@dataclass(frozen=True, kw_only=True)
class TellContact(Effect):
    """Keep how the makers of a pledge may reach who asks them."""

    question: int
    contact: str


@dataclass(frozen=True, kw_only=True)
class AnswerAsMaker(Effect):
    """Keep what a maker answers, '' for no answer, for staff to pass on."""

    question: int
    text: str
    #: what is said once it is kept
    said: Effect


@dataclass(frozen=True, kw_only=True)
class Flag(Effect):
    """Pass a message about a child on to the safeguarding contact, and to nobody else."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Forget(Effect):
    """Delete everything about the person."""


@dataclass(frozen=True, kw_only=True)
class Move(Effect):
    """Move everything that is kept of the chat to its new address."""

    #: the new address
    address: str


@dataclass(frozen=True, kw_only=True)
class Join(Effect):
    """Use an invitation to edit a pledge, and say what came of it."""

    token: str
