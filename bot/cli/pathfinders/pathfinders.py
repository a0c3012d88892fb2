"""`drumbeat pathfinders`: how far each country is that goes ahead of others."""

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
from bot.languages import country_name
from bot.names import pick

if TYPE_CHECKING:
    from bot.jobs.pathfinders.board import BoardRow

OnlyCampaignOption = Annotated[
    str | None, typer.Option("--campaign", metavar="ID", help="Only this campaign.")
]

_ROLES = {"name": Role.WORDS, "state": Role.STATE, "since": Role.MORE}


def pathfinders(
    *,
    campaign: OnlyCampaignOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """List the countries of each campaign that go ahead of others: how far each is, since when,
    until when its next review is due, and what became of the newest report it was asked for.
    """
    from bot.jobs.pathfinders.board import board

    with services_beside(config, db) as services:
        if campaign is not None:
            pick(campaign, [each.id for each in services.active], "active campaign")
        rows = list(board(services, now_of(services), campaign))
        if json:
            emit_json([_whole(row) for row in rows])
            return
        empty = "No active campaign has a pathfinders.toml."
        show_listing([_short(row) for row in rows], as_json=False, roles=_ROLES, empty=empty)


def _short(row: "BoardRow") -> dict[str, object]:
    at = row.at
    return {
        "campaign": row.campaign.id,
        "country": row.country.code,
        "name": country_name(row.country.code, "en"),
        "state": at.state.value if at else "",
        "since": at.since if at else None,
        "due": at.due if at else None,
        "review": "due" if row.due else "",
        "report": f"{row.report.id} {row.report.state.value}" if row.report else "",
    }


def _whole(row: "BoardRow") -> dict[str, object]:
    at = row.at
    return {
        **_short(row),
        "review": row.due,
        "report": {"number": row.report.id, "state": row.report.state} if row.report else None,
        "missed": at.missed if at else 0,
        "events": [
            {
                "kind": event.kind.value,
                "on": event.on,
                "until": event.until,
                "by": event.by,
                "outcome": event.outcome.value if event.outcome else None,
                "source": event.source,
            }
            for event in row.country.events
        ],
    }
