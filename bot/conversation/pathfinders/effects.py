"""Effects for the focal points of countries; `report` is the number of a report."""

from dataclasses import dataclass

from bot.conversation.words import Effect
from bot.rules.forms import Answers


@dataclass(frozen=True, kw_only=True)
class ClaimReport(Effect):
    """Let a report be answered by the person who has opened its link, and by nobody else here."""

    report: int


@dataclass(frozen=True, kw_only=True)
class AgreeReport(Effect):
    """Keep that the person agrees that their answers are kept and may be published."""

    report: int


@dataclass(frozen=True, kw_only=True)
class KeepReport(Effect):
    """Keep the answers of a report so far."""

    report: int
    answers: Answers
    finished: bool


@dataclass(frozen=True, kw_only=True)
class DropReport(Effect):
    """Delete a report of which nobody was shown anything."""

    report: int
