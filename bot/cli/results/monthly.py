"""`drumbeat monthly`: what became of a month's posts, as a page that can be passed on."""

from pathlib import Path
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
from bot.cli.results.results import CampaignOption, first_of, of_library, only
from bot.cli.screen import Column, Role
from bot.errors import DrumbeatError

if TYPE_CHECKING:
    from datetime import date

    from bot.documents import Report
    from bot.jobs.services import Services

MonthOption = Annotated[
    str | None,
    typer.Option(
        "--month", metavar="YYYY-MM", help="Another month than the last.", show_default=False
    ),
]
LanguageOption = Annotated[
    str | None,
    typer.Option(
        "--lang", metavar="TAG", help="Its language; else the campaign's own.", show_default=False
    ),
]
PdfOption = Annotated[
    Path | None,
    typer.Option(
        "--pdf",
        metavar="FILE",
        help="Write it as a PDF; its first page can be passed on alone.",
        show_default=False,
    ),
]


def monthly(
    *,
    campaign: CampaignOption = None,
    month: MonthOption = None,
    lang: LanguageOption = None,
    pdf: PdfOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Say what became of a month's posts: in five sentences beside the month before, and in tables.

    All figures are of one age that all posts of the month have reached, a day, a week or a month,
    at which most is known.
    """
    from bot.jobs.results import monthly as job
    from bot.jobs.results import telling, view

    settings = open_settings(config, db)
    named = only(settings, campaign)
    with services_to_compare(settings, [named]) as (services, now):
        chosen = of_library(services, named)
        first = first_of(month) or view.month_before(view.this_month(services, now))
        of = job.monthly(services, chosen, first, now)
        report = telling.report(services, chosen, of, lang or chosen.language)
        if pdf:
            _write(pdf, services, report, lang or chosen.language, now.date())
    if json:
        emit_json({**of.as_json(), "sentences": report.sentences})
    elif not pdf:
        with paged():
            _show(report)


def _write(file: Path, services: "Services", report: "Report", language: str, day: "date") -> None:
    from bot.documents import Look, reported
    from bot.languages import direction

    look = Look(
        language=language,
        direction=direction(language),
        day=day,
        fonts=services.settings.fonts,
    )
    made = reported(report, look)
    if made is None:
        raise DrumbeatError(
            f"no font here has all letters of the report in {language}; name a folder of fonts"
            " under [pictures] fonts in config.toml"
        )
    try:
        file.write_bytes(made)
    except OSError as error:
        raise DrumbeatError(f"can't write {file}: {error.strerror}") from None
    note(f"report written to {file}")


def _show(report: "Report") -> None:
    say(report.title)
    say(report.about)
    say()
    for number, sentence in enumerate(report.sentences, 1):
        say(f"{number}. {sentence}")
    for part in report.sections:
        say()
        if part.rows:
            columns = [
                Column(head, Role.WORDS if at in part.wide else Role.KEY)
                for at, head in enumerate(part.head)
            ]
            table(columns, part.rows, title=part.title)
        else:
            say(part.title)
        for words in (*part.text, *part.points):
            say(words)
