"""The tables, as migrations that only ever grow at the end.

Times are epoch seconds in UTC, states and audiences the integers of `bot.model`, JSON is text, booleans are 0/1. The hot tables are plain DDL because
`transform()` can't rebuild a `WITHOUT ROWID` table.
"""

from sqlite_utils import Database as Tables
from sqlite_utils import Migrations

from bot.errors import DatabaseTooNew, StoreError
from bot.store.db import Database

migrations = Migrations("drumbeat")

_FIRST = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE channel (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  network TEXT NOT NULL,
  paused INTEGER,               -- since when; null: not paused
  reason TEXT
);

CREATE TABLE account (
  name TEXT PRIMARY KEY,
  pacing TEXT NOT NULL,         -- JSON of bot.pacing's state
  failures INTEGER NOT NULL DEFAULT 0   -- in a row
);

-- Where and when somebody wants to be met; people point to it, waves are made of it.
CREATE TABLE place (
  id INTEGER PRIMARY KEY,
  channel INTEGER NOT NULL REFERENCES channel(id),
  audience INTEGER NOT NULL,
  zone TEXT NOT NULL,
  minute INTEGER NOT NULL,      -- of the local day
  problem TEXT,                 -- why nobody here can be met, e.g. an unknown zone
  UNIQUE (channel, audience, zone, minute)
);

CREATE TABLE person (
  id INTEGER PRIMARY KEY,
  channel INTEGER NOT NULL REFERENCES channel(id),
  address TEXT NOT NULL,
  language TEXT NOT NULL,
  country TEXT,                 -- ISO 3166 alpha-2
  place INTEGER NOT NULL REFERENCES place(id),
  named_only INTEGER NOT NULL DEFAULT 0,
  pledge INTEGER NOT NULL DEFAULT 0,
  status INTEGER NOT NULL DEFAULT 1,
  joined INTEGER NOT NULL,
  UNIQUE (channel, address)
);
CREATE INDEX person_place ON person (place, id, status, joined, named_only);

CREATE TABLE occurrence (
  id INTEGER PRIMARY KEY,
  campaign TEXT NOT NULL,
  action TEXT NOT NULL,
  audience INTEGER NOT NULL,
  slot INTEGER NOT NULL,        -- year * 100 + ordinal in the year: the same when the day moves
  day TEXT NOT NULL,            -- ISO, in the recipient's zone
  grace INTEGER NOT NULL,       -- seconds
  nudge INTEGER NOT NULL,
  post INTEGER NOT NULL,
  named INTEGER NOT NULL,
  opens INTEGER NOT NULL,       -- the day begins in the first zone
  closes INTEGER NOT NULL,      -- the grace ends in the last zone
  places INTEGER NOT NULL DEFAULT 0,    -- waves are made for places up to this id
  cancelled INTEGER NOT NULL DEFAULT 0,
  UNIQUE (campaign, action, audience, slot)
);
CREATE INDEX occurrence_opens ON occurrence (opens);
CREATE INDEX occurrence_closes ON occurrence (closes);

CREATE TABLE wave (
  id INTEGER PRIMARY KEY,
  occurrence INTEGER NOT NULL REFERENCES occurrence(id),
  place INTEGER NOT NULL REFERENCES place(id),
  due INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  after INTEGER NOT NULL DEFAULT 0,     -- people up to this id have their row
  done INTEGER NOT NULL DEFAULT 0,
  UNIQUE (occurrence, place)
);
CREATE INDEX wave_due ON wave (due) WHERE done = 0;

CREATE TABLE delivery (
  occurrence INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  recipient INTEGER NOT NULL,   -- person, or 0 for the public
  state INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  due INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  PRIMARY KEY (occurrence, channel, recipient)
) WITHOUT ROWID;
CREATE INDEX delivery_going ON delivery (channel, due) WHERE state IN (3, 4);
CREATE INDEX delivery_waiting ON delivery (due) WHERE state IN (1, 2, 9);

-- What is known of a delivery beyond its state; a row only where there is something to say.
CREATE TABLE result (
  occurrence INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  recipient INTEGER NOT NULL,
  at INTEGER NOT NULL,
  receipt TEXT,
  url TEXT,
  error TEXT,
  text TEXT,                    -- of a post, as it left
  PRIMARY KEY (occurrence, channel, recipient)
) WITHOUT ROWID;

-- A post as it was approved; anything else at dispatch sends it back.
CREATE TABLE approval (
  occurrence INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  text TEXT NOT NULL,
  picture TEXT,
  alt TEXT,
  digest TEXT NOT NULL,
  approved_by TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (occurrence, channel)
) WITHOUT ROWID;

CREATE TABLE hold (
  id INTEGER PRIMARY KEY,
  channel INTEGER NOT NULL DEFAULT 0,   -- 0: every channel
  country TEXT NOT NULL DEFAULT '',     -- '': every country
  action TEXT NOT NULL DEFAULT '',      -- '': every action; else its id
  since INTEGER NOT NULL,
  UNIQUE (channel, country, action)
);

CREATE TABLE alert (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  told INTEGER,                 -- when it left by the second road
  closed INTEGER                -- when the cause was gone
);
CREATE UNIQUE INDEX alert_open ON alert (kind, subject) WHERE closed IS NULL;
"""


def _run(tables: Tables, script: str) -> None:
    # executescript() would commit; one statement at a time stays in the migration's transaction.
    for statement in script.split(";\n"):
        if statement.strip():
            tables.execute(statement)


@migrations()
def first(tables: Tables) -> None:
    """Planning, outbox, approvals, holds, alerts, subscribers."""
    _run(tables, _FIRST)


def refuse_newer(database: Database) -> None:
    """Raise `DatabaseTooNew` for a file that knows more than we do."""
    known = {migration.name for migration in migrations._migrations}  # noqa: SLF001 - there is no public list
    applied = [migration.name for migration in migrations.applied(database.tables)]
    newer = [name for name in applied if name not in known]
    if newer:
        raise DatabaseTooNew(
            f"{database.path}: written by a newer drumbeat (it knows {', '.join(newer)}); install that version again, or restore an older backup"
        )


def is_older(database: Database) -> bool:
    """Whether the file waits for a migration; changes nothing."""
    return bool(migrations.pending(database.tables))


def refuse_other(database: Database) -> None:
    """Raise `StoreError` for a file that isn't of this very version: what only reads can't migrate it."""
    refuse_newer(database)
    if is_older(database):
        raise StoreError(
            f"{database.path}: not of this version of drumbeat; `drumbeat run` or `drumbeat status` brings an older file up to date"
        )


def migrate(database: Database) -> None:
    """Bring the file to this version; raises `DatabaseTooNew`."""
    refuse_newer(database)
    if is_older(database):
        migrations.apply(database.tables)
