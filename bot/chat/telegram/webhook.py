"""Where Telegram reaches us, when a public address is configured: one path that takes updates and
nothing else.

Telegram proves itself by a secret in a header. It follows from the bot's token, so that it is the
same after a restart and kept nowhere.
"""

import hashlib
import hmac
from typing import Any

from aiohttp import web
from telegram.ext import Application

from bot.chat.telegram.polling import taken
from bot.model import Secret

_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_LONGEST = 2**20


class Webhook:
    """A small server; what it takes goes into the application's queue."""

    def __init__(
        self, app: Application[Any, Any, Any, Any, Any, Any], token: Secret, *, path: str
    ) -> None:
        self._app = app
        self.path = path
        self.secret = hmac.new(token.reveal().encode(), b"webhook", hashlib.sha256).hexdigest()
        #: where it listens, once started
        self.port = 0
        self._runner: web.AppRunner | None = None

    async def start(self, listen: str) -> None:
        """Begin to listen on `host:port` for updates."""
        server = web.Application(client_max_size=_LONGEST)
        server.router.add_post(self.path, self._take)
        self._runner = web.AppRunner(server, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        host, _, port = listen.rpartition(":")
        await web.TCPSite(self._runner, host, int(port)).start()
        self.port = int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Stop listening and let go of the port."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        given = request.headers.get(_HEADER, "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self.secret.encode()):
            return web.Response(status=403)
        try:
            content = await request.json()
        except (ValueError, LookupError, RecursionError):
            return web.Response(status=400)
        if not isinstance(content, dict) or not isinstance(content.get("update_id"), int):
            return web.Response(status=400)
        # What can't be read is taken all the same: it would be told again and again, and hold up
        # the next ones.
        await self._app.update_queue.put(taken(content, self._app.bot))
        return web.Response()
