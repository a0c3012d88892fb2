#!/usr/bin/env bash
# Apprise 2.2.0
#
# Expected: matrix://token@host/!room asks for the room by the id that was given. Since room version
# 12 an id is "!" and a hash, and no server's name follows it.
# Seen: the plugin writes ":" and the name of the bot's own server behind such an id, and asks for
# that. The homeserver knows no such room, and notify() fails. With ?hsreq=no the id goes out as it
# is, and an id that has a server's name goes out with it either way.
# Why it matters: the address is accepted when it is added, and rooms made before work on; the first
# room of the new kind gets nothing, and the log says "Page not found" and names the id as it was
# written, which is right.
# What to do: write ?hsreq=no at the end of each matrix:// address with an id in it.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check apprise==2.2.0

NO_PROXY=127.0.0.1 no_proxy=127.0.0.1 "$tmp/venv/bin/python" - <<'PY'
import json
import logging
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

from apprise import Apprise

NEW = "!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM"
OLD = "!somewhere:example.org"
asked = []


class Homeserver(BaseHTTPRequestHandler):
    """Lets the bot into two rooms, takes its messages, and keeps the ids of the rooms asked for."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        self.rfile.read(int(self.headers["content-length"] or 0))
        status, parts = 200, unquote(self.path).split("/")
        if "whoami" in parts:
            result = {"user_id": "@bot:example.org", "device_id": "DEVICE"}
        elif "join" in parts:
            asked.append(parts[-1])
            result = {"room_id": parts[-1]}
            if parts[-1] not in (NEW, OLD):
                status, result = 404, {"errcode": "M_NOT_FOUND", "error": "No known servers"}
        else:
            result = {"event_id": "$1"}
        body = json.dumps(result).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = answer

    def log_message(self, *_):
        pass


def told(room, options=""):
    """The id that was asked for to send a message into a room, and whether it arrived."""
    asked.clear()
    bot = Apprise()
    bot.add(f"matrix://token@127.0.0.1:{server.server_port}/{room}{options}")
    arrived = bool(bot.notify(body="Hello"))
    return asked[0], arrived


logging.disable(logging.CRITICAL)
server = ThreadingHTTPServer(("127.0.0.1", 0), Homeserver)
threading.Thread(target=server.serve_forever, daemon=True).start()
seen = {
    "new": told(NEW),
    "new, hsreq=no": told(NEW, "?hsreq=no"),
    "old": told(OLD),
    "old, hsreq=no": told(OLD, "?hsreq=no"),
}
known = {
    "new": (f"{NEW}:example.org", False),
    "new, hsreq=no": (NEW, True),
    "old": (OLD, True),
    "old, hsreq=no": (OLD, True),
}
if seen != known:
    sys.exit(f"apprise-matrix-room-v12: the behaviour has changed: {seen}")
print(f"Apprise 2.2.0: for {NEW} it asks for {seen['new'][0]}")
PY
