"""`drumbeat helpline add | list`: child helplines, who looked at each number, and when."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.checked import helpline_remarks
from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    day_of,
    emit_json,
    fail,
    note,
    open_library,
    open_settings,
    say,
    table,
    user,
)
from bot.cli.screen import Column, Role

if TYPE_CHECKING:
    from bot.model.shared import ChildHelpline

_COLUMNS = (
    Column("COUNTRY"),
    Column("NUMBER"),
    Column("NAME", Role.WORDS),
    Column("HOURS", Role.MORE),
    Column("LOOKED AT", Role.MORE),
    Column("PAGE", Role.WORDS),
)

_Country = Annotated[
    str, typer.Argument(metavar="COUNTRY", help="Its ISO 3166 code or name, like KE or Kenya.")
]
_Number = Annotated[str, typer.Argument(metavar="NUMBER", help="As people dial it.")]
_Name = Annotated[
    str | None,
    typer.Option("--name", metavar="NAME", help="What it calls itself.", show_default=False),
]
_Page = Annotated[
    str | None,
    typer.Option("--page", metavar="PAGE", help="Where the number was read.", show_default=False),
]
_Hours = Annotated[
    str | None,
    typer.Option(
        "--hours",
        metavar="HOURS",
        help="When somebody answers, in figures: 24/7 or 08:00–20:00.",
        show_default=False,
    ),
]
_Dated = Annotated[
    str | None,
    typer.Option("--dated", metavar="DATE", help="The page's own date.", show_default=False),
]
_Read = Annotated[
    str | None,
    typer.Option("--read", metavar="DATE", help="Day of the look; else today.", show_default=False),
]
_By = Annotated[
    str | None,
    typer.Option("--by", metavar="NAME", help="Who looked; else your login.", show_default=False),
]


def add(
    *,
    country: _Country,
    number: _Number,
    name: _Name = None,
    page: _Page = None,
    hours: _Hours = None,
    dated: _Dated = None,
    read: _Read = None,
    by: _By = None,
    config: ConfigOption = None,
    db: DbOption = None,  # noqa: ARG001 - every command takes it; here nothing is stored
) -> None:
    """Write a child helpline into content/safeguarding.toml: the number, its hours, who looked at
    it and when.

    For a number that is there already, say that somebody has looked at it again.
    """
    from bot.jobs.people import helplines as job
    from bot.languages import naming
    from bot.library import shipped_root
    from bot.rules.reading import places

    settings, today = open_settings(config), datetime.now(UTC).date()
    said = {
        "name": name,
        "page": page,
        "hours": hours,
        "dated": None if dated is None else day_of(dated),
    }
    wish = job.Wish(
        country=places.country(country, naming("en").territories) or country.upper(),
        number=number.strip(),
        read=today if read is None else day_of(read),
        by=by or str(user()),
        said={key: value for key, value in said.items() if value is not None},
    )
    try:
        written = job.add(settings.roots, shipped_root(), wish, today)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror or error}; nothing was written")
    say(f"{written.file}, for {job.country_name(wish.country)}:")
    for line in written.lines:
        say(f"  {line}")
    if written.copied:
        say("The file is new: it holds the shipped numbers too, and stands in their place.")
    if written.copied and not settings.roots:
        say('Write roots = ["."] into config.toml, so that this folder is read.')
    say("A running drumbeat uses it after `drumbeat reload`.")


def list_(*, json: JsonOption = False, config: ConfigOption = None, db: DbOption = None) -> None:
    """List the child helplines: number, hours, who looked at it, and when."""
    settings = open_settings(config, db)
    library = open_library(settings, ())
    helplines = library.shared.helplines or ()
    if json:
        emit_json(helplines)
        return
    if helplines:
        table(
            _COLUMNS,
            [
                (each.country, each.number, each.name, each.hours, _looked(each), each.page)
                for each in helplines
            ],
        )
    else:
        say("There are no child helplines; `drumbeat helpline add` writes one.")
    for remark in helpline_remarks(settings, library):
        note(remark.text)


def _looked(helpline: "ChildHelpline") -> str:
    return f"{helpline.read}, {helpline.by}" if helpline.by else str(helpline.read)
