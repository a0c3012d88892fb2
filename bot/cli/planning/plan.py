"""`drumbeat plan`: what planning would do with the data as they are now.

It only reads, and works beside a running drumbeat.
"""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    emit_json,
    note,
    open_settings,
    paged,
    say,
    services_to_compare,
    table,
)
from bot.cli.screen import Column, Role

if TYPE_CHECKING:
    from bot.jobs.planning.diff import Difference, Line

_KEEP = "keep although the data differ"

_COLUMNS = (
    Column("change", Role.STATE),
    Column("day"),
    Column("to"),
    Column("campaign", Role.MORE),
    Column("action"),
    Column("audience"),
    Column("channel"),
    Column("", Role.WORDS),
)

DiffOption = Annotated[
    bool, typer.Option("--diff", help="Only what would change, not what is planned already.")
]


def plan(
    *,
    diff: DiffOption = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Say what is planned, and what an edit of data or channels would add, move, cancel or keep.

    Changes nothing.
    """
    from bot.jobs.planning.diff import difference, planned
    from bot.store.db import is_present

    settings = open_settings(config, db)
    if not is_present(settings.database):
        note(
            f"{settings.database}: there is no database yet, so everything would be new; `drumbeat"
            " run` makes it"
        )
    with services_to_compare(settings, settings.active) as (services, now):
        changes = difference(services, now)
        there = () if diff else planned(services, now)
    if json:
        emit_json(_as_json(changes, None if diff else there))
    else:
        with paged():
            _show(changes, there)


def _as_json(difference: "Difference", there: "tuple[Line, ...] | None") -> dict[str, object]:
    changes = {
        "horizon": difference.horizon,
        **{change: difference.of(change) for change in ("add", "move", "cancel", "keep")},
    }
    return changes if there is None else {**changes, "planned": there}


def _show(changes: "Difference", there: "tuple[Line, ...]") -> None:
    lines = sorted(
        (*changes.lines, *there),
        key=lambda line: (line.date, line.campaign, line.action, line.audience, line.channel),
    )
    if lines:
        table(
            _COLUMNS,
            [_row(line) for line in lines],
        )
    words = {"add": "add", "move": "move", "cancel": "cancel", "keep": _KEEP}
    counts = ((word, len(changes.of(change))) for change, word in words.items())
    told = ", ".join(f"{count} to {word}" for word, count in counts if count)
    say(f"up to {changes.horizon}: {told or 'nothing would change'}")


def _row(line: "Line") -> tuple[object, ...]:
    # a move always names its new day, though that may be the day it had at first
    to = line.to if line.to != line.date or line.change == "move" else None
    return (
        line.change,
        line.date,
        to,
        line.campaign,
        line.action,
        line.audience,
        line.channel,
        line.note,
    )
