"""`drumbeat calendar` and `drumbeat preview`: a campaign's actions by day, and their texts."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo

import typer

from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    emit_json,
    note,
    open_library,
    open_settings,
    paged,
    say,
    table,
)
from bot.cli.screen import Column, Role
from bot.errors import DrumbeatError, UsageError
from bot.text import counted
from bot.times import from_epoch

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.jobs.campaigns.calendar import CalendarEntry, Preview
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
    from bot.jobs.campaigns.calendar import entries
    from bot.model import Audience

    settings = open_settings(config, db)
    library, chosen, renderer = _open(settings, campaign)
    if ics:
        library = _known(settings, library)
        chosen = [library.campaigns[c.id] for c in chosen]
    today = datetime.now(ZoneInfo(settings.zone)).date()
    only = Audience[audience.upper()] if audience else None
    listed = {
        c.id: entries(c, renderer, today=today, year=year, language=lang, audience=only)
        for c in chosen
    }
    whole = [entry for each in listed.values() for entry in each]
    if ics:
        lost = _write_ics(
            ics, library=library, chosen=chosen, listed=listed, renderer=renderer, lang=lang
        )
        if lost:
            _note_lost(lost, settings.database)
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
    from bot.jobs.campaigns.calendar import preview as texts
    from bot.jobs.campaigns.limits import taken
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
    from bot.names import pick, there_are
    from bot.render import Renderer

    names = [wanted] if wanted else list(settings.active)
    library = open_library(settings, names)
    if not names:
        raise UsageError(
            f"no campaign is active; name one with --campaign; {there_are(library.campaigns)}"
        )
    chosen = [library.campaigns[pick(name, library.campaigns, "campaign")] for name in names]
    return library, chosen, Renderer(library.files, library.campaigns)


def _known(settings: "Settings", library: "Library") -> "Library":
    """Return the library with occurrences as the database knows them, so that UIDs stay the same.

    Where there is no database, the library is returned as it is.
    """
    from bot.app import known_to, open_store

    if not settings.database.exists():
        return library
    store = open_store(settings, readonly=True)
    try:
        return known_to(store, library)
    finally:
        store.close()


def _show(
    chosen: "Sequence[Campaign]", entries: "Sequence[CalendarEntry]", settings: "Settings"
) -> None:
    from bot.jobs.campaigns.calendar import rows

    lines = [
        (
            row.day,
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


def _write_ics(
    file: Path,
    *,
    library: "Library",
    chosen: "list[Campaign]",
    listed: "dict[str, list[CalendarEntry]]",
    renderer: "Renderer",
    lang: str | None,
) -> int:
    """Write the calendar file; return how many UIDs of the file before are not in the new one."""
    from bot.jobs.campaigns.calendar import events, language_of
    from bot.rules.ics import calendar as whole

    dated = [
        event
        for campaign in chosen
        for event in events(campaign, listed[campaign.id], renderer, lang)
    ]
    if not dated:
        raise UsageError("there is no dated action to write; a calendar file needs at least one")
    titles = [renderer.words(campaign, language_of(campaign, lang)).title for campaign in chosen]
    data = whole(
        dated,
        name=" · ".join(titles),
        stamp=datetime.now(UTC),
        modified=_changed(library.roots, chosen),
    )
    before = _uids(file.read_bytes()) if file.is_file() else set()
    _write(file, data)
    note(f"{len(dated)} events written to {file}")
    return len(before - _uids(data))


def _uids(data: bytes) -> set[bytes]:
    """Return the UIDs of a calendar file; folded lines (RFC 5545, 3.1) are unfolded first."""
    return set(re.findall(rb"^UID:(.*?)\r?$", re.sub(rb"\r?\n ", b"", data), re.MULTILINE))


def _note_lost(lost: int, database: Path) -> None:
    """Warn of changed UIDs: a calendar app keeps events under old ones beside the new events."""
    many = counted(lost, "event", "events")
    text = f"{many} of the file that was there have other ids now, or are gone"
    if not database.exists():
        text += (
            f". There is no database at {database}, and only a database knows the ids of days that"
            " moved: name it with --db, or calendar apps show these days twice"
        )
    note(f"{text}.")


def _write(file: Path, data: bytes) -> None:
    """Write the file whole or not at all: what was there stays until the new one is complete."""
    # a pipe or /dev/stdout can't be replaced
    part = file if file.exists() and not file.is_file() else file.with_name(f"{file.name}.part")
    try:
        part.write_bytes(data)
        if part != file:
            part.replace(file)
    except OSError as error:
        if part != file:
            part.unlink(missing_ok=True)
        raise DrumbeatError(f"can't write {file}: {error.strerror}") from None


def _changed(roots: Sequence[Path], chosen: "list[Campaign]") -> datetime | None:
    """Return the instant at which a file of these campaigns, or of those that they are like, was
    last changed; None without any.
    """
    folders = [
        folder
        for name in {name for c in chosen for name in (c.id, *c.like)}
        for root in roots
        for folder in (root / "campaigns" / name, *root.glob(f"content/*/{name}"))
    ]
    times = [
        file.stat().st_mtime for folder in folders for file in folder.glob("*") if file.is_file()
    ]
    return from_epoch(int(max(times))) if times else None


def _wanted(
    chosen: "list[Campaign]", action: str | None, day: str | None, today: date
) -> "list[tuple[Campaign, Action, date]]":
    from bot.jobs.campaigns.calendar import actions_named, due, next_day

    if (action is None) == (day is None):
        raise UsageError("say either an ACTION or --date DATE; `drumbeat calendar` lists both")
    if action is not None:
        return [(c, a, next_day(c, a, today)) for c, a in actions_named(chosen, action)]
    try:
        on = date.fromisoformat(str(day))
    except ValueError:
        raise UsageError(f"'{day}' is no date; write it like 2021-05-01") from None
    return [(c, a, on) for c in chosen for a in due(c, on)]


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
    for number, page in enumerate(pages, 1):
        named = file if number == 1 else file.with_stem(f"{file.stem}-{number}")
        _write(named, page.encode())
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
