"""`drumbeat chat`: talk to the bot in a terminal, without a token.

The handlers and the store are the same as in Telegram. The chat is in a database of its own by
default, since what is ticked and skipped in a live one counts.
"""

import asyncio
import io
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import (
    ConfigOption,
    db_option,
    fail,
    note,
    now_of,
    open_library,
    open_settings,
    say,
)
from bot.model.database import Server, is_same

if TYPE_CHECKING:
    from bot.chat.letterbox import Letterbox
    from bot.chat.terminal import Terminal
    from bot.config import Settings
    from bot.model import Channel
    from bot.model.database import Where


_PAGES = "https://pages.example"
"""Where the links of letters lead as long as the settings name no address."""

_YEARS = range(1971, 9000)

UserOption = Annotated[
    int, typer.Option("--user", metavar="ID", min=1, help="Who you are: a chat's number.")
]
LangOption = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar="TAG",
        help="Your app's language, like fr; the channel's own by default.",
        show_default=False,
    ),
]
StaffOption = Annotated[
    bool, typer.Option("--staff", help="You work with the bot: staff commands are yours.")
]
NowOption = Annotated[
    str | None,
    typer.Option(
        "--now",
        metavar="INSTANT",
        help="What the clock shows, like 2021-05-01T09:00:00Z; what is due then comes.",
        show_default=False,
    ),
]
ChannelOption = Annotated[
    str | None,
    typer.Option(
        "--channel",
        metavar="NAME",
        help="A channel of letters: you are an organisation that gets them there.",
        show_default=False,
    ),
]
if TYPE_CHECKING:
    DbOption = Where | None
else:
    DbOption = Annotated[
        Path | None,
        db_option("Database; else a file of its own beside the one that the settings name."),
    ]
YesOption = Annotated[
    bool, typer.Option("--yes", help="Talk in a live database without being asked first.")
]


def chat(
    *,
    user: UserOption = 1,
    lang: LangOption = None,
    staff: StaffOption = False,
    channel: ChannelOption = None,
    now: NowOption = None,
    config: ConfigOption = None,
    db: DbOption = None,
    yes: YesOption = False,
) -> None:
    """Talk to the bot here, in a file of its own unless --db names another.

    A line is a message, [Label] presses a button, (photo) stands for a photo; ends at end of input.

    Lines may be piped in, one event a line, so that a conversation can be played again.
    """
    instant = _instant(now)
    settings = open_settings(config)
    live = settings.database
    settings = replace(settings, database=db or _own(live))
    if staff:
        named = tuple(dict.fromkeys([*settings.chat.staff, user]))
        settings = replace(settings, chat=replace(settings.chat, staff=named))
    chosen = _of_letters(settings, channel) if channel else _of_chats(settings)
    tries = not _is_live(settings.database, live)
    if channel and not tries:
        fail(
            f"{settings.database} may hold real people; letters are shown in a file of their own:"
            f" leave --db out for {_own(live)}, or name a new one",
            code=2,
        )
    if channel:
        _receive(settings, chosen, user, lang, instant)
        return
    if not tries:
        _ask(settings.database, _own(live), instant, yes=yes)
    _talk(settings, chosen, user, lang, instant, staff=staff, tries=tries)


def _of_chats(settings: "Settings") -> "Channel":
    """Return the first channel on which people chat; ends the command where there is none."""
    from bot.jobs.texts.letters import kind

    nudging = [channel for channel in settings.channels.values() if channel.nudges]
    chats = [channel for channel in nudging if not kind(channel.network)]
    if not chats:
        fail(_nobody_talks([channel.name for channel in nudging]), code=2)
    return chats[0]


def _nobody_talks(letters: list[str]) -> str:
    there = (
        f"there are letters alone, which --channel NAME shows ({', '.join(letters)})"
        if letters
        else "no channel carries nudges; `nudges = true` under one of Telegram lets people talk"
    )
    return (
        f"nobody talks with the bot here: {there}. People answer on the pages; staff work at the"
        " desk (`drumbeat login-link NAME`) and by commands"
    )


def _of_letters(settings: "Settings", name: str) -> "Channel":
    """Return the channel of this name; ends the command where it carries no letters."""
    from bot.jobs.texts.letters import kind
    from bot.names import pick

    channel = settings.channels[pick(name, settings.channels, "channel")]
    if not kind(channel.network) or not channel.nudges:
        fail(
            f"channel {name} carries no letters to single people: it needs `nudges = true` and a"
            " network of e-mail or rooms; leave --channel out to chat",
            code=2,
        )
    return channel


