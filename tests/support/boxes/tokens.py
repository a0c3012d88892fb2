"""A server that gives tokens to a client (RFC 6749, 4.4), and refuses whatever else is asked.

Follows what Microsoft's and Keycloak's document: one POST of a form, an answer in JSON. Leaves out:
other grants, TLS, refreshing.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web


@dataclass
class Giver:
    """Gives `token-1`, `token-2` … to the client that shows its secret."""

    client: str = "drumbeat"
    secret: str = "hunter2"
    scope: str = "mail"
    lasts: object = 3600
    #: an answer in place of a token: status and body
    instead: tuple[int, bytes] | None = None
    given: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        """Where tokens are fetched."""
        return f"http://127.0.0.1:{self.port}/token"

    async def take(self, request: web.Request) -> web.Response:
        assert request.content_type == "application/x-www-form-urlencoded"
        form = dict(await request.post())
        if self.instead:
            return web.Response(status=self.instead[0], body=self.instead[1])
        assert form.pop("grant_type") == "client_credentials"
        assert form.pop("scope", "") == self.scope
        if form != {"client_id": self.client, "client_secret": self.secret}:
            wrong = {
                "error": "invalid_client",
                "error_description": "AADSTS7000215: Invalid secret",
            }
            return web.Response(status=401, body=json.dumps(wrong).encode())
        self.given.append(f"token-{len(self.given) + 1}")
        said = {"token_type": "Bearer", "access_token": self.given[-1], "expires_in": self.lasts}
        return web.json_response(said)


@asynccontextmanager
async def token_server(**values) -> AsyncIterator[Giver]:
    """The running server."""
    giver = Giver(**values)
    app = web.Application()
    app.router.add_post("/token", giver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    giver.port = runner.addresses[0][1]
    try:
        yield giver
    finally:
        await runner.cleanup()
