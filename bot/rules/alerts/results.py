"""Alarms about what people did with our posts."""

from dataclasses import dataclass

from bot.rules.alerts.alarm import Alarm


@dataclass(frozen=True, kw_only=True)
class ResultsRefused(Alarm):
    """A network refuses to say what people did with the posts on the channel named by the
    subject.
    """

    kind = "results"
    words: str
