"""Alarms about what the campaigns' data say: texts, links, zones."""

from dataclasses import dataclass
from datetime import date

from bot.rules.alerts.alarm import Alarm


@dataclass(frozen=True, kw_only=True)
class TextHeld(Alarm):
    """An action can't be sent until somebody mends its text; the subject names both ids."""

    kind = "text"
    #: link, fact or text
    why: str
    words: str

    @staticmethod
    def about(campaign: str, action: str) -> str:
        """Return the subject that stands for this action of a campaign."""
        return f"{campaign}/{action}"

    @property
    def campaign(self) -> str:
        """Return the campaign's id, which the subject holds."""
        return self.subject.partition("/")[0]

    @property
    def action(self) -> str:
        """Return the action's id, which the subject holds."""
        return self.subject.partition("/")[2]


@dataclass(frozen=True, kw_only=True)
class LinkFails(Alarm):
    """A link that is needed soon has no address, or its page fails."""

    kind = "link"
    #: what needs it next
    action: str
    #: when, as ISO 8601
    day: str
    #: '' where the slot is empty
    url: str

    @staticmethod
    def about(campaign: str, slot: str) -> str:
        """Return the subject that stands for this link of a campaign."""
        return f"{campaign}/{slot}"

    @property
    def campaign(self) -> str:
        """Return the campaign's id, which the subject holds."""
        return self.subject.partition("/")[0]

    @property
    def slot(self) -> str:
        """Return the link's name in campaign.toml, which the subject holds."""
        return self.subject.partition("/")[2]

    @property
    def date(self) -> date | None:
        """Return the day when it is needed; None where an older version didn't keep it."""
        return _day(self.day)


@dataclass(frozen=True, kw_only=True)
class ZoneUnknown(Alarm):
    """People have the unknown time zone that is the subject."""

    kind = "zone"


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
