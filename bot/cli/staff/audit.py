"""`drumbeat audit`: who did what, in the chat, at the command line and at the desk."""

import csv as tables
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    day_of,
    fail,
    json_line,
    note,
    paged,
    say,
    services_beside,
    table,
)
from bot.cli.screen import Column, Role, plain
from bot.errors import UsageError
from bot.times import epoch, iso

if TYPE_CHECKING:
    from bot.jobs.staff.deeds import Line

WhoOption = Annotated[
    str | None,
    typer.Option(
        "--who",
        metavar="NAME",
        help="Only this person, whether they came by chat, command line or desk; the name of"
        " `drumbeat staff`, a login, or 'person 12'.",
        show_default=False,
    ),
]
VerbOption = Annotated[
    str,
    typer.Option(
        "--verb",
        metavar="VERB",
        help="Only what begins so, like post. or pledge.approved.",
        show_default=False,
    ),
]
SinceOption = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="DATE",
        help="Only from this day on, in UTC; like 2026-05-01.",
        show_default=False,
    ),
]
CsvOption = Annotated[
    str | None,
    typer.Option(
        "--csv",
        metavar="FILE",
        help="Write it as CSV into a new file, or with - to where this is read.",
        show_default=False,
    ),
]

PAGE = 500
"""Most lines that are drawn as a table."""

_COLUMNS = (
    Column("at", Role.INSTANT),
    Column("who"),
    Column("did"),
    Column("about"),
    Column("digest", Role.MORE),
    Column("why", Role.WORDS),
)


def audit(
    *,
    who: WhoOption = None,
    verb: VerbOption = "",
    since: SinceOption = None,
    csv: CsvOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """List who did what, the newest first: staff by chat, command line and desk, makers where they
    change what everybody sees.

    `about` has numbers alone: a post's three as in `drumbeat outbox`, a pledge's, a hold's.
    `digest` tells what was looked at: text and picture of a post, the answers of a pledge; `why`
    why somebody wanted to see who subscribers are.
    """
    from bot.jobs.staff.deeds import lines

    if json and csv:
        raise UsageError("say either --json or --csv")
    with services_beside(config, db, readonly=True, anyhow=True) as services:
        # a day begins at midnight UTC, as the log counts
        start = 0 if since is None else epoch(datetime.combine(day_of(since), time(), UTC))
        log = lines(services, who=who, verb=verb, since=start)
        if csv:
            _write_csv(log, csv)
        elif json:
            _write_json(log)
        else:
            _show(log)


def _show(log: "Iterator[Line]") -> None:
    first = list(islice(log, PAGE + 1))
    if not first:
        say("Nothing like that is in the log.")
        return
    shown = first[:PAGE]
    rows = [(each.at, each.who, each.verb, each.about, each.digest, each.why) for each in shown]
    with paged():
        table(_COLUMNS, rows)
        if len(first) > PAGE:
            say(f"These are the newest {PAGE}; --csv FILE writes all, --since DATE shows fewer.")


def _write_json(log: "Iterator[Line]") -> None:
    """Write the lines as a JSON array, one by one, since there may be very many."""
    sys.stdout.write("[")
    for number, line in enumerate(log):
        sys.stdout.write(f"{',' if number else ''}\n  {json_line(line)}")
    sys.stdout.write("\n]\n")


def _write_csv(log: "Iterable[Line]", to: str) -> None:
    head = ("at", "who", "verb", "about", "digest")
    rows = ((iso(line.at), line.who, line.verb, line.about, line.digest) for line in log)
    with _opened(to) as out:
        writer = tables.writer(out, quoting=tables.QUOTE_ALL, lineterminator="\n")
        writer.writerows([plain(cell) for cell in row] for row in chain([head], rows))
    if to != "-":
        note(f"the log is written to {to}")


@contextmanager
def _opened(to: str) -> Iterator[TextIO]:
    if to == "-":
        yield sys.stdout
        return
    try:
        with Path(to).open("x", encoding="utf-8", newline="") as file:
            yield file
    except FileExistsError:
        fail(f"{to} is there already; nothing was written")
    except OSError as error:
        fail(f"can't write {to}: {error.strerror}")
