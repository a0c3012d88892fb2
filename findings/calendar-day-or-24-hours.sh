#!/usr/bin/env bash
# recurring-ical-events 3.8.2 (with icalendar 7.3.2) and ical 14.3.1
#
# Expected: RFC 5545 has two lengths that differ over a clock change: DURATION:P1D ends at the same
# time of the next day, DURATION:PT24H after 24 hours. From Saturday 09:00 over the night in which
# the clocks go forward, that is Sunday 09:00 and Sunday 10:00.
# Seen: both libraries read the length as a number of seconds, have then lost which of the two was
# written, and add it to the wall time: PT24H ends on Sunday at 09:00, after 23 hours.
# Why it matters: an action of "24 hours of posts" ends an hour early in spring and an hour late in
# autumn, and a count of its posts stands against the wrong length.
# What to do: for actions over a change of clocks write DTEND; when reading, look at the text of the
# length (days and weeks are nominal, hours are exact) before it is made a number.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check icalendar==7.3.2 \
    recurring-ical-events==3.8.2 ical==14.3.1 tzdata==2026.6

# An empty PYTHONTZPATH makes the pinned tzdata the only source of zones.
PYTHONTZPATH="" "$tmp/venv/bin/python" - <<'PY'
import sys

import recurring_ical_events
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar

LINES = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example.org//calendar//EN
BEGIN:VEVENT
UID:action@example.org
DTSTAMP:20240101T000000Z
SUMMARY:Action
DTSTART;TZID=Europe/Madrid:20240330T090000
{}
END:VEVENT
END:VCALENDAR
"""


def ends(length):
    """The end of the event, by recurring-ical-events and by ical."""
    text = LINES.format(length).replace("\n", "\r\n")
    (event,) = recurring_ical_events.of(Calendar.from_ical(text)).at((2024, 3))
    (other,) = IcsCalendarStream.calendar_from_ics(text).timeline
    return [moment.strftime("%m-%d %H:%M%z") for moment in (event.end, other.end)]


seen = {
    length: ends(length)
    for length in ("DURATION:P1D", "DURATION:PT24H", "DTEND;TZID=Europe/Madrid:20240331T090000")
}
known = {
    "DURATION:P1D": ["03-31 09:00+0200", "03-31 09:00+0200"],
    "DURATION:PT24H": ["03-31 09:00+0200", "03-31 09:00+0200"],
    "DTEND;TZID=Europe/Madrid:20240331T090000": ["03-31 09:00+0200", "03-31 09:00+0200"],
}
if seen != known:
    sys.exit(f"calendar-day-or-24-hours: the behaviour has changed: {seen}")
print("PT24H from 30 March 09:00 (Madrid): " + ", ".join(seen["DURATION:PT24H"]) + ", 23 hours")
PY
