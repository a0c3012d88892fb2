#!/usr/bin/env bash
# feedparser 6.0.14
#
# Expected: a date that the parser takes is the right one; what it does not know is None. ISO 8601
# has three ways to name a day (month and day, week and weekday, day of the year) and a short form
# without hyphens, the one that calendar files use for their times.
# Seen: the 12th of June 2021 as a week date (2021-W23-6) comes out as the 1st of November 2021, as
# a day of the year (2021-163) as the 1st of April 2022, and the short form 20210612T100000Z loses
# its time of day. Daylight-saving names (CEST, BST) pass as UTC, while EST is converted.
# No entry is marked as malformed (bozo).
# Why it matters: a bot that reads "what is new since" from a partner's feed posts an event of June
# in November, or an announcement hours late; nothing in the answer tells that a date is a guess.
# What to do: parse the raw text (entry.published) strictly, take only the forms with a numeric
# offset or Z, and treat all others as "no date".
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check feedparser==6.0.14

"$tmp/venv/bin/python" - <<'PY'
import sys

import feedparser

FEED = (
    '<rss version="2.0"><channel><title>Partner</title><item><title>Event</title>'
    "<pubDate>{}</pubDate></item></channel></rss>"
)
KNOWN = {
    "Sat, 12 Jun 2021 10:00:00 +0200": (2021, 6, 12, 8, 0),
    "2021-06-12T10:00:00+02:00": (2021, 6, 12, 8, 0),
    "2021-W23-6": (2021, 11, 1, 0, 0),
    "2021-163": (2022, 4, 1, 0, 0),
    "20210612T100000Z": (2021, 6, 12, 0, 0),
    "Sat, 12 Jun 2021 10:00:00 CEST": (2021, 6, 12, 10, 0),
    "Sat, 12 Jun 2021 10:00:00 BST": (2021, 6, 12, 10, 0),
    "Sat, 12 Jun 2021 10:00:00 EST": (2021, 6, 12, 15, 0),
}

seen = {}
for text in KNOWN:
    feed = feedparser.parse(FEED.format(text).encode())
    parsed = feed.entries[0].get("published_parsed")
    seen[text] = tuple(parsed)[:5] if parsed and not feed.bozo else None
if seen != KNOWN:
    sys.exit(f"feedparser-iso-dates: the behaviour has changed: {seen}")
print("feedparser 6.0.14: 2021-W23-6, a day in June, is read as {}-{:02}-{:02}".format(
    *seen["2021-W23-6"]))
PY
