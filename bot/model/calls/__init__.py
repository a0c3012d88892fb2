"""What people are called to answer: the survey that a pledge-maker puts to their followers, stories
that the campaign looks for, and contests (`entry`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

SURVEY = "survey"
"""The form of the survey; the journey says in which month it is offered."""

OPEN_DAYS = 62
"""Days from the first of its month in which a survey can be answered."""

SURVEY_DAYS = 366
"""Days that an answer is kept."""

ENOUGH = 5
"""Answers from which on their maker reads them, and by which more are added: of fewer, somebody
could be recognised by what they write, or by when it came.
"""

MOST = 2_000
"""Answers of one survey; more are none of people who follow a pledge."""

MOST_DAILY = 500
"""Those of one day, so that a flood leaves room for who answers on another; the hour isn't known.
"""


@dataclass(frozen=True, kw_only=True)
class SurveyAnswer:
    """What one follower answered; nobody knows who."""

    id: int
    #: number of the pledge
    pledge: int
    year: int
    #: by question id; choices by their ids
    answers: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What was answered to one question: of choices how often each, of others their texts."""

    ask: str
    counts: tuple[tuple[str, int], ...]
    #: by their letters, so that no order tells which are one person's
    texts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Results:
    """What came of a survey."""

    pledge: int
    year: int
    #: how many have answered
    count: int
    #: of how many of them `questions` tell
    of: int
    questions: tuple[Answered, ...]
