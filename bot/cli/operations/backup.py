"""`drumbeat backup` and `drumbeat restore`: a copy of the database, and the way back from it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    emit_json,
    open_library,
    open_settings,
    open_settings_anyhow,
    say,
    user,
)
from bot.model.database import is_same

if TYPE_CHECKING:
    from bot.jobs.operations.backup import Copy, Report
    from bot.model.database import Where

FileArgument = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="Where to; must not be there yet.", show_default=False),
]
RestoreFileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="A backup.", show_default=False)
]
WithoutKeyOption = Annotated[
    bool,
    typer.Option("--without-key", help="Go on though the keys that belong to it are lost."),
]


def backup(
    *,
    file: FileArgument,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Copy the database, also while drumbeat runs.

    The copy is checked, and nothing half-written is left. It holds no keys: keep their file apart.
    Works with a config.toml that has problems too.
    """
    from bot.jobs.operations.backup import backup as write

    settings = open_settings_anyhow(config, db)
    copy = write(settings.database, file, datetime.now(UTC), settings.keys)
    if json:
        emit_json(
            {
                "database": settings.database,
                "file": file,
                "made": copy.made,
                "bytes": copy.size,
                "keys": copy.keys,
                "fingerprint": copy.fingerprint,
                "keys_there": copy.keys_there,
            }
        )
        return
    say(f"{settings.database} copied to {file}, {copy.size:,} bytes, checked")
    if copy.fingerprint:
        say(_apart(copy))


def _apart(copy: "Copy") -> str:
    if copy.keys_there:
        return (
            f"its keys are not in it: keep a copy of {copy.keys} apart from the backups;"
            f" `drumbeat restore` asks for it (fingerprint {copy.fingerprint})"
        )
    return (
        f"its keys are not in it, and not in {copy.keys}: find the file with the fingerprint"
        f" {copy.fingerprint}; `drumbeat restore` asks for it"
    )


def restore(
    *,
    file: RestoreFileArgument,
    without_key: WithoutKeyOption = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Bring a backup back; the keys that belong to it must be in their file.

    What may have left since it was made becomes uncertain: it is looked up where the network can
    tell, and held elsewhere.
    """
    from functools import partial

    from bot.app import open_restored
    from bot.jobs.operations.backup import restore as bring_back

    settings = open_settings(config, db)
    library = open_library(settings, settings.active)
    opener = partial(open_restored, library=library)
    present = open_settings(config).database
    report = bring_back(
        settings,
        file,
        opener,
        user(),
        datetime.now(UTC),
        without_key=without_key,
        present=None if is_same(present, settings.database) else present,
    )
    if json:
        emit_json(
            {
                "database": settings.database,
                "file": file,
                "made": report.made,
                "kept": report.kept,
                "uncertain": report.uncertain,
                "without_key": report.without_key,
            }
        )
    else:
        _tell(report, file, settings.database)


def _tell(report: "Report", file: Path, target: "Where") -> None:
    from bot.store import keys as kept_keys

    made = f"made {report.made:%Y-%m-%d %H:%M} UTC" if report.made else "made at an unknown time"
    say(f"{target} is restored from {file}, {made}")
    if report.without_key:
        say(f"it goes on without its keys: {kept_keys.LOST}")
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
