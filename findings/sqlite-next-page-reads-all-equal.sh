#!/usr/bin/env bash
# apsw 3.46.1.0, which brings SQLite 3.46.1
#
# Expected: over an index on (a, b), the page after a given pair, `(a, b) > (?, ?) ... LIMIT 1`, is
# one step in the index. SQLite's own page on row values names this form for scrolling windows.
# Seen: the search begins at the pair, and not behind it: every row that is equal to it is read and
# left out, though no column is to be read but those of the index. With 20,000 equal rows that is
# 180,025 steps of its machine for one row; with `(a, b) >= (?, ? + 1)` and whole numbers it is 26.
# The query plan is the same for both, and names both columns.
# Why it matters: messages of one wave share their due instant and their deadline. A walk from each
# pair of instants to the next looks like one step for each, in the plan too, and takes as long as
# there are messages that wait.
# What to do: over whole numbers ask for `>=` with the last column one larger; over anything else
# put a unique column last. Count steps with many equal rows, and do not trust the plan alone.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check apsw==3.46.1.0

"$tmp/venv/bin/python" - <<'PY'
import sys

import apsw

EQUAL = 20_000
connection = apsw.Connection(":memory:")
connection.execute("CREATE TABLE message (due INT, expires INT)")
connection.execute("CREATE INDEX by_time ON message (due, expires)")
connection.executemany("INSERT INTO message VALUES (1, 1)", [()] * EQUAL)
connection.execute("INSERT INTO message VALUES (1, 2)")


def asked(condition):
    """The plan, the rows and the steps of a query for what comes after (1, 1)."""
    sql = f"SELECT due, expires FROM message WHERE {condition} ORDER BY due, expires LIMIT 1"
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
    steps = 0

    def step():
        nonlocal steps
        steps += 1
        return False

    connection.set_progress_handler(step, 1)
    rows = list(connection.execute(sql))
    connection.set_progress_handler(None)
    return plan, rows, steps


plan, rows, many = asked("(due, expires) > (1, 1)")
same_plan, same_rows, few = asked("(due, expires) >= (1, 2)")
version = apsw.sqlite_lib_version()
as_known = (
    version == "3.46.1"
    and plan == same_plan == ["SEARCH message USING COVERING INDEX by_time ((due,expires)>(?,?))"]
    and rows == same_rows == [(1, 2)]
    and many > 5 * EQUAL
    and few < 100
)
if not as_known:
    sys.exit(f"sqlite-next-page-reads-all-equal: the behaviour has changed: {many=} {few=} {plan}")
print(f"SQLite {version}: > takes {many:,} steps past {EQUAL:,} equal rows, >= takes {few}")
PY
