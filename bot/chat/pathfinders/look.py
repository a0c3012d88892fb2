"""What topics of countries may look at: `bot.conversation.pathfinders.look.CountriesLook` over the
services, for one person in one turn.
"""

from dataclasses import replace

from typing_extensions import override

from bot.chat.turn import Turn
from bot.conversation.pathfinders import look
from bot.conversation.pathfinders.look import AskedReport, ReadReport
from bot.jobs.pathfinders import documents, reports
from bot.jobs.texts.country import hearers
from bot.languages import country_name
from bot.model.pathfinders import PROGRESS
from bot.model.pathfinders.report import CountryReport
from bot.rules import forms
from bot.rules.forms import Answers


class CountriesLook(look.CountriesLook):
    """Reports as the person whose turn it is may see them."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn

    @override
    def opened_by(self, secret: str) -> AskedReport | None:
        store, person = self._turn.store.country_reports, self._turn.subscriber
        there = store.opened_by(secret, self._turn.moment)
        if there is None or person is None or there.person not in (None, person.id):
            return None
        return self._asked(there)

    @override
    def get(self, report: int) -> AskedReport | None:
        there, person = self._turn.store.country_reports.get(report), self._turn.subscriber
        if there is None or person is None or there.person != person.id:
            return None
        return self._asked(there) if there.open and there.until > self._turn.moment else None

    @property
    @override
    def waiting(self) -> tuple[ReadReport, ...]:
        every = self._turn.store.country_reports.waiting()
        return tuple(self._read(each) for each in reversed(every))

    @override
    def read(self, report: int) -> ReadReport | None:
        there = self._turn.store.country_reports.get(report)
        return self._read(there) if there else None

    def _read(self, report: CountryReport) -> ReadReport:
        services, language = self._turn.services, self._turn.language
        # until it is finished, its answers are their author's alone
        finished = report.finished is not None
        return ReadReport(
            id=report.id,
            country=country_name(report.country, language),
            named=report.named,
            state=report.state,
            reason=report.reason,
            mark=forms.mark(report.answers),
            lines=reports.lines(services, report, language) if finished else (),
            told=bool(hearers(report)),
        )

    @override
    def document(self, asked: AskedReport, answers: Answers) -> tuple[str, str]:
        turn, now = self._turn, self._turn.moment
        report = replace(asked.report, answers=answers, changed=now, finished=now)
        made = documents.result(turn.services, report, turn.language, turn.today)
        return made.filename, made.text

    def _asked(self, report: CountryReport) -> AskedReport | None:
        services, language = self._turn.services, self._turn.language
        form = reports.form_of(services, report)
        if form is None:
            return None
        words = reports.worded(services, report, language, reports.day_of(report))
        return AskedReport(
            report=report,
            form=form,
            words=words.form(PROGRESS),
            country=country_name(report.country, language),
            language=language,
        )
