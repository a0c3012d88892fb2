"""`drumbeat doctor`: looks at what drumbeat needs to live, and says what to mend."""

import os
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.checked import check_new, remarks, told_limits
from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    emit_json,
    open_settings,
    paged,
    say,
    table,
)
from bot.cli.garbage import seldom_collected
from bot.cli.screen import Column, Role
from bot.errors import DataError, StoreError
from bot.text import counted

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.jobs.campaigns.limits import Told
    from bot.jobs.operations.findings import Finding, Level
    from bot.store import Store

_COLUMNS = (
    Column("state", Role.STATE),
    Column("looked at", Role.MORE),
    Column("what"),
    Column("finding", Role.WORDS),
)


@seldom_collected()
def doctor(*, json: JsonOption = False, config: ConfigOption = None, db: DbOption = None) -> None:
    """Look at secrets (by name), tokens, clock, zone data, database, disk and alarms.

    Exit code 1 with problems.
    """
    from bot.cli.inbox.findings import findings as mailbox
    from bot.cli.webhooks.findings import findings as webhooks
    from bot.jobs.operations.doctor import around, data, limits, run
    from bot.jobs.operations.findings import Level
    from bot.jobs.operations.reachable import pages
    from bot.jobs.operations.surroundings import unread_languages
    from bot.networks.common import thread

    try:
        settings = open_settings(config, db)
    except DataError as error:
        # nothing else can be looked at without settings
        findings = [data(error.problems)]
    else:
        now = datetime.now(UTC)
        tokens, told = thread.run(_tokens(settings, now))
        known = {**told_limits(settings, settings.database), **told}
        # the texts are the dearest of all: what was found clean today needs no second look
        library, of_data, mark = check_new(settings, known)
        _keep(settings, told, mark="" if of_data else mark)
        findings = [
            *run(settings, of_data, os.environ, partial(_open, settings), now),
            *tokens,
            *limits(known, now),
            *pages(settings),
            *thread.run(mailbox(settings, os.environ, partial(_open, settings))),
            *webhooks(settings, os.environ, partial(_open, settings)),
            *around([*remarks(settings, library), *unread_languages(settings, library)]),
        ]
    problems = _count(findings, Level.PROBLEM)
    if json:
        emit_json({"problems": problems, "findings": findings})
    else:
        with paged():
            table(_COLUMNS, [(f.level.value, f.check, f.subject, f.message) for f in findings])
            say(_summary(findings))
    if problems:
        raise typer.Exit(1)


def _summary(findings: "Sequence[Finding]") -> str:
    """Return in a line how it is: what to mend, else how many notes stand above."""
    from bot.jobs.operations.findings import Level

    problems, notes = _count(findings, Level.PROBLEM), _count(findings, Level.NOTE)
    if problems:
        return counted(problems, "problem", "problems")
    return f"nothing is wrong; {counted(notes, 'note', 'notes')} above" if notes else "all is well"


def _count(findings: "Sequence[Finding]", level: "Level") -> int:
    return sum(finding.level is level for finding in findings)


def _open(settings: "Settings", path: Path) -> "Store":
    from bot.app import open_store

    return open_store(replace(settings, database=path), readonly=True)


def _keep(settings: "Settings", told: "Mapping[str, Told]", *, mark: str) -> None:
    """Keep in the live database what the servers said, and that the data with this digest are clean
    (empty: they aren't), where there is one that can be written.

    What is wrong with it is reported by other checks. A database of an older drumbeat is left as it
    is, since that one may still run.
    """
    from bot.app import open_store
    from bot.jobs.campaigns.known import is_clean, remember_clean
    from bot.jobs.campaigns.limits import keep
    from bot.store.db import is_present
    from bot.store.meta import LIVE

    with suppress(StoreError):
        if not is_present(settings.database):
            return
        with closing(open_store(settings, readonly=True)) as store:
            live = store.meta.get("kind") == LIVE
            new = bool(mark) and not is_clean(store, mark)
        if live and (told or new):
            with closing(open_store(settings)) as store:
                for account, known in told.items():
                    keep(store, account, known)
                if new:
                    remember_clean(store, mark)


async def _tokens(settings: "Settings", now: datetime) -> "tuple[list[Finding], dict[str, Told]]":
    """Ask each live account's network; return the findings, and what the servers accept."""
    from bot.app.connections import close_networks, open_networks
    from bot.jobs.campaigns.limits import read
    from bot.jobs.operations.findings.secrets import tokens

    try:
        built, dry = open_networks(settings, os.environ)
    except DataError:
        # the check of secrets reports it
        return [], {}
    try:
        findings = await tokens(settings, built, dry)
        channels = [settings.channels[name] for name in built]
        told = {c.account: read(c, built[c.name], now) for c in channels}
        return findings, {account: known for account, known in told.items() if known}
    finally:
        await close_networks(built)
