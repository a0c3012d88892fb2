"""The webhook, by which Telegram reaches us where a public address is configured: one path that
takes updates and nothing else (with and without the path of that address before it).

Telegram proves itself by a secret in a header. The secret is derived from the bot's token, so that
it is the same after a restart and kept nowhere.
"""

import asyncio
import hashlib
import hmac
import logging
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from telegram.ext import Application
from typing_extensions import override

from bot.chat.telegram.polling import taken
from bot.gate import QUEUE, Bounds, Gate, Guarded, paths, socket_at
from bot.model import Secret

_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_LONGEST = 2**20
_EACH = 80
"""Most connections from one address: Telegram may have 40 open while as many are closing."""


log = logging.getLogger(__name__)


class _Ours(logging.Filter):
    """Lets through what failed on our side: what strangers send that is no HTTP isn't logged."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        return not isinstance(error, HttpProcessingError)


log.addFilter(_Ours())


class Webhook:
    """A small server that puts the updates it takes into the application's queue."""

    def __init__(
        self,
        app: Application[Any, Any, Any, Any, Any, Any],
        token: Secret,
        *,
        public_url: str,
        path: str,
    ) -> None:
        self._app = app
        #: the address by which Telegram reaches it
        self.url = f"{public_url}{path}"
        self._paths = [f"{base}{path}" for base in paths(public_url)]
        self.secret = hmac.new(token.reveal().encode(), b"webhook", hashlib.sha256).hexdigest()
        #: where it listens, once started
        self.port = 0
        self._runner: web.AppRunner | None = None
        self._server: asyncio.Server | None = None

    async def start(self, listen: str) -> None:
        """Begin to listen on `host:port` for updates."""
        server = web.Application(client_max_size=_LONGEST)
        for path in self._paths:
            server.router.add_post(path, self._take)
        self._runner = web.AppRunner(server, access_log=None, logger=log, shutdown_timeout=1.0)
        await self._runner.setup()
        behind, gate = self._runner.server, Gate(Bounds(each=_EACH))
        assert behind is not None  # it is set up  # noqa: S101
        sock = socket_at(listen)
        self._server = await asyncio.get_running_loop().create_server(
            lambda: Guarded(gate, behind()), sock=sock, backlog=gate.bounds.backlog
        )
        sock.listen(QUEUE)
        self.port = int(sock.getsockname()[1])

    async def stop(self) -> None:
        """Stop listening and let go of the port."""
        if self._server is not None:
            self._server.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        given = request.headers.get(_HEADER, "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self.secret.encode()):
            return _answer(403)
        try:
            content = await request.json()
        except (ValueError, LookupError, RecursionError, ConnectionError):
            return _answer(400)
        if not isinstance(content, dict) or not isinstance(content.get("update_id"), int):
            return _answer(400)
        # An update that can't be read is accepted all the same: Telegram would send it again and
        # again, and hold back those behind it.
        await self._app.update_queue.put(taken(content, self._app.bot))
        return _answer(200)


def _answer(status: int) -> web.Response:
    """Return an answer of the status alone, after which the connection ends (see `bot.gate`)."""
    response = web.Response(status=status)
    response.force_close()
    return response
