#!/usr/bin/env bash
# Babel 2.18.0
#
# Expected: how a month is called in a language does not depend on what was asked before.
# Seen: where a language has no names of its own for a month that stands alone (LLLL), the names of
# the language that was asked first are given, to the end of the process: after Japanese or Chinese,
# German and French say 1月 and 一月. Babel resolves an alias in a table that all languages share and
# keeps the answer there (localedata.LocaleDataDict.__getitem__; issue 1234 of python-babel/babel).
# Months in a date (MMMM) are right; so the fault shows in headings and pictures alone, and only in a
# process that serves several languages, in an order that tests with one language never play.
# What to do: give each locale a copy of its data, as a subclass of Locale can.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check Babel==2.18.0

asked() {
    "$tmp/venv/bin/python" - "$@" <<'PY'
import sys
from datetime import date

from babel.dates import format_date

january = date(2021, 1, 1)
print(*(format_date(january, "LLLL", locale=tag) for tag in sys.argv[1:]))
PY
}

[ "$(asked de fr ja)" = "Januar janvier 1月" ]
[ "$(asked ja de fr)" = "1月 1月 1月" ]
[ "$(asked zh de fr)" = "一月 一月 一月" ]
echo "Babel 2.18.0: after Japanese, January in German is $(asked ja de | cut -d' ' -f2)"
