#!/usr/bin/env bash
# sqlite-utils 4.2.1
#
# Expected: transform(), which renames a column of a table, keeps all that it does not name, or
# refuses. It does keep AUTOINCREMENT, CHECK, UNIQUE and foreign keys, and refuses where an index
# can't be kept.
# Seen: a generated column and the table's triggers go without a word, and so does COLLATE NOCASE,
# but for the UNIQUE that stood on the same column: afterwards "Ana@example.org" is not found where
# "ana@example.org" is stored, and can't be added either.
# Why it matters: after a migration that renames another column a person can neither log in nor
# register, and the trigger that guarded the rows no longer fires.
# What to do: compare columns, collations and triggers before and after in the migration's test, or
# write such a migration as SQL (ALTER TABLE ... RENAME COLUMN keeps all three).
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check sqlite-utils==4.2.1

"$tmp/venv/bin/python" - <<'PY'
import sqlite3
import sys

from sqlite_utils import Database

SCHEMA = """
CREATE TABLE person (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    email TEXT COLLATE NOCASE UNIQUE CHECK (length(email) < 99),
    place TEXT,
    domain TEXT GENERATED ALWAYS AS (substr(email, instr(email, '@') + 1)) VIRTUAL
);
CREATE TABLE joined (id INTEGER);
CREATE TRIGGER person_joined AFTER INSERT ON person
    BEGIN INSERT INTO joined VALUES (new.id); END;
"""


def after(rename):
    """What a table still does after its column "place" has another name."""
    database = Database(memory=True)
    database.conn.executescript(SCHEMA)
    rename(database)
    person = database["person"]
    person.insert({"email": "ana@example.org"})
    try:
        person.insert({"email": "Ana@example.org"})
        unique = False
    except sqlite3.IntegrityError:
        unique = True
    return {
        "AUTOINCREMENT": "AUTOINCREMENT" in person.schema,
        "CHECK": "CHECK" in person.schema,
        "UNIQUE in any case": unique,
        "finding in any case": person.count_where("email = 'Ana@example.org'") == 1,
        "generated column": "GENERATED" in person.schema,
        "trigger": database["joined"].count == 1,
    }


seen = {
    "transform": after(lambda database: database["person"].transform(rename={"place": "town"})),
    "SQL": after(
        lambda database: database.conn.execute("ALTER TABLE person RENAME COLUMN place TO town")
    ),
}
known = {
    "transform": {
        "AUTOINCREMENT": True,
        "CHECK": True,
        "UNIQUE in any case": True,
        "finding in any case": False,
        "generated column": False,
        "trigger": False,
    },
    "SQL": dict.fromkeys(seen["SQL"], True),
}
if seen != known:
    sys.exit(f"sqlite-utils-transform-loses: the behaviour has changed: {seen}")
lost = ", ".join(name for name, there in seen["transform"].items() if not there)
print(f"sqlite-utils 4.2.1: after transform(rename=...) are gone: {lost}")
PY
