"""`drumbeat digest`: the letter that tells of a month, and its approval."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    emit_json,
    now_of,
    paged,
    say,
    services_beside,
    user,
)
from bot.cli.results.monthly import LanguageOption, MonthOption
from bot.cli.results.results import first_of
from bot.errors import UsageError
from bot.model.staff import Actor
from bot.text import counted

if TYPE_CHECKING:
    from datetime import datetime

    from bot.jobs.services import Services
    from bot.model.newsletter import Digest

CampaignOption = Annotated[
    str | None,
    typer.Option(
        "--campaign",
        metavar="ID",
        help="The letter of this campaign; else of the first active one.",
        show_default=False,
    ),
]
SeenOption = Annotated[
    str,
    typer.Option("--seen", metavar="MARK", help="The mark that `drumbeat digest show` printed."),
]


def show(
    *,
    campaign: CampaignOption = None,
    month: MonthOption = None,
    lang: LanguageOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Show the letter that tells of a month, composed where there is none yet."""
    from bot.jobs.texts.digest import spoken, stands

    with services_beside(config, db) as services:
        there = _there(services, campaign, month, now_of(services))
        readers = services.store.digests.count()
        tag = spoken(services, there, lang or "")
        said, naming = stands(services, there, tag)
    if json:
        emit_json({**_as_json(there), "readers": readers})
        return
    with paged():
        say(said.subject)
        say()
        say(said.text)
        say()
        for line in naming:
            say(f"names what is withdrawn, deleted or held, so it waits for another text: {line}")
        say(_status(there, readers))


def approve(
    *,
    seen: SeenOption,
    campaign: CampaignOption = None,
    month: MonthOption = None,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Let the letter of a month go out, in all its languages, to each who agreed to it."""
    from bot.jobs.newsletter import digests

    with services_beside(config, db) as services:
        now = now_of(services)
        there = _there(services, campaign, month, now)
        digests.approve(services, there, seen, Actor.staff(user()), now)
        readers = services.store.digests.count()
    say(f"it goes to {counted(readers, 'person', 'people')}, each at their hour")


def _there(
    services: "Services", campaign: str | None, month: str | None, now: "datetime"
) -> "Digest":
    from bot.jobs.newsletter import compose, digests

    active = [each for each in services.active if campaign in (None, each.id)]
    if not active:
        raise UsageError("no campaign of that name is active, so there is no month to tell of")
    last = compose.last_month(services, now)
    first = first_of(month) or last
    if first > last:
        raise UsageError(f"{first:%Y-%m} is not over, so nobody can tell of it yet")
    there = digests.draft(services, active[0], first, now)
    if there is None:
        raise UsageError(f"{first:%Y-%m} holds nothing to tell, so it has no letter")
    return there


def _status(there: "Digest", readers: int) -> str:
    if there.approved is not None:
        return "approved; it went out, or is on its way"
    people = counted(readers, "person", "people")
    return (
        f"a draft for {people}; `drumbeat digest approve --seen {there.mark}` lets it go out, and"
        " the desk changes it"
    )


def _as_json(there: "Digest") -> dict[str, object]:
    return {
        "campaign": there.campaign,
        "month": f"{there.first:%Y-%m}",
        "approved": there.approved is not None,
        "mark": there.mark,
        "texts": {tag: asdict(each) for tag, each in there.texts.items()},
    }
