#!/usr/bin/env bash
# vobject 0.9.9 and ics 0.7.3, beside icalendar 7.3.2 with recurring-ical-events 3.8.2
#
# Expected: an event "each Monday at nine, Europe/Madrid" stays at nine when the clocks change, and
# an EXDATE takes out the Monday it names, in each library that reads the file.
# Seen: vobject gives the dates their zone through pytz and lets the rule run on with the offset of
# the first date: after the change all are an hour late (09:00+01:00), and an EXDATE of summer, read
# with the right offset, matches none of them: the Monday that was called off is back.
# ics gives no recurrences, but when writing it turns the start into UTC and leaves the rule alone:
# whoever reads the new file has each Monday after the change at ten.
# icalendar with recurring-ical-events, on the file as it came: nine, and without that Monday.
# Why it matters: a partner's calendar that has gone through one of them looks right until the last
# Sunday of March, and a cancelled call to action goes out after all.
# What to do: expand recurrences with zone-aware libraries only, never from a file rewritten in UTC,
# and compare the wall times on both sides of a change when a calendar is taken in.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check vobject==0.9.9 pytz==2026.6 \
    ics==0.7.3 icalendar==7.3.2 recurring-ical-events==3.8.2 tzdata==2026.6

# An empty PYTHONTZPATH makes the pinned tzdata the only source of zones.
PYTHONTZPATH="" "$tmp/venv/bin/python" - <<'PY'
import sys
from datetime import date
from zoneinfo import ZoneInfo

import ics
import recurring_ical_events
import vobject
from icalendar import Calendar

MADRID = ZoneInfo("Europe/Madrid")
LINES = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example.org//calendar//EN
BEGIN:VEVENT
UID:call@example.org
DTSTAMP:20240101T000000Z
SUMMARY:Call to action
DTSTART;TZID=Europe/Madrid:20240325T090000
RRULE:FREQ=WEEKLY;COUNT=3
EXDATE;TZID=Europe/Madrid:20240401T090000
END:VEVENT
END:VCALENDAR
"""
FILE = LINES.replace("\n", "\r\n")
PLAIN = FILE.replace("EXDATE;TZID=Europe/Madrid:20240401T090000\r\n", "")


def expanded(text):
    """The starts as clocks in Madrid show them, as recurring-ical-events has them."""
    # The name of the scale that ics writes is not taken here; it is another finding.
    calendar = Calendar.from_ical(text.replace("CALSCALE:GEORGIAN\r\n", ""))
    events = recurring_ical_events.of(calendar).between(date(2024, 3, 1), date(2024, 5, 1))
    return [wall(event.start) for event in events]


def wall(moment):
    return moment.astimezone(MADRID).strftime("%m-%d %H:%M")


seen = {
    "icalendar": expanded(FILE),
    "vobject": [wall(moment) for moment in vobject.readOne(FILE).vevent.getrruleset(True)],
    "ics": expanded(ics.Calendar(PLAIN).serialize()),
}
known = {
    "icalendar": ["03-25 09:00", "04-08 09:00"],
    "vobject": ["03-25 09:00", "04-01 10:00", "04-08 10:00"],
    "ics": ["03-25 09:00", "04-01 10:00", "04-08 10:00"],
}
if seen != known:
    sys.exit(f"calendar-weekly-over-clock-change: the behaviour has changed: {seen}")
print("vobject 0.9.9: Mondays at nine, without the 1st of April: " + ", ".join(seen["vobject"]))
PY
