"""Effects of answering what people are called to answer."""

from dataclasses import dataclass

from bot.conversation.words import Effect
from bot.rules.forms import Answers


@dataclass(frozen=True, kw_only=True)
class AnswerSurvey(Effect):
    """Keep what was answered to the survey that this code opens, and nothing of who answered."""

    code: str
    answers: Answers
