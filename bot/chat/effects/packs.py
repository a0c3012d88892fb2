"""Effects of hand-posting: somebody says that it stands."""

from collections.abc import Mapping

from bot.chat.effects import Context, Performer
from bot.conversation.staff.effects import Posted
from bot.jobs.sending import packs


def posted(context: Context, effect: Posted) -> None:
    """It counts as sent."""
    packs.posted(context.services, effect.id, effect.url, f"chat {context.user}", context.now)


PERFORM: Mapping[type, Performer] = {Posted: posted}
