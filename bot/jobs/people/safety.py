"""Messages about a child in danger that are written on a page, by nobody known.

They go the way of those in the chat: kept for the safeguarding contact, who is told by the bot, and
deleted after the days of [safeguarding] retention. Of who writes nothing is kept.
"""

from datetime import datetime
from enum import Enum

from bot.conversation.people.safety import LONGEST
from bot.jobs.services import Services
from bot.jobs.texts import letters
from bot.times import epoch

NOBODY = ""
"""The address of whoever writes on a page."""

MINUTE = 60  # seconds

MOST = 20
"""Messages from pages within a minute; more are no cries for help but somebody who floods them. One
client alone sends far fewer (`bot.web.public.site`), so that they shut nobody out.
"""


class Refused(Enum):
    """Why a message was not taken."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"


def contact(services: Services) -> tuple[str, int] | None:
    """Return the name of who reads such a message and the days that it is kept.

    None where nobody would be told: no contact is named, or no chat or mail is live by which they
    could be.
    """
    named = services.settings.safeguarding
    by = _channel(services) if named is not None and not services.rehearsal else None
    return (named.name, named.retention) if named and by else None


def _channel(services: Services) -> str | None:
    """Return the name of the channel by which a message reaches who looks after it, or None."""
    named = services.settings.safeguarding
    if named is not None and named.contact is not None:
        return services.talking
    by_mail = letters.mail_channel(services, "")
    return by_mail.name if by_mail and any(m.email for m in services.team.guards) else None


def write(services: Services, text: str, language: str, now: datetime) -> Refused | None:
    """Keep a message for the contact, whom `contact` must name; return why it was not taken.

    Raises `StoreError`.
    """
    words, moment, inbox = text.strip(), epoch(now), services.store.inbox
    if not words or len(words) > LONGEST:
        return Refused.TOO_LONG if words else Refused.EMPTY
    channel = services.channel_ids[_channel(services) or ""]
    with services.store.transaction():
        if inbox.flags_since(channel, NOBODY, moment - MINUTE) >= MOST:
            return Refused.TOO_MANY
        inbox.flag(channel, NOBODY, None, language, words, moment)
    return None
