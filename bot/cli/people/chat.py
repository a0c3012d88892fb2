"""`drumbeat chat`: talk to the bot in a terminal.

The same handlers and the same store as in Telegram, and no token.
"""

import asyncio
import io
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import ConfigOption, DbOption, fail, open_library, open_settings, say

if TYPE_CHECKING:
    from bot.chat.terminal import Terminal
    from bot.config import Settings
    from bot.model import Channel
    from bot.store import Store


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


def chat(
    *,
    user: UserOption = 1,
    lang: LangOption = None,
    staff: StaffOption = False,
    now: NowOption = None,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Talk to the bot here.

    A line is a message, [Label] presses a button, (photo) stands for a photo; ends at end of input.

    Lines may be piped in, one event a line, so that a conversation can be played again.
    """
    from bot.jobs.texts.letters import kind

    instant = _instant(now)
    settings = open_settings(config, db)
    if staff:
        named = tuple(dict.fromkeys([*settings.chat.staff, user]))
        settings = replace(settings, chat=replace(settings.chat, staff=named))
    channel = next(
        (c for c in settings.channels.values() if c.nudges and not kind(c.network)), None
    )
    if channel is None:
        fail(
            "no channel carries nudges, so there is nobody to talk to; set `nudges = true` in a"
            " channel of config.toml",
            code=2,
        )
    _talk(settings, channel, user, lang, instant, staff=staff)


def _talk(
    settings: "Settings",
    channel: "Channel",
    user: int,
    lang: str | None,
    instant: datetime | None,
    *,
    staff: bool,
) -> None:
    from bot.app import open_chat
    from bot.chat.terminal import Network, Terminal

    network = Network(channel, {})
    services = open_chat(settings, open_library(settings, settings.active), network)
    try:
        fires = _fires(services.store)
        if instant and not fires:
            fail(
                f"{settings.database}: a real file, whose clock is the world's: leave --now out, or"
                " name another file with --db",
                code=2,
            )
        terminal = Terminal(
            services,
            network,
            user=str(user),
            language=lang,
            staff=staff,
            clock=lambda: instant or datetime.now(UTC),
            write=_write,
            fires=fires,
        )
        _listen(terminal)
    finally:
        services.store.close()


def _listen(terminal: "Terminal") -> None:
    # The loop runs for one line at a time: while it waits for the next, Ctrl-C ends the chat at
    # once.
    with asyncio.Runner() as runner:
        runner.run(terminal.fire())
        for line in _lines():
            runner.run(terminal.line(line))


def _lines() -> Iterator[str]:
    """What is typed or piped in; bytes that are no text become signs for that."""
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


def _fires(store: "Store") -> bool:
    """Whether this file is for trying things out: nothing was ever sent from it to anybody but a
    terminal.
    """
    from bot.model import State
    from bot.store.db import has_sender

    if (
        store.meta.get("tryout") is None
        and not store.listing.counts().get(State.SENT)
        and not has_sender(store.database.path)
    ):
        store.meta.put("tryout", "1")
    return store.meta.get("tryout") is not None and not has_sender(store.database.path)


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
