"""Performing effects of the focal points of countries.

The topics have checked whether somebody may do something; it is checked here once more, and
`UsageError` raised where they may not.
"""

from collections.abc import Mapping

from bot.chat.turn import Performer, Turn
from bot.conversation.pathfinders.effects import (
    AgreeReport,
    ClaimReport,
    DropReport,
    KeepReport,
)
from bot.conversation.words import Effect
from bot.errors import UsageError
from bot.jobs.pathfinders import reports
from bot.model.pathfinders.report import CountryReport


def claim(turn: Turn, effect: ClaimReport) -> None:
    """Let a report be the person's, who is the first to open it in a chat."""
    person = turn.subscriber
    if person is None or not turn.store.country_reports.claim(effect.report, person.id):
        raise UsageError(f"report {effect.report} is somebody else's")


def agree(turn: Turn, effect: AgreeReport) -> None:
    """Keep the person's consent, with the version of the wording that they saw."""
    version = turn.texts.word("consent", "country", turn.language)
    wording = f"{turn.language} {version}"
    reports.agree(turn.services, _theirs(turn, effect.report), wording, turn.now)


def keep(turn: Turn, effect: KeepReport) -> None:
    """Keep the answers so far."""
    number = _theirs(turn, effect.report).id
    reports.keep(
        turn.services, number, effect.answers, turn.language, turn.now, finished=effect.finished
    )


def drop(turn: Turn, effect: DropReport) -> None:
    """Delete the report; its words may lie in gaps of the file until that is written anew."""
    turn.store.country_reports.erase(_theirs(turn, effect.report).id)
    turn.store.forgotten.leave_traces(turn.moment)


def _theirs(turn: Turn, number: int) -> CountryReport:
    report, person = turn.store.country_reports.get(number), turn.subscriber
    if report is None or person is None or report.person != person.id:
        raise UsageError(f"report {number} is somebody else's")
    return report


PERFORM: Mapping[type[Effect], Performer] = {
    ClaimReport: claim,
    AgreeReport: agree,
    KeepReport: keep,
    DropReport: drop,
}
