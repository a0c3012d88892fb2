#!/usr/bin/env bash
# Apprise 2.2.0
#
# Expected: ntfys://bücher.example/reading posts to the topic "reading" on the server bücher.example,
# as ntfys://books.example/reading does on books.example; or the address is refused, as
# jsons://bücher.example/ is.
# Seen: a server with letters beyond ASCII is not taken for one. The address is accepted, and the
# text goes to the topic of the same name on ntfy.sh, the public service. In the form for servers
# (xn--bcher-kva.example) the name is understood.
# Why it matters: nothing is logged, notify() succeeds where the topic may be written to, and whoever
# knows or guesses a topic's name reads along on a server where nobody wanted to post.
# What to do: write the domain in its xn-- form, or add ?mode=private, which refuses the address.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check apprise==2.2.0

NO_PROXY= no_proxy= "$tmp/venv/bin/python" - <<'PY'
import logging
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from apprise import Apprise

asked = []


class Proxy(BaseHTTPRequestHandler):
    """Keeps the server that is asked for, and connects nobody."""

    def do_CONNECT(self):
        asked.append(self.path)
        self.send_error(403)

    def log_message(self, *_):
        pass


def leads_to(url):
    """The server to which a text for this address is sent; None for an address that is refused."""
    asked.clear()
    bot = Apprise()
    if not bot.add(url):
        return None
    bot.notify(body="Hello")
    return asked[0]


logging.disable(logging.CRITICAL)
proxy = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
threading.Thread(target=proxy.serve_forever, daemon=True).start()
os.environ["https_proxy"] = os.environ["HTTPS_PROXY"] = f"http://127.0.0.1:{proxy.server_port}"
known = {
    "ntfys://books.example/reading": "books.example:443",
    "ntfys://xn--bcher-kva.example/reading": "xn--bcher-kva.example:443",
    "ntfys://bücher.example/reading": "ntfy.sh:443",
    "ntfys://bücher.example/reading?mode=private": None,
    "jsons://bücher.example/reading": None,
}
seen = {url: leads_to(url) for url in known}
if seen != known:
    sys.exit(f"apprise-ntfy-own-server: the behaviour has changed: {seen}")
print(f"Apprise 2.2.0: ntfys://bücher.example/reading leads to {seen['ntfys://bücher.example/reading']}")
PY
