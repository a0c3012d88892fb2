"""The ports on which a running process listens: pages for everybody and those of letters, and the
health port.
"""

import logging

from bot.errors import NoPlace
from bot.gate import Bounds
from bot.jobs.monitoring.view import Viewer
from bot.jobs.operations import reload, surroundings
from bot.scheduler.shared import Shared
from bot.web import build
from bot.web.port import Port
from bot.web.server import Server

log = logging.getLogger(__name__)


class Listening:
    """The pages and the health port, each open where the settings want it.

    A port that is taken is tried again, as these are jobs that come again.
    """

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        viewer = Viewer(lambda: shared.services, shared.turns.dispatchers, shared.life)
        self.port = Port(viewer.look)
        #: where the pages listen, once they do
        self.pages: Server | None = None

    async def open_pages(self) -> None:
        """Open the pages, where config.toml has [web]."""
        shared = self._shared
        web = shared.services.settings.web
        if web is None or self.pages is not None or shared.stopped.is_set():
            return
        application = build(lambda: shared.services, shared.clock)
        pages = Server(application, web.listen, Bounds().behind(web.proxies))
        await pages.start()
        self.pages = pages
        shared.used = {**shared.used, **reload.of_pages(shared.services.settings)}
        surroundings.remember(shared.services.store, shared.used)
        log.info(
            "pages for letters listen on %s; people reach them at %s", web.listen, web.public_url
        )

    async def open_port(self) -> None:
        """Open the health port where config.toml wants it, or where it wants it now."""
        health = self._shared.services.settings.health
        health = None if self._shared.stopped.is_set() else health
        try:
            if await self.port.follow(health) and health:
                log.info("the health port listens on %s: /healthz and /metrics", health)
        except NoPlace:
            # of several processes on one machine the first has it, until it ends
            if not self._shared.many:
                raise

    async def write(self) -> None:
        """Write a little where somebody asks for the health port: else a disk that is full is
        seen only when something is due.
        """
        if self.port.number is not None:
            moment = self._shared.clock().timestamp()
            self._shared.services.store.meta.put("alive", str(int(moment)))

    async def close_pages(self) -> None:
        """Close the pages, where they are open."""
        if self.pages is not None:
            await self.pages.stop()

    async def close_port(self) -> None:
        """Close the health port, where it is open."""
        await self.port.follow(None)
