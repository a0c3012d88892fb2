"""Messages about a child in danger that are written on a page, by nobody known.

They go the way of those in the chat: kept for the safeguarding contact, who is told by the bot, and
deleted after the days of [safeguarding] retention. Of who writes nothing is kept.
"""

from datetime import datetime
from enum import Enum

from bot.conversation.people.safety import LONGEST
from bot.jobs.services import Services
from bot.times import epoch

NOBODY = ""
"""The address of whoever writes on a page."""

MINUTE = 60  # seconds

MOST = 10
"""Messages from pages within a minute; more are no cries for help but somebody who floods them."""


class Refused(Enum):
    """Why a message was not taken."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"


def contact(services: Services) -> tuple[str, int] | None:
    """Return the name of who reads such a message and the days that it is kept.

    None where nobody would be told: no contact is named, or no chat is live that could tell them.
    """
    named = services.settings.safeguarding
    talks = services.talking is not None and not services.rehearsal
    return (named.name, named.retention) if named and talks else None


def write(services: Services, text: str, language: str, now: datetime) -> Refused | None:
    """Keep a message for the contact, whom `contact` must name; return why it was not taken.

    Raises `StoreError`.
    """
    words, moment, inbox = text.strip(), epoch(now), services.store.inbox
    if not words or len(words) > LONGEST:
        return Refused.TOO_LONG if words else Refused.EMPTY
    channel = services.channel_ids[services.talking or ""]
    with services.store.transaction():
        if inbox.flags_since(channel, NOBODY, moment - MINUTE) >= MOST:
            return Refused.TOO_MANY
        inbox.flag(channel, NOBODY, None, language, words, moment)
    return None
