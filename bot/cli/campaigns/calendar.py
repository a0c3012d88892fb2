"""`drumbeat calendar` and `drumbeat preview`: a campaign's actions by day, and their texts."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo

import typer

from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    day_of,
    emit_json,
    note,
    open_library,
    open_settings,
    paged,
    say,
    table,
)
from bot.cli.screen import Column, Role
from bot.errors import UsageError
from bot.text import counted

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.jobs.campaigns.calendar import CalendarEntry
    from bot.jobs.campaigns.preview import Preview
    from bot.library import Library
    from bot.model import Action, Campaign
    from bot.networks.base import Network
    from bot.render import Renderer

CampaignOption = Annotated[
    str | None,
    typer.Option(
        "--campaign", metavar="ID", help="Which campaign; else the active ones.", show_default=False
    ),
]
LanguageOption = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar="TAG",
        help="Language of the texts; else the campaign's own.",
        show_default=False,
    ),
]
AudienceOption = Annotated[
    Literal["individual", "organization", "country", "region"] | None,
    typer.Option("--audience", help="Only this audience.", show_default=False),
]

YearOption = Annotated[
    int | None,
    typer.Option(
        "--year", min=1900, max=9000, help="Which year; else this one, or the campaign's."
    ),
]
IcsOption = Annotated[
    Path | None,
    typer.Option("--ics", metavar="FILE", help="Write an iCalendar file.", show_default=False),
]
HtmlOption = Annotated[
    Path | None,
    typer.Option(
        "--html",
        metavar="FILE",
        help="Write the action's letter by e-mail there, to look at in a browser.",
        show_default=False,
    ),
]
ActionArgument = Annotated[
    str | None,
    typer.Argument(metavar="ACTION", help="Id of an action; `drumbeat calendar` lists them."),
]
DateOption = Annotated[
    str | None,
    typer.Option(
        "--date",
        metavar="DATE",
        help="Everything of this day, like 2021-05-01.",
        show_default=False,
    ),
]
NetworkOption = Annotated[
    str | None,
    typer.Option(
        "--network",
        metavar="NAME",
        help="Only this network; else those of the channels.",
        show_default=False,
    ),
]

_COLUMNS = (
    Column("day"),
    Column("leaves"),
    Column("audiences", Role.WORDS),
    Column("kind", Role.MORE),
    Column("id"),
    Column("title", Role.WORDS),
    Column("hashtags", Role.MORE),
)


def calendar(
    *,
    campaign: CampaignOption = None,
    audience: AudienceOption = None,
    year: YearOption = None,
    lang: LanguageOption = None,
    ics: IcsOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """List what a campaign asks for, by day; or write it as a calendar file."""
    from bot.jobs.campaigns.calendar import entries, window
    from bot.model import Audience

    settings = open_settings(config, db)
    library, chosen, renderer = _open(settings, campaign)
    today = datetime.now(ZoneInfo(settings.zone)).date()
    only = Audience[audience.upper()] if audience else None
    listed = {
        c.id: entries(c, renderer, today=today, year=year, language=lang, audience=only)
        for c in chosen
    }
    whole = [entry for each in listed.values() for entry in each]
    if ics:
        from bot.cli.campaigns import calendar_file

        days = {c.id: window(c, year, today) for c in chosen}
        chart = calendar_file.Chart(
            settings=settings, library=library, renderer=renderer, language=lang, audience=only
        )
        calendar_file.write_chart(ics, chart, listed, days)
    if json:
        emit_json(whole)
    elif not ics:
        _show(chosen, whole, settings)


def preview(
    *,
    action: ActionArgument = None,
    date: DateOption = None,
    campaign: CampaignOption = None,
    network: NetworkOption = None,
    lang: LanguageOption = None,
    html: HtmlOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Show an action's texts as each network would show them, with their length and the limit, and
    its letters as people and rooms get them.
    """
    from bot.cli.checked import told_limits
    from bot.jobs.campaigns.limits import taken
    from bot.jobs.campaigns.preview import preview as texts
    from bot.jobs.texts.samples import samples

    settings = open_settings(config, db)
    fits = taken(settings, told_limits(settings, settings.database))
    _, chosen, renderer = _open(settings, campaign)
    wanted = _wanted(chosen, action, date, datetime.now(ZoneInfo(settings.zone)).date())
    classes = _networks(settings, network)
    if html:
        classes |= _by_mail()
    shown, pages = list["Preview"](), list[str]()
    for c, a, day in wanted:
        shown += texts(c, a, renderer, classes, day=day, language=lang, fits=fits)
        letters = list(
            samples(settings, renderer, c, a, classes, day=day, language=lang, fits=fits)
        )
        shown += [letter.shown for letter in letters]
        pages += [letter.html for letter in letters if letter.html and letter.shown.wording == 1]
    if html:
        _write_letters(html, pages)
    if json:
        emit_json(shown)
        return
    with paged():
        for text in shown:
            _show_preview(text)
        for remark in dict.fromkeys(remark for text in shown for remark in text.picture):
            say(remark)
    if not shown:
        note(f"Nothing goes out {'on ' + date if date else 'for ' + str(action)}.")


