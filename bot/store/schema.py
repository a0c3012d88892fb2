"""The tables, as migrations that only ever grow at the end.

Times are epoch seconds in UTC, states and audiences the integers of `bot.model`, JSON is text,
booleans are 0/1. The hot tables are plain DDL because `transform()` can't rebuild a `WITHOUT ROWID`
table.
"""

import sqlite3
from collections.abc import Iterable

from sqlite_utils import Database as Tables
from sqlite_utils import Migrations

from bot.errors import DatabaseTooNew, StoreError
from bot.model.database import Where
from bot.store import nameless, sequences
from bot.store.db import Database

migrations = Migrations("drumbeat")

_FIRST = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE channel (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  network TEXT NOT NULL,
  paused INTEGER,               -- since when; null: not paused
  reason TEXT
);

CREATE TABLE account (
  name TEXT PRIMARY KEY,
  pacing TEXT NOT NULL,         -- JSON of bot.rules.pacing's state
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
  id INTEGER PRIMARY KEY AUTOINCREMENT,
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
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  campaign TEXT NOT NULL,
  action TEXT NOT NULL,
  audience INTEGER NOT NULL,
  slot INTEGER NOT NULL,        -- bot.rules.identity: the same when the day moves
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
CREATE INDEX wave_going ON wave (occurrence, due) WHERE done = 0;

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
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  channel INTEGER NOT NULL DEFAULT 0,   -- 0: every channel
  country TEXT NOT NULL DEFAULT '',     -- '': every country
  action TEXT NOT NULL DEFAULT '',      -- '': every action; else its id
  since INTEGER NOT NULL,
  UNIQUE (channel, country, action)
);

CREATE TABLE alert (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  told INTEGER,                 -- when it left by the second road
  closed INTEGER                -- when the cause was gone
);
CREATE UNIQUE INDEX alert_open ON alert (kind, subject) WHERE closed IS NULL;
"""


_USAGE = """
-- How often a hashtag was used, as one source told it once; rows are only ever added.
CREATE TABLE sample (
  id INTEGER PRIMARY KEY,
  tag TEXT NOT NULL,            -- in the form in which hashtags are compared
  -- counted only together with this campaign hashtag; '' for a campaign hashtag itself
  beside TEXT NOT NULL,
  network TEXT NOT NULL,
  source TEXT NOT NULL,         -- the server or servers asked
  query TEXT NOT NULL,          -- exactly what was asked
  start INTEGER NOT NULL,
  stop INTEGER NOT NULL,        -- not in the window
  resolution INTEGER NOT NULL,  -- seconds
  reposts INTEGER NOT NULL,     -- whether they are in `uses`
  collected INTEGER NOT NULL,
  uses INTEGER NOT NULL,
  boosts INTEGER,               -- null: the source doesn't tell
  authors INTEGER,              -- different ones; null: not known
  pledgers INTEGER,             -- uses by pledge-makers; null: not known
  blind TEXT NOT NULL           -- JSON: what the source can't see
);
CREATE INDEX sample_tag ON sample (tag, start);
CREATE INDEX sample_beside ON sample (beside, start) WHERE beside <> '';
CREATE INDEX sample_window
  ON sample (tag, beside, network, source, query, start, stop, reposts, id);
CREATE TRIGGER sample_not_changed BEFORE UPDATE ON sample
  BEGIN SELECT RAISE(ABORT, 'samples are only ever added'); END;
CREATE TRIGGER sample_not_deleted BEFORE DELETE ON sample
  BEGIN SELECT RAISE(ABORT, 'samples are only ever added'); END;

-- Calls of paid networks and their price.
CREATE TABLE ledger (
  day TEXT NOT NULL,            -- ISO, in UTC
  channel TEXT NOT NULL,
  account TEXT NOT NULL,
  kind TEXT NOT NULL,           -- post, post_with_link, read, count, delete
  n INTEGER NOT NULL,
  micros INTEGER NOT NULL,      -- millionths of a US dollar
  PRIMARY KEY (day, channel, account, kind)
);
"""


def _run(tables: Tables, script: str) -> None:
    # executescript() would commit; one statement at a time stays in the migration's transaction.
    for statement in script.split(";\n"):
        if statement.strip():
            tables.execute(statement)


@migrations()
def first(tables: Tables) -> None:
    """Create planning, outbox, approvals, holds, alerts and subscribers."""
    _run(tables, _FIRST)


@migrations()
def usage(tables: Tables) -> None:
    """Create samples of hashtag usage, and the sums of what paid calls cost."""
    _run(tables, _USAGE)


_CONVERSATIONS = """
-- Where a chat stands, only for subscribers and while a text is awaited.
CREATE TABLE conversation (
  channel INTEGER NOT NULL,
  address TEXT NOT NULL,
  state TEXT NOT NULL,          -- JSON of bot.conversation's state
  at INTEGER NOT NULL,
  PRIMARY KEY (channel, address)
) WITHOUT ROWID;

-- Updates that were handled, for some days: the same one twice is handled once.
CREATE TABLE handled (
  channel INTEGER NOT NULL,
  number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (channel, number)
) WITHOUT ROWID;

CREATE TABLE consent (
  person INTEGER NOT NULL,
  purpose TEXT NOT NULL,
  wording TEXT NOT NULL,        -- version and language of what was agreed to
  at INTEGER NOT NULL,
  withdrawn INTEGER,
  PRIMARY KEY (person, purpose)
) WITHOUT ROWID;

CREATE TABLE profile (
  person INTEGER PRIMARY KEY,
  fields TEXT NOT NULL          -- JSON
);

CREATE TABLE tick (
  person INTEGER NOT NULL,
  campaign TEXT NOT NULL,
  action TEXT NOT NULL,
  slot INTEGER NOT NULL,
  done INTEGER NOT NULL,        -- 0: left out
  at INTEGER NOT NULL,
  PRIMARY KEY (person, campaign, action, slot)
) WITHOUT ROWID;

CREATE TABLE question (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  channel INTEGER NOT NULL,
  address TEXT NOT NULL,
  language TEXT NOT NULL,
  at INTEGER NOT NULL,
  text TEXT NOT NULL,
  answer TEXT,
  answered_by TEXT,
  answered INTEGER,
  told INTEGER                  -- when the answer reached the person
);
CREATE INDEX question_address ON question (channel, address);
CREATE INDEX question_open ON question (id) WHERE told IS NULL;

-- Somebody wrote that a child is in danger; for the named contact only, and not for long.
CREATE TABLE flag (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  channel INTEGER NOT NULL,
  address TEXT NOT NULL,
  country TEXT,
  language TEXT NOT NULL,
  at INTEGER NOT NULL,
  text TEXT NOT NULL,
  told INTEGER
);
CREATE INDEX flag_address ON flag (channel, address);
CREATE INDEX flag_untold ON flag (id) WHERE told IS NULL;

