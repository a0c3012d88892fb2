#!/usr/bin/env bash
# ics 0.7.3, read by recurring-ical-events 3.8.2 (with icalendar 7.3.2)
#
# Expected: a calendar without CALSCALE (most have none; the Gregorian calendar is then meant) is
# written without it, or with CALSCALE:GREGORIAN, the only value of RFC 5545.
# Seen: ics writes CALSCALE:GEORGIAN into each calendar that it has read without a scale. ics,
# vobject and icalendar read that in silence; recurring-ical-events refuses the whole file with
# "Only Gregorian calendars are supported."
# Why it matters: a feed that a partner's script rewrote with ics opens everywhere, but the one step
# that asks which days an event falls on ends with an error about calendars nobody has.
# What to do: on reading, take a CALSCALE that is not GREGORIAN as a thing to tell the operator by
# its value, and leave this one out; on writing with ics, set calendar.scale to "gregorian".
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check ics==0.7.3 icalendar==7.3.2 \
    recurring-ical-events==3.8.2 tzdata==2026.6

"$tmp/venv/bin/python" - <<'PY'
import sys
from datetime import date

import ics
import recurring_ical_events
from icalendar import Calendar

FILE = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example.org//calendar//EN
BEGIN:VEVENT
UID:day@example.org
DTSTAMP:20240101T000000Z
SUMMARY:World Day
DTSTART;VALUE=DATE:20240612
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")


def days(text):
    """The days of the events, or the words with which the file is refused."""
    try:
        events = recurring_ical_events.of(Calendar.from_ical(text)).at((2024, 6))
        return [event.start for event in events]
    except ValueError as error:
        return str(error)


calendar = ics.Calendar(FILE)
rewritten = calendar.serialize()
calendar.scale = "gregorian"
seen = {
    "as it came": days(FILE),
    "scale": [line for line in rewritten.splitlines() if line.startswith("CALSCALE")],
    "rewritten": days(rewritten),
    "rewritten, scale set": days(calendar.serialize()),
}
known = {
    "as it came": [date(2024, 6, 12)],
    "scale": ["CALSCALE:GEORGIAN"],
    "rewritten": "Only Gregorian calendars are supported.",
    "rewritten, scale set": [date(2024, 6, 12)],
}
if seen != known:
    sys.exit(f"ics-calendar-scale: the behaviour has changed: {seen}")
print(f"ics 0.7.3 writes {seen['scale'][0]}; recurring-ical-events: {seen['rewritten']}")
PY
