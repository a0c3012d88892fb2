#!/usr/bin/env bash
# icalevents 0.3.1 beside icalendar 7.3.2 (with pytz 2026.6)
#
# Expected: importing a library that one does not call changes nothing for another one.
# Seen: importing icalevents turns icalendar over to pytz for the whole process. Files that
# icalendar reads from then on have pytz zones in place of those of zoneinfo: "a week after this
# start" over a change of clocks, and the end of DURATION:PT24H, are then 09:00+01:00 where they
# were 09:00+02:00, an hour later.
# Why it matters: the hour at which a post goes out depends on whether some module, a plugin or a
# command that no test uses, was imported before the calendar was read.
# What to do: call icalendar.use_zoneinfo() right before reading, or keep icalevents out of the
# process; and never add days to an aware time without going by the wall time.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check icalevents==0.3.1 \
    icalendar==7.3.2 pytz==2026.6 tzdata==2026.6

# An empty PYTHONTZPATH makes the pinned tzdata the only source of zones.
PYTHONTZPATH="" "$tmp/venv/bin/python" - <<'PY'
import sys
from datetime import timedelta

import icalendar

FILE = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example.org//calendar//EN
BEGIN:VEVENT
UID:action@example.org
DTSTAMP:20240101T000000Z
DTSTART;TZID=Europe/Madrid:20240330T090000
DURATION:PT24H
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")


def read():
    """The library of the zone, a week after the start, and the end."""
    event = icalendar.Calendar.from_ical(FILE).events[0]
    moments = (event.start + timedelta(days=7), event.end)
    library = type(event.start.tzinfo).__module__.split(".")[0]
    return [library, *(moment.strftime("%m-%d %H:%M%z") for moment in moments)]


seen = {"before": read()}
import icalevents.icalevents  # noqa: E402, F401

seen["after"] = read()
icalendar.use_zoneinfo()
seen["put right"] = read()
known = {
    "before": ["zoneinfo", "04-06 09:00+0200", "03-31 09:00+0200"],
    "after": ["pytz", "04-06 09:00+0100", "03-31 09:00+0100"],
    "put right": ["zoneinfo", "04-06 09:00+0200", "03-31 09:00+0200"],
}
if seen != known:
    sys.exit(f"icalevents-import-changes-zones: the behaviour has changed: {seen}")
print("icalevents 0.3.1: once imported, icalendar's week later is " + seen["after"][1])
PY