-- Keyed hashes of people who wanted to be forgotten: a restore must not bring them back.
CREATE TABLE tombstone (digest TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
"""


@migrations()
def conversations(tables: Tables) -> None:
    """Create states of chats, questions, consents and what people ticked off."""
    _run(tables, _CONVERSATIONS)


def _names() -> list[str]:
    # there is no public list
    return [migration.name for migration in migrations._migrations]  # noqa: SLF001


def refuse_newer(database: Database) -> None:
    """Raise `DatabaseTooNew` for a database with migrations which this version doesn't know."""
    refuse_unknown(database.where, database.applied(migrations))


def refuse_unknown(where: Where, applied: Iterable[str]) -> None:
    """Raise `DatabaseTooNew`, which names `where`, if this version doesn't know all migrations that
    were applied there.
    """
    newer = [name for name in applied if name not in _names()]
    if newer:
        raise DatabaseTooNew(
            f"{where}: written by a newer drumbeat (it knows {', '.join(newer)}); install"
            " that version again, or restore an older backup"
        )


def is_older(database: Database) -> bool:
    """Return whether the database lacks a migration of this version; changes nothing."""
    return not set(_names()) <= set(database.applied(migrations))


def refuse_other(database: Database) -> None:
    """Raise `StoreError` for a database that isn't of this very version.

    Who opens one only to read can't migrate it.
    """
    refuse_newer(database)
    if is_older(database):
        raise StoreError(
            f"{database.where}: not of this version of drumbeat; `drumbeat run` brings an older"
            " file up to date, and can be stopped again at once"
        )


def migrate(database: Database) -> None:
    """Bring the database to this version, whole or not at all.

    Raises `DatabaseTooNew` for one of a newer version.
    """
    refuse_newer(database)
    if is_older(database):
        database.migrate(migrations)


_PLEDGES = """
-- A promise: who made it, the answers to the form, and where it stands with staff and on its
-- journey.
CREATE TABLE pledge (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  campaign TEXT NOT NULL,
  audience INTEGER NOT NULL,
  stakeholder TEXT NOT NULL,    -- id of the stakeholder group
  organisation TEXT NOT NULL,   -- name of the organisation, country or region; '' for an individual
  country TEXT,                 -- ISO 3166 alpha-2
  language TEXT NOT NULL,
  answers TEXT NOT NULL,        -- JSON: question id to text
  approved TEXT,                -- the answers as they were approved: what is public
  state INTEGER NOT NULL,
  joined INTEGER NOT NULL,      -- when it was begun
  changed INTEGER NOT NULL,     -- answers, handles or state
  journey INTEGER NOT NULL,     -- bot.rules.journey.State
  since INTEGER NOT NULL,
  until TEXT,                   -- day, of a pause
  heard INTEGER
);
CREATE INDEX pledge_state ON pledge (campaign, state);

-- The people who may edit it; exactly one is its focal point.
CREATE TABLE pledge_editor (
  pledge INTEGER NOT NULL REFERENCES pledge(id),
  person INTEGER NOT NULL,
  focal INTEGER NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (pledge, person)
) WITHOUT ROWID;
CREATE INDEX pledge_editor_person ON pledge_editor (person);

CREATE TABLE pledge_invite (
  digest TEXT PRIMARY KEY,      -- of the token, which nobody keeps
  pledge INTEGER NOT NULL REFERENCES pledge(id),
  by_person INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  used INTEGER                  -- when
);

CREATE TABLE pledge_handle (
  pledge INTEGER NOT NULL REFERENCES pledge(id),
  network TEXT NOT NULL,
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  PRIMARY KEY (pledge, network)
) WITHOUT ROWID;

-- That the organisation is who it says: the newest row counts.
CREATE TABLE pledge_verification (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  pledge INTEGER NOT NULL REFERENCES pledge(id),
  method TEXT NOT NULL,         -- email or staff
  by_whom TEXT NOT NULL,
  note TEXT NOT NULL,
  at INTEGER NOT NULL
);
CREATE INDEX pledge_verification_pledge ON pledge_verification (pledge);

-- Everything that happened to it, in order: edits with what stood before, moderation, contacts.
CREATE TABLE pledge_event (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  pledge INTEGER NOT NULL REFERENCES pledge(id),
  at INTEGER NOT NULL,
  by_whom TEXT NOT NULL,
  kind TEXT NOT NULL,
  detail TEXT NOT NULL          -- JSON
);
CREATE INDEX pledge_event_pledge ON pledge_event (pledge, id);

-- A milestone that was asked for or reported; slot as in occurrence.
CREATE TABLE milestone (
  pledge INTEGER NOT NULL REFERENCES pledge(id),
  action TEXT NOT NULL,
  slot INTEGER NOT NULL,
  reminded INTEGER,
  answered INTEGER,
  link TEXT,                    -- null: reported without one
  by_whom TEXT,
  PRIMARY KEY (pledge, action, slot)
) WITHOUT ROWID;

-- A form under way or finished that is no pledge: scale-up, carry-on.
CREATE TABLE sheet (
  owner TEXT NOT NULL,          -- pledge or person
  number INTEGER NOT NULL,
  campaign TEXT NOT NULL,
  form TEXT NOT NULL,
  answers TEXT NOT NULL,        -- JSON
  changed INTEGER NOT NULL,
  finished INTEGER,
  PRIMARY KEY (owner, number, campaign, form)
) WITHOUT ROWID;

-- What only somebody met by e-mail or a chat service has beside their row in person.
CREATE TABLE contact (
  person INTEGER PRIMARY KEY REFERENCES person(id),
  organisation TEXT NOT NULL,
  stakeholder TEXT NOT NULL,
  consent_source TEXT,          -- where and how they agreed
  consent_date TEXT,            -- ISO day
  asked INTEGER,                -- when the confirmation request was made out
  confirmed INTEGER,
  imported INTEGER NOT NULL
);
"""


@migrations()
def pledges(tables: Tables) -> None:
    """Create pledges with their journeys, and contacts by e-mail."""
    _run(tables, _PLEDGES)


_STAFF = """
-- A post's text as staff want it, by the occurrence's own key: what is rendered stands back.
CREATE TABLE edit (
  campaign TEXT NOT NULL,
  action TEXT NOT NULL,
  audience INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  text TEXT NOT NULL,
  by_whom TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (campaign, action, audience, slot, channel)
) WITHOUT ROWID;

-- Posts and announcements that stand in no calendar; their occurrences are called after the id.
CREATE TABLE oneoff (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  campaign TEXT NOT NULL,
  text TEXT NOT NULL,
  by_whom TEXT NOT NULL,
  at INTEGER NOT NULL,
  language TEXT NOT NULL,       -- of an announcement: for whom; '': everybody
  country TEXT NOT NULL,
  channel INTEGER NOT NULL,
  after INTEGER NOT NULL,       -- people up to this id have their row
  done INTEGER NOT NULL
);
CREATE INDEX oneoff_open ON oneoff (id) WHERE done = 0;

-- What staff are told in their chats; the name makes each thing come once.
CREATE TABLE notice (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  address TEXT NOT NULL,
  name TEXT NOT NULL,
  at INTEGER NOT NULL,
  template TEXT NOT NULL,
  fields TEXT NOT NULL,         -- JSON
  gone INTEGER,                 -- when it left
  UNIQUE (address, name)
);
CREATE INDEX notice_waiting ON notice (id) WHERE gone IS NULL;
CREATE INDEX notice_name ON notice (name);
"""


@migrations()
def staff(tables: Tables) -> None:
    """Create the texts that staff write, and notices for them."""
    _run(tables, _STAFF)


_AMPLIFICATION = """
-- Posts and links of pledge-makers on their way to the public; states and arrows are those of
-- bot.rules.amplification.
CREATE TABLE amplification (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  network TEXT NOT NULL,        -- '' for a link that a pledge-maker sent in
  uri TEXT NOT NULL,            -- the same on every server
  post TEXT NOT NULL,           -- what the network needs to find it again
  url TEXT NOT NULL,
  author TEXT NOT NULL,
  pledge INTEGER NOT NULL,
  text TEXT NOT NULL,           -- '' once nobody needs it any more
  media INTEGER NOT NULL,
  posted INTEGER NOT NULL,
  found INTEGER NOT NULL,
  seen INTEGER NOT NULL,        -- when it was last there
  state INTEGER NOT NULL,
  first TEXT,                   -- who cleared it first
  way TEXT NOT NULL,            -- boost or quote
  channel TEXT,
  receipt TEXT,
  receipt_url TEXT,
  done INTEGER,                 -- when it became public
  error TEXT,
  UNIQUE (network, uri, pledge)
);
CREATE INDEX amplification_state ON amplification (state);
CREATE INDEX amplification_pledge ON amplification (pledge, done);

-- The checklist as it was answered; rows are only ever added, and go with what they are about.
CREATE TABLE amplification_answer (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  amplification INTEGER NOT NULL,
  by_whom TEXT NOT NULL,
  at INTEGER NOT NULL,
  answers TEXT NOT NULL         -- JSON: question id to yes, no or unknown
);
CREATE INDEX amplification_answer_of ON amplification_answer (amplification);

-- Accounts that staff have seen to be the pledge-maker's own.
CREATE TABLE account_verified (
  pledge INTEGER NOT NULL,
  account TEXT NOT NULL,        -- network and name, as bot.rules.amplification compares them
  by_whom TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (pledge, account)
) WITHOUT ROWID;

-- Posts that staff made by hand where there is no channel.
CREATE TABLE hand_post (
  occurrence INTEGER NOT NULL,
  network TEXT NOT NULL,
  language TEXT NOT NULL,
  url TEXT NOT NULL,
  by_whom TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (occurrence, network, language)
) WITHOUT ROWID;
"""


@migrations()
def amplification(tables: Tables) -> None:
    """Create reviews of posts, verified accounts, and posts made by hand."""
    _run(tables, _AMPLIFICATION)


@migrations()
def alert_details(tables: Tables) -> None:
    """Add the values an alert's text is made of, so that staff are told in their own language."""
    _run(tables, "ALTER TABLE alert ADD COLUMN detail TEXT NOT NULL DEFAULT '{}'")


@migrations()
def lost_focal_points(tables: Tables) -> None:
    """Add the instant since which nobody can be asked about a pledge.

    Null means that somebody can, or that nobody ever was responsible for it.
    """
    _run(tables, "ALTER TABLE pledge ADD COLUMN lost INTEGER")


_OFFICIALS = """
-- An official address that an editor gave, so that a letter can show who they are; the address
-- itself is a person's.
CREATE TABLE official (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  pledge INTEGER NOT NULL,      -- 0: gone
  -- on an e-mail channel; the address is forgotten with the answer, or after some days
  person INTEGER NOT NULL,
  asker INTEGER NOT NULL,       -- the editor who gave it; 0: forgotten
  at INTEGER NOT NULL,
  outcome INTEGER NOT NULL      -- bot.store.pledges.officials.Outcome
);
CREATE INDEX official_pledge ON official (pledge);
CREATE INDEX official_person ON official (person);
CREATE INDEX official_asker ON official (asker);
"""


@migrations()
def officials(tables: Tables) -> None:
    """Add the table of requests to official addresses."""
    _run(tables, _OFFICIALS)


@migrations()
def flags_of_the_forgotten(tables: Tables) -> None:
    """Mark messages about a child whose sender wanted to be forgotten.

    1 means that the message is deleted once it has reached the safeguarding contact.
    """
    _run(tables, "ALTER TABLE flag ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0")


_INSTANCES = """
-- The days of an action as they were last planned, and which instance each is.
CREATE TABLE instance (
  campaign TEXT NOT NULL,
  action TEXT NOT NULL,
  slot INTEGER NOT NULL,        -- bot.rules.identity
  day TEXT NOT NULL,            -- ISO
  PRIMARY KEY (campaign, action, slot)
);
-- Files of the very first version lack it.
CREATE INDEX IF NOT EXISTS wave_going ON wave (occurrence, due) WHERE done = 0;
INSERT INTO meta (key, value) SELECT 'slots_by_place', '1' WHERE EXISTS (SELECT 1 FROM occurrence);
"""


@migrations()
def instances(tables: Tables) -> None:
    """Add the identities of instances, which were places in a year before."""
    _run(tables, _INSTANCES)


@migrations()
def numbers_once(tables: Tables) -> None:
    """Give out no number again that leaves the file, not even that of a deleted row."""
    sequences.count_on(tables)


@migrations()
def first_tries(tables: Tables) -> None:
    """Add when a post was first tried: the time that a network shows, the same at every try."""
    _run(
        tables,
        "CREATE TABLE first_try (occurrence INTEGER NOT NULL, channel INTEGER NOT NULL, at INTEGER"
        " NOT NULL, PRIMARY KEY (occurrence, channel)) WITHOUT ROWID",
    )


@migrations()
def decisions_in_words(tables: Tables) -> None:
    """Add an index to find results that name who decided, without reading all that was sent."""
    _run(
        tables,
        "CREATE INDEX result_decided ON result (error) WHERE error LIKE '% by %' OR error LIKE"
        " '% says %'",
    )


@migrations()
def forgetting(tables: Tables) -> None:
    """Take names of pledges and of who made them out of what staff were told."""
    _run(tables, nameless.OVER)
    nameless.take_names(tables)


@migrations()
def keys_apart(tables: Tables) -> None:
    """Make older versions refuse the file, since they would make new keys in it.

    The keys themselves move out when the file is opened (`bot.store.keys`).
    """


@migrations()
def given_hours(tables: Tables) -> None:
    """Add which posts staff gave another hour, and the one that planning wanted in its place."""
    _run(
        tables,
        "CREATE TABLE given_hour (occurrence INTEGER NOT NULL, channel INTEGER NOT NULL, instead"
        " INTEGER NOT NULL, PRIMARY KEY (occurrence, channel)) WITHOUT ROWID",
    )


@migrations()
def pauses(tables: Tables) -> None:
    """Add on which day a person's pause ends by itself."""
    _run(
        tables,
        "CREATE TABLE pause (person INTEGER PRIMARY KEY, until TEXT NOT NULL);\n"
        "CREATE INDEX pause_ends ON pause (until)",
    )


_PICTURES = """
-- Pictures as they leave, each once.
CREATE TABLE picture (
  digest TEXT PRIMARY KEY,      -- SHA-256 of its bytes
  mime TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  data BLOB NOT NULL
);
-- What was made of a file for networks that take the same.
CREATE TABLE picture_ready (
  source TEXT NOT NULL,         -- SHA-256 of the file's bytes
  most INTEGER NOT NULL,        -- bytes that the network takes
  moving INTEGER NOT NULL,      -- 1 where it shows pictures that move
  digest TEXT,                  -- NULL where it can't leave
  fault TEXT NOT NULL,
  wanted INTEGER NOT NULL,      -- when a post to come last wanted it
  PRIMARY KEY (source, most, moving)
);
"""


@migrations()
def pictures(tables: Tables) -> None:
    """Add pictures as they leave."""
    _run(tables, _PICTURES)


@migrations()
def states_that_end(tables: Tables) -> None:
    """Add when what a chat waits for ends by itself; null where it is kept as a form is."""
    _run(tables, "ALTER TABLE conversation ADD COLUMN until INTEGER")


_SHOWN = """
-- The buttons that people have before their eyes, since their labels may be typed.
CREATE TABLE shown (
  channel INTEGER NOT NULL,
  address TEXT NOT NULL,
  at INTEGER NOT NULL,
  buttons TEXT NOT NULL,        -- JSON of bot.chat.offered
  PRIMARY KEY (channel, address)
) WITHOUT ROWID;
"""


@migrations()
def shown(tables: Tables) -> None:
    """Add the buttons below what was last said to each chat."""
    _run(tables, _SHOWN)


@migrations()
def going_by_deadline(tables: Tables) -> None:
    """Let the index of rows to be claimed tell their deadlines."""
    _run(
        tables,
        "DROP INDEX delivery_going;\n"
        "CREATE INDEX delivery_going ON delivery (channel, due, expires) WHERE state IN (3, 4)",
    )


_RESTS = """
-- Accounts that rest since their network fails, as bot.rules.breaker says.
CREATE TABLE rest (
  account TEXT PRIMARY KEY,
  since REAL NOT NULL,          -- when the trouble began
  until REAL NOT NULL,          -- when it tries again
  rests INTEGER NOT NULL,       -- how many there were since then
  reason TEXT NOT NULL
) WITHOUT ROWID;
ALTER TABLE account DROP COLUMN failures;
"""


@migrations()
def rests(tables: Tables) -> None:
    """Add accounts that rest, which failures counted in a row no longer decide."""
    _run(tables, _RESTS)


_OF_POSTS_AND_STATES = """
CREATE INDEX delivery_posts ON delivery (expires) WHERE recipient = 0;
CREATE INDEX result_posts ON result (channel, at) WHERE recipient = 0;
CREATE INDEX occurrence_action ON occurrence (action, slot);
DROP INDEX delivery_waiting;
CREATE INDEX delivery_waiting ON delivery (state, due) WHERE state IN (1, 2, 9);
DROP INDEX delivery_going;
CREATE INDEX delivery_going ON delivery (channel, due, expires, occurrence, state)
  WHERE state IN (3, 4);
"""


@migrations()
def posts_and_waves_apart(tables: Tables) -> None:
    """Add indexes of posts among all that was sent, and let the others tell states and waves."""
    _run(tables, _OF_POSTS_AND_STATES)


_TALLY = """
-- How far its deliveries have become counts: bot.store.tally.Stage.
ALTER TABLE occurrence ADD COLUMN stage INTEGER NOT NULL DEFAULT 0;
-- Something became of a nudge whose row was pruned.
ALTER TABLE occurrence ADD COLUMN decided INTEGER NOT NULL DEFAULT 0;
CREATE INDEX occurrence_not_counted ON occurrence (id) WHERE stage < 2;
-- How many deliveries of past occurrences ended in which state.
CREATE TABLE tally (
  occurrence INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  state INTEGER NOT NULL,
  day INTEGER NOT NULL,         -- number of the UTC day on which they were due
  n INTEGER NOT NULL,
  posts INTEGER NOT NULL,       -- of these, posts
  pruned INTEGER NOT NULL,      -- of these, those whose rows are gone
  PRIMARY KEY (occurrence, channel, state, day)
) WITHOUT ROWID;
"""


@migrations()
def tallies(tables: Tables) -> None:
    """Add counts of past deliveries; the job `history` fills them in."""
    _run(tables, _TALLY)


_BROADCASTS = """
-- Occurrences on channels whose messages may leave at a pace that is paid for.
CREATE TABLE broadcast (
  occurrence INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  pace INTEGER NOT NULL,        -- bot.model.outbox.broadcasts.Pace
  messages INTEGER NOT NULL,    -- most that may be paid for
  largest INTEGER NOT NULL,     -- of these, most that are due at one instant
  paid INTEGER NOT NULL,        -- paid for, or under way to be
  by_whom TEXT NOT NULL,        -- who decided; '' where nobody has
  at INTEGER NOT NULL,
  PRIMARY KEY (occurrence, channel)
) WITHOUT ROWID;
"""


@migrations()
def broadcasts(tables: Tables) -> None:
    """Add broadcasts whose pace may be paid for."""
    _run(tables, _BROADCASTS)


_OF_FEW_AMONG_MANY = """
CREATE INDEX contact_to_ask ON contact (person) WHERE asked IS NULL;
CREATE INDEX place_problem ON place (zone, problem) WHERE problem IS NOT NULL;
CREATE INDEX pledge_invite_pledge ON pledge_invite (pledge);
CREATE INDEX pledge_invite_by ON pledge_invite (by_person);
CREATE INDEX alert_about ON alert (kind, subject);
CREATE INDEX amplification_done ON amplification (channel, done);
CREATE INDEX milestone_link ON milestone (pledge, link) WHERE link IS NOT NULL;
"""


@migrations()
def few_among_many(tables: Tables) -> None:
    """Add indexes of the few that the loop looks for among all that there ever were."""
    _run(tables, _OF_FEW_AMONG_MANY)


_FEEDS = """
-- What calendar feeds said last: of each event in a language, and of a whole feed (bot.rules.ics).
CREATE TABLE feed_event (
  campaign TEXT NOT NULL,
  language TEXT NOT NULL,
  action TEXT NOT NULL,
  audience INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  day TEXT NOT NULL,            -- ISO
  title TEXT NOT NULL,
  digest TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  modified INTEGER NOT NULL,
  cancelled INTEGER NOT NULL,
  PRIMARY KEY (campaign, language, action, audience, slot)
) WITHOUT ROWID;
CREATE TABLE feed (
  campaign TEXT NOT NULL,
  language TEXT NOT NULL,
  audience INTEGER NOT NULL,    -- 0: all
  digest TEXT NOT NULL,
  modified INTEGER NOT NULL,
  PRIMARY KEY (campaign, language, audience)
) WITHOUT ROWID;
"""


@migrations()
def feeds(tables: Tables) -> None:
    """Add what calendar feeds said last, so that a change counts up and what is gone is called
    off.
    """
    _run(tables, _FEEDS)


_SWEEPS = """
-- Decisions about all messages to people of an occurrence on a channel, carried out in steps.
CREATE TABLE sweep (
  id INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,        -- bot.model.outbox.broadcasts.SweepKind
  occurrence INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  country TEXT NOT NULL,        -- ISO 3166 alpha-2; '': people everywhere
  by_whom TEXT NOT NULL,
  at INTEGER NOT NULL,
  after INTEGER NOT NULL,       -- people up to this id are done
  changed INTEGER NOT NULL,     -- how many rows so far
  done INTEGER NOT NULL,
  UNIQUE (occurrence, channel, kind, country)
);
CREATE INDEX sweep_open ON sweep (id) WHERE done = 0;
-- Released, and ends once all that is late has its new grace.
ALTER TABLE hold ADD COLUMN lifting INTEGER NOT NULL DEFAULT 0;
"""


@migrations()
def sweeps(tables: Tables) -> None:
    """Add decisions about whole broadcasts that are carried out step by step."""
    _run(tables, _SWEEPS)


_PUBLIC_PLEDGES = """
-- What is looked for among pledges that are public: bot.store.search. The row of one that is public
-- no longer is kept without its content, so that its address can say so.
CREATE TABLE public_pledge (
  pledge INTEGER PRIMARY KEY,
  shown INTEGER NOT NULL,       -- 0: it was public once
  campaign TEXT NOT NULL,
  form TEXT NOT NULL,           -- of which form this was made
  stakeholder TEXT NOT NULL,
  country TEXT NOT NULL,        -- '' for none, as in all below
  language TEXT NOT NULL,
  topics TEXT NOT NULL,         -- ids with blanks between and around
  progress TEXT NOT NULL,
  title TEXT NOT NULL,          -- folded words with blanks between and around
  words TEXT NOT NULL,
  facets TEXT NOT NULL          -- the filters as words
);
CREATE INDEX public_pledge_campaign ON public_pledge (campaign, shown, pledge);
INSERT INTO public_pledge (pledge, shown, campaign, form, stakeholder, country, language, topics,
  progress, title, words, facets)
  SELECT DISTINCT pledge, 0, '', '', '', '', '', '', '', '', '', '' FROM pledge_event
  WHERE kind = 'published';
"""


@migrations()
def public_pledges(tables: Tables) -> None:
    """Add what is looked for among public pledges; the job `public pledges` fills it in."""
    _run(tables, _PUBLIC_PLEDGES)


_PROPOSALS = """
-- Pledges from pages that wait until who has the address given submits them.
CREATE TABLE proposal (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- on an e-mail channel; the address is forgotten where nobody answers
  person INTEGER NOT NULL,
  at INTEGER NOT NULL,
  outcome INTEGER NOT NULL,     -- bot.model.pledge.Outcome
  content TEXT NOT NULL         -- the pledge as JSON; '' once it is answered, or has lapsed
);
CREATE INDEX proposal_person ON proposal (person);
CREATE INDEX proposal_open ON proposal (at) WHERE outcome = 1;
INSERT INTO sqlite_sequence (name, seq) VALUES ('proposal', 0);
"""


@migrations()
def proposals(tables: Tables) -> None:
    """Add pledges from pages that nobody has confirmed yet."""
    _run(tables, _PROPOSALS)


_PLEDGE_TERMS = """
-- The index of public pledges: bot.store.search.
CREATE TABLE pledge_term (
  campaign TEXT NOT NULL,
  kind TEXT NOT NULL,           -- a filter, or what of a text the term is: bot.store.search.terms
  term TEXT NOT NULL,
  n INTEGER NOT NULL,           -- how many pledges; read without the pages of what comes next
  pledges BLOB NOT NULL,        -- their numbers: bot.store.search.numbers
  PRIMARY KEY (campaign, kind, term)
);
ALTER TABLE public_pledge DROP COLUMN facets;
-- no form has this mark, so the job makes all findable anew
UPDATE public_pledge SET form = '', shown = 0, title = '', words = '';
"""


@migrations()
def pledge_terms(tables: Tables) -> None:
    """Add the index of public pledges, which the job `public pledges` fills in, in place of the one
    of FTS5.
    """
    try:
        tables.execute("DROP TABLE IF EXISTS pledge_words")
    except sqlite3.OperationalError:  # this SQLite lacks FTS5: only its plain tables can be dropped
        for part in ("data", "idx", "docsize", "config"):
            tables.execute(f"DROP TABLE IF EXISTS pledge_words_{part}")
    _run(tables, _PLEDGE_TERMS)


_PUBLIC_VERSION = """
-- Another text after each change to what may be public of a pledge: Search.version(). The triggers
-- let no statement forget it, whoever writes.
CREATE TABLE public_version (version TEXT NOT NULL);
INSERT INTO public_version (version) VALUES (lower(hex(randomblob(16))));
"""

_SHOWN_OF_PLEDGES = (
    # table, what is done to it, and in which rows; 5 is PledgeState.PUBLISHED
    ("pledge", "INSERT", "NEW.state = 5"),
    (
        "pledge",
        "UPDATE OF campaign, audience, stakeholder, organisation, country, language, answers,"
        " approved, state",
        "5 IN (OLD.state, NEW.state)",
    ),
    ("pledge", "DELETE", "OLD.state = 5"),
    ("milestone", "INSERT", "NEW.answered IS NOT NULL"),
    ("milestone", "UPDATE OF pledge, action, slot, answered, link", "1"),
    ("milestone", "DELETE", "OLD.answered IS NOT NULL"),
    ("amplification", "INSERT", "1"),
    ("amplification", "UPDATE OF network, uri, url, pledge, state", "1"),
    ("amplification", "DELETE", "1"),
    *(
        (table, done, "1")
        for table in (
            "pledge_verification",
            "pledge_handle",
            "pledge_event",
            "sheet",
            "public_pledge",
        )
        for done in ("INSERT", "UPDATE", "DELETE")
    ),
)


@migrations()
def public_version(tables: Tables) -> None:
    """Add what tells whether a kept page of a pledge is still true."""
    _run(tables, _PUBLIC_VERSION)
    for number, (table, done, rows) in enumerate(_SHOWN_OF_PLEDGES):
        tables.execute(
            f"CREATE TRIGGER public_version_{number} AFTER {done} ON {table} WHEN {rows} BEGIN"
            " UPDATE public_version SET version = lower(hex(randomblob(16))); END"
        )


_VISITS = """
-- Visits of makers to their own pages: a letter opens one, once.
CREATE TABLE visit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  person INTEGER NOT NULL,
  at INTEGER NOT NULL,
  opened INTEGER,
  digest TEXT NOT NULL,         -- of the secret in the browser; '' for none
  until INTEGER NOT NULL
);
CREATE INDEX visit_person ON visit (person);
CREATE INDEX visit_digest ON visit (digest);
CREATE INDEX visit_at ON visit (at);
INSERT INTO sqlite_sequence (name, seq) VALUES ('visit', 0);
"""


@migrations()
def visits(tables: Tables) -> None:
    """Add visits of makers to their own pages."""
    _run(tables, _VISITS)


_CODED_PROPOSALS = """
-- Of the code that opens the pledge in a chat; '' where a letter leads to it. Its person is 0 until
-- somebody has opened it.
ALTER TABLE proposal ADD COLUMN digest TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX proposal_digest ON proposal (digest) WHERE digest <> '';
"""


@migrations()
def coded_proposals(tables: Tables) -> None:
    """Add pledges from pages that are confirmed in a chat."""
    _run(tables, _CODED_PROPOSALS)


_WITH_NUDGES = """
-- What is over and had only posts needs no look of who asks for a person's messages: 3 is
-- bot.store.tally.Stage.PRUNED.
UPDATE occurrence SET stage = 3 WHERE stage = 2 AND NOT EXISTS (SELECT 1 FROM delivery d WHERE
  d.occurrence = occurrence.id AND d.recipient <> 0);
CREATE INDEX occurrence_with_nudges ON occurrence (id) WHERE stage < 3;
"""


@migrations()
def with_nudges(tables: Tables) -> None:
    """Add an index of the occurrences that may have rows of people."""
    _run(tables, _WITH_NUDGES)


_INVITATIONS = """
-- Letters that invite a colleague to edit a pledge.
CREATE TABLE invitation (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  pledge INTEGER NOT NULL,
  -- on an e-mail channel; the address is forgotten where nobody answers
  person INTEGER NOT NULL,
  asker INTEGER NOT NULL,       -- the editor who gave the address
  at INTEGER NOT NULL,
  outcome INTEGER NOT NULL      -- bot.model.pledge.Outcome
);
CREATE INDEX invitation_pledge ON invitation (pledge);
CREATE INDEX invitation_person ON invitation (person);
CREATE INDEX invitation_asker ON invitation (asker);
CREATE INDEX invitation_open ON invitation (at) WHERE outcome = 1;
INSERT INTO sqlite_sequence (name, seq) VALUES ('invitation', 0);
"""


@migrations()
def invitations(tables: Tables) -> None:
    """Add invitations to edit a pledge that go out by letter."""
    _run(tables, _INVITATIONS)


_REACTIONS = """
-- What people did with a post of ours, as its network told at an age in days; NULL: not told.
CREATE TABLE reaction (
  occurrence INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  age INTEGER NOT NULL,
  at INTEGER NOT NULL,
  gone INTEGER NOT NULL,        -- deleted or hidden: nobody knows its counts
  views INTEGER,
  likes INTEGER,
  reposts INTEGER,
  replies INTEGER,
  quotes INTEGER,
  PRIMARY KEY (occurrence, channel, age)
) WITHOUT ROWID;
"""


@migrations()
def reactions(tables: Tables) -> None:
    """Add results of posts of ours."""
    _run(tables, _REACTIONS)


_STAFF_DESK = """
-- Members of staff that `drumbeat staff add` names; those of config.toml stand there alone.
CREATE TABLE member (
  name TEXT PRIMARY KEY,
  telegram INTEGER,
  login TEXT,
  email TEXT,
  roles TEXT NOT NULL,          -- with spaces between
  at INTEGER NOT NULL
);

-- Links that open the desk once; only a digest of their secret is kept.
CREATE TABLE desk_link (
  digest TEXT PRIMARY KEY,
  member TEXT NOT NULL,
  at INTEGER NOT NULL,
  until INTEGER NOT NULL,
  used INTEGER
);
CREATE INDEX desk_link_member ON desk_link (member, at);

-- Who is at the desk, by a digest of the secret in their browser.
CREATE TABLE desk_session (
  digest TEXT PRIMARY KEY,
  member TEXT NOT NULL,
  began INTEGER NOT NULL,
  seen INTEGER NOT NULL,
  language TEXT NOT NULL        -- '' for that of the browser
);
CREATE INDEX desk_session_member ON desk_session (member);

-- Who did what: numbers alone, so that it stays whole when a name is forgotten.
CREATE TABLE audit_actor (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL);
CREATE INDEX audit_actor_name ON audit_actor (name);
CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  actor INTEGER NOT NULL REFERENCES audit_actor(id),
  verb TEXT NOT NULL,           -- bot.model.staff.audit.Verb
  object TEXT NOT NULL,         -- numbers with '-' between; '' for none
  digest TEXT NOT NULL          -- of what was decided about; '' for none
);
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_by ON audit (actor, id);
-- Rows from before this epoch second may go; it never goes back.
CREATE TABLE audit_kept (since INTEGER NOT NULL);
INSERT INTO audit_kept (since) VALUES (0);
INSERT INTO sqlite_sequence (name, seq) VALUES ('audit_actor', 0), ('audit', 0);
"""

_APPEND_ONLY = (
    ("audit_same", "UPDATE ON audit", "1"),
    ("audit_whole", "DELETE ON audit", "OLD.at >= (SELECT since FROM audit_kept)"),
    ("audit_forward", "UPDATE ON audit_kept", "NEW.since < OLD.since"),
    ("audit_one", "DELETE ON audit_kept", "1"),
    ("audit_no_other", "INSERT ON audit_kept", "1"),
)


@migrations()
def staff_desk(tables: Tables) -> None:
    """Add members of staff, how they enter their desk, and the log of who did what."""
    _run(tables, _STAFF_DESK)
    for name, statement, rows in _APPEND_ONLY:
        tables.execute(
            f"CREATE TRIGGER {name} BEFORE {statement} WHEN {rows} BEGIN"
            " SELECT RAISE(ABORT, 'the log of who did what is only added to'); END"
        )


_WEBHOOKS = """
-- Webhooks as the process knows them, and how it stands with each.
CREATE TABLE hook_endpoint (
  name TEXT PRIMARY KEY,        -- as in config.toml
  mark TEXT NOT NULL,           -- a hash of its address
  delivered INTEGER,            -- when it last took a message
  failures INTEGER NOT NULL DEFAULT 0,  -- in a row
  words TEXT NOT NULL DEFAULT '',       -- what was wrong with the last of them
  rests INTEGER NOT NULL DEFAULT 0,     -- nothing leaves for it before
  gone INTEGER                  -- since when it says that it is no more
);
-- What each is told of.
CREATE TABLE hook_wanted (
  kind TEXT NOT NULL,           -- bot.model.webhooks.HookKind
  webhook TEXT NOT NULL,
  PRIMARY KEY (kind, webhook)
);
CREATE TABLE hook_event (
  id INTEGER PRIMARY KEY,
  message TEXT NOT NULL,        -- the id of its message, the same at each try and each webhook
  kind TEXT NOT NULL,
  at INTEGER NOT NULL,
  data TEXT NOT NULL            -- JSON: numbers and public ids
);
CREATE INDEX hook_event_at ON hook_event (at);
CREATE TABLE hook_delivery (
  event INTEGER NOT NULL,
  webhook TEXT NOT NULL,
  state INTEGER NOT NULL,       -- bot.model.webhooks.HookState
  attempts INTEGER NOT NULL,
  due INTEGER NOT NULL,
  since INTEGER NOT NULL,       -- from when on it is tried
  ended INTEGER,
  PRIMARY KEY (event, webhook)
);
CREATE INDEX hook_waiting ON hook_delivery (webhook, due, event) WHERE state = 1;
CREATE INDEX hook_given_up ON hook_delivery (webhook) WHERE state = 3;
CREATE INDEX hook_ended ON hook_delivery (ended) WHERE ended IS NOT NULL;
"""


@migrations()
def webhooks(tables: Tables) -> None:
    """Add webhooks, and what they are told."""
    _run(tables, _WEBHOOKS)


_STAFF_LETTERS = """
-- Letters to members of staff that have not left yet; what stands in them is made when they leave.
CREATE TABLE staff_letter (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  member TEXT NOT NULL,
  kind TEXT NOT NULL,           -- bot.jobs.staff.letters
  about TEXT NOT NULL,          -- what its kind needs: a language, a month
  at INTEGER NOT NULL,
  due INTEGER NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0
);
INSERT INTO sqlite_sequence (name, seq) VALUES ('staff_letter', 0);
"""


@migrations()
def staff_letters(tables: Tables) -> None:
    """Add letters to members of staff."""
    _run(tables, _STAFF_LETTERS)


_INTRODUCTIONS = """
-- Two pledges whose makers are asked whether they want to know each other.
CREATE TABLE introduction (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  became INTEGER NOT NULL,      -- bot.model.pledges.introduction
  reasons TEXT NOT NULL         -- JSON: [[why, [about, …]], …]
);
CREATE INDEX introduction_open ON introduction (at) WHERE became = 1;
CREATE INDEX introduction_at ON introduction (at);
CREATE TABLE introduction_side (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  introduction INTEGER NOT NULL,
  pledge INTEGER NOT NULL,
  person INTEGER NOT NULL,      -- 0 once they are forgotten
  agreed INTEGER,               -- 1 yes, 0 no; null for no answer
  details TEXT NOT NULL         -- JSON: what they let the other know
);
CREATE INDEX introduction_side_of ON introduction_side (introduction);
CREATE INDEX introduction_side_pledge ON introduction_side (pledge);
CREATE INDEX introduction_side_person ON introduction_side (person);
INSERT INTO sqlite_sequence (name, seq) VALUES ('introduction', 0), ('introduction_side', 0);
"""


@migrations()
def introductions(tables: Tables) -> None:
    """Add introductions of pledge-makers to each other."""
    _run(tables, _INTRODUCTIONS)


_HOLDS = """
-- In which language it posts: '' until a version that knows it has started.
ALTER TABLE channel ADD COLUMN language TEXT NOT NULL DEFAULT '';
-- Anew, since SQLite keeps what is unique as it was made; its numbers go on.
CREATE TABLE hold_anew (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  campaign TEXT NOT NULL DEFAULT '',    -- '': every campaign
  channel INTEGER NOT NULL DEFAULT 0,   -- 0: every channel
  country TEXT NOT NULL DEFAULT '',     -- '': every country
  language TEXT NOT NULL DEFAULT '',    -- '': every language
  stakeholder TEXT NOT NULL DEFAULT '', -- '': everybody; else a group of pledge-makers
  action TEXT NOT NULL DEFAULT '',      -- '': every action; else its id
  since INTEGER NOT NULL,
  until INTEGER,                -- when it ends by itself; null: a person ends it
  reason TEXT NOT NULL DEFAULT '',      -- in staff's words
  by_whom TEXT NOT NULL DEFAULT '',
  lifting INTEGER NOT NULL DEFAULT 0,   -- released, and ends once all that is late has a new grace
  UNIQUE (campaign, channel, country, language, stakeholder, action)
);
INSERT INTO hold_anew (id, channel, country, action, since, lifting)
  SELECT id, channel, country, action, since, lifting FROM hold;
DELETE FROM sqlite_sequence WHERE name = 'hold_anew';
INSERT INTO sqlite_sequence (name, seq) SELECT 'hold_anew', seq FROM sqlite_sequence
  WHERE name = 'hold';
DROP TABLE hold;
ALTER TABLE hold_anew RENAME TO hold;
CREATE TABLE sweep_anew (
  id INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,        -- bot.model.outbox.broadcasts.SweepKind
  occurrence INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  country TEXT NOT NULL,        -- ISO 3166 alpha-2; '': people everywhere
  language TEXT NOT NULL,       -- '': people of every language, and posts
  stakeholder TEXT NOT NULL,    -- '': everybody; else a group of pledge-makers
  by_whom TEXT NOT NULL,
  at INTEGER NOT NULL,
  after INTEGER NOT NULL,       -- people up to this id are done
  changed INTEGER NOT NULL,     -- how many rows so far
  done INTEGER NOT NULL,
  UNIQUE (occurrence, channel, kind, country, language, stakeholder)
);
INSERT INTO sweep_anew SELECT id, kind, occurrence, channel, country, '', '', by_whom, at, after,
  changed, done FROM sweep;
DROP TABLE sweep;
ALTER TABLE sweep_anew RENAME TO sweep;
CREATE INDEX sweep_open ON sweep (id) WHERE done = 0;
"""


@migrations()
def holds(tables: Tables) -> None:
    """Let a hold be of a campaign, a language or a group, with a reason and an end."""
    _run(tables, _HOLDS)


_TAKEN_REPORTS = """
-- Who of the safeguarding colleagues looks after a message about a child, and when others were
-- reminded because nobody did.
ALTER TABLE flag ADD COLUMN taken INTEGER;
ALTER TABLE flag ADD COLUMN taken_by TEXT;
ALTER TABLE flag ADD COLUMN reminded INTEGER;
CREATE INDEX flag_not_taken ON flag (id) WHERE taken IS NULL;
"""


@migrations()
def taken_reports(tables: Tables) -> None:
    """Add who looks after a message about a child."""
    _run(tables, _TAKEN_REPORTS)
    # those from before were looked after without a word of it here
    tables.execute("UPDATE flag SET taken = at, taken_by = ''")


@migrations()
def audit_by_verb(tables: Tables) -> None:
    """Let the log of who did what be read by what was done."""
    tables.execute("CREATE INDEX audit_verb ON audit (verb, id)")


_TOKENS = """
-- Keys by which programs act in the name of a member of staff; only digests of them are kept.
CREATE TABLE api_token (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  digest TEXT NOT NULL UNIQUE,
  member TEXT NOT NULL,
  label TEXT NOT NULL,          -- what it is for, in staff's words
  scopes TEXT NOT NULL,         -- bot.model.staff.machines.TokenScope, with spaces between
  at INTEGER NOT NULL,
  used INTEGER,                 -- when it was last used, to the hour
  until INTEGER                 -- null: until somebody ends it
);
INSERT INTO sqlite_sequence (name, seq) VALUES ('api_token', 0);
"""


@migrations()
def tokens(tables: Tables) -> None:
    """Add tokens of programs."""
    _run(tables, _TOKENS)


_DRAFTS = """
-- Posts that members of staff have begun; whoever sends one, or deletes it, ends its row.
CREATE TABLE draft (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  member TEXT NOT NULL,
  campaign TEXT NOT NULL,
  text TEXT NOT NULL,
  channels TEXT NOT NULL,       -- names with spaces between
  due TEXT NOT NULL,            -- local day and hour as a form has them; '' for none
  again TEXT NOT NULL,          -- JSON: how it comes again, by the fields of its form
  picture TEXT NOT NULL,        -- digest of own_picture; '' for none
  alt TEXT NOT NULL,
  vouched TEXT NOT NULL,        -- answers to the safeguarding checklist
  at INTEGER NOT NULL
);
CREATE INDEX draft_member ON draft (member, campaign, at);
CREATE INDEX draft_picture ON draft (picture) WHERE picture <> '';
-- Pictures of such posts: only what people see of them, each once.
CREATE TABLE own_picture (digest TEXT PRIMARY KEY, mime TEXT NOT NULL, data BLOB NOT NULL);
CREATE TABLE oneoff_picture (
  oneoff INTEGER PRIMARY KEY REFERENCES oneoff(id),
  digest TEXT NOT NULL,         -- own_picture has it until long after its post has ended
  alt TEXT NOT NULL,
  vouched TEXT NOT NULL
);
CREATE INDEX oneoff_picture_digest ON oneoff_picture (digest);
INSERT INTO sqlite_sequence (name, seq) VALUES ('draft', 0);
"""


@migrations()
def drafts(tables: Tables) -> None:
    """Add drafts of staff, and the pictures of their own posts."""
    _run(tables, _DRAFTS)


_CLEARANCES = """
-- Posts and pledges that somebody without an account was asked to clear by a link.
CREATE TABLE clearance (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  digest TEXT NOT NULL UNIQUE,  -- of the secret in the link
  occurrence INTEGER NOT NULL,  -- of a post; 0 for a pledge
  channel INTEGER NOT NULL,
  pledge INTEGER NOT NULL,      -- 0 for a post
  shown TEXT NOT NULL,          -- digest of what the page shows
  language TEXT NOT NULL,
  sent_to TEXT NOT NULL,        -- name or office, as who asked wrote it
  address TEXT,
  by_whom TEXT NOT NULL,
  at INTEGER NOT NULL,
  until INTEGER NOT NULL,
  reminded INTEGER,             -- when who asked was told that nobody has answered
  became INTEGER NOT NULL,      -- bot.model.staff.clearance.Became
  answered INTEGER,
  decided_by TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX clearance_about ON clearance (occurrence, channel, pledge);
CREATE INDEX clearance_open ON clearance (until) WHERE became = 1;
CREATE INDEX clearance_at ON clearance (at);
CREATE INDEX clearance_address ON clearance (address) WHERE address IS NOT NULL;
CREATE INDEX clearance_by ON clearance (by_whom);
INSERT INTO sqlite_sequence (name, seq) VALUES ('clearance', 0);
"""


@migrations()
def clearances(tables: Tables) -> None:
    """Add clearances that are asked for by a link."""
    _run(tables, _CLEARANCES)


_REQUESTS = """
-- What programs sent under a name of their own within a day, so that what is sent twice is done
-- once.
CREATE TABLE api_request (
  token INTEGER NOT NULL,
  name TEXT NOT NULL,           -- digest of that name
  digest TEXT NOT NULL,         -- of what was sent
  oneoff INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (token, name)
);
CREATE INDEX api_request_at ON api_request (at);
"""


@migrations()
def requests(tables: Tables) -> None:
    """Add what programs sent, so that nothing is done twice."""
    _run(tables, _REQUESTS)


_ASKED_POSTS = """
-- Posts with a campaign's hashtag that ask something, without who wrote them.
CREATE TABLE asked_post (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  network TEXT NOT NULL,
  place TEXT NOT NULL,          -- the server that gave it
  uri TEXT NOT NULL UNIQUE,
  post TEXT NOT NULL,           -- what that server needs to find it again
  url TEXT NOT NULL,
  text TEXT NOT NULL,
  language TEXT NOT NULL,
  posted INTEGER NOT NULL,
  found INTEGER NOT NULL,
  seen INTEGER NOT NULL,        -- when it was last there
  first TEXT NOT NULL           -- who answered the checklist first; '' for nobody
);
CREATE INDEX asked_post_found ON asked_post (found);
-- Keyed hashes of the addresses of those that are not taken again.
CREATE TABLE asked_once (digest TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO sqlite_sequence (name, seq) VALUES ('asked_post', 0);
"""


@migrations()
def asked_posts(tables: Tables) -> None:
    """Add posts that ask the campaign something."""
    _run(tables, _ASKED_POSTS)


_SUGGESTIONS = """
-- What programs suggest in a member's name, until staff use or drop it.
CREATE TABLE suggestion (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,           -- bot.model.staff.machines.SuggestionKind
  by_whom TEXT NOT NULL,
  campaign TEXT NOT NULL,
  action TEXT NOT NULL,
  language TEXT NOT NULL,       -- of a translation; '' for a wording
  occurrence INTEGER NOT NULL,  -- of the post of a wording; 0 for a translation
  channel INTEGER NOT NULL,
  text TEXT NOT NULL,
  why TEXT NOT NULL,
  at INTEGER NOT NULL,
  became INTEGER NOT NULL       -- bot.model.staff.machines.SuggestionEnd
);
CREATE INDEX suggestion_open ON suggestion (id) WHERE became = 0;
CREATE INDEX suggestion_at ON suggestion (at);
CREATE INDEX suggestion_by ON suggestion (by_whom);
INSERT INTO sqlite_sequence (name, seq) VALUES ('suggestion', 0);
"""


@migrations()
def suggestions(tables: Tables) -> None:
    """Add what programs suggest."""
    _run(tables, _SUGGESTIONS)


_FOR_THE_DESK = """
-- Pledges about which staff have to decide; 2, 3 and 5 are submitted, approved and published.
CREATE INDEX pledge_to_decide ON pledge (changed, id)
  WHERE (state IN (2, 3) OR (state = 5 AND answers <> approved));
-- The occurrences of a campaign's month among those of all years.
CREATE INDEX occurrence_day ON occurrence (campaign, day);
"""


@migrations()
def for_the_desk(tables: Tables) -> None:
    """Add indexes for pages that show a part of what there is."""
    _run(tables, _FOR_THE_DESK)


@migrations()
def posts_by_hour(tables: Tables) -> None:
    """Let posts be read by their hour, as a calendar has them.

    The second condition keeps it from statements about what is within its grace, which would read
    all that is past by it: only who writes the same condition uses it.
    """
    tables.execute(
        "CREATE INDEX delivery_post_due ON delivery (due) WHERE recipient = 0 AND due > 0"
    )


@migrations()
def decided_results(tables: Tables) -> None:
    """Add an index of what staff decided about results of pledges, among all that happened."""
    tables.execute(
        "CREATE INDEX pledge_event_result ON pledge_event (pledge, at) WHERE kind IN"
        " ('scale-up-approved', 'scale-up-hidden')"
    )


_ASKED_CAMPAIGN = """
-- Whose hashtag a post has that asks something ('': nobody knows), and the text with which the
-- first of two people would answer it.
ALTER TABLE asked_post ADD COLUMN campaign TEXT NOT NULL DEFAULT '';
ALTER TABLE asked_post ADD COLUMN answer TEXT NOT NULL DEFAULT '';
"""


@migrations()
def asked_campaign(tables: Tables) -> None:
    """Add which campaign was asked, and the answer that waits for a second person."""
    _run(tables, _ASKED_CAMPAIGN)


_SEATS = """
-- What one process of several does at a time.
CREATE TABLE seat (
  name TEXT PRIMARY KEY,
  holder TEXT NOT NULL,         -- machine and process
  beats INTEGER NOT NULL        -- changes while the holder lives
) WITHOUT ROWID;
"""


@migrations()
def seats(tables: Tables) -> None:
    """Add who does what only one may do at a time."""
    _run(tables, _SEATS)


_LEASES = """
-- Who sends now: one row for each turn of an account, as long as it has rows in flight.
CREATE TABLE lease (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  holder TEXT NOT NULL,         -- machine and process
  since INTEGER NOT NULL,
  renewed INTEGER NOT NULL,     -- by its holder's clock, which is shown and never compared
  beats INTEGER NOT NULL        -- changes while the holder lives
);
INSERT INTO sqlite_sequence (name, seq) VALUES ('lease', 0);
-- The lease under which a row was claimed: 0 for none, -1 where it was taken from it.
ALTER TABLE delivery ADD COLUMN claim INTEGER NOT NULL DEFAULT 0;
"""


@migrations()
def leases(tables: Tables) -> None:
    """Add who sends, and under which lease a delivery was claimed."""
    _run(tables, _LEASES)


_MAILBOX = """
-- What was read of the mailbox: each message once, also where it lies there under another name.
CREATE TABLE mail_read (
  place TEXT NOT NULL,
  name TEXT NOT NULL,
  digest TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (place, name)
) WITHOUT ROWID;
CREATE INDEX mail_read_digest ON mail_read (digest);
CREATE INDEX mail_read_at ON mail_read (at);
-- That letters to somebody come back, by the last report: hard, soft or refuses.
CREATE TABLE mail_bounce (
  person INTEGER PRIMARY KEY,
  verdict TEXT NOT NULL,
  words TEXT NOT NULL,
  since INTEGER NOT NULL,
  at INTEGER NOT NULL,
  times INTEGER NOT NULL
);
CREATE INDEX mail_bounce_at ON mail_bounce (at);
"""


@migrations()
def mailbox(tables: Tables) -> None:
    """Add what was read of the mailbox, and whose letters come back."""
    _run(tables, _MAILBOX)


_SLOTS = """
-- The pace of an account as several processes keep it: a row for each message of a span.
CREATE TABLE slot (
  account TEXT NOT NULL,
  number INTEGER NOT NULL,
  free INTEGER NOT NULL,        -- milliseconds: from when on it may be reserved
  PRIMARY KEY (account, number)
) WITHOUT ROWID;
"""


@migrations()
def slots(tables: Tables) -> None:
    """Add the pace that several processes keep together."""
    _run(tables, _SLOTS)


_PROCESSES = """
-- Which processes share the database, for people to see.
CREATE TABLE process (
  name TEXT PRIMARY KEY,        -- machine and process
  part TEXT NOT NULL,           -- the command that it is
  version TEXT NOT NULL,
  since INTEGER NOT NULL,
  beat INTEGER NOT NULL         -- its last sign of life, by its own clock
) WITHOUT ROWID;
"""


@migrations()
def processes(tables: Tables) -> None:
    """Add which processes share the database."""
    _run(tables, _PROCESSES)


_MAIL_ANSWERS = """
-- Which letter asked a question, so that its answer is found beside it.
CREATE TABLE mail_thread (
  question INTEGER PRIMARY KEY,
  subject TEXT NOT NULL,
  thread TEXT NOT NULL
);
-- Letters that answer what came to the mailbox; those that have left for as long as they keep
-- another of their kind from leaving.
CREATE TABLE mail_answer (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  channel INTEGER NOT NULL,
  address TEXT NOT NULL,
  language TEXT NOT NULL,
  person INTEGER,
  subject TEXT NOT NULL,
  thread TEXT NOT NULL,
  question INTEGER,
  at INTEGER NOT NULL,
  due INTEGER,                  -- null once it has left
  tries INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX mail_answer_due ON mail_answer (due) WHERE due IS NOT NULL;
CREATE INDEX mail_answer_address ON mail_answer (channel, address);
CREATE INDEX mail_answer_at ON mail_answer (at);
CREATE UNIQUE INDEX mail_answer_question ON mail_answer (question) WHERE question IS NOT NULL;
INSERT INTO sqlite_sequence (name, seq) VALUES ('mail_answer', 0);
"""


@migrations()
def mail_answers(tables: Tables) -> None:
    """Add letters that answer what came to the mailbox."""
    _run(tables, _MAIL_ANSWERS)


@migrations()
def posts_that_may_have_left(tables: Tables) -> None:
    """Add an index to count the posts of a day that are under way or uncertain."""
    tables.execute("CREATE INDEX first_try_at ON first_try (channel, at)")


@migrations()
def due_in_order_of_recipients(tables: Tables) -> None:
    """Let the index of what is due have the recipients, as SQLite's has by itself."""
    _run(
        tables,
        "DROP INDEX delivery_going;\n"
        "CREATE INDEX delivery_going ON delivery (channel, due, expires, occurrence, state,"
        " recipient) WHERE state IN (3, 4)",
    )


_NAMED_FOR_GOOD = (
    (
        "actor_named",
        "UPDATE ON audit_actor",
        "NEW.id <> OLD.id OR NEW.name NOT IN ('a former editor', 'a former member of staff')",
    ),
    (
        "actor_told_of",
        "DELETE ON audit_actor",
        "EXISTS (SELECT 1 FROM audit WHERE actor = OLD.id) OR EXISTS (SELECT 1 FROM audit WHERE"
        " verb IN ('member.added', 'member.removed', 'member.forgotten', 'mcp.started') AND object"
        " = CAST(OLD.id AS TEXT))",
    ),
)


@migrations()
def who_did_it_for_good(tables: Tables) -> None:
    """Let a number of the log lose its name by being forgotten alone, and get no other."""
    for name, statement, rows in _NAMED_FOR_GOOD:
        tables.execute(
            f"CREATE TRIGGER {name} BEFORE {statement} WHEN {rows} BEGIN"
            " SELECT RAISE(ABORT, 'the log of who did what is only added to'); END"
        )


_LOOKS = """
-- Why somebody wanted to see who subscribers are, beside its line of the log of who did what.
CREATE TABLE audit_look (
  line INTEGER NOT NULL,
  person INTEGER,               -- whom alone they saw; null for several
  why TEXT NOT NULL,            -- in their own words
  PRIMARY KEY (line)
);
CREATE INDEX audit_look_person ON audit_look (person) WHERE person IS NOT NULL;
"""


@migrations()
def why_people_are_looked_at(tables: Tables) -> None:
    """Add why somebody wanted to see who subscribers are."""
    _run(tables, _LOOKS)


@migrations()
def how_far_clocks_are_off(tables: Tables) -> None:
    """Let a process say by how many seconds its machine's clock is ahead of the server's."""
    tables.execute("ALTER TABLE process ADD COLUMN ahead REAL NOT NULL DEFAULT 0")


@migrations()
def announcements_to_groups(tables: Tables) -> None:
    """Let an announcement be for stakeholder groups: their ids with spaces between, '' for all."""
    tables.execute("ALTER TABLE oneoff ADD COLUMN stakeholders TEXT NOT NULL DEFAULT ''")


_SIGNUPS = """
-- Sign-ups to the newsletter, which wait until who has the address given confirms them.
CREATE TABLE signup (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- on an e-mail channel; the address is forgotten where nobody answers
  person INTEGER NOT NULL,
  at INTEGER NOT NULL,
  outcome INTEGER NOT NULL,     -- bot.model.pledge.Outcome
  content TEXT NOT NULL         -- what was wished as JSON; '' once it is answered, or has lapsed
);
CREATE INDEX signup_person ON signup (person);
CREATE INDEX signup_open ON signup (at) WHERE outcome = 1;
INSERT INTO sqlite_sequence (name, seq) VALUES ('signup', 0);
"""


@migrations()
def signups(tables: Tables) -> None:
    """Add sign-ups to the newsletter that nobody has confirmed yet."""
    _run(tables, _SIGNUPS)


_STARTS = """
-- What goes to people of an occurrence on a channel, given another hour by staff.
CREATE TABLE given_start (
  occurrence INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  clock TEXT NOT NULL,          -- ISO day and hour, without a zone
  zone TEXT NOT NULL,           -- of that clock; '': each person's own
  latest INTEGER NOT NULL,      -- when that hour has come everywhere
  by_whom TEXT NOT NULL,
  PRIMARY KEY (occurrence, channel)
) WITHOUT ROWID;
"""


@migrations()
def starts(tables: Tables) -> None:
    """Let staff say before when nothing of a broadcast leaves."""
    _run(tables, _STARTS)


_COUNTRY_REPORTS = """
-- What countries that go ahead of others say of their progress, at a link from staff.
CREATE TABLE country_report (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  campaign TEXT NOT NULL,
  country TEXT NOT NULL,
  digest TEXT NOT NULL,         -- of the secret in its link; empty where no link opens it
  named TEXT NOT NULL,          -- name or office of the focal point
  by_whom TEXT NOT NULL,
  at INTEGER NOT NULL,
  until INTEGER NOT NULL,       -- until when its link opens it
  person INTEGER,               -- who answers in the chat
  agreed INTEGER,
  wording TEXT NOT NULL DEFAULT '',
  language TEXT NOT NULL,       -- of the answers
  answers TEXT NOT NULL,        -- JSON, by the ids of questions
  changed INTEGER NOT NULL,
  finished INTEGER,
  decided INTEGER,
  shown INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX country_report_digest ON country_report (digest) WHERE digest <> '';
CREATE INDEX country_report_of ON country_report (campaign, country);
CREATE INDEX country_report_person ON country_report (person) WHERE person IS NOT NULL;
INSERT INTO sqlite_sequence (name, seq) VALUES ('country_report', 0);
"""


@migrations()
def country_reports(tables: Tables) -> None:
    """Add what countries that go ahead of others say of their progress."""
    _run(tables, _COUNTRY_REPORTS)


_EVENTS = """
-- Who signed up for an event (bot.store.events); slot: the year of a yearly one, else 0.
CREATE TABLE event_guest (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  campaign TEXT NOT NULL,
  event TEXT NOT NULL,
  slot INTEGER NOT NULL,
  person INTEGER NOT NULL REFERENCES person(id),
  standing INTEGER NOT NULL,    -- 1 comes, 2 waits
  at INTEGER NOT NULL,
  told INTEGER NOT NULL,        -- how far the reminders are
  heard INTEGER NOT NULL,       -- the sequence of the date that they know
  came INTEGER,                 -- when they said that they were there
  until INTEGER NOT NULL        -- when this is deleted
);
INSERT INTO sqlite_sequence (name, seq) VALUES ('event_guest', 0);
CREATE UNIQUE INDEX event_guest_once ON event_guest (campaign, event, slot, person);
CREATE INDEX event_guest_told ON event_guest (campaign, event, slot, standing, told);
CREATE INDEX event_guest_heard ON event_guest (campaign, event, slot, heard);
CREATE INDEX event_guest_person ON event_guest (person);
CREATE INDEX event_guest_until ON event_guest (until);
-- What guests were last told of an event's date.
CREATE TABLE event_said (
  campaign TEXT NOT NULL,
  event TEXT NOT NULL,
  slot INTEGER NOT NULL,
  digest TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  PRIMARY KEY (campaign, event, slot)
);
-- What messages about events are about.
CREATE TABLE event_note (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  campaign TEXT NOT NULL,
  event TEXT NOT NULL,
  slot INTEGER NOT NULL,
  kind TEXT NOT NULL,
  sequence INTEGER NOT NULL
);
INSERT INTO sqlite_sequence (name, seq) VALUES ('event_note', 0);
CREATE UNIQUE INDEX event_note_once ON event_note (campaign, event, slot, kind, sequence);
"""


@migrations()
def events(tables: Tables) -> None:
    """Add who signed up for events, and what they were told."""
    _run(tables, _EVENTS)


_PLEDGED = """
-- when it was first sent in
ALTER TABLE pledge ADD COLUMN pledged INTEGER;
UPDATE pledge SET pledged = coalesce((SELECT min(e.at) FROM pledge_event e WHERE e.pledge =
  pledge.id AND e.kind = 'submitted'), joined) WHERE state <> 1;
CREATE INDEX pledge_pledged ON pledge (campaign, pledged);
"""


@migrations()
def when_pledges_were_made(tables: Tables) -> None:
    """Write down when each pledge was made, from which what follows it is counted."""
    _run(tables, _PLEDGED)


_REWORDINGS = """
-- What staff wrote in the place of an action's words to people, in one language on one channel.
CREATE TABLE rewording (
  channel INTEGER NOT NULL,
  campaign TEXT NOT NULL,
  action TEXT NOT NULL,
  audience INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  language TEXT NOT NULL,
  text TEXT NOT NULL,
  by_whom TEXT NOT NULL,
  at INTEGER NOT NULL,
  digest TEXT NOT NULL,         -- of the text that was approved; '' until somebody has
  approved_by TEXT NOT NULL,
  had INTEGER NOT NULL,         -- how many had other words by then
  PRIMARY KEY (channel, campaign, action, audience, slot, language)
) WITHOUT ROWID;
CREATE INDEX rewording_open ON rewording (channel, campaign, action, audience, slot, language)
  WHERE digest = '';
"""


@migrations()
def rewordings(tables: Tables) -> None:
    """Add what staff write in the place of an action's words to people."""
    _run(tables, _REWORDINGS)


_FRIENDS = """
-- Links of people who invite friends, and a keyed hash of each who came by one.
CREATE TABLE friend_link (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  person INTEGER NOT NULL UNIQUE REFERENCES person(id),
  code TEXT NOT NULL UNIQUE,
  at INTEGER NOT NULL
);
INSERT INTO sqlite_sequence (name, seq) VALUES ('friend_link', 0);
CREATE TABLE friend_came (
  link INTEGER NOT NULL REFERENCES friend_link(id),
  digest TEXT NOT NULL,
  PRIMARY KEY (link, digest)
);
"""


@migrations()
def friends(tables: Tables) -> None:
    """Add links by which people invite friends, which count and name nobody."""
    _run(tables, _FRIENDS)


_DIGESTS = """
-- The letter that tells of a month: a draft until somebody approves it.
CREATE TABLE digest (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  campaign TEXT NOT NULL,
  month TEXT NOT NULL,          -- its first day
  texts TEXT NOT NULL,          -- subject and text by language, as JSON
  by_whom TEXT NOT NULL,        -- who changed it last; '' while it is as it was composed
  at INTEGER NOT NULL,
  approved_by TEXT NOT NULL,
  approved INTEGER,
  frozen TEXT NOT NULL,         -- digest of the texts that were approved
  after INTEGER NOT NULL,       -- the last person for whom it lies in the outbox
  done INTEGER NOT NULL,
  UNIQUE (campaign, month)
);
CREATE INDEX tick_done ON tick (campaign, at) WHERE done = 1;
CREATE INDEX digest_leaving ON digest (done) WHERE approved IS NOT NULL AND done = 0;
INSERT INTO sqlite_sequence (name, seq) VALUES ('digest', 0);
"""


@migrations()
def digests(tables: Tables) -> None:
    """Add the letters that tell of a month, and an index of what was done in it."""
    _run(tables, _DIGESTS)


_SURVEYS = """
-- What followers answer to the survey of a pledge-maker; nobody knows who.
CREATE TABLE survey_answer (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  pledge INTEGER NOT NULL,
  year INTEGER NOT NULL,
  day INTEGER NOT NULL,         -- the day's first instant, and not the hour
  answers TEXT NOT NULL         -- JSON, by the ids of questions
);
CREATE INDEX survey_answer_of ON survey_answer (pledge, year);
CREATE INDEX survey_answer_day ON survey_answer (day);
INSERT INTO sqlite_sequence (name, seq) VALUES ('survey_answer', 0);
"""


@migrations()
def surveys(tables: Tables) -> None:
    """Add what followers answer to the surveys of pledge-makers."""
    _run(tables, _SURVEYS)


_ENTRIES = """
-- What people send to calls for stories and to contests.
CREATE TABLE entry (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  campaign TEXT NOT NULL,
  call TEXT NOT NULL,
  language TEXT NOT NULL,
  digest TEXT NOT NULL UNIQUE,  -- of the secret in the link of who sent it
  name TEXT NOT NULL,
  text TEXT NOT NULL,
  link TEXT NOT NULL,
  contact TEXT NOT NULL,
  shows INTEGER NOT NULL,
  at INTEGER NOT NULL,
  state INTEGER NOT NULL,       -- bot.model.calls.entry.EntryState
  first TEXT,                   -- who looked first, where a second look is needed
  decided INTEGER
);
CREATE INDEX entry_waiting ON entry (campaign, id) WHERE state < 3;
CREATE INDEX entry_shown ON entry (campaign, decided) WHERE state = 4;
CREATE INDEX entry_at ON entry (at);
CREATE INDEX entry_first ON entry (first) WHERE first IS NOT NULL;
INSERT INTO sqlite_sequence (name, seq) VALUES ('entry', 0);
"""


@migrations()
def entries(tables: Tables) -> None:
    """Add what people send to calls for stories and to contests."""
    _run(tables, _ENTRIES)


_LETTERED = """
-- Those who agreed to the letter of a month, few among all who agreed to something.
CREATE INDEX consent_digest ON consent (person) WHERE purpose = 'digest' AND withdrawn IS NULL;
"""


@migrations()
def lettered(tables: Tables) -> None:
    """Add an index of those who agreed to the letter of a month."""
    _run(tables, _LETTERED)


@migrations()
def published(tables: Tables) -> None:
    """Add an index of when pledges became public, among all that happened to them."""
    tables.execute(
        "CREATE INDEX pledge_event_published ON pledge_event (at) WHERE kind = 'published'"
    )


_SAID_OF_EVENTS = """
-- What was said of an event at each of its changes, as bot.model.events.said.EventFacts has it.
CREATE TABLE event_facts (
  campaign TEXT NOT NULL,
  event TEXT NOT NULL,
  slot INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  facts TEXT NOT NULL,
  PRIMARY KEY (campaign, event, slot, sequence)
);
ALTER TABLE event_said ADD COLUMN dated INTEGER NOT NULL DEFAULT 0;
UPDATE event_said SET dated = sequence;
ALTER TABLE event_guest ADD COLUMN knows INTEGER NOT NULL DEFAULT 0;
UPDATE event_guest SET knows = heard;
"""


@migrations()
def said_of_events(tables: Tables) -> None:
    """Keep what was said of an event, so that a change is told with what it was before."""
    _run(tables, _SAID_OF_EVENTS)


@migrations()
def showing(tables: Tables) -> None:
    """Remember which posts of pledge-makers the letter of a month shows."""
    tables.execute("ALTER TABLE digest ADD COLUMN posts TEXT NOT NULL DEFAULT '[]'")


_BOARD = """
-- What the maker of a public pledge found for bringing it further, folded; '' for none.
ALTER TABLE public_pledge ADD COLUMN result TEXT NOT NULL DEFAULT '';
CREATE INDEX public_pledge_result ON public_pledge (campaign, pledge) WHERE result <> '';
"""


@migrations()
def board(tables: Tables) -> None:
    """Add what stands on the board of scale-up results; the job `public pledges` fills it in."""
    _run(tables, _BOARD)


@migrations()
def officials_open(tables: Tables) -> None:
    """Add an index of requests to official addresses that wait, as the other letters have."""
    tables.execute("CREATE INDEX official_open ON official (at) WHERE outcome = 1")


_TOLD_OF_REPORTS = """
-- What staff say to who answers a country's report, and who hears of it by e-mail.
ALTER TABLE country_report ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE country_report ADD COLUMN mailed INTEGER REFERENCES person(id);
CREATE INDEX country_report_mailed ON country_report (mailed) WHERE mailed IS NOT NULL;
"""


@migrations()
def told_of_reports(tables: Tables) -> None:
    """Keep what staff say to who answers a country's report, and at which address they hear it."""
    _run(tables, _TOLD_OF_REPORTS)


_TOGETHER = """
-- By which answers a maker reads it, all at once: from 1 on; 0 while it waits for others, -1 where
-- one of them is gone, so that nobody but staff reads it any more.
ALTER TABLE survey_answer ADD COLUMN batch INTEGER NOT NULL DEFAULT 0;
UPDATE survey_answer SET batch = (SELECT (count(*) + 4) / 5 FROM survey_answer b WHERE b.pledge =
  survey_answer.pledge AND b.year = survey_answer.year AND b.id <= survey_answer.id);
UPDATE survey_answer SET batch = 0 WHERE batch * 5 > (SELECT count(*) FROM survey_answer b WHERE
  b.pledge = survey_answer.pledge AND b.year = survey_answer.year);
"""


@migrations()
def together(tables: Tables) -> None:
    """Remember which answers to a survey its maker reads together, whatever is deleted later."""
    _run(tables, _TOGETHER)


_CALL_WORDS = """
-- That staff opened a call, or closed it: its own days say when else it is open.
CREATE TABLE call_word (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  campaign TEXT NOT NULL,
  call TEXT NOT NULL,
  day TEXT NOT NULL,            -- ISO, in the zone of config.toml
  opened INTEGER NOT NULL
);
CREATE INDEX call_word_of ON call_word (campaign, call, id);
INSERT INTO sqlite_sequence (name, seq) VALUES ('call_word', 0);
"""


@migrations()
def call_words(tables: Tables) -> None:
    """Keep that staff opened or closed a call."""
    _run(tables, _CALL_WORDS)


@migrations()
def answered_calls(tables: Tables) -> None:
    """Keep what is answered to the questions of a call."""
    tables.execute("ALTER TABLE entry ADD COLUMN answers TEXT NOT NULL DEFAULT '{}'")


_PEERS = """
-- What a question to the makers of a pledge has beside its words.
CREATE TABLE peer_question (
  question INTEGER PRIMARY KEY,
  pledge INTEGER NOT NULL,
  digest TEXT UNIQUE,           -- of the secret in the link of who asked on a page
  contact TEXT NOT NULL,        -- how makers may reach who asks; '' for not at all
  passed INTEGER,               -- when staff passed it on
  person INTEGER,               -- the maker who answered
  reply TEXT,                   -- '' for no answer
  replied INTEGER
);
CREATE INDEX peer_question_pledge ON peer_question (pledge);
CREATE INDEX peer_question_person ON peer_question (person) WHERE person IS NOT NULL;
CREATE INDEX peer_question_passed ON peer_question (passed) WHERE reply IS NULL;
"""


@migrations()
def peers(tables: Tables) -> None:
    """Add questions to the makers of pledges."""
    _run(tables, _PEERS)


_LAPSED = """
-- when it was over, since nobody had answered
ALTER TABLE peer_question ADD COLUMN lapsed INTEGER;
CREATE INDEX peer_question_lapsed ON peer_question (lapsed) WHERE lapsed IS NOT NULL;
"""


@migrations()
def lapsed_peers(tables: Tables) -> None:
    """Keep that a question to makers is over since nobody has answered it."""
    _run(tables, _LAPSED)
