#!/usr/bin/env bash
# rich 15.0.0
#
# Expected: the least width that rich measures of a table says how narrow it can become, so that a
# program can choose another layout where it doesn't fit.
# Seen: measured with the console's own options, the least width is never more than the console is
# wide: at 20 columns a table whose columns may not wrap below 60 measures 20, and is then drawn
# with columns narrower than their own min_width. Measured with options of a very wide console it
# is what it is.
# Why it matters: "does it fit" is answered with yes for every table, and on a narrow terminal
# columns of one letter come out.
# What to do: measure with options.update_width of a great width, and compare with the console's.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check rich==15.0.0

"$tmp/venv/bin/python" - <<'PY'
import io
import sys

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

table = Table(box=None, pad_edge=False)
for head in ("hour", "channel", "state"):
    table.add_column(head, min_width=20, no_wrap=True)
table.add_row("2021-06-12 09:00 UTC", "our-channel-telegram", "awaiting the approval")
console = Console(file=io.StringIO(), width=20)
narrow = Measurement.get(console, console.options, table).minimum
wide = Measurement.get(console, console.options.update_width(10_000), table).minimum
console.print(table)
widest = max(len(line.rstrip()) for line in console.file.getvalue().splitlines())
print(f"least width at 20 columns: {narrow}; by options of 10,000 columns: {wide}")
print(f"drawn at 20 columns it takes {widest}")
if narrow > 20 or wide < 60 or widest > 20:
    sys.exit(f"rich-measured-minimum: the behaviour has changed: {narrow}, {wide}, {widest}")
PY
