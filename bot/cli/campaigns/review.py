"""`drumbeat review`: what was done in a campaign's year, and the file that shows it."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.campaigns.calendar import YearOption
from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    emit_json,
    note,
    now_of,
    only_campaign,
    open_library,
    open_settings,
    table,
    tell_rehearsal,
)
from bot.cli.screen import Column, Role
from bot.errors import DrumbeatError, UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from bot.jobs.review.year import Review
    from bot.jobs.services import Services
    from bot.model import Campaign

CampaignOption = Annotated[
    str | None,
    typer.Option(
        "--campaign",
        metavar="ID",
        help="The year of this campaign; else of the active one.",
        show_default=False,
    ),
]
PledgeOption = Annotated[
    int | None,
    typer.Option(
        "--pledge", metavar="N", help="Only the year of this public pledge.", show_default=False
    ),
]
LanguageOption = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar="TAG",
        help="Language of the file; else the campaign's own.",
        show_default=False,
    ),
]
HtmlOption = Annotated[
    Path | None,
    typer.Option(
        "--html",
        metavar="FILE",
        help="Write it as one HTML file, to read, print and pass on.",
        show_default=False,
    ),
]

_COLUMNS = (
    Column("month"),
    Column("observances", Role.WORDS),
    Column("posts"),
    Column("pledges"),
    Column("milestones"),
    Column("uses of the hashtag", Role.MORE),
)


def review(
    *,
    campaign: CampaignOption = None,
    pledge: PledgeOption = None,
    year: YearOption = None,
    lang: LanguageOption = None,
    html: HtmlOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Show what was done in a campaign's year, month by month; or write it as one HTML file.

    Only what is public is in it: pledges that are published, and no person by name.
    """
    from bot.app import open_pages
    from bot.jobs.review import year as job

    settings = open_settings(config, db)
    named = only_campaign(settings, campaign)
    services = open_pages(settings, open_library(settings, [named]))
    with closing(services.store):
        tell_rehearsal(services.store)
        chosen, now = services.library.campaign(named), now_of(services)
        if pledge is None:
            whole = job.review(services, chosen, now, year)
        else:
            whole = job.review_of(services, chosen, pledge, now, year)
        if html:
            _write(html, services, chosen, whole, lang, now)
    if json:
        emit_json(whole.as_json())
    elif not html:
        _show(whole)


def _write(
    file: Path,
    services: "Services",
    campaign: "Campaign",
    whole: "Review",
    lang: str | None,
    now: "datetime",
) -> None:
    from bot.languages import nearest
    from bot.web.public import Urls
    from bot.web.public.reader import WORDS, Reader
    from bot.web.public.record.as_file import as_file

    tags = services.renderer.tags(WORDS)
    language = nearest(lang or campaign.language, tags.values())
    if language is None:
        raise UsageError(
            f"pages have no words in {lang or campaign.language}; there are"
            f" {', '.join(sorted(tags.values()))}"
        )
    reader = Reader(
        services=services,
        urls=Urls(origin="", base=""),
        language=language,
        campaign=campaign,
        now=now,
    )
    try:
        file.write_text(as_file(reader, whole), "utf-8")
    except OSError as error:
        raise DrumbeatError(f"can't write {file}: {error.strerror}") from None
    note(f"year written to {file}; open it in a browser")


def _show(whole: "Review") -> None:
    rows = [
        (
            f"{month.first:%Y-%m}",
            ", ".join(name for name, _ in month.observances),
            len(month.posts),
            len(month.pledges) + month.individuals,
            sum(step.count for step in month.steps),
            ", ".join(f"{network} {n}" for network, n in month.uses.items() if n is not None),
        )
        for month in whole.months
    ]
    table(_COLUMNS, rows, title=f"{whole.campaign} from {whole.start} to {whole.end}")
