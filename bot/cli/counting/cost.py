"""`drumbeat cost`: what the channels have cost, and what is planned will."""

from typing import TYPE_CHECKING

from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    emit_json,
    open_settings,
    say,
    services_to_compare,
    table,
)
from bot.cli.counting.hashtags import FromOption, ToOption, days
from bot.cli.screen import Column, Role

if TYPE_CHECKING:
    from bot.jobs.counting.cost import Report

SHOWN = 10
"""How many posts are named that would be cheaper without their link."""


def cost(
    *,
    first: FromOption = None,
    last: ToOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Say what the channels cost in US dollars: what is recorded, and what is planned.

    This month by default; dry channels are priced, too.
    """
    from bot.jobs.counting.cost import report, this_month

    settings = open_settings(config, db)
    with services_to_compare(settings, settings.active) as (services, now):
        start, end = days(first, last, *this_month(now.date()))
        costs = report(services, now, start=start, end=end)
    if json:
        emit_json(costs.as_json())
    else:
        _show(costs)


def _show(costs: "Report") -> None:
    rows = [
        (
            c.channel,
            c.network,
            c.posts,
            c.reads,
            c.counts,
            c.paid,
            f"{c.usd:.3f}",
            None if c.ceiling is None else f"{c.ceiling:.2f} a month",
        )
        for c in costs.channels
    ]
    table(
        (
            "channel",
            Column("network", Role.MORE),
            "posts",
            "reads",
            "counts",
            Column("paid messages", Role.MORE),
            "US$",
            Column("ceiling", Role.MORE),
        ),
        rows,
        title=f"from {costs.start} to {costs.end}",
    )
    say(f"together: US$ {costs.usd:.3f}")
    if not costs.cheaper:
        return
    saved = sum(post.saves for post in costs.cheaper)
    say()
    say(
        f"{len(costs.cheaper)} posts to come would cost US$ {saved:.3f} less without their links,"
        " for example with a wording that has none:"
    )
    for post in costs.cheaper[:SHOWN]:
        say(
            f"  {post.due:%Y-%m-%d}  {post.action} on {post.channel}: {post.usd:.3f}, without"
            f" {post.usd - post.saves:.3f}"
        )
    if len(costs.cheaper) > SHOWN:
        say(f"  and {len(costs.cheaper) - SHOWN} more")
