#!/usr/bin/env bash
# Mastodon.py 2.3.3
#
# Expected: the language given to one client (lang="fr") is that client's alone.
# Seen: it is written into a dictionary that all clients of the process share as the default of an
# argument. After one request of the French client that has no arguments of its own (reading a
# status by its id, say), each such request of every other client asks for French as well, clients
# that were made earlier and for other servers too. Requests that have arguments stay as they were.
# Why it matters: a bot that holds one client for each account and language gets names, rules and
# errors in the language of the account that spoke last, and a test with one client can't see it.
# What to do: give every client a language or give it to none, and pass a language per call.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check Mastodon.py==2.3.3

NO_PROXY=127.0.0.1 no_proxy=127.0.0.1 "$tmp/venv/bin/python" - <<'PY'
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from mastodon import Mastodon

paths = []


class Instance(BaseHTTPRequestHandler):
    """Answers each question with one status or an empty timeline, and keeps its path."""

    def do_GET(self):
        if "/instance" not in self.path:  # which the client looks up by itself
            paths.append(self.path)
        status = {"id": "1", "content": "", "created_at": "2024-06-12T09:00:00.000Z"}
        answer = json.dumps([] if "timelines" in self.path else status).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Instance)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{server.server_port}"
plain = Mastodon(access_token="one", api_base_url=base, version_check_mode="none")
french = Mastodon(access_token="two", api_base_url=base, version_check_mode="none", lang="fr")

plain.status("1")
french.status("1")
plain.status("1")
plain.timeline_hashtag("EndChildLabour")
known = [
    "/api/v1/statuses/1",
    "/api/v1/statuses/1?lang=fr",
    "/api/v1/statuses/1?lang=fr",
    "/api/v1/timelines/tag/EndChildLabour",
]
if paths != known:
    sys.exit(f"mastodon-py-language-of-another: the behaviour has changed: {paths}")
print(f"Mastodon.py 2.3.3: a client without a language asks {paths[2]} after one with lang=fr")
PY
