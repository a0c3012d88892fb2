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
from bot.cli.sending.outbox import ToOption, instant_of
from bot.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from bot.jobs.broadcasts.going import Line as Coming
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

_COMING = (
    Column("id", Role.KEY),
    Column("day", Role.MORE),
    "action",
    Column("audience", Role.MORE),
    Column("channel", Role.MORE),
    Column("state", Role.STATE),
    Column("not before", Role.MORE),
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


def coming(*, json: JsonOption = False, config: ConfigOption = None, db: DbOption = None) -> None:
    """List what goes to people on each channel in the next two weeks, and what is under way, by
    day.
    """
    from bot.jobs.broadcasts.going import lines
    from bot.jobs.sending.decisions import clock

    with services_beside(config, db) as services:
        now = clock(services.store, datetime.now(UTC))
        rows = lines(services, now)
    if json:
        emit_json(rows)
    elif rows:
        table(
            _COMING,
            [
                (
                    row.id,
                    row.day,
                    row.action,
                    row.audience,
                    row.channel,
                    _state(row),
                    row.not_before or "",
                )
                for row in rows
            ],
        )
        say(
            "`drumbeat broadcasts cancel ID` sends none of it any more, `again ID` does after all,"
            " `move ID --to WHEN` lets nothing leave before"
        )
    else:
        say("nothing goes to people in the next two weeks")


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
    """Send nothing more of what goes to people of an occurrence on a channel; posts to everyone
    stay.

    Nothing more of it leaves from then on; of many messages the rows follow step by step. `again`
    takes it back.
    """
    from bot.jobs.broadcasts import skipping

    _decide(_stepwise(skipping.cancel), id_, config, db)


def again(*, id_: IdArgument, config: ConfigOption = None, db: DbOption = None) -> None:
    """Send after all what is left of a broadcast that was cancelled: to each at their own hour, at
    once where that has passed, and to nobody whose grace is over.
    """
    from bot.jobs.broadcasts import skipping

    _decide(_stepwise(skipping.resume), id_, config, db)


def move(
    *,
    id_: IdArgument,
    to: ToOption,
    own_clock: Annotated[
        bool,
        typer.Option("--own-clock", help="By each person's own clock, not by that of config.toml."),
    ] = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Let nothing more of a broadcast leave before a day and hour: each then gets it at their own
    hour of that day where it is still to come, else at once, and nobody in their quiet hours.
    """
    from bot.jobs.planning import hours
    from bot.rules import dates

    def way(services: "Services", ref: str, by: "Actor", now: datetime) -> str:
        instant = instant_of(services, to, now)
        clock = instant.astimezone(dates.zone(services.settings.zone)).replace(tzinfo=None)
        return hours.move(services, ref, clock, by, now, own=own_clock)

    _decide(way, id_, config, db)


def _stepwise(way: "Callable[..., str]") -> "Callable[[Services, str, Actor, datetime], str]":
    """Return a decision whose rows follow at once where no process runs that would see to them."""
    from bot.store.db import has_sender

    def decide(services: "Services", ref: str, by: "Actor", now: datetime) -> str:
        alone = not has_sender(services.store.database.where)
        return way(services, ref, by, now, alone=alone)

    return decide


def _state(row: "Coming") -> str:
    """Return how a broadcast stands, and how far its skipping is."""
    return row.state if row.share in (None, 1) else f"{row.state}, {row.share:.0%}"


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
