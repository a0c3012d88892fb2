"""`drumbeat language list | accept`: who has read each language's texts, and who let them stand."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated

import typer

from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    emit_json,
    fail,
    open_library,
    open_settings,
    say,
    table,
)
from bot.cli.screen import Column, Role
from bot.model.standing import Standing

_COLUMNS = (
    Column("LANGUAGE"),
    Column("READ BY", Role.WORDS),
    Column("ACCEPTED BY", Role.WORDS),
    Column("TO TRANSLATE"),
)

_Tag = Annotated[str, typer.Argument(metavar="TAG", help="Like fr or pt-BR.", show_default=False)]
_By = Annotated[
    str,
    typer.Option(
        "--by",
        metavar="NAME",
        help="Who answers for it; their name stands in the file.",
        show_default=False,
    ),
]


@dataclass(frozen=True, kw_only=True)
class _Listed:
    """A language as `--json` gives it."""

    language: str
    reviewed_by: str
    reviewed_on: date | None
    accepted_by: str
    accepted_on: date | None
    #: how many files have problems
    lacking: int


def list_(*, json: JsonOption = False, config: ConfigOption = None, db: DbOption = None) -> None:
    """List the languages: who has read their texts, who accepted them, and how many of their files
    `check` has something to say of.
    """
    from bot.jobs.campaigns.languages import standing as job

    settings = open_settings(config, db)
    files = open_library(settings, ()).files
    lacking = job.lacking(files)
    every = [
        _Listed(
            language=each.language,
            reviewed_by=each.reviewed_by,
            reviewed_on=each.reviewed_on,
            accepted_by=each.accepted_by,
            accepted_on=each.accepted_on,
            lacking=lacking.get(each.language, 0),
        )
        for each in job.standings(files)
    ]
    if json:
        emit_json(every)
        return
    rows = [
        (
            each.language,
            _said(each, each.reviewed_by, each.reviewed_on),
            _said(each, each.accepted_by, each.accepted_on),
            f"{each.lacking} files" if each.lacking else "",
        )
        for each in every
    ]
    table(_COLUMNS, rows)


def accept(
    *,
    tag: _Tag,
    by: _By,
    config: ConfigOption = None,
    db: DbOption = None,  # noqa: ARG001 - every command takes it; here nothing is stored
) -> None:
    """Let a language's texts on consent, privacy and danger stand without the English beside them.

    Who answers for it, and the day, are written into content/TAG/language.toml.
    """
    from bot.jobs.campaigns.languages import standing as job
    from bot.library import shipped_root

    settings, today = open_settings(config), datetime.now(UTC).date()
    try:
        accepted = job.accept(settings.roots, shipped_root(), tag, by, today)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror or error}; nothing was written")
    say(f"{accepted.file}: accepted by {by} on {today}.")
    if not accepted.standing.is_read:
        say("Nobody who is named has read its texts yet, and people are still told so.")
    if not settings.roots:
        say('Write roots = ["."] into config.toml, so that this folder is read.')
    say("A running drumbeat uses it after `drumbeat reload`.")


def _said(listed: _Listed, by: str, on: date | None) -> str:
    if by:
        return f"{by}, {on}"
    return "the original" if Standing(language=listed.language).is_original else "nobody"
