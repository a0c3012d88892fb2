"""A receiver of webhooks that believes nothing: a real server on 127.0.0.1 that checks the signature
by the library of Standard Webhooks, within its five minutes.
"""

import json
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import house
import pytest
from standardwebhooks import Webhook as Standard

from bot.model import Secret
from bot.model.webhooks import Endpoint, HookKind, Webhook

KEY = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ALL = tuple(kind.value for kind in HookKind)


@dataclass
class Receiver:
    """What came in, each message once its signature was found right, and what is answered next."""

    url: str = ""
    keys: tuple[str, ...] = (KEY,)
    #: the ids of what came, with its body
    got: list[tuple[str, dict]] = field(default_factory=list)
    #: paths that were asked, by whatever method
    asked: list[str] = field(default_factory=list)
    #: why something was not believed
    faults: list[str] = field(default_factory=list)
    #: status and headers of the next answers; then 204
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    #: pledges of which no message is taken, whatever else is
    refused: set[int] = field(default_factory=set)
    #: seconds before an answer
    slow: float = 0.0
    #: answers once so many messages are there together
    together: threading.Barrier | None = None

    @property
    def types(self) -> list[str]:
        return [body["type"] for _, body in self.got]

    def waits(self) -> None:
        time.sleep(self.slow)
        if self.together is not None:
            try:
                self.together.wait(5.0)
            except threading.BrokenBarrierError:
                self.faults.append("it came alone")

    def says(self) -> tuple[int, dict[str, str]]:
        """The answer to what came last."""
        if self.got and self.got[-1][1]["data"].get("pledge") in self.refused:
            return 500, {}
        return self.answers.pop(0) if self.answers else (204, {})

    def check(self, headers, raw: bytes) -> None:
        for key in self.keys:
            body = Standard(key).verify(raw, dict(headers))
        assert headers["Content-Type"] == "application/json"
        assert headers["User-Agent"].startswith("drumbeat/")
        assert set(body) == {"type", "timestamp", "data"}
        self.got.append((headers["webhook-id"], body))


def handler(receiver: Receiver):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            receiver.asked.append(self.path)
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                receiver.check(self.headers, raw)
            except Exception as error:  # noqa: BLE001 - told at the end of the test
                receiver.faults.append(repr(error))
            receiver.waits()
            status, headers = receiver.says()
            self.send_response(status)
            for name, value in {"Content-Length": "0", **headers}.items():
                self.send_header(name, value)
            self.end_headers()

        def do_GET(self):
            receiver.faults.append(f"GET {self.path}")
            self.send_error(405)

        def log_message(self, *_):
            pass

    return Handler


@pytest.fixture
def receiver():
    known = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(known))
    server.daemon_threads = True
    known.url = f"http://127.0.0.1:{server.server_address[1]}/hooks?from=drumbeat"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield known
    server.shutdown()
    server.server_close()
    assert known.faults == []


def endpoint(url: str, *, name="crm", events=ALL, private=True, keys=(KEY,)) -> Endpoint:
    webhook = Webhook(name=name, url=url, events=tuple(events), private=private)
    return Endpoint(webhook=webhook, keys=tuple(map(Secret, keys)))


@pytest.fixture
def endpoint_of():
    return endpoint


@pytest.fixture
def services(tmp_path):
    """Services of a campaign whose posts leave on three channels."""
    trees = house.campaign(house.action(nudge=True, post=True))
    channels = tuple(house.channel(name) for name in ("telegram", "other", "third"))
    made = house.services(tmp_path, trees, channels=channels)
    with closing(made.store):
        yield made


def numbers_alone(data: dict) -> bool:
    """Whether nothing is in it but numbers, days and ids from the data."""
    ids = {"trees", "deed", "prompt-february", "telegram", "other", "third", "failed", "uncertain"}
    return all(
        isinstance(value, int) or value in ids or json.dumps(value).strip('"0123456789-') == ""
        for value in data.values()
    )


@pytest.fixture
def nameless():
    return numbers_alone
