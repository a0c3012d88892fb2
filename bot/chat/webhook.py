"""Where Telegram reaches us, when a public address is configured: one path that takes updates and nothing else.

Telegram proves itself by a secret in a header, which is made once and kept in the database.
"""

import hmac
import secrets
from typing import Any

from aiohttp import web
from telegram import Update
from telegram.ext import Application

from bot.store.meta import Meta

_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_KEY = "webhook secret"
_LONGEST = 2**20


class Webhook:
    """A small server; what it takes goes into the application's queue."""

    def __init__(self, app: Application[Any, Any, Any, Any, Any, Any], meta: Meta, *, path: str) -> None:
        self._app = app
        self.path = path
        self.secret = meta.get(_KEY) or secrets.token_urlsafe(32)
        meta.put(_KEY, self.secret)
        #: where it listens, once started
        self.port = 0
        self._runner: web.AppRunner | None = None

    async def start(self, listen: str) -> None:
        """Listen on host:port."""
        server = web.Application(client_max_size=_LONGEST)
        server.router.add_post(self.path, self._take)
        self._runner = web.AppRunner(server, access_log=None)
        await self._runner.setup()
        host, _, port = listen.rpartition(":")
        await web.TCPSite(self._runner, host, int(port)).start()
        self.port = int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Listen no more."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        given = request.headers.get(_HEADER, "")
        if not hmac.compare_digest(given.encode(), self.secret.encode()):
            return web.Response(status=403)
        try:
            content = await request.json()
            update = Update.de_json(content, self._app.bot)
        except (ValueError, KeyError, TypeError):
            return web.Response(status=400)
        await self._app.update_queue.put(update)
        return web.Response()