def _open(settings: "Settings", wanted: str | None) -> "tuple[Library, list[Campaign], Renderer]":
    """Return the library, the wanted campaign or else the active ones, and a renderer for them.

    Raises `UsageError` where no campaign is wanted and none is active.
    """
    from bot.names import there_are
    from bot.render import Renderer

    names = [wanted] if wanted else list(settings.active)
    library = open_library(settings, names)
    if not names:
        raise UsageError(
            f"no campaign is active; name one with --campaign; {there_are(library.campaigns)}"
        )
    chosen = [library.campaign(name) for name in names]
    return library, chosen, Renderer(library.files, library.campaigns)


def _show(
    chosen: "Sequence[Campaign]", entries: "Sequence[CalendarEntry]", settings: "Settings"
) -> None:
    from bot.jobs.campaigns.calendar import rows

    lines = [
        (
            row.after or row.day,
            row.leaves,
            ", ".join(row.audiences),
            row.kind,
            row.id,
            row.title,
            " ".join(row.hashtags),
        )
        for row in rows(chosen, entries, settings.channels)
    ]
    with paged():
        table(_COLUMNS, lines)
        _tell_hours(lines, settings)


def _tell_hours(lines: Sequence[Sequence[object]], settings: "Settings") -> None:
    """Say below the list where posts leave at which hour, and when people get their nudges."""
    from bot.chat.turn import DEFAULT_MINUTE
    from bot.jobs.campaigns.calendar import hour, posting_hours

    leaves = " ".join(str(line[1]) for line in lines)
    say()
    if "post" in leaves:
        places = [
            f"{time} on {', '.join(names)}"
            for time, names in posting_hours(settings.channels.values()).items()
        ]
        say(f"post: {'; '.join(places) or 'no channel of config.toml posts'}")
    if "nudge" in leaves:
        quiet = settings.quiet
        night = (
            f", never from {hour(quiet.start)} to {hour(quiet.end)}"
            if quiet.start != quiet.end
            else ""
        )
        say(
            f"nudge: to each person at the hour that they chose ({hour(DEFAULT_MINUTE)} at first),"
            f" by the clock where they live{night}"
        )


def _wanted(
    chosen: "list[Campaign]", action: str | None, day: str | None, today: date
) -> "list[tuple[Campaign, Action, date]]":
    from bot.jobs.campaigns.preview import actions_named, due, next_day

    if action is not None and day is None:
        return [(c, a, next_day(c, a, today)) for c, a in actions_named(chosen, action)]
    if day is not None and action is None:
        on = day_of(day)
        return [(c, a, on) for c in chosen for a in due(c, on)]
    raise UsageError("say either an ACTION or --date DATE; `drumbeat calendar` lists both")


def _networks(settings: "Settings", wanted: str | None) -> "dict[str, type[Network]]":
    from bot import networks

    names = (
        [wanted]
        if wanted
        else list(dict.fromkeys(channel.network for channel in settings.channels.values()))
    )
    return {name: networks.load(name) for name in names or networks.names()}


def _by_mail() -> "dict[str, type[Network]]":
    """Return the networks by which e-mail leaves, whether a channel uses one or not."""
    from bot import networks

    loaded = {name: networks.load(name) for name in networks.names()}
    return {name: kind for name, kind in loaded.items() if kind.LETTERS == "mail"}


def _write_letters(file: Path, pages: Sequence[str]) -> None:
    """Write one file for each letter: the first as it is named, the others with a number."""
    if not pages:
        raise UsageError(
            "no letter can be shown: nothing of this goes to single people, or its text can't be"
            " made; leave --html out to see why"
        )
    from bot.cli.campaigns.calendar_file import write_whole

    for number, page in enumerate(pages, 1):
        named = file if number == 1 else file.with_stem(f"{file.stem}-{number}")
        write_whole(named, page.encode())
        note(f"letter written to {named}; open it in a browser")


def _above(network: str) -> str:
    """Return what stands above a letter on this network."""
    from bot import networks

    return "subject" if networks.load(network).LETTERS == "mail" else "title"


def _measured(text: "Preview") -> str:
    """Return how long a text is, and what that makes of it in the rooms of each service."""
    if text.length is None:
        return "no text"
    if text.posts:
        return f"thread of {len(text.posts)}, longest post {text.length} of {text.limit}"
    if text.limit is None:
        return counted(text.length, "character", "characters")
    if not text.rooms:
        return f"{text.length} of {text.limit}{_broken(text.messages)}"
    rooms = [f"{each.limit}{_broken(each.messages)} ({each.service})" for each in text.rooms]
    return f"{text.length} of {', of '.join(rooms)}"


def _broken(messages: int) -> str:
    return f" in {messages} messages" if messages > 1 else ""


def _show_preview(text: "Preview") -> None:
    say(
        f"── {text.action} · {text.role} {text.wording} · {text.network} · {text.audience} ·"
        f" {text.language} · {_measured(text)}"
    )
    if text.subject is not None:
        say(f"   [{_above(text.network)}: {text.subject}]")
    for number, post in enumerate(text.posts, 1):
        say(f"{number}/{len(text.posts)}  {post}")
    if not text.posts:
        say(text.text if text.text is not None else f"   {text.problem}")
    if text.alt:
        say(f"   [picture: {text.alt}]")
    say()
