"""Behind a proxy that the environment names: each library asks it, keeps its time there, follows no
redirect, and what a proxy refuses or can't do has not left.
"""

import os
import socket
import threading
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingTCPServer

import httpx
import pytest
import requests
from clocks.undisturbed import undisturbed

from bot.errors import TryLater
from bot.jobs.operations import doctor
from bot.jobs.texts.links import pages
from bot.networks.apprise.client import Client as AppriseClient
from bot.networks.bluesky.client import Request as BlueskyRequest
from bot.networks.common.addresses import Reach
from bot.networks.common.bounds import Bounds
from bot.networks.common.httpx import Client
from bot.networks.common.requests import Adapter, PrivateAddress, never_left
from bot.networks.common.thread import run
from bot.networks.telegram.transport import AiohttpRequest, NoAnswer, NotConnected

BOUNDS = Bounds(connect=0.5, answer=0.5, total=1.0, most=10_000)
TARGET = "https://api.example.org/post"
MOVED = b"HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example/\r\nContent-Length: 0\r\n\r\n"
REFUSED = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"


class _Proxy(StreamRequestHandler):
    """A proxy as Squid answers: only requests in a proxy's form (RFC 9112, 3.2.2 and 3.2.3), with a
    Host that says the same. Left out: making the connections.
    """

    def handle(self):
        method, target, version = self.rfile.readline().decode().split()
        heads = iter(lambda: self.rfile.readline().decode().strip(), "")
        fields = dict(line.lower().split(": ", 1) for line in heads)
        self.server.asked.append(f"{method} {target}")
        right = target.count(":") == 1 if method == "CONNECT" else target.startswith("http://")
        host = fields.get("host", "" if version == "HTTP/1.0" else "none")
        if not right or host.partition(":")[0] not in target:
            self.wfile.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        elif self.server.answer is None:
            self.server.over.wait(20)
        else:
            self.wfile.write(self.server.answer)


@contextmanager
def proxy(monkeypatch, answer):
    """A proxy that gives everybody this answer; None: it is silent."""
    with ThreadingTCPServer(("127.0.0.1", 0), _Proxy) as server:
        server.daemon_threads, server.asked, server.answer = True, [], answer
        server.over = threading.Event()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        named(monkeypatch, f"http://127.0.0.1:{server.server_address[1]}")
        yield server
        server.over.set()
        server.shutdown()


def named(monkeypatch, url):
    for name in list(os.environ):
        if name.upper() in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
            monkeypatch.delenv(name)
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, url)


def by_requests(url=TARGET, reach=None):
    with requests.Session() as session:
        for scheme in ("http://", "https://"):
            session.mount(scheme, Adapter(BOUNDS, reach))
        return session.post(url, data="a post", allow_redirects=False)


def by_httpx(url=TARGET):
    async def ask():
        async with Client(BOUNDS) as client:
            return await client.post(url, content=b"a post")

    return run(ask())


def by_aiohttp(url=TARGET):
    async def ask():
        transport = AiohttpRequest(BOUNDS)
        try:
            return await transport.do_request(url, "POST")
        finally:
            await transport.shutdown()

    return run(ask())


def by_apprise(url="jsons://api.example.org/post"):
    AppriseClient(url, BOUNDS, Reach()).send("Hello", title="", picture=None)


@pytest.mark.parametrize("answer", [REFUSED, b"", None], ids=["refuses", "hangs up", "silent"])
def test_what_a_proxy_does_not_let_through_has_not_left_and_ends_in_time(monkeypatch, answer):
    began = undisturbed()
    with proxy(monkeypatch, answer) as server:
        with pytest.raises(requests.RequestException) as caught:
            by_requests()
        assert never_left(caught.value)
        with pytest.raises(httpx.ProxyError if answer else httpx.TransportError):
            by_httpx()
        with pytest.raises((NotConnected, NoAnswer) if answer == b"" else NotConnected):
            by_aiohttp()
        with pytest.raises(TryLater):
            by_apprise()
    assert server.asked == ["CONNECT api.example.org:443"] * 4
    assert undisturbed() - began < 8


def test_no_redirect_is_followed_behind_a_proxy(monkeypatch):
    url = TARGET.replace("https", "http")
    with proxy(monkeypatch, MOVED) as server:
        assert by_requests(url).status_code == 302
        assert by_httpx(url).status_code == 302
        with pytest.raises(Exception, match="302"):
            by_aiohttp(url)
        with pytest.raises(Exception, match=r"JSON"):
            by_apprise("json://api.example.org/post")
    assert server.asked == [f"POST {url}"] * 4


def test_an_address_inside_our_own_network_is_not_asked_of_a_proxy(monkeypatch):
    with proxy(monkeypatch, MOVED) as server:
        with pytest.raises(PrivateAddress):
            by_requests("http://10.0.0.1/", Reach())
        monkeypatch.setattr(pages, "PAGE", BOUNDS)
        told = pages.ask("http://169.254.169.254/latest", Reach())
    assert told is not None
    assert "stands inside a private network" in told
    assert server.asked == []


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "ftp://127.0.0.1:9", "http://h:port"])
def test_a_client_is_built_whatever_the_environment_says_and_tells_it_when_it_is_asked(
    monkeypatch, proxy
):
    named(monkeypatch, proxy)
    with pytest.raises(httpx.ProxyError, match="the proxy can't be used"):
        by_httpx(TARGET)
    assert BlueskyRequest(BOUNDS) is not None


def test_nothing_leaves_by_a_proxy_that_cannot_be_asked_nor_around_it(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        port = listener.getsockname()[1]
        named(monkeypatch, "socks5://127.0.0.1:9")
        with pytest.raises(requests.exceptions.InvalidSchema) as caught:
            by_requests(f"http://127.0.0.1:{port}/")
        assert never_left(caught.value)
        with pytest.raises(httpx.ProxyError, match="SOCKS"):
            by_httpx(f"http://127.0.0.1:{port}/")
        with pytest.raises(NotConnected):
            by_aiohttp(f"http://127.0.0.1:{port}/")
        with pytest.raises(TimeoutError):
            listener.accept()


@pytest.mark.parametrize(
    ("name", "value", "level"),
    [
        ("HTTPS_PROXY", "http://proxy.example:3128", "ok"),
        ("https_proxy", "socks5h://127.0.0.1:9050", "problem"),
        ("HTTP_PROXY", "https://proxy.example:3128", "problem"),
        ("HTTPS_PROXY", "proxy.example:3128", "problem"),
        ("ALL_PROXY", "http://proxy.example:3128", "note"),
    ],
)
def test_doctor_says_of_a_proxy_whether_it_can_be_used_and_what_to_do(name, value, level):
    [finding] = doctor.proxies({name: value, "HTTPS_PROXY_OLD": value, "http_proxy": ""})
    assert (finding.check, finding.subject, finding.level.value) == ("proxy", name, level)
    assert "proxy.example" not in finding.message, "it may hold a password"
    assert level != "problem" or "write http://HOST:PORT" in finding.message
