"""`drumbeat doctor`: looks at what drumbeat needs to live, and says what to mend."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.common import ConfigOption, DbOption, JsonOption, emit_json, open_settings, say, table
from bot.errors import DataError

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.jobs.operations.doctor import Finding
    from bot.model import Problem
    from bot.store import Store


def doctor(*, json: JsonOption = False, config: ConfigOption = None, db: DbOption = None) -> None:
    """Look at secrets (by name), tokens, clock, zone data, database, disk and alarms.

    Exit code 1 with problems.
    """
    from bot.jobs.operations.doctor import Level, data, run

    try:
        settings = open_settings(config, db)
    except DataError as error:
        # nothing else can be looked at without settings
        findings = [data(error.problems)]
    else:
        findings = run(settings, _problems(settings), os.environ, _opener, datetime.now(UTC))
        findings += asyncio.run(_tokens(settings))
    problems = sum(finding.level is Level.PROBLEM for finding in findings)
    if json:
        emit_json({"problems": problems, "findings": findings})
    else:
        table(
            ("state", "looked at", "what", "finding"),
            [(f.level.value, f.check, f.subject, f.message) for f in findings],
        )
        say(f"{problems} problem{'' if problems == 1 else 's'}" if problems else "all is well")
    if problems:
        raise typer.Exit(1)


def _opener(path: Path) -> "Store":
    from bot.app import open_store

    return open_store(path, readonly=True)


def _problems(settings: "Settings") -> "list[Problem]":
    """What `drumbeat check` would tell."""
    from bot.jobs.campaigns import check
    from bot.library import read, shipped_root
    from bot.render import Renderer

    today = datetime.now(UTC).date()
    library, of_data = read([*settings.roots, shipped_root()], today=today)
    return [
        *of_data,
        *check.run(
            settings,
            library,
            Renderer(library.files, library.campaigns, stand_in=True),
            today=today,
        ),
    ]


async def _tokens(settings: "Settings") -> "list[Finding]":
    from bot.app import open_networks
    from bot.jobs.operations.doctor import tokens

    try:
        built, dry = open_networks(settings, os.environ)
    except DataError:
        # told already, by the secret's name
        return []
    try:
        return await tokens(settings, built, dry)
    finally:
        for network in built.values():
            await network.close()
