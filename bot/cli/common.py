"""What commands share: options, how they open settings and database, and how they write.

On a terminal tables are drawn by Rich so that they fit, and lines are wrapped at words; in a pipe
they are plain aligned lines that are never wrapped, shortened or coloured. Answers go to stdout,
everything else (problems, progress) to stderr.
"""

import dataclasses
import getpass
import json
import logging
import os
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.cli import journal
from bot.cli.printable import printable
from bot.cli.screen import Column, LongPager, Role, fitting, plain, wrapped
from bot.errors import DataError, UsageError
from bot.model.database import Server
from bot.model.staff import Actor
from bot.times import iso

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.jobs.services import Services
    from bot.library import Library
    from bot.model.database import Where
    from bot.store import Store

console = Console()
"""The console on stdout, for answers."""

errors = Console(stderr=True)
"""The console on stderr, for problems and progress."""

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="Settings; ./config.toml, else the shipped ones.",
        show_default=False,
    ),
]


def _where(text: str) -> "Where":
    from bot.config.database import named, with_password

    try:
        return with_password(named(text), os.environ)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def db_option(words: str, name: str = "--db") -> Any:
    """Return the option that names a database: a file, or the URL of a server."""
    return typer.Option(name, metavar="FILE|URL", parser=_where, help=words, show_default=False)


if TYPE_CHECKING:
    DbOption = Where | None
else:  # typer takes one type alone, and asks the parser what it is
    DbOption = Annotated[Path | None, db_option("Database; else the one that the settings name.")]
LARGEST_NUMBER = 2**63 - 1
"""The largest number of a row: SQLite's integers have 64 bits and can't be asked for more."""

JsonOption = Annotated[bool, typer.Option("--json", help="Give JSON.")]

ReasonOption = Annotated[
    str,
    typer.Option(
        "--reason",
        metavar="TEXT",
        help="Why you want to see who people are; it stands in the log of who did what.",
        show_default=False,
    ),
]


def open_settings(config: Path | None = None, db: "Where | None" = None) -> "Settings":
    """Read the settings from the file given, else ./config.toml, else the shipped one.

    `db` replaces their database. Raises `DataError` with every problem.
    """
    from bot import networks
    from bot.config import load

    here = Path("config.toml")
    # lexists: a link that leads nowhere is a mistake to report, and not the same as no file
    there = os.path.lexists(here)
    settings, problems = load(config or (here if there else None), networks.names())
    if settings is None:
        raise DataError(problems)
    return dataclasses.replace(settings, database=db) if db else settings


def open_settings_anyhow(config: Path | None = None, db: "Where | None" = None) -> "Settings":
    """Read the settings as `open_settings` does, or go on without them.

    Where they have problems, these are written to stderr and the shipped settings are returned,
    with the database that the file names: a slip in a file must not keep anybody from stopping
    what goes out.
    """
    from bot.config import database_named, load

    try:
        return open_settings(config, db)
    except DataError as error:
        settings, _ = load(None)
        if settings is None:
            raise
        file = config or Path("config.toml")
        database = db or database_named(file)
        note(f"{error}\n{file} can't be used; going on without it, with the database {database}")
    return dataclasses.replace(settings, database=database, unusable=file)


def open_library(settings: "Settings", needed: Collection[str] | None = None) -> "Library":
    """Read all campaigns of the settings' roots and the shipped ones.

    Raises `DataError` with every problem when something is wrong. With `needed`, the ids of some
    campaigns, it is raised only when one of these is broken; problems elsewhere go to stderr.
    """
    from bot.library import read, shipped_root

    library, problems = read([*settings.roots, shipped_root()])
    broken = (
        None
        if needed is None
        else {name for name in needed if name in library.known and name not in library.campaigns}
    )
    fatal = [p for p in problems if broken is None or broken & set(Path(p.file).parts)]
    if fatal:
        raise DataError(fatal)
    for problem in problems:
        note(str(problem))
    return library.leading_to(settings.web.public_url if settings.web else None)


@contextmanager
def services_beside(
    config: Path | None, db: "Where | None", *, readonly: bool = False, anyhow: bool = False
) -> Iterator["Services"]:
    """Open services on the database, beside a running drumbeat, and close them afterwards.

    Broken campaigns keep nobody from looking and cancelling: their problems go to stderr. With
    `anyhow`, so do those of settings that can't be used.
    """
    from bot.app import open_beside

    settings = (open_settings_anyhow if anyhow else open_settings)(config, db)
    services = open_beside(settings, open_library(settings, ()), readonly=readonly)
    with closing(services.store):
        tell_rehearsal(services.store)
        yield services


