"""Alarms about what people can come to."""

from dataclasses import dataclass

from bot.rules.alerts.alarm import Alarm


@dataclass(frozen=True, kw_only=True)
class EventGone(Alarm):
    """An event for which people are signed up is no longer in the data; the subject says which, as
    'campaign/event/slot'.
    """

    kind = "gone"
    campaign: str
    #: as it was called in the campaign's own language
    title: str
    #: who come, and who wait for a place
    people: int
