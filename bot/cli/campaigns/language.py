"""`drumbeat language list | accept`: who has read each language's texts, and who let them stand."""

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

_GLOSSARY = ("terms", "sources")

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


def list_(*, json: JsonOption = False, config: ConfigOption = None, db: DbOption = None) -> None:
    """List the languages: who has read their texts, who accepted them, and how many of their files
    `check` has something to say of.
    """
    from bot.jobs.campaigns.languages import standing as job

    settings = open_settings(config, db)
    files = open_library(settings, ()).files
    lacking = job.lacking(files)
    every = [(each, lacking.get(each.language, 0)) for each in job.standings(files)]
    if json:
        emit_json([_plain(each) | {"lacking": count} for each, count in every])
    else:
        table(_COLUMNS, [_row(each, count) for each, count in every])


def _plain(standing: Standing) -> dict[str, object]:
    return {name: value for name, value in vars(standing).items() if name not in _GLOSSARY}


def _row(standing: Standing, lacking: int) -> tuple[str, ...]:
    return (
        standing.language,
        _said(standing, standing.reviewed_by, standing.reviewed_on),
        _said(standing, standing.accepted_by, standing.accepted_on),
        f"{lacking} files" if lacking else "",
    )


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
    earlier = accepted.before.accepted_by
    instead = f", in the place of {earlier}" if earlier not in ("", by) else ""
    say(f"{accepted.file}: accepted by {by} on {today}{instead}.")
    if not accepted.standing.is_read:
        say("Nobody who is named has read its texts yet, and people are still told so.")
    if not settings.roots:
        say('Write roots = ["."] into config.toml, so that this folder is read.')
    say("A running drumbeat uses it after `drumbeat reload`.")


def _said(standing: Standing, by: str, on: date | None) -> str:
    if by:
        return f"{by}, {on}"
    return "the original" if standing.is_original else "nobody"
