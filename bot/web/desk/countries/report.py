"""What a country answered, as staff read it before anybody else can, and what they decide."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from bot.errors import Missing, UsageError
from bot.jobs.pathfinders import reports
from bot.jobs.texts.country import hearers
from bot.languages import country_name
from bot.model.pathfinders.report import LONGEST_REASON, CountryReport
from bot.rules import forms
from bot.text import visible
from bot.web.desk.colleague import Colleague
from bot.web.desk.countries.listed import PATH
from bot.web.desk.refused import Why, why
from bot.web.desk.site import done, field, numbered
from bot.web.public.reader import Answer, Shown


def report(who: Colleague) -> Shown:
    """Show a report with its answers; of one that is not finished, only that it is under way."""
    return _page(who, _there(who))


def decided(who: Colleague, form: Mapping[str, str]) -> Answer:
    """Do what a button of the page says, about the answers that were shown."""
    there, act = _there(who), _ACTS.get(form.get("act", ""))
    if act is None:
        raise Missing("there is no such decision; load the page anew")
    try:
        key = act(who, there, form)
    except UsageError as error:
        return _page(who, there, why(who, error), field(form, "reason"))
    gone = who.services.store.country_reports.get(there.id) is None
    return done(who, key, PATH) if gone else done(who, key, PATH, str(there.id))


def _there(who: Colleague) -> CountryReport:
    there = who.services.store.country_reports.get(numbered(who.parts["number"]))
    if there is None:
        raise Missing("there is no such report; load the page anew")
    return there


def _page(who: Colleague, there: CountryReport, wrong: Why | None = None, typed: str = "") -> Shown:
    finished = there.finished is not None
    return Shown(
        template="country_report.html",
        title=country_name(there.country, who.language),
        status=HTTPStatus.CONFLICT if wrong else HTTPStatus.OK,
        trail=((str(who.words["menu"]["countries"]), who.path(PATH)),),
        values={
            "report": there,
            "state": who.words["country_reports"][there.state.value],
            "asked": who.instant(there.at),
            "by": who.name_of(there.by),
            "until": who.instant(there.until) if there.open else "",
            "finished": who.instant(there.finished) if there.finished else "",
            "lines": reports.lines(who.services, there, who.language) if finished else (),
            "mark": forms.mark(there.answers),
            "wrong": wrong,
            "typed": typed or there.reason,
            "hears": bool(hearers(there)),
            "longest": LONGEST_REASON,
        },
    )


def _show(who: Colleague, there: CountryReport, form: Mapping[str, str]) -> str:
    if not form.get("looked"):
        raise UsageError("say that no child can be recognised in any answer", "looked_first")
    reports.decide(who.services, there.id, field(form, "mark"), who.by, who.now, show=True)
    return "report_shown"


def _hide(who: Colleague, there: CountryReport, form: Mapping[str, str]) -> str:
    mark, reason = field(form, "mark"), _reason(form)
    reports.decide(who.services, there.id, mark, who.by, who.now, show=False, reason=reason)
    return "report_hidden"


def _send_back(who: Colleague, there: CountryReport, form: Mapping[str, str]) -> str:
    mark, reason = field(form, "mark"), _reason(form)
    reports.send_back(who.services, there.id, mark, reason, who.by, who.now)
    return "report_returned"


def _reason(form: Mapping[str, str]) -> str:
    return visible(form.get("reason", "").replace("\r\n", "\n"))


def _end(who: Colleague, there: CountryReport, _form: Mapping[str, str]) -> str:
    reports.end(who.services, there.id, who.by, who.now)
    return "report_ended"


_ACTS: Mapping[str, Callable[[Colleague, CountryReport, Mapping[str, str]], str]] = {
    "show": _show,
    "hide": _hide,
    "return": _send_back,
    "end": _end,
}
"""What the buttons of the page do; each gives a key of [done]."""
