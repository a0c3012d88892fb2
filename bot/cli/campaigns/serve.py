"""`drumbeat serve`: the public pages alone, as readers see them; and a campaign's while its files
are written.
"""

import asyncio
import dataclasses
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import (
    ConfigOption,
    DbOption,
    note,
    now_of,
    open_library,
    open_settings,
    say,
)
from bot.cli.log import Form, log_to_stderr
from bot.errors import UsageError
from bot.model.database import Server

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.jobs.services import Services
    from bot.model.database import Where

_LOOK = 0.5
"""Seconds between two looks at the files."""

_DATA = ("campaigns", "content")

CampaignOption = Annotated[
    list[str] | None,
    typer.Option(
        "--campaign",
        metavar="ID|DIR",
        help="Campaigns to show, or a folder with campaigns/; else the active ones.",
        show_default=False,
    ),
]
LISTEN = "127.0.0.1:8721"
"""Where the pages are served by default."""

ListenOption = Annotated[
    str | None,
    typer.Option(
        "--listen",
        metavar="HOST:PORT",
        help=f"Where the pages are served; else at {LISTEN}.",
        show_default=False,
    ),
]
WatchOption = Annotated[
    bool, typer.Option("--watch", help="Read the files again whenever they change.")
]

LogOption = Annotated[
    Form | None,
    typer.Option(
        "--log",
        help="Write a log to stderr, for people or each line as an object in JSON; the process that"
        " has all pages writes one in any case.",
        show_default=False,
    ),
]


def serve(
    *,
    campaign: CampaignOption = None,
    listen: ListenOption = None,
    watch: WatchOption = False,
    log: LogOption = None,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Show the campaigns' public pages in a browser, until Ctrl-C; beside a running drumbeat, too.

    Nothing is sent and nothing changed. Of a rehearsal's database it shows what was rehearsed.

    On a database of PostgreSQL, without --campaign, --listen and --watch: be the process that has
    all pages of [web], those of letters and the desk too, beside workers.
    """
    settings = open_settings(config, db)
    if isinstance(settings.database, Server) and not (campaign or listen or watch):
        _be_pages(settings, log or "text", config, db)
    else:
        if log is not None:
            log_to_stderr(log)
        asyncio.run(show(_wanted(settings, campaign or []), listen or LISTEN, watch=watch))


def _be_pages(settings: "Settings", log: Form, config: Path | None, db: "Where | None") -> None:
    from bot.cli.operations.run import live
    from bot.scheduler.parts import Part

    if settings.web is None:
        raise UsageError(
            "drumbeat serve: config.toml has no [web], which says where pages listen and how people"
            " reach them; `drumbeat serve --listen HOST:PORT` shows the public ones for a look"
        )
    live(Part.PAGES, settings, log, config=config, db=db)


def _wanted(settings: "Settings", named: list[str]) -> "Settings":
    """Return the settings with these campaigns active, and the folders among them as roots."""
    roots, ids = list[Path](), list[str]()
    for name in named:
        folder = Path(name)
        if (folder / "campaigns").is_dir():
            roots.append(folder)
            ids += sorted(each.name for each in (folder / "campaigns").iterdir() if each.is_dir())
        elif folder.is_dir() and folder.resolve().parent.name == "campaigns":
            roots.append(folder.resolve().parent.parent)
            ids.append(folder.resolve().name)
        else:
            ids.append(name)
    if not named:
        return settings
    return dataclasses.replace(
        settings, roots=(*roots, *settings.roots), active=tuple(dict.fromkeys(ids))
    )


async def show(settings: "Settings", listen: str = LISTEN, *, watch: bool = False) -> None:
    """Serve the pages at `listen` until SIGINT or SIGTERM; with `watch`, read files that change.

    Raises `UsageError` for an address that can't be had, `DataError` and `StoreError` for what
    can't be read.
    """
    from bot.web import build
    from bot.web.server import Server

    shown = _Shown(settings)
    try:
        application = build(lambda: shown.services, shown.now, f"http://{listen}", letters=False)
        server = Server(application, listen, table="")
        await server.start()
        say(f"The pages are at http://{listen}/ until you press Ctrl-C.")
        sys.stdout.flush()  # who reads a pipe would be told at the end only
        try:
            await _until_stopped(shown if watch else None)
        finally:
            await server.stop()
    finally:
        shown.services.store.close()


def free() -> str:
    """Return where the pages are served by default, or another port where that is taken."""
    with closing(socket.socket()) as sock:
        host, _, port = LISTEN.rpartition(":")
        try:
            sock.bind((host, int(port)))
        except OSError:
            sock.bind((host, 0))
        return f"{host}:{sock.getsockname()[1]}"


async def _until_stopped(watched: "_Shown | None") -> None:
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    while not stopped.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), _LOOK if watched else None)
        if watched and not stopped.is_set():
            watched.look()


class _Shown:
    """What the pages show: read at the start, and again where files have changed."""

    def __init__(self, settings: "Settings") -> None:
        self._settings = settings
        self._seen = self._stamps()
        self.services = self._opened()

    def _opened(self) -> "Services":
        from bot.app import open_pages

        library = open_library(self._settings, self._settings.active)
        services = open_pages(self._settings, library)
        try:
            for campaign in services.active:
                for tag in campaign.languages:  # a broken file of words would break each page
                    services.renderer.words(campaign, tag)
        except BaseException:
            services.store.close()
            raise
        return services

    def now(self) -> datetime:
        """Return the instant that it is on the pages: on those of a rehearsal, its last day."""
        from bot.jobs.rehearsal.script import script_of

        script = script_of(self.services.store)
        return datetime.combine(script.end, time(12), UTC) if script else now_of(self.services)

    def look(self) -> None:
        """Read the files again where they have changed; with a problem, what was read stays."""
        from bot.errors import DrumbeatError

        stamps = self._stamps()
        if stamps == self._seen:
            return
        self._seen = stamps
        try:
            services = self._opened()
        except DrumbeatError as error:
            note(f"{error}\nThe pages stay as they were until this is mended.")
            return
        self.services.store.close()
        self.services = services
        note("Read again; `drumbeat check` says what is missing.")

    def _stamps(self) -> dict[Path, tuple[int, int]]:
        return dict(self._files())

    def _files(self) -> Iterator[tuple[Path, tuple[int, int]]]:
        from bot.library import shipped_root

        for root in (*self._settings.roots, shipped_root()):
            for folder in _DATA:
                for file in (root / folder).rglob("*"):
                    try:
                        stat = file.stat()
                    except OSError:  # gone since, or a link that leads nowhere
                        continue
                    yield file, (stat.st_mtime_ns, stat.st_size)
