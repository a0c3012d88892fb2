"""`drumbeat serve`: the public pages alone, as readers see them; and a campaign's while its files
are written.
"""

import asyncio
import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import ConfigOption, DbOption, note, open_library, open_settings, say

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.jobs.services import Services

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
ListenOption = Annotated[
    str, typer.Option("--listen", metavar="HOST:PORT", help="Where the pages are served.")
]
WatchOption = Annotated[
    bool, typer.Option("--watch", help="Read the files again whenever they change.")
]


def serve(
    *,
    campaign: CampaignOption = None,
    listen: ListenOption = "127.0.0.1:8721",
    watch: WatchOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Show the campaigns' public pages in a browser, until Ctrl-C; beside a running drumbeat, too.

    Nothing is sent and nothing changed. Of a rehearsal's database it shows what was rehearsed.
    """
    settings = _wanted(open_settings(config, db), campaign or [])
    asyncio.run(_serve(settings, listen, watch=watch))


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


async def _serve(settings: "Settings", listen: str, *, watch: bool) -> None:
    from bot.web import build
    from bot.web.server import Server

    shown = _Shown(settings)
    try:
        address = f"http://{listen}"
        application = build(
            lambda: shown.services, lambda: datetime.now(UTC), address, letters=False
        )
        server = Server(application, listen)
        await server.start()
        host = listen.rpartition(":")[0]
        say(f"The pages are at http://{host}:{server.port}/ until you press Ctrl-C.")
        try:
            await _until_stopped(shown if watch else None)
        finally:
            await server.stop()
    finally:
        shown.services.store.close()


async def _until_stopped(shown: "_Shown | None") -> None:
    if shown is None:
        await asyncio.Event().wait()
        return
    while True:
        await asyncio.sleep(_LOOK)
        shown.look()


class _Shown:
    """What the pages show: read at the start, and again where files have changed."""

    def __init__(self, settings: "Settings") -> None:
        from bot.app import open_pages

        self._settings = settings
        self._seen = self._stamps()
        self.services: Services = open_pages(settings, open_library(settings, settings.active))

    def look(self) -> None:
        """Read the files again where they have changed; with a problem, what was read stays."""
        from bot.app import open_pages
        from bot.errors import DrumbeatError

        stamps = self._stamps()
        if stamps == self._seen:
            return
        self._seen = stamps
        try:
            services = open_pages(
                self._settings, open_library(self._settings, self._settings.active)
            )
        except DrumbeatError as error:
            note(f"{error}\nThe pages stay as they were until this is mended.")
            return
        self.services.store.close()
        self.services = services
        note("Read again.")

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
