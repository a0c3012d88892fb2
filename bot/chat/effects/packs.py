"""Effects of hand-posting: somebody says that it stands."""

from collections.abc import Mapping

from bot.chat.turn import Performer, Turn
from bot.conversation.staff.effects import Posted
from bot.conversation.words import Effect
from bot.jobs.sending import packs
from bot.model.actor import Actor


def posted(turn: Turn, effect: Posted) -> None:
    """Count a post that was made by hand as sent."""
    packs.posted(turn.services, effect.id, effect.url, Actor.reviewer(turn.user), turn.now)


PERFORM: Mapping[type[Effect], Performer] = {Posted: posted}
