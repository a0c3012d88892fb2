"""What the focal point of a country hears of a decision about its report, made when it leaves."""

from bot.conversation.words import Rows, line, paragraph, press
from bot.errors import RenderError
from bot.jobs.services import Services
from bot.jobs.texts import notes
from bot.jobs.texts.wanted import Wanted
from bot.languages import country_name
from bot.model import Rendered
from bot.model.pathfinders.report import CountryReport, ReportState
from bot.model.subject import CountryNews


def text(services: Services, wanted: Wanted) -> Rendered:
    """Return what was decided, with the words of staff and where it can be seen; raises
    `RenderError` where the report is gone.
    """
    assert isinstance(wanted.subject, CountryNews)  # noqa: S101 - it stands in its line
    report = services.store.country_reports.get(wanted.subject.number)
    if report is None:
        raise RenderError(f"the report of {wanted.subject} is gone; cancel what tells of it")
    texts = services.renderer.chat
    spoken = texts.spoken(wanted.language)
    below = notes.pages(services, report.campaign, wanted.language)
    values = {
        "country": country_name(report.country, spoken),
        "reason": report.reason,
        "page": f"{below}/countries/{report.country}" if below else "",
    }
    there = report.state is ReportState.SHOWN and values["page"]
    parts = (
        line(f"country.told_{report.state.value}"),
        paragraph("country.told_reason") if report.reason else None,
        line("country.told_page") if there else None,
        paragraph("country.told_change") if report.state is ReportState.RETURNED else None,
    )
    return Rendered(text=texts.text("country.told", spoken, values, parts), language=spoken)


def buttons(services: Services, number: int) -> Rows:
    """Return the button that goes on with a report that was sent back."""
    report = services.store.country_reports.get(number)
    if report is None or report.state is not ReportState.RETURNED:
        return ()
    return ((press("pledge_go_on", "country", "go_on", report.id),),)


def concerns(services: Services, number: int, person: int) -> bool:
    """Return whether somebody still answers the report, and what was decided still stands."""
    report = services.store.country_reports.get(number)
    return report is not None and person in hearers(report) and report.state in _DECIDED


def hearers(report: CountryReport) -> list[int]:
    """Return who hears what is decided: in the chat, and at the address given on the page."""
    return [each for each in (report.person, report.mailed) if each is not None]


_DECIDED = (ReportState.SHOWN, ReportState.PRIVATE, ReportState.RETURNED)
