#!/usr/bin/env bash
# ical 14.3.1 and icalevents 0.3.1, beside recurring-ical-events 3.8.2 (with icalendar 7.3.2)
#
# Expected: an event with DTSTART and RDATE but no RRULE takes place at DTSTART and at each RDATE:
# RFC 5545 has DTSTART as the first of the recurrences.
# Seen: three readers, three answers. ical has the extra dates and leaves the first one out;
# icalevents has the first one and none of the extra dates; recurring-ical-events has all.
# Why it matters: dates that follow no rule (the steps of a petition, the sessions of a
# parliament) are written with RDATE. With ical the opening is lost, with icalevents all the rest.
# Nothing is raised, so the calendar only looks shorter than it is.
# What to do: write one event for each date when others shall read the calendar; when reading with
# ical, add DTSTART to the recurrences of an event that has RDATE and no RRULE.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check icalendar==7.3.2 \
    recurring-ical-events==3.8.2 ical==14.3.1 icalevents==0.3.1 tzdata==2026.6

PYTHONTZPATH="" "$tmp/venv/bin/python" - <<'PY'
import sys
from datetime import date, datetime, timezone

import recurring_ical_events
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar
from icalevents import icalevents

FILE = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example.org//calendar//EN
BEGIN:VEVENT
UID:session@example.org
DTSTAMP:20240101T000000Z
SUMMARY:Session
DTSTART:20240610T090000Z
DTEND:20240610T100000Z
RDATE:20240612T090000Z,20240618T090000Z
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")

found = icalevents.events(
    string_content=FILE,
    start=datetime(2024, 6, 1, tzinfo=timezone.utc),
    end=datetime(2024, 7, 1, tzinfo=timezone.utc),
)
calendar = recurring_ical_events.of(Calendar.from_ical(FILE))
timeline = IcsCalendarStream.calendar_from_ics(FILE).timeline
seen = {
    "recurring-ical-events": sorted(event.start.day for event in calendar.at((2024, 6))),
    "ical": [
        event.dtstart.day for event in timeline.included(date(2024, 6, 1), date(2024, 7, 1))
    ],
    "icalevents": sorted(event.start.day for event in found),
}
if seen != {"recurring-ical-events": [10, 12, 18], "ical": [12, 18], "icalevents": [10]}:
    sys.exit(f"ical-extra-dates: the behaviour has changed: {seen}")
print("DTSTART 10 June, RDATE 12 and 18 June: ical 14.3.1 has 12 and 18, icalevents 0.3.1 has 10")
PY
