#!/usr/bin/env bash
# Babel 2.18.0
#
# Expected: format_unit(3, "duration-month", length="long") says three months in every language whose
# words CLDR has.
# Seen: in Portuguese, Arabic and Chinese it gives the unit's own name, "3 duration-month", without an
# error; English, French, Spanish and Russian are right. format_timedelta has the words of all.
# Why it matters: it looks right in the languages in which it is tried first, and people read
# "3 duration-month" in the others.
# What to do: use format_timedelta with `granularity` and a high `threshold`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet babel==2.18.0
"$folder/venv/bin/python" - <<'PYTHON'
from datetime import timedelta

from babel.dates import format_timedelta
from babel.units import format_unit

seen = {}
for tag in ("en", "pt", "ar", "zh"):
    unit = format_unit(3, "duration-month", length="long", locale=tag)
    delta = format_timedelta(timedelta(days=90), granularity="month", threshold=1000, locale=tag)
    seen[tag] = unit, delta
    print(f"{tag}: format_unit {unit!r}, format_timedelta {delta!r}")
wrong = [tag for tag, (unit, _) in seen.items() if "duration-month" in unit]
raise SystemExit(0 if wrong == ["pt", "ar", "zh"] and seen["pt"][1] == "3 meses" else 1)
PYTHON
