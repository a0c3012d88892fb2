"""`drumbeat outbox` and what people decide about single deliveries.

All of these commands work beside a running drumbeat.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    console,
    json_line,
    note,
    open_library,
    open_settings_anyhow,
    other_files,
    paged,
    say,
    services_beside,
    table,
    tell_rehearsal,
    user,
    with_dry,
)
from bot.cli.garbage import seldom_collected
from bot.cli.screen import Column, Role, plain
from bot.errors import DataError, UsageError
from bot.times import epoch, iso

if TYPE_CHECKING:
    from pathlib import Path

    from bot.jobs.sending.decisions import Outcome
    from bot.jobs.sending.outbox import Item
    from bot.jobs.services import Services
    from bot.model.database import Where
    from bot.model.outbox import Entry
    from bot.model.staff import Actor

Ids = Annotated[
    list[str],
    typer.Argument(
        metavar="ID…", help="Ids as `drumbeat outbox` lists them, like 12-3-0.", show_default=False
    ),
]
ToOption = Annotated[
    str,
    typer.Option(
        "--to",
        metavar="WHEN",
        help="Like '2026-05-01 14:00', 'tomorrow 15:00' or 3pm, in the settings' zone.",
        show_default=False,
    ),
]
StateOption = Annotated[
    Literal[
        "planned",
        "awaiting_approval",
        "queued",
        "sending",
        "sent",
        "failed",
        "skipped",
        "cancelled",
        "uncertain",
    ]
    | None,
    typer.Option("--state", help="Only what is in this state.", show_default=False),
]

PAGE = 500
"""Most rows that are drawn as a table; where there are more, a pipe gets them as they come."""

_COLUMNS = (
    Column("id"),
    Column("due", Role.INSTANT),
    Column("state", Role.STATE),
    Column("action", Role.MORE),
    Column("audience", Role.MORE),
    Column("channel"),
    Column("recipient", Role.MORE),
    Column("attempts", Role.MORE),
    Column("error or text", Role.START),
)


@seldom_collected()
def outbox(
    *,
    state: StateOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """List deliveries: what waits, was sent, failed, and the text of each; changes nothing.

    First comes what has not left yet, the next hour first, then what has, each part by its hour.
    """
    from bot.jobs.sending.outbox import items
    from bot.model import State

    with services_beside(config, db, readonly=True, anyhow=True) as services:
        if others := other_files(services):
            note(f"Texts to come are shown as they are on the disk: {others}.")
        listed = items(services, State[state.upper()] if state else None)
        if json:
            _write_json(listed)
        else:
            _write_rows(listed, state)


def approve(*, ids: Ids, config: ConfigOption = None, db: DbOption = None) -> None:
    """Let these posts go out at their hour, with the text that they have now.

    `drumbeat outbox --state awaiting_approval` shows that text.
    """
    from bot.jobs.sending.decisions import find
    from bot.jobs.staff.posting import let_go

    def act(services: "Services", text: str, by: "Actor", now: datetime) -> str:
        entry = find(services, text)
        if others := other_files(services):
            raise UsageError(
                f"not approved: {others}, so another text might leave than the one you approve;"
                " `drumbeat reload` lets it use those on the disk, or says what is wrong with them;"
                " then approve, or do it at the desk or in the chat"
            )
        let_go(services, entry.key, by, now)
        due = iso(max(entry.due, epoch(now)))
        return (
            f"approved by {by}: {entry.action} on {entry.channel} {_leaves(services, entry, due)}"
        )

    _decide(ids, config, db, act)


def cancel(*, ids: Ids, config: ConfigOption = None, db: DbOption = None) -> None:
    """Never send these, and give up those that are uncertain.

    They are deliveries that are planned, await approval, are queued or uncertain.
    """
    from bot.jobs.sending.decisions import cancel as cancel_one

    _decide(ids, config, db, cancel_one, anyhow=True)


def move(*, ids: Ids, to: ToOption, config: ConfigOption = None, db: DbOption = None) -> None:
    """Let these posts, which have not left, go out at another instant; their grace counts from it.

    What was approved stays approved.
    """
    from bot.jobs.sending.decisions import reschedule

    def act(services: "Services", text: str, by: "Actor", now: datetime) -> str:
        with suppress(DataError):
            services = with_dry(services)
        return reschedule(services, text, instant_of(services, to, now), by, now)

    _decide(ids, config, db, act)


def instant_of(services: "Services", text: str, now: datetime) -> datetime:
    """Return the instant that is typed, by the clock of the operator's zone.

    Raises `UsageError` for one that can't be read, or lies in the past.
    """
    from bot.render.chat import ChatTexts
    from bot.rules import dates
    from bot.rules.reading.when import instants

    name = services.settings.zone
    said = ChatTexts(services.library.files).instants("en")
    instant = instants.read(text, now, dates.zone(name), 9 * 60, said)
    if instant is None:
        raise UsageError(
            f"'{text}' can't be read, or lies in the past; write it like '2026-05-01 14:00',"
            f" 'tomorrow 15:00' or 3pm, by the clock of {name}"
        )
    return instant


def release(*, ids: Ids, config: ConfigOption = None, db: DbOption = None) -> None:
    """Send these at once, with a new grace.

    They are deliveries that are uncertain (and may arrive twice), were skipped as too late, or
    failed.
    """
    from bot.jobs.sending.decisions import release as release_one

    def act(services: "Services", text: str, by: "Actor", now: datetime) -> str:
        with suppress(DataError):
            services = with_dry(services)
        return release_one(services, text, by, now)

    _decide(ids, config, db, act)


def arrived(*, ids: Ids, config: ConfigOption = None, db: DbOption = None) -> None:
    """Say that these uncertain deliveries have arrived, after you have looked.

    They count as sent and are not sent again.
    """
    from bot.jobs.sending.decisions import arrived as arrived_one

    _decide(ids, config, db, arrived_one)


def retract(*, ids: Ids, config: ConfigOption = None, db: DbOption = None) -> None:
    """Take these back: stop what has not left, and delete what has where the network can.

    Says what remains.
    """
    from bot.app import open_beside
    from bot.networks.common import thread

    settings = open_settings_anyhow(config, db)
    services = open_beside(settings, open_library(settings, ()), connect=True)
    tell_rehearsal(services.store)
    thread.run(_retract(services, ids))


async def _retract(services: "Services", ids: list[str]) -> None:
    from bot.app import close
    from bot.jobs.sending.decisions import clock
    from bot.jobs.sending.retract import retract as retract_one

    try:
        outcomes = [
            await retract_one(services, text, user(), clock(services.store, datetime.now(UTC)))
            for text in dict.fromkeys(ids)
        ]
    finally:
        await close(services)
    _tell(outcomes)


def _leaves(services: "Services", entry: "Entry", due: str) -> str:
    """Return that a post goes out at an instant, or why it doesn't."""
    # a file of secrets that can't be read is told by `drumbeat doctor`
    with suppress(DataError):
        if reason := with_dry(services).dry.get(entry.channel):
            return f"would go out at {due}, but nothing leaves it: {reason}"
    return f"goes out at {due}"


