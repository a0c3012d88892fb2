"""`drumbeat broadcasts`: what messages to many people cost at the faster pace that a network sells,
and whether that is paid.

All of these commands work beside a running drumbeat.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    emit_json,
    fail,
    say,
    services_beside,
    table,
    user,
)
from bot.cli.screen import Column, Role
from bot.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from bot.jobs.broadcasts.offers import Line
    from bot.jobs.services import Services
    from bot.model.database import Where
    from bot.model.staff import Actor

IdArgument = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="Id as `drumbeat broadcasts` lists it, like 12-3.", show_default=False
    ),
]

_COLUMNS = (
    Column("id", Role.KEY),
    "action",
    Column("day", Role.MORE),
    Column("channel", Role.MORE),
    "messages",
    "at most",
    "US$",
    Column("pace", Role.STATE),
    "paid for",
)


def broadcasts(
    *, json: JsonOption = False, config: ConfigOption = None, db: DbOption = None
) -> None:
    """List the broadcasts that may be paid for, with what each costs at most.

    They are listed from a day before they begin until their day is over.
    """
    from bot.jobs.broadcasts.offers import listed
    from bot.jobs.sending.decisions import clock

    with services_beside(config, db) as services:
        now = clock(services.store, datetime.now(UTC))
        rows = listed(services.settings, services.store, now)
    if json:
        emit_json(rows)
    elif rows:
        table(
            _COLUMNS,
            [
                (
                    row.id,
                    row.action,
                    row.day,
                    row.channel,
                    f"{row.messages:,}",
                    f"{row.price:,} {row.unit}",
                    f"{row.usd:,.2f}",
                    _pace(row),
                    f"{row.paid:,}",
                )
                for row in rows
            ],
        )
        say(
            "`drumbeat broadcasts pay ID` pays, `free ID` doesn't, `cancel ID` sends none of it;"
            " what is only asked about leaves at the free pace"
        )
    else:
        say("nothing may be paid for at the moment")


def pay(*, id_: IdArgument, config: ConfigOption = None, db: DbOption = None) -> None:
    """Pay for the faster pace of a broadcast: what waits of it leaves so from now on.

    No more is paid for than the messages that `drumbeat broadcasts` tells, and nothing beyond the
    channel's ceiling.
    """
    from bot.jobs.broadcasts import offers

    _decide(offers.pay, id_, config, db)


def free(*, id_: IdArgument, config: ConfigOption = None, db: DbOption = None) -> None:
    """Let a broadcast leave at the free pace, also one that is under way and paid for."""
    from bot.jobs.broadcasts import offers

    _decide(offers.free, id_, config, db)


def cancel(*, id_: IdArgument, config: ConfigOption = None, db: DbOption = None) -> None:
    """Cancel all of a broadcast that has not left, for good; posts to everyone stay.

    Nothing more of it leaves from then on; of many messages the rows follow step by step.
    """
    from bot.jobs.broadcasts import offers
    from bot.store.db import has_sender

    def way(services: "Services", ref: str, by: "Actor", now: datetime) -> str:
        alone = not has_sender(services.store.database.where)
        return offers.cancel(services, ref, by, now, alone=alone)

    _decide(way, id_, config, db)


def _pace(row: "Line") -> str:
    """Return the word for a broadcast's pace, and how far it is while it is being cancelled."""
    if row.share is None or row.share == 1:
        return row.pace
    return f"{row.pace}, {row.share:.0%}"


def _decide(
    way: "Callable[[Services, str, Actor, datetime], str]",
    ref: str,
    config: "Path | None",
    db: "Where | None",
) -> None:
    from bot.jobs.sending.decisions import clock

    with services_beside(config, db) as services:
        try:
            said = way(services, ref, user(), clock(services.store, datetime.now(UTC)))
        except UsageError as error:
            fail(str(error))
    say(said)
