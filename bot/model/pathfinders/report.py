"""What a country says of its progress: asked for by staff, answered by its focal point."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from bot.model.staff import Actor

LINK_DAYS = 90
"""How long a report can be answered, and how long after it was finished it can still be changed."""

LONGEST_REASON = 1_000
"""Most characters of what staff say to who answers a report."""


class ReportState(Enum):
    """What became of a report; the value is the word in files of words."""

    #: its link was not used yet, or it is being answered
    OPEN = "open"
    #: staff sent it back with words, and its answers were not finished anew yet
    RETURNED = "returned"
    #: finished: staff have not decided yet whether everybody may see it
    WAITS = "waits"
    SHOWN = "shown"
    PRIVATE = "private"


@dataclass(frozen=True, kw_only=True)
class CountryReport:
    """A report of a country, with its answers so far; instants are epoch seconds."""

    id: int
    campaign: str
    #: ISO 3166 alpha-2
    country: str
    #: name or office of the focal point, as staff wrote it; '' once that is no longer kept
    named: str
    #: who asked for it
    by: Actor
    at: int
    #: until when its link opens it
    until: int
    #: whether its link still opens it
    open: bool
    #: who answers in the chat; None while nobody has opened it there
    person: int | None
    #: since when its focal point agrees that the answers are kept
    agreed: int | None
    #: the language of their words
    language: str
    answers: Mapping[str, str]
    changed: int
    #: None while it is being answered
    finished: int | None
    decided: int | None
    #: whether everybody may see it as it is now
    shown: bool
    #: what staff say to who answers it: why they sent it back, or don't show it; '' for nothing
    reason: str
    #: who is told of decisions by e-mail, at the address given on the page; None for nobody
    mailed: int | None

    @property
    def state(self) -> ReportState:
        """Return what became of it."""
        if self.finished is None:
            return ReportState.RETURNED if self.reason else ReportState.OPEN
        if self.decided is None:
            return ReportState.WAITS
        return ReportState.SHOWN if self.shown else ReportState.PRIVATE
