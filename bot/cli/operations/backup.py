"""`drumbeat backup` and `drumbeat restore`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import (
    ConfigOption,
    DbOption,
    open_library,
    open_settings,
    open_settings_anyhow,
    say,
)

if TYPE_CHECKING:
    from bot.jobs.operations.backup import Report

FileArgument = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="Where to; must not be there yet.", show_default=False),
]
RestoreFileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="A backup.", show_default=False)
]


def backup(
    *,
    file: FileArgument,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Copy the database, also while drumbeat runs.

    The copy is checked, and nothing half-written is left. Works with a config.toml that has
    problems too.
    """
    from bot.jobs.operations.backup import backup as write

    settings = open_settings_anyhow(config, db)
    size = write(settings.database, file, datetime.now(UTC))
    say(f"{settings.database} copied to {file}, {size:,} bytes, checked")


def restore(
    *,
    file: RestoreFileArgument,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Bring a backup back.

    What may have left since it was made is uncertain: looked up where the network can tell, else
    held.
    """
    from functools import partial

    from bot.app import open_restored
    from bot.jobs.operations.backup import restore as bring_back

    settings = open_settings(config, db)
    library = open_library(settings, settings.active)
    report = bring_back(settings, file, partial(open_restored, library=library), datetime.now(UTC))
    _tell(report, file, settings.database)


def _tell(report: "Report", file: Path, target: Path) -> None:
    made = f"made {report.made:%Y-%m-%d %H:%M} UTC" if report.made else "made at an unknown time"
    say(f"{target} is restored from {file}, {made}")
    if report.kept:
        say(f"the file that was in use is kept as {report.kept}")
    if not report.uncertain:
        say("nothing fell due since: nothing is uncertain")
    for row in report.uncertain:
        held = (
            "held; `drumbeat outbox --state uncertain` lists them: `arrived`, `release` or `cancel`"
            " each"
        )
        say(
            f"{row.count:,} uncertain on {row.channel}:"
            f" {'`drumbeat run` looks them up' if row.looked_up else held}"
        )
