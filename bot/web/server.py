"""uvicorn inside our own event loop: it handles no signals, writes no log of addresses, and a port
that is taken is an error of ours.
"""

import asyncio
import socket
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import uvicorn
from typing_extensions import override

from bot.errors import UsageError


class _Quiet(uvicorn.Server):
    @contextmanager
    @override
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave signals to the scheduler, which hears them itself."""
        yield


class Server:
    """The pages as they run beside the other jobs."""

    def __init__(self, application: Any, listen: str) -> None:
        self._listen = listen
        config = uvicorn.Config(
            application,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            date_header=True,
            proxy_headers=False,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=2,
            limit_concurrency=200,
        )
        self._server = _Quiet(config)
        self._task: asyncio.Task[None] | None = None
        self.port = 0

    async def start(self) -> None:
        """Listen on the address; raises `UsageError` when that address can't be had."""
        host, _, port = self._listen.rpartition(":")
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            sock = socket.create_server((host.strip("[]"), int(port)), family=family)
        except (OSError, OverflowError) as error:
            raise UsageError(
                f"the pages can't listen on {self._listen}: {error}; set another `listen` under"
                " [web], or stop what uses it"
            ) from error
        self.port = int(sock.getsockname()[1])
        self._task = asyncio.create_task(self._server.serve(sockets=[sock]))

    async def stop(self) -> None:
        """Answer what has been asked, then close."""
        if self._task is not None:
            self._server.should_exit = True
            await asyncio.wait({self._task}, timeout=3)
