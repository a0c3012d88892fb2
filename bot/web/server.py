"""uvicorn inside our own event loop and behind `bot.gate`.

It handles no signals and writes no log of addresses; a port that is taken raises `NoPlace`.
"""

import asyncio
import socket
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import uvicorn
from typing_extensions import override
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.errors import NoPlace
from bot.gate import QUEUE, Bounds, Gate, Guarded, socket_at
from bot.jobs.operations.surroundings import cant_listen


class _Quiet(uvicorn.Server):
    @contextmanager
    @override
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave signals to the scheduler, which handles them itself."""
        yield

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and let each socket queue `QUEUE` connections that are not accepted yet."""
        await super().startup(sockets)
        for sock in sockets or ():
            sock.listen(QUEUE)


class _Http(H11Protocol):
    @override
    def send_400_response(self, msg: str) -> None:
        """Answer 400 and close; end what was begun for the request, since nobody hears it now."""
        if self.cycle is None or not self.cycle.response_started:
            super().send_400_response(msg)
        self.transport.close()
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()


def _behind(gate: Gate) -> type[asyncio.Protocol]:
    """Return the protocol class of uvicorn's connections, each of them behind the gate."""

    class Connection(Guarded):
        def __init__(self, **given: Any) -> None:
            self._http = _Http(**given)
            super().__init__(gate, self._http)

        @override
        def admitted(self) -> None:
            # as the proxy names them: its own address would be that of everybody
            self._http.client = (self.client, 0)

    return Connection


class Server:
    """Pages as they run beside other jobs; `table` of config.toml says where they listen, '' means
    that the command line does.
    """

    def __init__(
        self, application: Any, listen: str, bounds: Bounds | None = None, *, table: str = "web"
    ) -> None:
        self._listen, self._table = listen, table
        gate = Gate(bounds or Bounds())
        config = uvicorn.Config(
            application,
            http=_behind(gate),
            ws="none",
            h11_max_incomplete_event_size=gate.bounds.head_bytes,
            backlog=gate.bounds.backlog,
            headers=[("connection", "close")],
            log_config=None,
            log_level="error",  # what strangers say fills no log
            access_log=False,
            lifespan="off",
            server_header=False,
            date_header=True,
            proxy_headers=False,
            timeout_graceful_shutdown=2,
        )
        self._server = _Quiet(config)
        self._task: asyncio.Task[None] | None = None
        self.port = 0

    async def start(self) -> None:
        """Listen on `host:port`; raises `NoPlace` when that address can't be had."""
        try:
            sock = socket_at(self._listen)
        except (OSError, OverflowError) as error:
            raise NoPlace(cant_listen(self._listen, error, self._table)) from error
        self.port = int(sock.getsockname()[1])
        self._task = asyncio.create_task(self._server.serve(sockets=[sock]))

    async def stop(self) -> None:
        """Answer what has been asked, for at most three seconds, then close."""
        if self._task is not None:
            self._server.should_exit = True
            await asyncio.wait({self._task}, timeout=3)
