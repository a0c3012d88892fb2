"""Performing effects of answering calls; what the topics have checked is checked here once more."""

from collections.abc import Mapping

from bot.chat.turn import Performer, Turn
from bot.conversation.calls.effects import AnswerSurvey
from bot.conversation.words import Effect
from bot.errors import UsageError
from bot.jobs.calls import surveys


def answer(turn: Turn, effect: AnswerSurvey) -> None:
    """Keep what was answered, beside no name."""
    asked = surveys.opened(turn.services, effect.code)
    if asked is None or not surveys.takes(turn.services, asked, turn.now):
        raise UsageError("this survey takes no answer")
    surveys.answer(turn.services, asked, effect.answers, turn.now)


PERFORM: Mapping[type[Effect], Performer] = {AnswerSurvey: answer}
