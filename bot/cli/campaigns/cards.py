"""`drumbeat cards`: the cards of campaigns as picture files."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    emit_json,
    fail,
    note,
    open_library,
    open_settings,
    progress,
    say,
)
from bot.text import counted

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.jobs.campaigns.cards import CardPicture
    from bot.model import Action, Campaign
    from bot.model.campaign import Size
    from bot.render import Renderer

CampaignOption = Annotated[
    str | None,
    typer.Option("--campaign", metavar="ID", help="Of this one; else of the active ones."),
]
LangOption = Annotated[
    str | None,
    typer.Option("--lang", metavar="TAG", help="In this language; else in each of theirs."),
]
OutOption = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="Where the files are written.")
]


def cards(
    *,
    campaign: CampaignOption = None,
    lang: LangOption = None,
    out: OutOption = Path("cards"),
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Write the card of each action, in each language and in three sizes.

    Wide for links and most networks, square for Instagram, tall for stories. What was drawn before
    is taken from beside the database, where there is one. Exit code 1 where one can't be made.
    """
    from bot.errors import RenderError
    from bot.jobs.campaigns.cards import day_of, picture_of

    settings = open_settings(config, db)
    chosen = (campaign,) if campaign else settings.active
    wanted, renderer = _wanted(settings, chosen, lang)
    today = datetime.now(ZoneInfo(settings.zone)).date()
    written, failed = list[dict[str, object]](), list[str]()
    with progress(len(wanted), "cards") as advance:
        for of, action, tag, size in wanted:
            try:
                day = day_of(of, action, today)
                picture = picture_of(renderer, of, action, tag, size, day)
            except RenderError as error:
                failed.append(f"{of.id}/{action.id} in {tag}, {size.word}: {error}")
            else:
                file = out / of.id / _name(action, tag, size, picture)
                _write(file, picture.data)
                written.append(
                    {
                        "campaign": of.id,
                        "action": action.id,
                        "language": picture.language,
                        "size": size.word,
                        "file": file,
                        "alt": picture.alt,
                    }
                )
            advance(1)
    if json:
        emit_json({"cards": written, "failed": failed})
    else:
        say(f"{counted(len(written), 'card', 'cards')} in {out}")
    for words in failed:
        note(words)
    if failed:
        raise typer.Exit(1)


def _wanted(
    settings: "Settings", chosen: tuple[str, ...], lang: str | None
) -> "tuple[list[tuple[Campaign, Action, str, Size]], Renderer]":
    """Return what is to be drawn, and the renderer of its words."""
    from bot.app import cards_of, playing
    from bot.jobs.campaigns.calendar import language_of
    from bot.jobs.campaigns.cards import all_of
    from bot.model.campaign import Size
    from bot.render import Renderer

    library = open_library(settings, chosen)
    wanted = [
        (campaign, action, tag, size)
        for campaign in playing(library, chosen)
        for action in all_of(campaign)
        for tag in ([language_of(campaign, lang)] if lang else campaign.languages)
        for size in Size
    ]
    return wanted, Renderer(library.files, library.campaigns, cards=cards_of(settings))


def _name(action: "Action", tag: str, size: "Size", picture: "CardPicture") -> str:
    suffix = picture.file.suffix if picture.file else ".png"
    return f"{action.id}.{tag}.{size.word}{suffix}"


def _write(file: Path, data: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    except OSError as error:
        fail(f"{file}: the card can't be written: {error.strerror}")
