"""`drumbeat events`: what people can come to, and how many do."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    emit_json,
    now_of,
    services_beside,
    show_listing,
)
from bot.cli.screen import Role
from bot.names import pick

if TYPE_CHECKING:
    from bot.jobs.events.board import EventRow

OnlyCampaignOption = Annotated[
    str | None, typer.Option("--campaign", metavar="ID", help="Only this campaign.")
]

_ROLES = {"when": Role.MORE, "state": Role.STATE}


def events(
    *,
    campaign: OnlyCampaignOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """List the events of each campaign by day: whether people can sign up, and how many come, wait
    for a place, and said that they were there.
    """
    from bot.jobs.events.board import board

    with services_beside(config, db) as services:
        if campaign is not None:
            pick(campaign, [each.id for each in services.active], "active campaign")
        rows = board(services, now_of(services), campaign)
        if json:
            emit_json([_whole(row) for row in rows])
            return
        empty = "No active campaign has an events.toml."
        show_listing([_short(row) for row in rows], as_json=False, roles=_ROLES, empty=empty)


def _short(row: "EventRow") -> dict[str, object]:
    event = row.event
    when = event.start or (f"{event.month:%Y-%m}" if event.month else None)
    return {
        "campaign": row.campaign.id,
        "event": event.id,
        "when": when,
        "state": event.state.value,
        "signup": "open" if row.takes else "",
        "comes": row.counts.comes,
        "waits": row.counts.waits,
        "there": row.counts.there,
    }


def _whole(row: "EventRow") -> dict[str, object]:
    event = row.event
    return {
        "campaign": row.campaign.id,
        "event": event.id,
        "start": event.start,
        "end": event.end,
        "month": f"{event.month:%Y-%m}" if event.month else None,
        "zone": str(event.starts.tzinfo) if event.starts else None,
        "state": event.state.value,
        "over": row.over,
        "signup": row.takes,
        "capacity": event.capacity,
        "comes": row.counts.comes,
        "waits": row.counts.waits,
        "there": row.counts.there,
    }
