#!/usr/bin/env bash
# python-telegram-bot 22.8
#
# Expected: an empty text is sent as an empty text. The Bot API gives it a meaning: an empty
# description or caption takes the old one away.
# Seen: as soon as the bot has Defaults (even if only the time zone is set), each empty string
# among the arguments is sent as the two characters "[]". A bot without Defaults sends it empty.
# (The pass that fills the defaults in for the options of a poll takes any sequence of which no item
# is something else, and a string of no characters is one.)
# Why it matters: the caption that an editor wanted gone, and the description shown to everybody who
# opens the bot, then read "[]", and Telegram reports success.
# What to do: give the bot no Defaults and pass parse mode and time zone at each call, or turn an
# empty text into "leave this argument out" or a deletion of one's own before it gets there.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check python-telegram-bot==22.8

NO_PROXY=127.0.0.1 no_proxy=127.0.0.1 "$tmp/venv/bin/python" - <<'PY'
import asyncio
import json
import sys
import threading
from datetime import timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

from telegram.ext import Defaults, ExtBot

calls = []


class Telegram(BaseHTTPRequestHandler):
    """Answers each call as the Bot API does when it has gone well, and keeps the arguments."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        method = self.path.rsplit("/", 1)[1]
        result = True
        if method == "getMe":
            result = {"id": 1, "is_bot": True, "first_name": "Bot", "username": "example_bot"}
        else:
            calls.append((method, dict(parse_qsl(body, keep_blank_values=True))))
        if method == "editMessageCaption":
            result = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}}
        answer = json.dumps({"ok": True, "result": result}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


async def clear(base, defaults):
    """Take a description and a caption away; what was sent for each."""
    calls.clear()
    async with ExtBot("1:token", base_url=base, defaults=defaults) as bot:
        await bot.set_my_description("")
        await bot.edit_message_caption(chat_id=1, message_id=1, caption="")
    return [calls[0][1]["description"], calls[1][1]["caption"]]


server = ThreadingHTTPServer(("127.0.0.1", 0), Telegram)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{server.server_port}/bot"
seen = {
    "without": asyncio.run(clear(base, None)),
    "with": asyncio.run(clear(base, Defaults(tzinfo=timezone.utc))),
}
if seen != {"without": ["", ""], "with": ["[]", "[]"]}:
    sys.exit(f"ptb-defaults-empty-text: the behaviour has changed: {seen}")
print(f"python-telegram-bot 22.8: with Defaults an empty caption is sent as {seen['with'][1]!r}")
PY
