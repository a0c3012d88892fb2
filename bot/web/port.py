"""The health port: `/healthz` says how a running process is, `/metrics` gives its numbers.

It listens in a thread with a loop of its own. So it also answers while the loop that sends stands
still, says so then, and takes no time of that loop. Nothing on it needs a login, and it tells no
person and no secret; it is meant for the operator's own network.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot import __version__
from bot.jobs.monitoring.view import Account, View
from bot.networks.common.thread import in_thread
from bot.times import iso
from bot.web.headers import Headers
from bot.web.server import Server

TABLE = "health"
"""The table of config.toml that says where it listens."""

_PATIENCE = 4.0
"""Seconds for the thread to end, which answers for three more at most."""


class Port:
    """The health port, open where the settings want it; `look` gives what is to be seen."""

    def __init__(self, look: Callable[[], View]) -> None:
        self._look = look
        self._open: _Listening | None = None
        #: a reload and the job that looks each minute may come at once
        self._changing = asyncio.Lock()

    @property
    def number(self) -> int | None:
        """Return the port on which it listens; None while it is closed."""
        return self._open.port if self._open else None

    async def follow(self, listen: str | None) -> bool:
        """Listen on this `host:port`, or nowhere for None; return whether anything changed.

        Raises `NoPlace` where the address can't be had; then it is closed.
        """
        async with self._changing:
            if listen == (self._open.listen if self._open else None):
                return False
            if self._open is not None:
                last, self._open = self._open, None
                await last.stop()
            if listen is not None:
                port = _Listening(build(self._look), listen)
                await port.start()
                self._open = port
            return True


class _Listening:
    """The thread that listens."""

    def __init__(self, application: Any, listen: str) -> None:
        self.listen = listen
        self.port = 0
        self._application = application
        self._thread = Thread(target=self._run, daemon=True, name="health port")
        self._began: Future[int] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None

    async def start(self) -> None:
        self._thread.start()
        self.port = await asyncio.wrap_future(self._began)

    async def stop(self) -> None:
        if self._loop is not None and self._stopping is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            await in_thread(lambda: self._thread.join(_PATIENCE))

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        try:
            server = Server(self._application, self.listen, table=TABLE)
            await server.start()
        except Exception as error:  # noqa: BLE001 - raised where it was started
            self._began.set_exception(error)
            return
        self._began.set_result(server.port)
        await self._stopping.wait()
        await server.stop()


def build(look: Callable[[], View]) -> Headers:
    """Return the ASGI application of both pages."""
    # takes a tenth of a second to import, and most never listen
    from bot.web import metrics

    registry = metrics.registry(look)

    async def health(request: Request) -> Response:  # noqa: ARG001 - Starlette's signature
        view = look()
        return JSONResponse(as_json(view), status_code=503 if view.wrong else 200)

    async def numbers(request: Request) -> Response:
        body, kind = metrics.exposed(registry, ",".join(request.headers.getlist("accept")))
        return Response(body, headers={"content-type": kind})

    routes = [Route("/healthz", health), Route("/metrics", numbers)]
    return Headers(Starlette(routes=routes), https=False)


def as_json(view: View) -> dict[str, Any]:
    """Return a view by the keys of the JSON contract of `/healthz`."""
    return {
        "status": "wrong" if view.wrong else "well",
        "wrong": list(view.wrong),
        "version": __version__,
        "loop_lag": round(view.delay, 3),
        "database": {
            "readable": view.rows is not None,
            "writable": view.writable,
            "bytes": view.size,
            "wal_bytes": view.log_size,
        },
        "jobs": {
            job.name: {
                "every": job.every,
                "ended": None if job.ended is None else iso(int(job.ended)),
                "overdue": job.overdue,
                "fails": job.fails,
            }
            for job in view.jobs
        },
        "accounts": {account.name: _account(account) for account in view.accounts},
    }


def _account(account: Account) -> dict[str, Any]:
    return {
        "state": account.state,
        "rate": round(account.rate, 3),
        "limit": account.limit,
        "in_flight": account.in_flight,
        "leases": account.leases,
        "replies": account.replies,
        "waiting": account.waiting,
        "lag": None if account.lag is None else round(account.lag, 1),
        "uncertain": account.uncertain,
    }
