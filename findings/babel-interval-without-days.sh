#!/usr/bin/env bash
# Babel 2.18.0
#
# Expected: an interval over several days, written by hours and minutes ("Hm"), names the days or is
# refused: the pattern has no room for what differs.
# Seen: format_interval() leaves the days out: 5 June 09:00 to 12 June 17:00 is "09:00 – 17:00",
# and an action of exactly 24 hours is the one moment "09:00".
# Why it matters: "We post together: 09:00" for an action that lasts a day and a night, in every
# language, while all examples within one day look right.
# What to do: use format_interval with hours only when both moments have the same local date, and
# format the two ends one by one otherwise.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check Babel==2.18.0

"$tmp/venv/bin/python" - <<'PY'
import re
import sys
from datetime import datetime

from babel.dates import format_interval

START = datetime(2024, 6, 5, 9)
ENDS = {
    "same day": datetime(2024, 6, 5, 17),
    "a day later": datetime(2024, 6, 6, 9),
    "a week later": datetime(2024, 6, 12, 17),
}


def interval(end, language):
    """The interval, with plain blanks in place of thin ones."""
    return re.sub(r"\s+", " ", format_interval(START, end, "Hm", locale=language))


seen = {
    name: [interval(end, language) for language in ("en", "es")] for name, end in ENDS.items()
}
known = {
    "same day": ["09:00 – 17:00", "9:00–17:00"],
    "a day later": ["09:00", "9:00"],
    "a week later": ["09:00 – 17:00", "9:00–17:00"],
}
if seen != known:
    sys.exit(f"babel-interval-without-days: the behaviour has changed: {seen}")
print(f"Babel 2.18.0: from 09:00 to 09:00 of the next day is {seen['a day later'][0]!r}")
PY
