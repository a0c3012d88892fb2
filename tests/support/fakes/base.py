"""What all fake networks share: a real HTTP server on 127.0.0.1, and the troubles it can be told to
make.
"""

import asyncio
import socket
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any, ClassVar, Self

from aiohttp import web

from bot.model import Audience, Channel, DeliveryKey, Message, Picture, Rendered, Secret
from bot.networks.common.bounds import Bounds

SINCE = datetime(2021, 5, 1, 7, 0, tzinfo=UTC)


IMPATIENT = Bounds(connect=2.0, answer=0.3, total=1.0, most=2**20)
"""Bounds of a network under test."""


def hurried(network: Callable[..., Any], *, patient: bool = False) -> Callable[..., Any]:
    """Return the kind of network with impatient bounds, or as it is where it shall be `patient`: a
    server that answers is waited for, however busy the machine is.
    """
    return network if patient else type("Network", (network,), {"BOUNDS": IMPATIENT})


class Trouble(Enum):
    """What may go wrong; integers are HTTP statuses."""

    BAD_REQUEST = 400
    UNAUTHORIZED = 401
    PAYMENT = 402
    FORBIDDEN = 403
    TOO_MANY = 429
    BROKEN = 500
    BAD_GATEWAY = 502
    UNAVAILABLE = 503
    GATEWAY_TIMEOUT = 504
    #: a proxy's page in HTML instead of the network's own words
    PAGE_503 = "503 as a page"
    #: nobody listens
    CLOSED = "closed"
    #: the connection drops before the request was looked at
    DROPPED_BEFORE = "dropped before"
    #: the message was taken, then …
    DROPPED_AFTER = "dropped after"
    SILENT = "silent"
    #: a byte of the answer every now and then
    DRIPPING = "dripping"
    #: an answer that doesn't end
    ENDLESS = "endless"
    #: an answer elsewhere
    REDIRECT = 307
    MALFORMED = "malformed"
    EMPTY = "empty"
    TRUNCATED = "truncated"


AFTER = frozenset(
    {
        Trouble.DROPPED_AFTER,
        Trouble.SILENT,
        Trouble.DRIPPING,
        Trouble.ENDLESS,
        Trouble.MALFORMED,
        Trouble.EMPTY,
        Trouble.TRUNCATED,
    }
)
"""Troubles after the message was taken."""


def channel(
    network: str,
    *,
    base_url: str | None = None,
    target: str | None = None,
    options: Mapping[str, str] | None = None,
) -> Channel:
    """A channel with nothing special."""
    return Channel(
        name=f"our-{network}",
        network=network,
        account=f"our-{network}",
        base_url=base_url,
        target=target,
        language="en",
        audiences=(Audience.INDIVIDUAL,),
        review=False,
        nudges=True,
        posts=True,
        zone="UTC",
        minute=540,
        per_second=None,
        daily=None,
        note="",
        private=("127.0.0.0/8",),
        options=options or {},
    )


def ready(path: Path) -> Picture:
    """A picture of 4 by 3 that was made ready, whatever stands in the file."""
    return Picture(
        path=path, data=path.read_bytes(), alt="A card.", mime="image/png", width=4, height=3
    )


def media_type(content: bytes) -> str:
    """What a server takes a file for, by its first bytes; empty for what is no picture."""
    begins = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
    return next((kind for start, kind in begins.items() if content.startswith(start)), "")


def message(
    text: str = "Good morning!",
    *,
    address: str | None = None,
    recipient: int = 0,
    occurrence: int = 7,
    picture: Path | None = None,
    since: datetime = SINCE,
    thread: tuple[str, ...] = (),
    language: str = "en",
) -> Message:
    """A message; `recipient` and `address` belong together."""
    return Message(
        key=DeliveryKey(occurrence=occurrence, channel=1, recipient=recipient),
        address=address,
        body=Rendered(
            text=text,
            language=language,
            picture=picture and ready(picture),
            thread=thread,
        ),
        since=since,
    )


