"""The headers of every answer of ours."""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import quote

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


_PLAIN = re.compile(r"[ !#-\[\]-~]+")
"""What stands between quotation marks as it is: printable ASCII without these, and no backslash."""

_ENDING = re.compile(r"\.[A-Za-z\d]+\Z")


def kept_as(filename: str) -> dict[str, str]:
    """Return the header of what is kept under a name of any letters (RFC 6266); programs that read
    ASCII alone keep it as 'file', with its ending, where the name can't stand in a header.
    """
    plain, coded = filename, ""
    if not _PLAIN.fullmatch(filename):
        ending = _ENDING.search(filename)
        plain = f"file{ending[0] if ending else ''}"
        coded = f"; filename*=UTF-8''{quote(filename, safe='')}"
    return {"content-disposition": f'attachment; filename="{plain}"{coded}'}


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
