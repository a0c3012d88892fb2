"""Effects of the review: the answers of staff, and their no."""

from collections.abc import Mapping

from bot.chat.effects import Context, Performer
from bot.conversation.staff.effects import Refuse, Review
from bot.jobs.amplify import review


def answer(context: Context, effect: Review) -> None:
    """Keep the answers, and let it go on as they say."""
    review.approve(
        context.services, effect.id, effect.answers, f"chat {context.user}", context.now, effect.way
    )


def refuse(context: Context, effect: Refuse) -> None:
    """Never amplify it."""
    review.reject(context.services, effect.id, f"chat {context.user}", context.now)


PERFORM: Mapping[type, Performer] = {Review: answer, Refuse: refuse}
