"""The few pages that links in letters lead to: confirm, unsubscribe, report a step, answer "Still
with us?", stand by a pledge; and /healthz.

A link's token says who may do what (`bot.rules.tokens`); there is no login, no cookie and no
script. GET shows and changes nothing, since mail scanners follow every link; POST acts. Mail
programs unsubscribe by a POST of their own (RFC 8058).

============  ==========================================================
``pages``     what each address does
``official``  the page of a letter to an official address
``asked``     a request whose token is ours
``view``      how a page looks; its template and style lie beside it
``server``    uvicorn in our own event loop
============  ==========================================================
"""

from collections.abc import Awaitable, Callable, MutableMapping
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Route

from bot.gate import paths
from bot.jobs.services import Services
from bot.web.pages import Pages

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri"
        " 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "x-robots-tag": "noindex, nofollow",
    "cache-control": "no-store",
}
"""Headers of every answer. Tokens stand in addresses, so no page may be cached, framed, indexed or
named to other servers.
"""

HTTPS = {"strict-transport-security": "max-age=31536000"}
"""Headers of every answer besides, where the public address begins with https; the age is a year
in seconds.
"""


class Headers:
    """An ASGI application that adds `HEADERS`, and `HTTPS` where `https`, to another's answers."""

    def __init__(
        self, app: Callable[[Scope, Receive, Send], Awaitable[None]], *, https: bool
    ) -> None:
        self._app = app
        self._headers = [
            (name.encode(), value.encode())
            for name, value in (HEADERS | HTTPS if https else HEADERS).items()
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to an answer on its way out (ASGI)."""

        async def sending(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message.get("headers", [])}
                message["headers"] = [
                    *message.get("headers", []),
                    *(pair for pair in self._headers if pair[0] not in own),
                ]
            await send(message)

        await self._app(scope, receive, sending)


def build(services: Callable[[], Services], clock: Callable[[], datetime]) -> Headers:
    """Return the ASGI application of all pages.

    `services` gives those in use now, which change when the data are read again.
    """
    pages = Pages(services, clock)
    web = services().settings.web
    application = Starlette(
        routes=[
            route for base in paths(web.public_url if web else "") for route in _routes(pages, base)
        ],
        exception_handlers={
            **dict.fromkeys((400, 404, 405, 413), pages.lost),
            500: pages.broken,
        },
    )
    # outermost, so that what Starlette answers by itself carries the headers too
    return Headers(application, https=bool(web and web.public_url.startswith("https:")))


def _routes(pages: Pages, base: str) -> list[Route]:
    both = ["GET", "POST"]
    return [
        Route(f"{base}/healthz", pages.health),
        Route(f"{base}/style.css", pages.style),
        Route(f"{base}/confirm/{{token}}", pages.confirm, methods=both),
        Route(f"{base}/leave/{{token}}", pages.leave, methods=both),
        Route(f"{base}/report/{{token}}", pages.report, methods=both),
        Route(f"{base}/still/{{token}}", pages.still, methods=both),
        Route(f"{base}/official/{{token}}", pages.official, methods=both),
    ]