@contextmanager
def services_to_compare(
    settings: "Settings", needed: Collection[str]
) -> Iterator[tuple["Services", datetime]]:
    """Open services that compare the data with what is planned, and give the instant for which
    they do: now, or that to which the clock of a rehearsal's file has come.

    `needed` are the ids of the campaigns that must be whole.
    """
    from bot.app import open_plan

    services = open_plan(settings, open_library(settings, needed))
    with closing(services.store):
        tell_rehearsal(services.store)
        yield services, now_of(services)


def only_campaign(settings: "Settings", campaign: str | None) -> str:
    """Return the campaign that is named, else the only active one; raises `UsageError`."""
    if campaign or len(settings.active) == 1:
        return campaign or settings.active[0]
    many = ", ".join(settings.active) or "none"
    raise UsageError(f"say which campaign with --campaign ID; active: {many}")


def now_of(services: "Services") -> datetime:
    """Return the instant by which a command decides on this database (`decisions.clock`)."""
    from bot.jobs.sending.decisions import clock

    return clock(services.store, datetime.now(UTC))


def tell_rehearsal(store: "Store") -> None:
    """Say on stderr of a rehearsal's file that it is one, so that nobody takes it for what is
    live.
    """
    from bot.store.meta import REHEARSAL

    if store.meta.get("kind") == REHEARSAL:
        note(
            f"{store.database.where} is a rehearsal's file: nothing in it has left or will"
            " leave, and what is done to it changes nothing that is live"
        )


def other_files(services: "Services") -> str | None:
    """Return a sentence that the running drumbeat plays other files than those on the disk.

    A command beside it makes its texts from the disk. None where they are the same, where nothing
    runs, and where nobody knows since the settings can't be used.
    """
    from bot.jobs.operations.reload import playing
    from bot.store.db import has_sender

    if services.settings.unusable or not has_sender(services.store.database.where):
        return None
    played = playing(services.store, services.library)
    if played is None or played.version == played.on_disk:
        return None
    return (
        f"the running drumbeat plays the files of version {played.version}, and those on the disk"
        f" are another, {played.on_disk}"
    )


def with_dry(services: "Services") -> "Services":
    """Return the services with the channels that are dry: those that the running process knows,
    which has its own secrets, else those that are dry here; on a rehearsal's file none is.
    """
    from bot.app.connections import dry_channels
    from bot.jobs.operations.dry import remembered_dry
    from bot.store.db import has_sender
    from bot.store.meta import REHEARSAL

    if services.store.meta.get("kind") == REHEARSAL:
        return dataclasses.replace(services, dry={})
    runs = has_sender(services.store.database.where)
    known = remembered_dry(services.store) if runs else None
    dry = dry_channels(services.settings, os.environ) if known is None else known
    return dataclasses.replace(services, dry=dry)


def emit_json(data: object) -> None:
    """Write `data` to stdout as JSON.

    Dataclasses become objects, enums their words, dates ISO 8601 and instants like
    2021-05-01T07:00:00Z.
    """
    write(json.dumps(_plain(data), ensure_ascii=False, indent=2))


def json_line(data: object) -> str:
    """Return `data` as JSON on one line, for long lists that are written piece by piece."""
    return printable(_ON_A_LINE.encode(_plain(data)))


_ON_A_LINE = json.JSONEncoder(ensure_ascii=False)

_OF_JSON = frozenset({str, int, float, bool, type(None)})
"""Types whose values are JSON as they are; an enum that is an integer too is none of them."""


def _plain(value: Any) -> object:
    """Return `value` as what JSON knows; raises `TypeError` for anything else, such as a secret."""
    # most values of a long list are these
    kind: Any = type(value)
    if kind in _OF_JSON:
        return value
    if dataclasses.is_dataclass(value):
        return {
            name: each if type(each := getattr(value, name)) in _OF_JSON else _plain(each)
            for name in _fields(kind)
        }
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return _plain_scalar(value)