def _receive(
    settings: "Settings",
    channel: "Channel",
    user: int,
    lang: str | None,
    instant: datetime | None,
) -> None:
    """Show what comes to an organisation on a channel of letters."""
    from bot.app import open_chat
    from bot.chat.letterbox import Letterbox, Network
    from bot.config import Web
    from bot.store.meta import TRYOUT

    if settings.web is None:
        settings = replace(settings, web=Web(public_url=_PAGES, listen=""))
    network = Network(channel, {})
    services = open_chat(settings, open_library(settings, settings.active), network)
    try:
        services.store.meta.put(TRYOUT, "1")
        box = Letterbox(
            services,
            network,
            user=user,
            language=lang,
            clock=lambda: instant or now_of(services),
            write=_write,
        )
        _listen(box)
    finally:
        services.store.close()


def _talk(
    settings: "Settings",
    channel: "Channel",
    user: int,
    lang: str | None,
    instant: datetime | None,
    *,
    staff: bool,
    tries: bool,
) -> None:
    from bot.app import open_chat
    from bot.chat.terminal import Network, Terminal
    from bot.jobs.campaigns.languages.speaking import unspoken
    from bot.store.db import has_sender
    from bot.store.meta import TRYOUT

    network = Network(channel, {})
    services = open_chat(settings, open_library(settings, settings.active), network)
    try:
        if tries:
            services.store.meta.put(TRYOUT, "1")
        if words := unspoken(services.renderer.chat, lang or channel.language, settings):
            begun = tries and services.library.files.has_folder(f"content/{lang}/chat")
            note(f"{words}; what is translated is shown here all the same" if begun else words)
        if tries and lang:
            services = replace(services, renderer=services.renderer.offering(lang))
        terminal = Terminal(
            services,
            network,
            user=str(user),
            language=lang,
            staff=staff,
            clock=lambda: instant or now_of(services),
            write=_write,
            # who sends from the file sends what is due, too
            fires=tries and not has_sender(settings.database),
        )
        _listen(terminal)
    finally:
        services.store.close()


def _listen(terminal: "Terminal | Letterbox") -> None:
    # the loop runs for one line at a time, so that Ctrl-C ends the chat at once between lines
    with asyncio.Runner() as runner:
        runner.run(terminal.fire())
        for line in _lines():
            runner.run(terminal.line(line))


def _lines() -> Iterator[str]:
    """Yield the lines that are typed or piped in; bytes that are no UTF-8 become U+FFFD."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    asks = sys.stdin.isatty()
    if asks:
        say("Write /start to begin; Ctrl-D ends.")
    while True:
        try:
            yield input("> ") if asks else _piped()
        except (EOFError, KeyboardInterrupt):
            if asks:
                say()
            return


def _piped() -> str:
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line


def _write(text: str) -> None:
    say(text)
    sys.stdout.flush()


def _own(live: "Where") -> Path:
    """Return the file for trying things out beside a live one: drumbeat-chat.db by default."""
    if isinstance(live, Server):
        return Path("drumbeat-chat.db")
    return live.with_name(f"{live.stem}-chat{live.suffix}")


def _is_live(file: "Where", live: "Where") -> bool:
    """Return whether the file may hold real people.

    That is so for the one that `drumbeat run` uses by these settings, and for every live file that
    no chat in a terminal has begun.
    """
    from bot.store.db import Database, is_present
    from bot.store.meta import LIVE, TRYOUT, Meta

    if is_same(file, live):
        return True
    if not is_present(file) or (isinstance(file, Path) and not file.stat().st_size):
        return False
    # not opened as a store: the file may be of an older drumbeat, and is migrated only afterwards
    with closing(Database(file, readonly=True)) as database:
        meta = Meta(database)
        return meta.get("kind") == LIVE and meta.get(TRYOUT) is None


def _ask(file: "Where", own: Path, instant: datetime | None, *, yes: bool) -> None:
    """Ask whether the chat shall really be in a live file; end the command where it shall not."""
    if instant:
        fail(
            f"{file}: a real file, whose clock is the world's: leave --now out, or leave --db out"
            f" to talk in {own}",
            code=2,
        )
    if yes:
        return
    real = (
        f"{file} is a live database: what you write here real staff will see, and what you tick,"
        " skip or delete counts."
    )
    if not sys.stdin.isatty():
        fail(f"{real} To go on give --yes; without --db the chat is in {own}.", code=2)
    note(real)
    if not typer.confirm("Go on?", err=True):
        raise typer.Exit(2)


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        fail(f"--now: {text!r} is no instant; write it like 2021-05-01T09:00:00Z", code=2)
    if instant.tzinfo is None:
        fail(
            f"--now: {text!r} says no time zone; write it like 2021-05-01T09:00:00Z or"
            " 2021-05-01T11:00:00+02:00",
            code=2,
        )
    if instant.year not in _YEARS:
        fail(f"--now: {text!r} lies outside the years {_YEARS.start} to {_YEARS.stop - 1}", code=2)
    return instant.astimezone(UTC)
