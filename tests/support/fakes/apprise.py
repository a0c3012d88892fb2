"""A service behind Apprise: takes JSON with a name, a password and a token in its address.

Follows what Apprise 2.2 sends to a webhook of its own format (`json://`), and answers with a status
as services behind Apprise do. Leaves out: e-mail, which has a server of its own (`mail.py`), and the
formats of single services.
"""

import base64
import json
from typing import Any, ClassVar, Self

from aiohttp import web

from bot.model import Secret
from fakes.base import FakeServer, Trouble, channel, free_port, hurried

TOKEN = "TIiajkdnlazkcOXrIdevi7FQ"


class Fake(FakeServer):
    network = "apprise"
    secrets: ClassVar = {"url": "json://…"}
    probes = False
    # A service behind Apprise answers with a status; what else it says is not looked at.
    unseen = frozenset({Trouble.MALFORMED, Trouble.EMPTY})

    def __init__(self) -> None:
        super().__init__()
        self.bodies: list[dict[str, Any]] = []

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self.secrets = {"url": self.address(self.url)}
        return self

    def address(self, url: str) -> str:
        return f"json://ours:s3cr3t-pass@{url.removeprefix('http://')}/{TOKEN}"

    def build(
        self,
        network: Any,
        *,
        trouble: Trouble | None = None,
        patient: bool = False,
        **options: str,
    ) -> Any:
        if trouble is not None and trouble is not Trouble.CLOSED:
            self.tell(trouble)
        url = self.address(
            f"http://127.0.0.1:{free_port()}" if trouble is Trouble.CLOSED else self.url
        )
        return hurried(network, patient=patient)(
            channel("apprise", options=options), {"url": Secret(url)}
        )

    def refusal(self, status: int) -> web.Response:
        return web.json_response({"error": status}, status=status)

    async def answer(self, request: web.Request) -> web.Response:
        login = base64.b64encode(b"ours:s3cr3t-pass").decode()
        if request.headers.get("Authorization") != f"Basic {login}" or request.path != f"/{TOKEN}":
            return self.refusal(401)
        body = json.loads(await request.text())
        if (
            set(body) != {"version", "title", "message", "attachments", "type"}
            or not body["message"]
            or len(body["message"]) > 32_768
        ):
            return self.refusal(400)
        self.bodies.append(body)
        self.texts.append(body["message"])
        return web.json_response({"ok": True})
