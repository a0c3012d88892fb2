"""`drumbeat pledges scale-up | results`: what pledge-makers found for bringing a pledge further."""

from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    emit_json,
    now_of,
    say,
    show_listing,
    user,
)
from bot.cli.people.contacts import open_services
from bot.cli.pledges.pledges import OnlyCampaignOption, PledgeArgument
from bot.cli.screen import Role, plain
from bot.model.staff import Actor

if TYPE_CHECKING:
    from bot.jobs.services import Services
    from bot.model.pledge import Pledge

ApproveOption = Annotated[
    str | None,
    typer.Option(
        "--approve",
        metavar="MARK",
        help="Let everybody see the answers with this mark on the pledge's page.",
        show_default=False,
    ),
]
HideOption = Annotated[
    str | None,
    typer.Option(
        "--hide",
        metavar="MARK",
        help="Keep the answers with this mark private, or take them off the page.",
        show_default=False,
    ),
]

StandingOption = Annotated[
    Literal["waits", "shown", "private"] | None,
    typer.Option("--standing", help="Only those that stand so.", show_default=False),
]

_ROLES = {
    "organisation": Role.WORDS,
    "name": Role.MORE,
    "state": Role.STATE,
    "result": Role.STATE,
    "mark": Role.MORE,
}
_NONE = "There are no such results; makers finish one with /scaleup, or on their own page."


def results(
    *,
    standing: StandingOption = None,
    campaign: OnlyCampaignOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """List the scale-up results that are finished, and how each stands."""
    services = open_services(config, db)
    with closing(services.store):
        numbers = services.store.journeys.results(campaign)
        pledges = [services.store.pledges.get(number) for number in numbers]
        rows = [_result(services, pledge) for pledge in pledges if pledge is not None]
    kept = [row for row in rows if row["result"] and standing in (None, row["result"])]
    if not json:
        kept = [{key: row[key] for key in ("pledge", *_ROLES)} for row in kept]
    show_listing(kept, as_json=json, roles=_ROLES, empty=_NONE)


def scale_up(
    *,
    pledge: PledgeArgument,
    approve: ApproveOption = None,
    hide: HideOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Show what was found for bringing a pledge further, or decide who may see it."""
    from bot.errors import UsageError
    from bot.jobs.pledges import imports as job
    from bot.jobs.pledges.scale_up import deciding

    if approve is not None and hide is not None:
        raise UsageError("--approve and --hide can't be given both: decide for one of them")
    services = open_services(config, db)
    with closing(services.store):
        there = job.get(services, pledge)
        mark, show = (approve, True) if approve is not None else (hide, False)
        if mark is not None:
            by = Actor.staff(user())
            deciding.decide(services, there.id, mark, by, now_of(services), show=show)
        whole = _result(services, there)
    if json:
        emit_json(whole)
    elif mark is not None:
        where = f": {whole['page']}" if show and whole["page"] else ""
        how = "is shown to everybody on its page" if show else "is shown to nobody"
        say(f"The scale-up result of pledge {there.id} {how}{where}.")
    else:
        _show_result(whole)


def _result(services: "Services", pledge: "Pledge") -> dict[str, object]:
    from bot.jobs.pledges.scale_up import results
    from bot.jobs.texts import notes

    result = results.result(services, pledge, pledge.language)
    return {
        "pledge": pledge.id,
        "organisation": pledge.organisation,
        "name": pledge.name,
        "state": pledge.state.word,
        "result": result.standing if result else None,
        "mark": result.mark if result else None,
        "page": notes.page(services, pledge, pledge.language) or None,
        "answers": [
            {"question": line.ask, "answer": line.answer}
            for line in (result.lines if result else ())
        ],
    }


def _show_result(whole: dict[str, object]) -> None:
    if whole["result"] is None:
        say(
            f"Pledge {whole['pledge']} has no scale-up result that is finished; its maker fills it"
            " in with /scaleup."
        )
        return
    for key in ("pledge", "organisation", "name", "state", "result", "mark"):
        say(f"{key}: {plain(whole[key])}")
    for answer in cast("list[dict[str, str]]", whole["answers"]):
        say(f"\n{answer['question']}\n{answer['answer']}")
    command = f"drumbeat pledges scale-up {whole['pledge']}"
    offers = {
        "waits": f"`{command} --approve {whole['mark']}` shows it to everybody on the pledge's"
        " page, --hide in its place keeps it private.",
        "shown": f"`{command} --hide {whole['mark']}` takes it off the pledge's page.",
        "private": f"`{command} --approve {whole['mark']}` shows it to everybody on the pledge's"
        " page.",
    }
    say(f"\n{offers[str(whole['result'])]}")