@cache
def _fields(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


def _plain_scalar(value: Any) -> object:
    match value:
        # enums first: some are integers too
        case Enum():
            return getattr(value, "word", value.value)
        case None | str() | int() | float():
            return value
        case datetime():
            return iso(value)
        case date():
            return value.isoformat()
        case Path() | Server():
            return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def day_of(text: str) -> date:
    """Return the day that an option names; raises `UsageError` for a text that is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"'{text}' is no date; write it like 2021-05-01") from None


def user() -> Actor:
    """Return who runs the command, for the record of their decisions."""
    try:
        return Actor(getpass.getuser())
    except (OSError, KeyError):  # a container's user may have no name
        return Actor(f"user {os.getuid()}")


def write(text: str) -> None:
    """Write one piece of text to stdout as it is, never wrapped, so that it can be copied.

    Control characters are spelled out, as in all that commands write.
    """
    if console.is_terminal:
        console.out(printable(text), highlight=False)
    else:
        sys.stdout.write(f"{printable(text)}\n")


def say(text: str = "") -> None:
    """Write one piece of text to stdout: without colours and markup, and in a pipe as it is.

    On a terminal long lines are wrapped at words. Control characters are spelled out.
    """
    write(wrapped(text, console.width) if console.is_terminal else text)


def note(text: str) -> None:
    """Write one piece of text to stderr as `say` does to stdout."""
    told = printable(text)
    if errors.is_terminal:
        told = wrapped(told, errors.width)
    sys.stderr.write(f"{told}\n")


@contextmanager
def paged() -> Iterator[None]:
    """Show what is said within in a pager where it is longer than the terminal is high.

    In a pipe nothing is changed.
    """
    if not console.is_terminal:
        yield
        return
    with console.pager(LongPager(console), styles=True, links=True):
        yield


def fail(message: str, code: int = 1) -> NoReturn:
    """Say on stderr what is wrong, and end the command with this exit code."""
    note(journal.told(message, logging.ERROR))
    raise typer.Exit(code)


def table(
    columns: Sequence[str | Column], rows: Sequence[Sequence[object]], *, title: str = ""
) -> None:
    """Write rows to stdout under the names of their columns; None is an empty cell.

    What becomes of a column on a terminal says its `Role`; a name alone is a key.
    """
    named = [Column(c) if isinstance(c, str) else c for c in columns]
    if console.is_terminal:
        # no line is longer than the terminal but for links that must stay whole
        console.print(fitting(console, named, rows, title), crop=False)
        return
    if title:
        say(title)
    _plain_table([[c.name for c in named], *([plain(value) for value in row] for row in rows)])


def show_listing(
    rows: Sequence[Mapping[str, object]],
    *,
    as_json: bool,
    empty: str,
    roles: Mapping[str, Role] | None = None,
) -> None:
    """Write rows as JSON, or as a table headed by their keys; without rows write `empty`.

    `roles` says of keys what becomes of their columns on a terminal.
    """
    if as_json:
        emit_json(rows)
    elif rows:
        columns = [Column(name.upper(), (roles or {}).get(name, Role.KEY)) for name in rows[0]]
        with paged():
            table(columns, [list(row.values()) for row in rows])
    else:
        say(empty)


def _plain_table(lines: list[list[str]]) -> None:
    # a line break inside a cell would break its row in two
    lines = [[" ".join(cell.split()) for cell in line] for line in lines]
    widths = [max(map(cell_len, column)) for column in zip_longest(*lines, fillvalue="")]
    for line in lines:
        say(
            "  ".join(
                cell + " " * (width - cell_len(cell))
                for cell, width in zip(line, widths, strict=False)
            ).rstrip()
        )


@contextmanager
def progress(
    total: int, label: str = "", told: Callable[[int], str] | None = None
) -> Iterator[Callable[[int], None]]:
    """Show on stderr how far a job of `total` steps has come.

    That is a bar on a terminal, and a line for each tenth in a pipe, under the label; or with what
    `told` says of a number of steps that are done. The context gives a function to be called with
    the number of steps just done.
    """
    if not errors.is_terminal:
        yield _lines(total, told or (lambda done: f"{label}: {done:,} of {total:,}"))
        return
    count = () if told else (MofNCompleteColumn(),)
    parts = (TextColumn("{task.description}"), BarColumn(), *count, TimeRemainingColumn())
    with Progress(*parts, console=errors) as bar:
        task = bar.add_task(printable(told(0) if told else label), total=total)

        def advance(steps: int) -> None:
            bar.advance(task, steps)
            if told:
                bar.update(task, description=printable(told(int(bar.tasks[0].completed))))

        yield advance


def _lines(total: int, told: Callable[[int], str]) -> Callable[[int], None]:
    done, tenth = 0, 0

    def advance(steps: int) -> None:
        nonlocal done, tenth
        done += steps
        if total and done * 10 // total > tenth:
            tenth = done * 10 // total
            note(told(done))

    return advance
