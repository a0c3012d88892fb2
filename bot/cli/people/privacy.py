"""`drumbeat privacy`: the record of processing that data protection law asks for."""

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
    open_library,
    open_settings,
    paged,
    say,
)
from bot.errors import DrumbeatError, UsageError
from bot.gaps import together

if TYPE_CHECKING:
    from datetime import date

    from bot.documents import Kind
    from bot.jobs.people.record import Record
    from bot.jobs.services import Services

_KINDS: "dict[str, Kind]" = {".pdf": "pdf", ".docx": "docx"}

_Language = Annotated[
    str,
    typer.Option("--lang", metavar="TAG", help="Its language.", show_default=True),
]
_Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="Write it into a file instead, by its ending: .md, .docx or .pdf.",
        show_default=False,
    ),
]


def privacy(
    *,
    lang: _Language = "en",
    out: _Out = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Tell what is done with data of people: what for, which, who sees them, where they go and for
    how long.

    It is the record of processing that data protection law asks for (GDPR, Article 30), of this
    set-up, and names the tables and columns. Ends with 1 where something is missing in it.
    """
    from bot.app import open_pages
    from bot.jobs.people import record as job

    if out and json:
        raise UsageError("say either --json or --out")
    if out and out.suffix not in (".md", *_KINDS):
        raise UsageError(f"{out}: its ending must be .md, .docx or .pdf")
    settings = open_settings(config, db)
    services = open_pages(settings, open_library(settings, ()))
    with closing(services.store):
        language = _written(services, lang)
        today = now_of(services).date()
        if out:
            _write(out, services, language, today)
        record = job.record(services, language, today)
    if json:
        emit_json(record)
    elif not out:
        with paged():
            _show(record)
    for gap in record.gaps:
        note(gap)
    if record.gaps:
        raise typer.Exit(1)


def _show(record: "Record") -> None:
    from bot.jobs.people.record import columns_told

    say(record.title)
    say(record.about)
    for activity in record.activities:
        say()
        say(activity.title)
        for field, words in activity.told.items():
            say(f"  {together([record.heads[field], f' {words}'])}")
        say(f"  {record.heads['columns']} {columns_told(activity.columns)}")
    say()
    say(record.stored)


def _written(services: "Services", wanted: str) -> str:
    """Return the language nearest to a wanted one in which some of the record is written; raises
    `UsageError` where it is none.
    """
    from bot.jobs.people.record import languages
    from bot.languages import nearest

    written = languages(services)
    language = nearest(wanted, written)
    if language is None:
        raise UsageError(f"the record is not written in {wanted}; choose of {', '.join(written)}")
    return language


def _write(file: Path, services: "Services", language: str, today: "date") -> None:
    """Write the record as a document. Raises `DrumbeatError`."""
    from bot.documents import Look, made
    from bot.jobs.people import record as job
    from bot.languages import direction
    from bot.render.markdown import escaped

    text = job.record(services, language, today, escaped).markdown
    data: bytes | None = text.encode()
    if file.suffix in _KINDS:
        fonts = services.settings.fonts
        look = Look(language=language, direction=direction(language), day=today, fonts=fonts)
        data = made(_KINDS[file.suffix], text, look)
    if data is None:
        raise DrumbeatError(
            f"no font here has all letters of the record in {language}; name a folder of fonts"
            " under [pictures] fonts in config.toml, or write it as .docx"
        )
    try:
        file.write_bytes(data)
    except OSError as error:
        raise DrumbeatError(f"can't write {file}: {error.strerror}") from None
    note(f"record written to {file}")
