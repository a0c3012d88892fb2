#!/usr/bin/env bash
# aiohttp 3.14.5, beside httpx 0.28.1 (socksio 1.0.0) and requests 2.34.2 (PySocks 1.7.1)
#
# Expected: a client that takes its proxy from the environment (trust_env=True) takes ALL_PROXY
# too, and speaks SOCKS to a proxy written as socks5://, or says that it cannot.
# Seen: aiohttp ignores ALL_PROXY without a word and goes straight to the site. A socks5:// proxy in
# HTTP_PROXY or HTTPS_PROXY it asks in HTTP, as if it were written http://. httpx and requests, in
# the same environment, take ALL_PROXY and speak SOCKS; without the extra package for it they
# raise an error that says so.
# Why it matters: of a bot's libraries for several networks, some then keep to the proxy that the
# machine's owner set, and some show the site the machine's own address, with nothing in the log.
# What to do: with aiohttp name the proxy for each scheme, by HTTP; for SOCKS give the session a
# connector made for it. Refuse to start with a setting that one of the clients does not heed.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check aiohttp==3.14.5 httpx==0.28.1 \
    socksio==1.0.0 requests==2.34.2 PySocks==1.7.1

"$tmp/venv/bin/python" - <<'PY'
import asyncio
import os
import sys
import threading
from contextlib import suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from unittest.mock import patch

import aiohttp
import httpx
import requests

met = []


class Site(BaseRequestHandler):
    """Keeps by which protocol it was spoken to, and says no in that protocol."""

    name = "site"

    def handle(self):
        start = self.request.recv(4096)
        protocol = {b"\x05": "SOCKS", b"\x16": "TLS"}.get(start[:1], "HTTP")
        met.append(f"{self.name}, in {protocol}")
        if protocol == "SOCKS":
            self.request.sendall(b"\x05\xff")
        elif protocol == "HTTP":
            self.request.sendall(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")


class Proxy(Site):
    """The same for the proxy."""

    name = "proxy"


def served(handler):
    """The address at which a server of this kind listens."""
    server = ThreadingTCPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"127.0.0.1:{server.server_address[1]}"


def by_aiohttp(url):
    async def get():
        async with aiohttp.ClientSession(trust_env=True) as session, session.get(url):
            pass

    asyncio.run(get())


CLIENTS = {"aiohttp": by_aiohttp, "httpx": httpx.get, "requests": requests.get}
site, proxy = served(Site), served(Proxy)


def asks(client, variable, scheme, target):
    """Whom a client turns to first, and in which protocol."""
    kept = {name: text for name, text in os.environ.items() if "proxy" not in name.lower()}
    met.clear()
    with (
        patch.dict(os.environ, {**kept, variable: f"{scheme}://{proxy}"}, clear=True),
        suppress(aiohttp.ClientError, httpx.HTTPError, requests.RequestException),
    ):
        CLIENTS[client](f"{target}://{site}/")
    return met[0]


CASES = [
    ("HTTP_PROXY", "http", "http"),
    ("HTTPS_PROXY", "http", "https"),
    ("ALL_PROXY", "http", "http"),
    ("HTTP_PROXY", "socks5", "http"),
    ("HTTPS_PROXY", "socks5", "https"),
    ("ALL_PROXY", "socks5", "http"),
    ("ALL_PROXY", "socks5", "https"),
]
seen = [[asks(client, *case) for client in CLIENTS] for case in CASES]
known = [
    ["proxy, in HTTP", "proxy, in HTTP", "proxy, in HTTP"],
    ["proxy, in HTTP", "proxy, in HTTP", "proxy, in HTTP"],
    ["site, in HTTP", "proxy, in HTTP", "proxy, in HTTP"],
    ["proxy, in HTTP", "proxy, in SOCKS", "proxy, in SOCKS"],
    ["proxy, in HTTP", "proxy, in SOCKS", "proxy, in SOCKS"],
    ["site, in HTTP", "proxy, in SOCKS", "proxy, in SOCKS"],
    ["site, in TLS", "proxy, in SOCKS", "proxy, in SOCKS"],
]
if seen != known:
    sys.exit(f"aiohttp-proxy-environment: the behaviour has changed: {seen}")
print(f"{'environment':30}{'asked for':12}" + "".join(f"{name:18}" for name in CLIENTS).rstrip())
for (variable, scheme, target), row in zip(CASES, seen):
    setting = f"{variable}={scheme}://..."
    print(f"{setting:30}{target:12}" + "".join(f"{cell:18}" for cell in row).rstrip())
PY
