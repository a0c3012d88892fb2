"""`drumbeat monthly`: what became of a month's posts, as a page that can be passed on."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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
    paged,
    say,
    services_beside,
    table,
    tell_rehearsal,
    user,
)
from bot.cli.results.results import CampaignOption, first_of
from bot.cli.screen import Column, Role
from bot.errors import DrumbeatError, UsageError
from bot.model.staff import Actor
from bot.text import counted

if TYPE_CHECKING:
    from datetime import date

    from bot.documents import Report
    from bot.jobs.services import Services
    from bot.model.database import Where

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


SendOption = Annotated[
    bool,
    typer.Option(
        "--send", help="Let it go to all members of staff with an e-mail address, also once more."
    ),
]


def monthly(
    *,
    campaign: CampaignOption = None,
    month: MonthOption = None,
    lang: LanguageOption = None,
    pdf: PdfOption = None,
    send: SendOption = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Say what became of a month's posts: in five sentences beside the month before, and in tables.

    All figures are of one age that all posts of the month have reached, a day, a week or a month,
    at which most is known.
    """
    from bot.app import open_pages
    from bot.jobs.results import monthly as job
    from bot.jobs.results import telling, view

    settings = open_settings(config, db)
    named = only_campaign(settings, campaign)
    if send and (pdf or json or lang):
        raise UsageError("--send goes alone: each gets the report in a language of theirs")
    if send:
        _send(named, month, config, db)
        return
    services = open_pages(settings, open_library(settings, [named]))
    with closing(services.store):
        tell_rehearsal(services.store)
        chosen, now = services.library.campaign(named), now_of(services)
        first = first_of(month) or view.last_month(services, now)
        of = job.monthly(services, chosen, first, now)
        report = telling.report(services, chosen, of, lang or chosen.language)
        if pdf:
            _write(pdf, services, report, now.date())
    if json:
        emit_json({**of.as_json(), "sentences": report.sentences})
    elif not pdf:
        with paged():
            _show(report)


def _send(named: str, month: str | None, config: Path | None, db: "Where | None") -> None:
    """Put the letters down, for the process that runs, or that will."""
    from bot.jobs.results import letter, view

    with services_beside(config, db) as services:
        now = now_of(services)
        first = first_of(month) or view.last_month(services, now)
        about = letter.read(services, f"{named} {first:%Y-%m}")
        if about is None:
            raise UsageError(f"{named} is not active, so nothing of it goes to staff by e-mail")
        members = letter.send(services, about, Actor.staff(user()), now, again=True)
    if not members:
        raise UsageError(
            "nobody has an e-mail address: write `email` under [staff.NAME] in config.toml"
        )
    say(
        f"the report of {first:%Y-%m} goes to {counted(members, 'member', 'members')} of staff, by"
        " the drumbeat that runs, or as soon as one does"
    )


def _write(file: Path, services: "Services", report: "Report", day: "date") -> None:
    from bot.documents import reported
    from bot.jobs.results.letter import look_of

    made = reported(report, look_of(services, report, day))
    if made is None:
        raise DrumbeatError(
            f"no font here has all letters of the report in {report.language}; name a folder of"
            " fonts under [pictures] fonts in config.toml"
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
