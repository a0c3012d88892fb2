#!/usr/bin/env bash
# apsw 3.46.1.0, which brings SQLite 3.46.1
#
# Expected: over an index on (a, b, c), `(a, b, c) >= (m.a, m.b, m.c + 1)` is one step in the index,
# whether a bound is a number, a sum or the column of another table: all are whole numbers.
# Seen: only `a` bounds the search as soon as the bound of `b` is a plain column; the plan names
# `a>?` alone, and all rows with the same `a` are read. With `m.b + 0` it names all three. The bound
# of the first column may be a column.
# Why it matters: a walk from each wave to the next asks for what follows the one before, whose
# columns it has at hand. It is right, and takes as long as there are rows of the same instant.
# What to do: write `+ 0` behind every bound but the first that is a column, and hold the plan
# against the number of columns that are to be used.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check apsw==3.46.1.0

"$tmp/venv/bin/python" - <<'PY'
import sys

import apsw

connection = apsw.Connection(":memory:")
connection.execute("CREATE TABLE message (due INTEGER, expires INTEGER, wave INTEGER)")
connection.execute("CREATE INDEX in_order ON message (due, expires, wave)")
connection.execute("CREATE TABLE last (due INTEGER, expires INTEGER, wave INTEGER)")


def bounds(expires):
    """What bounds the search, as the plan says it."""
    sql = (
        "SELECT (SELECT m.wave FROM message m WHERE (m.due, m.expires, m.wave) >="
        f" (l.due, {expires}, l.wave + 1) ORDER BY m.due, m.expires, m.wave LIMIT 1) FROM last l"
    )
    steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
    return next(step.partition("(")[2] for step in steps if " m " in step)


column, total = bounds("l.expires"), bounds("l.expires + 0")
version = apsw.sqlite_lib_version()
if (version, column, total) != ("3.46.1", "due>?)", "(due,expires,wave)>(?,?,?))"):
    sys.exit(f"sqlite-row-value-beside-column: the behaviour has changed: {column=} {total=}")
print(f"SQLite {version}: beside a column ({column}, beside a sum ({total}")
PY
