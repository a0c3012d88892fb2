"""Effects of the review: the answers of staff, and their no."""

from collections.abc import Mapping

from bot.chat.turn import Performer, Turn
from bot.conversation.staff.effects import Refuse, Review
from bot.conversation.words import Effect
from bot.jobs.amplify import review
from bot.model.actor import Actor


def answer(turn: Turn, effect: Review) -> None:
    """Keep the answers, and let it go on as they say."""
    review.approve(
        turn.services, effect.id, effect.answers, Actor.reviewer(turn.user), turn.now, effect.way
    )


def refuse(turn: Turn, effect: Refuse) -> None:
    """Refuse the post for good."""
    review.reject(turn.services, effect.id, Actor.reviewer(turn.user), turn.now)


PERFORM: Mapping[type[Effect], Performer] = {Review: answer, Refuse: refuse}
