"""Two rooms of a chat service behind Apprise: one whose webhook takes JSON, and one whose webhook
was revoked.

Follows what Apprise 2.2 sends to a webhook of its own format (`json://`); a revoked webhook answers
410, as Slack's do. Leaves out: the formats and lengths of single services; Synapse's limit of logins
has a server in `test_rooms.py`.
"""

import json
from typing import Any, ClassVar, Self

from aiohttp import web

from bot.errors import Blocked, TryLater
from bot.model import Message, Secret
from fakes.base import FakeServer, Trouble, channel, free_port, hurried, message

TOKEN = "Wb7hookOfAcmeXyz012345"
OLD = "Wb7hookThatWasRevoked9"


class Fake(FakeServer):
    network = "rooms"
    secrets: ClassVar = {"urls": "acme = json://…"}
    person = "acme"
    blocked = "gone-away"
    probes = False
    # as behind every Apprise address
    unseen = frozenset({Trouble.MALFORMED, Trouble.EMPTY})
    # a room is nobody else's matter
    means: ClassVar = {
        Trouble.UNAUTHORIZED: {Blocked},
        Trouble.PAYMENT: {Blocked},
        Trouble.FORBIDDEN: {Blocked},
        Trouble.TOO_MANY: {TryLater},
    }

    def __init__(self) -> None:
        super().__init__()
        self.bodies: list[dict[str, Any]] = []

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self.secrets = {"urls": self.rooms(self.url)}
        return self

    def rooms(self, url: str) -> str:
        host = url.removeprefix("http://")
        return (
            f"# rooms of organisations\n\nacme = json://{host}/hooks/{TOKEN}\n "
            f" gone-away=json://{host}/hooks/{OLD}\n"
        )

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
        urls = self.rooms(
            f"http://127.0.0.1:{free_port()}" if trouble is Trouble.CLOSED else self.url
        )
        return hurried(network, patient=patient)(
            channel("rooms", options=options), {"urls": Secret(urls)}
        )

    def message(self, text: str = "Good morning!", **kwargs: Any) -> Message:
        return message(text, **{"address": self.person, "recipient": 1, **kwargs})

    def refusal(self, status: int) -> web.Response:
        return web.json_response({"error": status}, status=status)

    async def answer(self, request: web.Request) -> web.Response:
        if request.path != f"/hooks/{TOKEN}":
            return self.refusal(410 if request.path == f"/hooks/{OLD}" else 404)
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
