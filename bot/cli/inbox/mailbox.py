"""`drumbeat mailbox`: what comes to the mailbox in which reports and answers arrive."""

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    ReasonOption,
    emit_json,
    now_of,
    say,
    services_beside,
    show_listing,
    user,
)
from bot.cli.screen import Role
from bot.errors import UsageError

if TYPE_CHECKING:
    from bot.jobs.services import Services
    from bot.model.mail import Bounce, Mail, Received

FilesArgument = Annotated[
    list[Path],
    typer.Argument(metavar="FILE", help="A message as it came (.eml); - for standard input."),
]


_ROLES = {
    "organisation": Role.WORDS,
    "verdict": Role.STATE,
    "since": Role.MORE,
    "last": Role.MORE,
    "said": Role.WORDS,
}


def list_(
    *,
    reason: ReasonOption = "",
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Say to how many people letters have come back within half a year; with --reason to whom, and
    what the server said last.

    Of these only who certainly has no mailbox any more gets nothing: `drumbeat contacts unblock`
    writes to them again. Whose mailbox has been full for weeks may have another address.
    """
    from bot.jobs.mailbox.standing import lines
    from bot.jobs.people import looking

    with services_beside(config, db, readonly=not reason) as services:
        rows = [vars(line) for line in lines(services)]
        if reason and rows:
            looking.listed(services, reason, user(), now_of(services))
    named = [{**row, "verdict": row["verdict"].value} for row in rows]
    shown = named if reason else _counts(named)
    show_listing(shown, as_json=json, roles=_ROLES, empty="No letter has come back.")


def _counts(rows: Iterable[Mapping[str, object]]) -> list[dict[str, object]]:
    many = Counter((row["channel"], row["verdict"]) for row in rows)
    return [
        {"channel": channel, "verdict": verdict, "people": count}
        for (channel, verdict), count in sorted(many.items())
    ]


def read(
    *,
    files: FilesArgument,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Say what drumbeat makes of messages, and do nothing about them.

    A mailbox counts as gone on positive evidence alone. Whose letter a report is about is told
    where it gives back a token of ours.
    """
    with services_beside(config, db, readonly=True) as services:
        shown = [_shown(services, str(file), _message(file)) for file in files]
    if json:
        emit_json(shown)
        return
    for each in shown:
        _tell(each)


def _message(file: Path) -> "Received":
    from bot.rules.mailbox import MOST, read

    try:
        if str(file) == "-":
            return read(sys.stdin.buffer.read(MOST))
        with file.open("rb") as opened:
            return read(opened.read(MOST))
    except OSError as error:
        raise UsageError(f"{file}: can't be read: {error.strerror}") from None


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What one file is."""

    file: str
    kind: "Mail"
    subject: str
    #: number of the person whose letter it proves to be about; None where it proves none
    person: int | None
    bounces: "tuple[Bounce, ...]"
    text: str
    attached: bool


def _shown(services: "Services", file: str, received: "Received") -> Shown:
    from bot.jobs.mailbox import whose

    letter = whose.of(services, received, now_of(services))
    return Shown(
        file=file,
        kind=received.kind,
        subject=received.subject,
        person=letter.person if letter else None,
        bounces=received.bounces,
        text=received.text,
        attached=received.attached,
    )


_KINDS = {
    "report": "a report of a mail server",
    "away": "an answer of a program, for somebody who is away",
    "machine": "written by a program",
    "person": "written by a person",
}
_VERDICTS = {
    "hard": "there is no such mailbox",
    "soft": "passes, or shows nothing",
    "us": "about our server or our letter",
    "refuses": "refused by them, or by a filter of theirs",
}


def _tell(shown: Shown) -> None:
    whose = f"; about a letter to person {shown.person}" if shown.person else ""
    say(f"{shown.file}: {_KINDS[shown.kind.value]}{whose}")
    for each in shown.bounces:
        warning = "" if each.final else " (a warning: it is tried again)"
        address = each.original or each.address
        say(f"  {address}: {_VERDICTS[each.verdict.value]}{warning}: {each.words}".rstrip(": "))
    if shown.text:
        say(f"  {shown.text}")
