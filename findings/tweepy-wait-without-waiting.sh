#!/usr/bin/env bash
# tweepy 4.17.0
#
# Expected: Client(wait_on_rate_limit=True) waits after a 429 before it asks again.
# Seen: it sleeps until the moment in x-rate-limit-reset by the clock of its own machine. When that
# moment is past here (a clock that runs ahead of X's, or an answer that was long under way) it asks
# again at once, each time anew, with no pause and no word in the log: five refusals in a row are
# over within milliseconds. Mastodon.py, for one, corrects such a moment by the Date of the answer.
# Why it matters: a machine whose clock is a minute ahead spends the last minute of each window
# hammering a network that has just asked it to be quiet, which is how accounts get locked.
# What to do: leave wait_on_rate_limit off, take TooManyRequests, reckon the pause from the answer's
# own Date, and wait some seconds at least, longer each time.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check tweepy==4.17.0

"$tmp/venv/bin/python" - <<'PY'
import json
import sys
import time
import unittest.mock

import requests
import tweepy
from requests.adapters import BaseAdapter

asked = []


class X(BaseAdapter):
    """Stands in for the network: five refusals whose window ended a minute ago, then a post."""

    def send(self, request, **_):
        asked.append(request.url)
        answer = requests.Response()
        answer.request, answer.url = request, request.url
        answer.status_code = 429 if len(asked) <= 5 else 200
        answer.headers["x-rate-limit-reset"] = str(int(time.time()) - 60)
        post = {"id": "1", "text": "Hello", "edit_history_tweet_ids": ["1"]}
        answer._content = json.dumps({"data": post}).encode()
        return answer

    def close(self):
        pass


client = tweepy.Client("token", wait_on_rate_limit=True)
client.session.mount("https://", X())
with unittest.mock.patch("time.sleep") as sleep:
    text = client.get_tweet(1).data.text
seen = {"requests": len(asked), "pauses": sleep.call_count, "text": text}
if seen != {"requests": 6, "pauses": 0, "text": "Hello"}:
    sys.exit(f"tweepy-wait-without-waiting: the behaviour has changed: {seen}")
print("tweepy 4.17.0: wait_on_rate_limit asked six times through five 429 without a pause")
PY