def _decide(
    ids: list[str],
    config: "Path | None",
    db: "Where | None",
    act: "Callable[[Services, str, Actor, datetime], str]",
    *,
    anyhow: bool = False,
) -> None:
    from bot.jobs.sending.decisions import clock, each

    with services_beside(config, db, anyhow=anyhow) as services:
        by, now = user(), clock(services.store, datetime.now(UTC))
        outcomes = each(dict.fromkeys(ids), lambda text: act(services, text, by, now))
    _tell(outcomes)


def _tell(outcomes: "Iterable[Outcome]") -> None:
    """Say what was done on stdout and what wasn't on stderr; exit 1 when anything wasn't."""
    missed = False
    for outcome in outcomes:
        (say if outcome.done else note)(str(outcome))
        missed |= not outcome.done
    if missed:
        raise typer.Exit(1)


def _write_json(listed: "Iterator[Item]") -> None:
    """Write the rows as a JSON array, one by one, since there may be very many."""
    sys.stdout.write("[")
    for number, item in enumerate(listed):
        sys.stdout.write(f"{',' if number else ''}\n  {json_line(item)}")
    sys.stdout.write("\n]\n")


def _write_rows(listed: "Iterator[Item]", state: str | None) -> None:
    """Write the rows as a table; of more than `PAGE` a terminal shows so many, a pipe gets all."""
    rows = map(_row, listed)
    first = list(islice(rows, PAGE + 1))
    if not first:
        what = state.replace("_", " ") if state else "in the outbox yet"
        say(f"nothing is {what}; `drumbeat plan` shows what comes")
    elif len(first) <= PAGE:
        with paged():
            table(_COLUMNS, first)
    elif console.is_terminal:
        with paged():
            table(_COLUMNS, first[:PAGE])
            say(
                f"These are the first {PAGE}; `--state STATE` shows less, and"
                " `drumbeat outbox > FILE` writes all of them."
            )
    else:
        _write_many(chain(first, rows))


def _write_many(rows: "Iterator[tuple[object, ...]]") -> None:
    """Write rows as they come, in columns as wide as those of the first `PAGE`."""
    heads = tuple(column.name for column in _COLUMNS)
    first = [heads, *(tuple(map(plain, row)) for row in islice(rows, PAGE))]
    widths = [max(len(row[n]) for row in first) for n in range(len(heads))]
    for row in chain(first, (tuple(map(plain, row)) for row in rows)):
        cells = (f"{cell:<{width}}" for cell, width in zip(row[:-1], widths, strict=False))
        say("  ".join([*cells, row[-1]]))


def _row(item: "Item") -> tuple[object, ...]:
    words = " ".join((item.error or item.text or "").split())
    recipient = "everybody" if item.recipient is None else item.recipient
    return (
        item.id,
        item.due,
        item.state,
        item.action,
        item.audience,
        item.channel,
        recipient,
        item.attempts,
        words,
    )
