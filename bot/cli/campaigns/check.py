"""`drumbeat check`: every problem of settings, campaigns and content at once."""

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.checked import check as checked
from bot.cli.checked import picture_remarks, remarks, told_limits, waiting_remarks
from bot.cli.common import ConfigOption, DbOption, JsonOption, emit_json, note, paged, say
from bot.cli.garbage import seldom_collected

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.jobs.operations.surroundings import Remark
    from bot.library import Library
    from bot.model import Problem
    from bot.model.database import Where


@seldom_collected()
def check(
    *,
    config: ConfigOption = None,
    db: DbOption = None,
    json: JsonOption = False,
) -> None:
    """Tell every problem of config, campaigns and content at once, as file: key: message.

    Exit code 1 if there is any.
    """
    from bot.jobs.operations.surroundings import unread_campaigns, unread_languages

    settings, problems = _settings(config, db)
    broken = bool(problems)
    told = told_limits(settings, settings.database)
    library, of_texts = checked(settings, told)
    problems += of_texts
    around = unread_campaigns(library) if broken else remarks(settings, library)
    problems += [_of_twin(remark) for remark in around if remark.about == "twins"]
    _tell(problems, library, json=json)
    beside = [remark.text for remark in around if not _is_problem(remark)]
    unread = [remark.text for remark in unread_languages(settings, library)]
    of_data = [*waiting_remarks(library), *picture_remarks(settings, library, told), *unread]
    for words in dict.fromkeys([*of_data, *beside]):
        note(words)
    if problems:
        raise typer.Exit(1)


def _is_problem(remark: "Remark") -> bool:
    """Return whether the remark is on what stands among the problems, each by itself."""
    return remark.about in ("data", "twins") or (remark.about == "pictures" and remark.wrong)


def _of_twin(remark: "Remark") -> "Problem":
    """Return the problem of somebody whom config.toml and `drumbeat staff` name alike."""
    from bot.model import Problem

    return Problem(file="drumbeat staff", key=remark.subject, message=remark.text)


def _settings(config: Path | None, db: "Where | None") -> "tuple[Settings, list[Problem]]":
    """Return the settings and their problems.

    Where they can't be used, the shipped ones stand in, so that the texts are checked all the same.
    """
    from bot import networks
    from bot.config import load
    from bot.errors import DataError

    here = Path("config.toml")
    settings, problems = load(config or (here if os.path.lexists(here) else None), networks.names())
    if settings is None:
        settings, more = load(None, networks.names())
        if settings is None:
            raise DataError([*problems, *more])
    return replace(settings, database=db or settings.database), problems


def _tell(problems: "list[Problem]", library: "Library", *, json: bool) -> None:
    if json:
        emit_json(problems)
        return
    with paged():
        for problem in problems:
            say(str(problem))
    actions = sum(len(campaign.actions) for campaign in library.campaigns.values())
    if problems:
        say(f"{len(problems)} problem{'s' if len(problems) > 1 else ''}.")
    else:
        say(f"No problems: {len(library.campaigns)} campaigns, {actions} actions.")
