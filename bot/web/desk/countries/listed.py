"""How far each country is, what they reported, and the link by which one is asked for a report,
which is shown once.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from bot.errors import Missing, UsageError
from bot.jobs.pathfinders import reports
from bot.jobs.pathfinders.board import BoardRow, board
from bot.languages import country_name
from bot.model.pathfinders.report import CountryReport, ReportState
from bot.web.desk.colleague import Colleague
from bot.web.desk.refused import Why, why
from bot.web.desk.site import field
from bot.web.public.reader import Shown

PATH = "countries"


def countries(who: Colleague) -> Shown:
    """Show the countries of each campaign, and their reports."""
    return _page(who)


def asked(who: Colleague, form: Mapping[str, str]) -> Shown:
    """Make the link by which a country is asked for a report, and show it once."""
    campaign_id, _, code = field(form, "country").partition("/")
    campaign = next((each for each in who.services.active if each.id == campaign_id), None)
    if campaign is None:
        raise Missing("there is no such campaign; load the page anew")
    named = field(form, "named")
    try:
        number, secret = reports.ask(who.services, campaign, code, named, who.by, who.now)
    except UsageError as error:
        return _page(who, wrong=why(who, error), typed=named, chosen=field(form, "country"))
    made = who.services.store.country_reports.get(number)
    ways = reports.links(who.services, made, secret, who.language) if made else []
    return _page(who, links=ways, chosen=field(form, "country"))


def _page(
    who: Colleague,
    *,
    links: Sequence[str] = (),
    wrong: Why | None = None,
    typed: str = "",
    chosen: str = "",
) -> Shown:
    rows = list(board(who.services, who.now))
    return Shown(
        template="countries.html",
        title=who.words["menu"]["countries"],
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        values={
            "rows": [_row(who, row) for row in rows],
            "reports": [_report(who, each) for each in _reports(who)],
            "links": links,
            "wrong": wrong,
            "typed": typed,
            "chosen": chosen,
            "longest": reports.LONGEST_NAME,
        },
    )


def _row(who: Colleague, row: BoardRow) -> dict[str, object]:
    words = who.services.renderer.words(row.campaign, who.language).pathfinders
    at = row.at
    return {
        "key": f"{row.campaign.id}/{row.country.code}",
        "campaign": row.campaign.id,
        "name": country_name(row.country.code, who.language),
        "state": words.say("states", at.state.value) if at else "",
        "since": who.day(at.since) if at and at.since else "",
        "due": who.day(at.due) if at and at.due else "",
        "now": row.due,
    }


def _reports(who: Colleague) -> list[CountryReport]:
    every = (who.services.store.country_reports.of_campaign(c.id) for c in who.services.active)
    # what waits for somebody comes first
    return sorted(
        (report for of_one in every for report in of_one),
        key=lambda report: report.state is not ReportState.WAITS,
    )


def _report(who: Colleague, report: CountryReport) -> dict[str, object]:
    return {
        "path": who.path(PATH, str(report.id)),
        "name": country_name(report.country, who.language),
        "named": report.named,
        "state": who.words["country_reports"][report.state.value],
        "changed": who.instant(report.changed),
    }