def free_port() -> int:
    """A port of 127.0.0.1 where nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class FakeServer:
    """A server: subclasses give `answer`, which checks and takes a request, and `refusal`, their
    network's own words for a status.
    """

    network: ClassVar[str]
    secrets: ClassVar[dict[str, str]]
    target: ClassVar[str | None] = None
    #: a person who can be reached, and one who blocked us; None where there are no single people
    person: ClassVar[str | None] = None
    blocked: ClassVar[str | None] = None
    #: paths end so of requests that are not the attempt itself (a login): neither counted nor
    #: troubled, unless a trouble names them
    aside: ClassVar[tuple[str, ...]] = ()
    #: a probe asks the server
    probes: ClassVar[bool] = True
    #: troubles that this kind of network can't tell from success
    unseen: ClassVar[frozenset[Trouble]] = frozenset()
    #: errors that say something else here than on every other network
    means: ClassVar[Mapping[Trouble, set[type[Exception]]]] = {}

    def __init__(self) -> None:
        #: texts taken, in order
        self.texts: list[str] = []
        #: requests that came in, whatever came of them
        self.hits = 0
        self.troubles: deque[tuple[Trouble, str | None]] = deque()
        #: bytes of an endless answer that were taken
        self.flooded = 0
        self._over = asyncio.Event()

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=2**24)
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._over.set()
        server = self._runner.server
        await self._runner.cleanup()
        if server is not None:
            await asyncio.sleep(0)  # who has just come in is let in, and shown out
            await server.shutdown(0)

    def tell(self, trouble: Trouble, *, on: str | None = None) -> None:
        """Make this trouble at the next request (or the next one whose path ends with `on`).

        Told again, at the one after, too.
        """
        self.troubles.append((trouble, on))

    def build(
        self,
        network: Callable[..., Any],
        *,
        trouble: Trouble | None = None,
        patient: bool = False,
        **options: str,
    ) -> Any:
        """The network under test, pointed here, impatient unless it shall be `patient`.

        With `CLOSED`, pointed to where nobody listens.
        """
        if trouble is not None and trouble is not Trouble.CLOSED:
            self.tell(trouble)
        url = f"http://127.0.0.1:{free_port()}" if trouble is Trouble.CLOSED else self.url
        return hurried(network, patient=patient)(
            channel(self.network, base_url=url, target=self.target, options=options),
            {name: Secret(value) for name, value in self.secrets.items()},
        )

    def message(self, text: str = "Good morning!", **kwargs: Any) -> Message:
        """A message of the kind that this network carries: a post, where there are posts."""
        return message(text, **kwargs)

    async def answer(self, request: web.Request) -> web.Response:
        """Check the request and take it."""
        raise AssertionError(f"{type(self).__name__} answers no {request.method} {request.path}")

    def refusal(self, status: int) -> web.Response:
        """The network's own words."""
        raise AssertionError(f"{type(self).__name__} has no words for {status}")

    def _next(self, request: web.Request) -> Trouble | None:
        if not self.troubles:
            return None
        trouble, on = self.troubles[0]
        if (
            not request.path.endswith(on)
            if on is not None
            else request.path.endswith(self.aside or ("\0",))
        ):
            return None
        self.troubles.popleft()
        return trouble

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.hits += not request.path.endswith(self.aside or ("\0",))
        trouble = self._next(request)
        if trouble is Trouble.DROPPED_BEFORE:
            return self._drop(request)
        if trouble is Trouble.PAGE_503:
            return web.Response(
                status=503, text="<html>Down for maintenance</html>", content_type="text/html"
            )
        if trouble is Trouble.REDIRECT:
            raise web.HTTPTemporaryRedirect(f"{self.url}/elsewhere")
        if trouble is not None and isinstance(trouble.value, int):
            return self.refusal(trouble.value)
        answer = await self.answer(request)
        return await self._spoil(request, answer, trouble) if trouble else answer

    async def _spoil(
        self, request: web.Request, answer: web.Response, trouble: Trouble
    ) -> web.StreamResponse:
        assert answer.status < 300, f"the fake itself refused: {answer.text}"
        if trouble is Trouble.SILENT:
            await self._over.wait()
        if trouble is Trouble.DRIPPING:
            await self._drip(request)
        if trouble is Trouble.ENDLESS:
            await self._flood(request)
        if trouble is Trouble.MALFORMED:
            return web.Response(text='{"ok": true, "da', content_type="application/json")
        if trouble is Trouble.EMPTY:
            return web.json_response({})
        if trouble is Trouble.TRUNCATED:
            part = web.StreamResponse(
                headers={"Content-Length": "5000", "Content-Type": "application/json"}
            )
            await part.prepare(request)
            await part.write(b'{"ok": true')
        return self._drop(request)

    async def _drip(self, request: web.Request) -> None:
        """A byte of a line of the head now and then: no time-out for each piece ever passes."""
        assert request.transport is not None
        request.transport.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not self._over.is_set() and not request.transport.is_closing():
            request.transport.write(b"a")
            await asyncio.sleep(0.05)

    async def _flood(self, request: web.Request) -> None:
        """JSON without an end, as fast as it is taken."""
        flood = web.StreamResponse(headers={"Content-Type": "application/json"})
        await flood.prepare(request)
        with suppress(ConnectionError):
            await flood.write(b'["')
            while not self._over.is_set():
                await flood.write(b"a" * 65_536)
                self.flooded += 65_536

    @staticmethod
    def _drop(request: web.Request) -> web.Response:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()
