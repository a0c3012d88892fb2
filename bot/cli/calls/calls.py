"""`drumbeat calls`: what people are called to answer, and what they did."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import (
    LARGEST_NUMBER,
    ConfigOption,
    DbOption,
    JsonOption,
    emit_json,
    now_of,
    say,
    services_beside,
    show_listing,
    user,
)
from bot.cli.screen import Role
from bot.errors import Missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model.calls import Results
    from bot.rules.forms import Line

PledgeArgument = Annotated[
    int, typer.Argument(metavar="PLEDGE", max=LARGEST_NUMBER, help="Number of the pledge.")
]
YearOption = Annotated[
    int | None,
    typer.Option("--year", metavar="YEAR", min=1, max=9998, help="Year; by default the newest."),
]
AnswerArgument = Annotated[
    int, typer.Argument(metavar="ANSWER", max=LARGEST_NUMBER, help="Number of the answer.")
]

_ROLES = {"organisation": Role.WORDS}


def calls(*, json: JsonOption = False, config: ConfigOption = None, db: DbOption = None) -> None:
    """List the calls of each campaign with how many entries wait and are favourites, and which
    surveys of pledge-makers were answered how often.
    """
    from bot.jobs.calls import entries, surveys

    with services_beside(config, db) as services:
        rows: list[dict[str, object]] = [
            {
                "kind": each.call.kind.value,
                "campaign": each.campaign.id,
                "call": each.call.id,
                "open": each.open,
                "waiting": each.waiting,
                "favourites": each.favourites,
                "pledge": None,
                "organisation": "",
                "year": None,
                "answers": None,
            }
            for each in entries.board(services, now_of(services))
        ]
        rows += [
            {
                "kind": "survey",
                "campaign": each.pledge.campaign,
                "call": "",
                "open": None,
                "waiting": None,
                "favourites": None,
                "pledge": each.pledge.id,
                "organisation": each.pledge.organisation,
                "year": each.year,
                "answers": each.count,
            }
            for each in surveys.listed(services)
        ]
    show_listing(
        rows,
        as_json=json,
        roles=_ROLES,
        empty="No campaign calls for anything, and no survey was answered yet.",
    )


def survey(
    *,
    pledge: PledgeArgument,
    year: YearOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Show what was answered to the survey of a pledge, with the number of each answer."""
    from bot.jobs.calls import surveys

    with services_beside(config, db) as services:
        there = services.store.pledges.get(pledge)
        chosen = year if year is not None else services.store.surveys.last_year(pledge)
        results = surveys.for_staff(services, there, chosen, "en") if there and chosen else None
        if there is None or chosen is None or results is None or not results.count:
            raise Missing(
                f"nobody answered a survey of pledge {pledge}; `drumbeat calls` lists them"
            )
        every = surveys.each(services, there, chosen, "en")
        if json:
            emit_json(_whole(results) | {"each": [_one(each.number, each.lines) for each in every]})
            return
    say(f"Survey of pledge {pledge}, {chosen}: {results.count} answers")
    for question in results.questions:
        say(f"\n{question.ask}")
        for label, n in question.counts:
            say(f"  {label}: {n}")
    for each in every:
        say(f"\nanswer {each.number}")
        for line in each.lines:
            say(f"  {line.ask} {line.answer}")


def _whole(results: "Results") -> dict[str, object]:
    return {
        "pledge": results.pledge,
        "year": results.year,
        "answers": results.count,
        "questions": [
            {"question": each.ask, "counts": dict(each.counts), "texts": list(each.texts)}
            for each in results.questions
        ],
    }


def _one(number: int, lines: "Sequence[Line]") -> dict[str, object]:
    told = [{"question": line.ask, "answer": line.answer} for line in lines]
    return {"answer": number, "lines": told}


def remove(*, answer: AnswerArgument, config: ConfigOption = None, db: DbOption = None) -> None:
    """Delete an answer to a survey by which somebody could be recognised or hurt."""
    from bot.jobs.calls import surveys

    with services_beside(config, db) as services:
        surveys.remove(services, answer, user(), now_of(services))
    say(f"Answer {answer} is deleted.")
