"""`drumbeat hashtags`: how often hashtags were used, as far as it could be seen."""

import re
import sys
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    day_of,
    emit_json,
    open_settings,
    paged,
    say,
    services_to_compare,
    table,
)
from bot.cli.printable import printable
from bot.cli.screen import Column, Role
from bot.errors import UsageError

if TYPE_CHECKING:
    from bot.jobs.counting.usage import Report, TagReport
    from bot.rules.hashtags import Usage

FromOption = Annotated[
    str | None,
    typer.Option("--from", metavar="DATE", help="First day, in UTC.", show_default=False),
]
ToOption = Annotated[
    str | None, typer.Option("--to", metavar="DATE", help="Last day, in UTC.", show_default=False)
]

SHOWN = 10
"""How many gaps, or other hashtags, one line lists."""

TagOption = Annotated[
    list[str] | None,
    typer.Option(
        "--tag",
        metavar="TAG",
        help="Only this hashtag; may stand more than once.",
        show_default=False,
    ),
]
CampaignOption = Annotated[
    str | None,
    typer.Option(
        "--campaign",
        metavar="ID",
        help="Hashtags of this campaign; else the active ones.",
        show_default=False,
    ),
]
CsvOption = Annotated[
    bool,
    typer.Option(
        "--csv", help="Give CSV, after lines with '#' that say how the numbers were made."
    ),
]

_USES = (
    Column("network"),
    Column("uses"),
    Column("own posts", Role.MORE),
    Column("reposts", Role.MORE),
    Column("by pledge-makers", Role.MORE),
    Column("trend", Role.WORDS),
    Column("coverage"),
    Column("source", Role.MORE),
)

_LIFTS = (
    Column("observance"),
    Column("day"),
    Column("network"),
    Column("uses"),
    Column("times the usual", Role.WORDS),
    Column("days not seen", Role.MORE),
)


def hashtags(
    *,
    tag: TagOption = None,
    first: FromOption = None,
    last: ToOption = None,
    campaign: CampaignOption = None,
    json: JsonOption = False,
    csv: CsvOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Show how often the campaigns' hashtags were used, per network and day, and what wasn't seen.

    The last four weeks by default.
    """
    from bot.jobs.counting.usage import as_csv, default_days, report

    if json and csv:
        raise UsageError("say either --json or --csv")
    settings = open_settings(config, db)
    needed = (*settings.active, *([campaign] if campaign else ()))
    with services_to_compare(settings, needed) as (services, now):
        start, end = days(first, last, *default_days(now.date()))
        campaigns = [services.library.campaign(campaign)] if campaign else None
        tags = [f"#{each.lstrip('#＃')}" for each in tag] if tag else None
        usage_report = report(services, now, start=start, end=end, campaigns=campaigns, tags=tags)
    if json:
        emit_json(usage_report.as_json())
    elif csv:
        sys.stdout.write(printable(as_csv(usage_report)))
    else:
        with paged():
            _show(usage_report)


def days(
    first: str | None, last: str | None, default_first: date, default_last: date
) -> tuple[date, date]:
    """Return the first and the last day that are wanted.

    Where only one is given, the other is the default's, or so far away from it that the span is as
    long as the default one. Raises `UsageError` for a text that is no date, and for a first day
    after the last.
    """
    length = default_last - default_first
    start, end = (None if day is None else day_of(day) for day in (first, last))
    if start is None:
        start = default_first if end is None or default_first <= end else end - length
    if end is None:
        end = max(default_last, start + length) if start > default_last else default_last
    if start > end:
        raise UsageError(f"--from {start} is later than --to {end}")
    return start, end


def _show(usage_report: "Report") -> None:
    from bot.jobs.counting.usage import methodology

    for tag in usage_report.tags:
        _show_tag(tag, f"{tag.tag} from {usage_report.start} to {usage_report.end}")
    if not usage_report.tags:
        say("no campaign is active, and so no hashtag; name one with --tag or --campaign")
    if any(tag.networks for tag in usage_report.tags):
        # its paragraphs are wrapped as the terminal is wide
        say(re.sub(r"(?<=\S)\n[ \t]*(?=[^\s-])", " ", methodology()))


def _show_tag(tag: "TagReport", title: str) -> None:
    if not tag.networks:
        say(f"{title}: nothing was collected.")
        say("`drumbeat run` counts at the places that [usage] in config.toml names.")
        say("Name some there (docs/networks.md), `drumbeat reload`, and look again in an hour.")
        return
    table(_USES, [_row(tag, each) for each in tag.networks], title=title)
    say()
    if tag.lifts:
        rows = [
            (
                each.observance,
                each.day,
                each.network,
                each.n,
                each.ratio if each.ratio is not None else each.why,
                _words(each.blind_days),
            )
            for each in tag.lifts
        ]
        table(_LIFTS, rows)
        say()
    for each in tag.networks:
        _show_rest(tag, each)
    say()


def _row(tag: "TagReport", each: "Usage") -> tuple[object, ...]:
    trend = tag.trends[each.network]
    return (
        each.network,
        "not seen" if each.total is None else each.total,
        each.own,
        "not told" if each.boosts is None else each.boosts,
        "not known" if each.share is None else f"{each.share:.0%}",
        trend.ratio if trend.ratio is not None else trend.why,
        f"{each.coverage:.0%}",
        each.source,
    )


def _show_rest(tag: "TagReport", each: "Usage") -> None:
    if each.gaps:
        gaps = [f"{gap.start:%Y-%m-%d %H:%M} to {gap.end:%Y-%m-%d %H:%M}" for gap in each.gaps]
        say(f"{each.network}: not seen (UTC): {_words(gaps)}")
    if each.blind:
        say(f"{each.network}: can't see: {', '.join(each.blind)}")
    if each.others:
        say(f"{each.network}: also collected, not added: {', '.join(each.others)}")
    if companions := tag.companions.get(each.network):
        say(
            f"{each.network}: in the same posts:"
            f" {_words([f'{name} {uses}' for name, uses in companions.items()])}"
        )


def _words(names: "list[str] | tuple[date, ...]") -> str:
    shown = ", ".join(map(str, names[:SHOWN]))
    return f"{shown} and {len(names) - SHOWN} more" if len(names) > SHOWN else shown
