"""`drumbeat links`: the pages of others to which campaigns lead, and which of them answer."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    emit_json,
    note,
    open_library,
    open_settings,
    paged,
    progress,
    say,
    table,
)
from bot.cli.screen import Column, Role
from bot.names import pick
from bot.text import counted

if TYPE_CHECKING:
    from bot.jobs.operations.outside import Outside, Visited
    from bot.jobs.texts.links import Answer
    from bot.library import Library

CampaignOption = Annotated[
    str | None,
    typer.Option("--campaign", metavar="ID", help="Of this one; else of all that are there."),
]

_COLUMNS = (
    Column("CAMPAIGN", Role.MORE),
    Column("KEY"),
    Column("ADDRESS", Role.WORDS),
    Column("LOOKED AT", Role.MORE),
    Column("COPY READ", Role.MORE),
    Column("ANSWER", Role.WORDS),
)


def links(
    *,
    campaign: CampaignOption = None,
    config: ConfigOption = None,
    db: DbOption = None,
    json: JsonOption = False,
) -> None:
    """Ask each page of others to which campaigns lead, once, whether it answers.

    These are link slots, websites of partners, pages of those who decide, and the sources of facts,
    events and countries. A page that leads to another site is told, and so is an empty slot.
    Nothing is written: for what answers, and nobody has looked at within a year, the lines are
    given that say so. Exit code 1 if anything is wrong.
    """
    from bot.jobs.operations import outside as job
    from bot.jobs.texts.links.pages import visitor

    settings = open_settings(config, db)
    pages = _pages(open_library(settings, (campaign,) if campaign else None), campaign)
    with progress(len(pages), "pages") as done:
        visited = job.run(pages, done, visitor(settings.private))
    if json:
        emit_json([_row(each) for each in visited])
    else:
        _tell(visited)
    for line in job.lines_to_write(visited, datetime.now(UTC).date()):
        note(line)
    if any(each.answer.wrong for each in visited):
        raise typer.Exit(1)


def _pages(library: "Library", chosen: str | None) -> "list[Outside]":
    from bot.jobs.operations.outside import outside

    campaigns = library.campaigns
    wanted = [pick(chosen, campaigns, "campaign")] if chosen else list(campaigns)
    return [page for name in wanted for page in outside(campaigns[name])]


def _row(visited: "Visited") -> dict[str, object]:
    page, answer = visited.page, visited.answer
    return {
        "campaign": page.campaign,
        "file": page.file,
        "key": page.key,
        "url": page.url,
        "checked": page.checked,
        "read": page.read,
        "ends": answer.ends or None,
        "wrong": answer.wrong,
    }


def _tell(visited: "list[Visited]") -> None:
    with paged():
        if visited:
            table(_COLUMNS, [_cells(each) for each in visited])
        wrong = sum(each.answer.wrong is not None for each in visited)
        unseen = sum(each.page.seen is None for each in visited if each.page.url)
        say(
            f"{counted(len(visited), 'page', 'pages')}, {wrong} with something wrong; nobody has"
            f" written down a look at {unseen}."
        )


def _cells(visited: "Visited") -> tuple[object, ...]:
    page, answer = visited.page, visited.answer
    return (
        page.campaign,
        page.key,
        page.url,
        page.checked,
        page.read,
        _said(page.url, answer),
    )


def _said(url: str, answer: "Answer") -> str:
    """Return the answer beside its address, which needn't be said twice."""
    if answer.wrong:
        return answer.wrong.removeprefix(url).lstrip(" :")
    return "answers" if answer.ends == url else f"answers as {answer.ends}"
