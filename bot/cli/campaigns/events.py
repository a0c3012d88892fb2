"""`drumbeat events`: what people can come to, and how many do."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    emit_json,
    now_of,
    say,
    services_beside,
    show_listing,
    user,
)
from bot.cli.screen import Role
from bot.names import pick
from bot.text import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.jobs.events.board import EventRow
    from bot.model.events import PlannedEvent

CampaignArgument = Annotated[str, typer.Argument(metavar="CAMPAIGN", help="Campaign of the event.")]
EventArgument = Annotated[str, typer.Argument(metavar="EVENT", help="Id of the event.")]
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
    for a place, and said that they were there. While it is kept who signed up, an event of an
    earlier year stands there too, and one that the data have no longer, as gone.
    """
    from bot.jobs.events.board import board

    with services_beside(config, db) as services:
        there = board(services, now_of(services))
        known = {each.id for each in services.active} | {row.key.campaign for row in there}
        if campaign is not None:
            pick(campaign, known, "campaign with events")
        rows = [_whole(row) for row in there if campaign in (None, row.key.campaign)]
        if json:
            emit_json(rows)
            return
        empty = "No active campaign has an events.toml."
        show_listing([_short(row) for row in rows], as_json=False, roles=_ROLES, empty=empty)


def off(
    *,
    campaign: CampaignArgument,
    event: EventArgument,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Let everybody who signed up for an event hear that it is called off, where the data have it
    no longer. What stands in events.toml is called off there, by its state.
    """
    from bot.jobs.events import gone

    with services_beside(config, db) as services:
        people = gone.call_off(services, campaign, event, user(), now_of(services))
    say(f"{event}: {counted(people, 'person hears', 'people hear')} that it is called off.")


def _short(row: "Mapping[str, object]") -> dict[str, object]:
    return {
        "campaign": row["campaign"],
        "event": row["event"],
        "when": row["start"] or row["month"],
        "state": row["state"],
        "signup": "open" if row["signup"] else "",
        "comes": row["comes"],
        "waits": row["waits"],
        "there": row["there"],
    }


def _times(event: "PlannedEvent") -> dict[str, object]:
    return {
        "start": event.start,
        "end": event.end,
        "month": f"{event.month:%Y-%m}" if event.month else None,
        "zone": str(event.starts.tzinfo) if event.starts else None,
    }


def _whole(row: "EventRow") -> dict[str, object]:
    event = row.event
    return {
        "campaign": row.key.campaign,
        "event": event.id,
        **_times(event),
        "state": row.state,
        "over": row.over,
        "signup": row.takes,
        "capacity": event.capacity,
        "comes": row.counts.comes,
        "waits": row.counts.waits,
        "there": row.counts.there,
    }
