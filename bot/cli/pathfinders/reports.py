"""`drumbeat pathfinders ask | report`: what a country says of its progress."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import (
    LARGEST_NUMBER,
    ConfigOption,
    DbOption,
    JsonOption,
    emit_json,
    now_of,
    only_campaign,
    say,
    services_beside,
    user,
)
from bot.cli.pathfinders.pathfinders import OnlyCampaignOption
from bot.errors import UsageError
from bot.names import pick

if TYPE_CHECKING:
    from bot.jobs.services import Services
    from bot.model.pathfinders.report import CountryReport

CountryArgument = Annotated[
    str, typer.Argument(metavar="COUNTRY", help="Code of the country, like MX.")
]
ToOption = Annotated[
    str, typer.Option("--to", metavar="NAME", help="Name or office of its focal point.")
]
LangOption = Annotated[
    str, typer.Option("--lang", metavar="TAG", help="Language of the page, of the questions.")
]
NumberArgument = Annotated[
    int, typer.Argument(metavar="NUMBER", max=LARGEST_NUMBER, help="Number of the report.")
]
ShowOption = Annotated[
    str | None,
    typer.Option("--show", metavar="MARK", help="Let everybody see the answers with this mark."),
]
HideOption = Annotated[
    str | None,
    typer.Option("--hide", metavar="MARK", help="Let nobody see the answers with this mark."),
]
ReturnOption = Annotated[
    str | None,
    typer.Option(
        "--return", metavar="MARK", help="Send the answers with this mark back, with --reason."
    ),
]
ReasonOption = Annotated[
    str,
    typer.Option("--reason", metavar="TEXT", help="What who answers it reads of the decision."),
]
EndOption = Annotated[
    bool,
    typer.Option("--end", help="Let its link open nothing any more, and delete what is not shown."),
]


def ask(
    *,
    country: CountryArgument,
    to: ToOption,
    lang: LangOption = "en",
    campaign: OnlyCampaignOption = None,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Ask a country how it gets on: print the links at which its focal point answers, on a page
    and in the chat. Pass them on to nobody else.
    """
    from bot.jobs.pathfinders import reports

    with services_beside(config, db) as services:
        chosen = only_campaign(services.settings, campaign)
        active = {each.id: each for each in services.active}
        of = active[pick(chosen, active, "active campaign")]
        number, secret = reports.ask(services, of, country, to, user(), now_of(services))
        report = services.store.country_reports.get(number)
        ways = reports.links(services, report, secret, lang) if report else []
    say(f"Report {number} of {country}:")
    if not ways:
        say(f"no pages and no chat are set up; its link ends in {secret}")
    for way in ways:
        say(way)


def report(
    *,
    number: NumberArgument,
    show: ShowOption = None,
    hide: HideOption = None,
    return_: ReturnOption = None,
    reason: ReasonOption = "",
    end: EndOption = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Show what a country answered, with its mark; decide whether everybody may see it, or send it
    back. Who answers it hears that, with the reason.
    """
    from bot.jobs.pathfinders import reports

    if sum((show is not None, hide is not None, return_ is not None, end)) > 1:
        raise UsageError("one of --show, --hide, --return and --end, not several")
    if reason and hide is None and return_ is None:
        raise UsageError("a --reason goes with --hide or --return")
    with services_beside(config, db) as services:
        by, now = user(), now_of(services)
        if end:
            reports.end(services, number, by, now)
            say(f"The link of report {number} opens nothing any more.")
            return
        mark = show if show is not None else hide
        if mark is not None:
            shows = show is not None
            reports.decide(services, number, mark, by, now, show=shows, reason=reason)
        if return_ is not None:
            reports.send_back(services, number, return_, reason, by, now)
        there = services.store.country_reports.get(number)
        if there is None:
            raise UsageError(f"there is no report {number} of a country")
        whole = _whole(services, there)
        if json:
            emit_json(whole)
        else:
            _tell(whole, there)


def _whole(services: "Services", there: "CountryReport") -> dict[str, object]:
    from bot.jobs.pathfinders import reports
    from bot.rules import forms

    # until it is finished, its answers are their author's alone
    lines = reports.lines(services, there, "en") if there.finished else ()
    return {
        "number": there.id,
        "campaign": there.campaign,
        "country": there.country,
        "to": there.named,
        "state": there.state.value,
        "reason": there.reason,
        "mark": forms.mark(there.answers) if there.finished else None,
        "answers": [{"question": line.ask, "answer": line.answer} for line in lines],
    }


def _tell(whole: dict[str, object], there: "CountryReport") -> None:
    asked = there.named or "nobody is named"
    say(f"Report {there.id} of {there.country} ({asked}): {there.state.value}")
    if whole["mark"]:
        say(f"mark {whole['mark']}")
    answers = whole["answers"]
    for line in answers if isinstance(answers, list) else ():
        say(f"\n{line['question']}\n{line['answer']}")
