"""`drumbeat run`, `drumbeat worker` and `drumbeat reload`: the live process, one that shares its
database with others, and how they are made to read data again.
"""

import gc
import logging
import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.cli.checked import check_new, remarks
from bot.cli.common import ConfigOption, DbOption, fail, open_library, open_settings, say
from bot.cli.log import Form, log_to_stderr
from bot.errors import UsageError
from bot.model.database import Server

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.jobs.operations.reload import Answer
    from bot.library import Library
    from bot.model import Problem
    from bot.model.database import Where
    from bot.scheduler.parts import Part
    from bot.store import Store

ANSWER = 60.0
"""Seconds for which `reload` waits for the running process to answer."""


LogOption = Annotated[
    Form,
    typer.Option(help="How the log is written: for people, or each line as an object in JSON."),
]


StepsOption = Annotated[bool, typer.Option("--steps", help="Also log each step of each delivery.")]


OnlyOption = Annotated[
    Literal["chat"] | None,
    typer.Option(
        "--only",
        help="Do this alone, beside others on one PostgreSQL database. One asks Telegram for"
        " messages at a time, and others wait for its end; with a public_url any number talk.",
        show_default=False,
    ),
]


def run(
    *,
    only: OnlyOption = None,
    log: LogOption = "text",
    steps: StepsOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Run the active campaigns until SIGTERM or Ctrl-C.

    SIGHUP reads secrets, settings and data again.

    Writes to stderr what comes next and what happens. What fell due while it was stopped still goes
    out within each action's grace.
    """
    from bot.scheduler.parts import Part

    part = Part.WHOLE if only is None else Part.CHAT
    live(part, open_settings(config, db), log, steps=steps, config=config, db=db)


def worker(
    *,
    log: LogOption = "text",
    steps: StepsOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Plan and send until SIGTERM or Ctrl-C, beside any number of others on one database of
    PostgreSQL.

    It has no pages and no chat, and ends with code 3 where it is to be started anew.
    """
    from bot.scheduler.parts import Part

    live(Part.WORKER, open_settings(config, db), log, steps=steps, config=config, db=db)


def live(
    part: "Part",
    settings: "Settings",
    log: Form = "text",
    *,
    steps: bool = False,
    config: Path | None,
    db: "Where | None",
) -> None:
    """Be a live process, or one part of several over a database, until it is stopped.

    Raises `UsageError` where the database is a file, which one process has to itself.
    """
    from bot.networks.common import thread
    from bot.scheduler.parts import Part

    if part is not Part.WHOLE and not isinstance(settings.database, Server):
        raise UsageError(
            f"drumbeat {part.value}: {settings.database} is a file, which one process has to"
            " itself: `drumbeat run` does everything there. Several processes share a database of"
            ' PostgreSQL: database = "postgresql://…" in config.toml, or DRUMBEAT_DATABASE_URL'
        )
    library = open_library(settings, settings.active)
    _refuse_folder(settings)
    log_to_stderr(log, steps=steps)
    try:
        thread.run(_run(part, settings, library, config, db))
    finally:
        # Python collects garbage once more before it ends. The client libraries have so many
        # objects that this takes seconds on a slow machine.
        gc.freeze()
    if thread.is_left_behind():
        _leave()


def _leave() -> None:
    """End the process at once, without Python's own clean-up.

    That stops threads wherever they are; one in the middle of a library that isn't written in
    Python then ends the process by SIGABRT, though everything of ours is closed.
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _refuse_folder(settings: "Settings") -> None:
    """End the command where the database's folder can't be used: nothing works without one."""
    from bot.jobs.operations.surroundings import folder

    for remark in folder(settings.database):
        fail(remark.text)


async def _run(
    part: "Part",
    settings: "Settings",
    library: "Library",
    config: Path | None,
    db: "Where | None",
) -> None:
    from bot.app import open_live
    from bot.jobs.operations.startup import keep_what_is_loaded
    from bot.scheduler import Scheduler

    services = open_live(settings, library)
    keep_what_is_loaded()
    scheduler = Scheduler(
        services,
        lambda: clean(config, db)[:2],
        look=partial(_look, settings),
        part=part,
        queue=where.connecting() if isinstance(where := settings.database, Server) else None,
    )
    await scheduler.run()


def _look(settings: "Settings", version: str) -> "list[Problem]":
    """Return the problems of the data on the disk; none where these are no longer the ones of this
    version, which play.
    """
    library, problems, _ = check_new(settings, only=settings.active)
    return problems if library.files.version == version else []


def reload(*, config: ConfigOption = None, db: DbOption = None) -> None:
    """Check the data, then let a running drumbeat use them.

    With any problem the old data stay in use.
    """
    from bot.app import open_store
    from bot.jobs.campaigns.known import remember_clean
    from bot.jobs.operations.reload import ask
    from bot.store.db import has_sender

    settings, library, mark = clean(config, db)
    if not has_sender(settings.database):
        nothing = (
            f"nothing runs on {settings.database}; `drumbeat run` reads the data when it starts"
        )
        fail("\n".join([nothing, *(remark.text for remark in remarks(settings, library))]))
    store = open_store(settings)
    try:
        remember_clean(store, mark)
        answer = _answer(store, ask(store))
    finally:
        store.close()
    if answer is None:
        fail(
            f"no answer within {ANSWER:.0f} s; the running drumbeat reads the data as soon as it"
            " can, and its log says so"
        )
    if answer.problems:
        fail("\n".join([*answer.problems, "The old data stay in use."]))
    say("The running drumbeat uses the new data.")
    around = [remark.text for remark in remarks(settings, library)]
    for text in dict.fromkeys([*answer.waits, *around]):
        say(text)


def _answer(store: "Store", token: str) -> "Answer | None":
    from bot.jobs.operations.reload import answered

    end = time.monotonic() + ANSWER
    while time.monotonic() < end:
        answer = answered(store, token)
        if answer is not None:
            return answer
        time.sleep(0.1)
    return None


def clean(config: Path | None, db: "Where | None") -> "tuple[Settings, Library, str]":
    """Return settings and library, checked as `drumbeat check` does, and the digest of the data.

    What was found clean today isn't looked at again. Raises `DataError` with every problem.
    """
    from bot.errors import DataError

    settings = open_settings(config, db)
    library, problems, mark = check_new(settings)
    if problems:
        raise DataError(problems)
    return settings, library, mark
