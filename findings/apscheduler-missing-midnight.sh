#!/usr/bin/env bash
# APScheduler 3.11.3, with tzdata 2026.6
#
# Expected: when the clocks go forward over the moment of a daily job, one rule holds for all zones
# and hours: the job runs a little later, or it is left out.
# Seen: a cron trigger treats the lost moment in two ways. At 02:30 in Madrid the job still runs on
# that day (as 02:30+01:00, the instant of 03:30). At 00:00 in Havana and in Cairo, where the lost
# hour is the first of the day, that day is skipped whole. In autumn a moment that comes twice fires
# twice. CalendarIntervalTrigger leaves Madrid's lost 02:30 out, and fires once in autumn.
# Why it matters: "each day at midnight, local time" is the natural time for a day's opening post.
# Where clocks change at midnight it has no post on one day a year, and two on another, and a test
# in a zone that changes at two o'clock shows nothing of it.
# What to do: work out the local day and its first instant by the zone's own data, and keep what was
# done for that day in a row; do not take a trigger's firing for "a day has begun".
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check APScheduler==3.11.3 tzdata==2026.6

# An empty PYTHONTZPATH makes the pinned tzdata the only source of zones.
PYTHONTZPATH="" "$tmp/venv/bin/python" - <<'PY'
import sys
from datetime import date, datetime
from zoneinfo import ZoneInfo

from apscheduler.triggers.calendarinterval import CalendarIntervalTrigger
from apscheduler.triggers.cron import CronTrigger


def firings(trigger, zone, *noon, count=3):
    """The next firings after a noon, as they are written with their offsets."""
    last, now, texts = None, datetime(*noon, 12, tzinfo=ZoneInfo(zone)), []
    for _ in range(count):
        last = now = trigger.get_next_fire_time(last, now)
        texts.append(now.strftime("%m-%d %H:%M%z"))
    return texts


def daily(zone, hour, minute):
    return CronTrigger(hour=hour, minute=minute, timezone=ZoneInfo(zone))


def each_day(first):
    return CalendarIntervalTrigger(
        days=1, hour=2, minute=30, start_date=first, timezone=ZoneInfo("Europe/Madrid")
    )


seen = {
    "cron, Madrid, spring": firings(daily("Europe/Madrid", 2, 30), "Europe/Madrid", 2024, 3, 29),
    "cron, Havana, spring": firings(
        daily("America/Havana", 0, 0), "America/Havana", 2024, 3, 8
    ),
    "cron, Cairo, spring": firings(daily("Africa/Cairo", 0, 0), "Africa/Cairo", 2024, 4, 24),
    "cron, Havana, autumn": firings(
        daily("America/Havana", 0, 0), "America/Havana", 2024, 11, 2
    ),
    "calendar, Madrid, spring": firings(
        each_day(date(2024, 3, 30)), "Europe/Madrid", 2024, 3, 29
    ),
    "calendar, Madrid, autumn": firings(
        each_day(date(2024, 10, 27)), "Europe/Madrid", 2024, 10, 26
    ),
}
known = {
    "cron, Madrid, spring": ["03-30 02:30+0100", "03-31 02:30+0100", "04-01 02:30+0200"],
    "cron, Havana, spring": ["03-09 00:00-0500", "03-11 00:00-0400", "03-12 00:00-0400"],
    "cron, Cairo, spring": ["04-25 00:00+0200", "04-27 00:00+0300", "04-28 00:00+0300"],
    "cron, Havana, autumn": ["11-03 00:00-0400", "11-03 00:00-0500", "11-04 00:00-0500"],
    "calendar, Madrid, spring": ["03-30 02:30+0100", "04-01 02:30+0200", "04-02 02:30+0200"],
    "calendar, Madrid, autumn": ["10-27 02:30+0200", "10-28 02:30+0100", "10-29 02:30+0100"],
}
if seen != known:
    sys.exit(f"apscheduler-missing-midnight: the behaviour has changed: {seen}")
print("APScheduler 3.11.3: Havana, daily at 00:00: " + ", ".join(seen["cron, Havana, spring"]))
PY
