"""Numbers that leave the database are never given out again, and those by which steps go on are
settled first.

Tokens in letters, buttons in chats, states and notices outlive the rows that they mean. So tables
whose number leaves the file count with `AUTOINCREMENT`: SQLite then keeps the highest number that a
table ever gave, also when its row is gone (`sqlite_sequence`).
"""

import re
from collections.abc import Iterable, Mapping
from itertools import chain

from sqlite_utils import Database as Tables

from bot.store.db import Database

AFTER_RESTORE = 1_000_000
"""So far a restore raises every sequence: what was given out after the backup was made is not in
it.
"""

REFERENCES: Mapping[str, tuple[str, ...]] = {
    "channel": ("place.channel", "person.channel", "delivery.channel", "result.channel"),
    "person": (
        "delivery.recipient",
        "result.recipient",
        "consent.person",
        "profile.person",
        "tick.person",
        "contact.person",
        "pledge_editor.person",
        "pledge_invite.by_person",
        "official.person",
        "official.asker",
        "proposal.person",
        "signup.person",
        "visit.person",
        "invitation.person",
        "invitation.asker",
        "introduction_side.person",
        "event_guest.person",
        "country_report.person",
        "friend_link.person",
        "oneoff.after",
        "wave.after",
    ),
    "occurrence": (
        "wave.occurrence",
        "delivery.occurrence",
        "result.occurrence",
        "approval.occurrence",
        "hand_post.occurrence",
    ),
    "hold": (),
    "alert": (),
    "question": (),
    "flag": (),
    "pledge": (
        "pledge_editor.pledge",
        "pledge_invite.pledge",
        "pledge_handle.pledge",
        "pledge_verification.pledge",
        "pledge_event.pledge",
        "milestone.pledge",
        "amplification.pledge",
        "account_verified.pledge",
        "official.pledge",
        "invitation.pledge",
        "introduction_side.pledge",
        "sheet.number",
        "survey_answer.pledge",
    ),
    "pledge_verification": (),
    "pledge_event": (),
    "oneoff": ("oneoff_picture.oneoff",),
    "draft": (),
    "notice": (),
    "amplification": ("amplification_answer.amplification",),
    "amplification_answer": (),
    "official": (),
    "proposal": (),
    "signup": (),
    "digest": (),
    "visit": (),
    "invitation": (),
    "audit": (),
    "staff_letter": (),
    "mail_answer": (),
    "clearance": (),
    "suggestion": (),
    "audit_actor": ("audit.actor",),
    "introduction": ("introduction_side.introduction",),
    "introduction_side": (),
    "event_guest": (),
    "event_note": (),
    "country_report": (),
    "friend_link": ("friend_came.link",),
    "survey_answer": (),
    "entry": (),
    "call_word": (),
    "asked_post": (),
    "api_token": (),
    "lease": ("delivery.claim",),
}
"""The tables whose number leaves the file, and the columns that hold such a number."""

_TEXTS = (
    "SELECT name FROM notice",
    "SELECT fields FROM notice",
    "SELECT subject FROM alert",
    "SELECT state FROM conversation",
    "SELECT action FROM occurrence",
    "SELECT DISTINCT by_whom FROM pledge_event",
)

_WORDS: Mapping[str, str] = {
    "alert": r"alert",
    "amplification": r"number|subject",
    "oneoff": r"post:|announcement:",
    "person": r"person",
    "pledge": r"pledge|amplified:p",
    "pledge_event": r"told:n",
    "question": r"question|number",
}
"""Which word stands before a table's number in notices, states of chats and occurrences."""


_MADE = "SELECT sql FROM sqlite_master WHERE name = :table"

_PARTS = (
    "SELECT sql FROM sqlite_master WHERE tbl_name = :table AND type <> 'table' AND sql NOT NULL"
)


def settled(database: Database, table: str) -> int:
    """Return the highest number of a table, 0 without any, where no lower one comes any more.

    A number is drawn before its row is committed, and a row that is not committed is not seen. Who
    pages by numbers and closes behind itself would miss it for ever. Of a table that is paged so
    (`person`, `place`) rows are added within `Database.transaction` alone, never `beside` others:
    so in a transaction here nobody holds a number that can't be seen yet.
    """
    with database.transaction(beside=True):
        return int(database.value(f"SELECT coalesce(max(id), 0) FROM {table}"))


def count_on(tables: object) -> None:
    """Rebuild each table whose numbers leave the database, so that none is given out twice.

    Runs in a migration's transaction, with foreign keys off. On PostgreSQL every table counts so
    from its beginning.
    """
    if not isinstance(tables, Tables):
        return
    texts = [str(text) for sql in _TEXTS for (text,) in tables.execute(sql).fetchall()]
    for table, columns in REFERENCES.items():
        if _counts(tables, table):
            continue
        _rebuild(tables, table)
        numbers = chain(
            _highest(tables, f"{table}.id"), *(_highest(tables, column) for column in columns)
        )
        _set(tables, table, max(chain(numbers, _in_texts(table, texts)), default=0))


def raise_all(database: Database, by: int = AFTER_RESTORE) -> None:
    """Skip this many numbers of every sequence, also of those that have given none yet."""
    database.raise_sequences(REFERENCES, by)


def _counts(tables: Tables, table: str) -> bool:
    """Return whether a table counts with AUTOINCREMENT already, as in files made by this
    version, or comes with a later migration.
    """
    rows = tables.execute(_MADE, {"table": table}).fetchall()
    return not rows or "AUTOINCREMENT" in rows[0][0]


def _rebuild(tables: Tables, table: str) -> None:
    """Give the table's `id` AUTOINCREMENT, while rows, indexes and triggers stay as they are."""
    parts = tables.execute(_PARTS, {"table": table}).fetchall()
    [(made,)] = tables.execute(_MADE, {"table": table}).fetchall()
    new = re.sub(r"^(CREATE TABLE )\S+", rf"\1{table}_counted", made).replace(
        "id INTEGER PRIMARY KEY", "id INTEGER PRIMARY KEY AUTOINCREMENT", 1
    )
    tables.execute(new)
    tables.execute(f"INSERT INTO {table}_counted SELECT * FROM {table}")
    tables.execute(f"DROP TABLE {table}")
    tables.execute(f"ALTER TABLE {table}_counted RENAME TO {table}")
    for (sql,) in parts:
        tables.execute(sql)


def _highest(tables: Tables, column: str) -> Iterable[int]:
    table, _, name = column.partition(".")
    if not tables[table].exists():  # it comes with a later migration
        return ()
    [(highest,)] = tables.execute(f"SELECT max({name}) FROM {table}").fetchall()
    return () if highest is None else (int(highest),)


def _in_texts(table: str, texts: Iterable[str]) -> Iterable[int]:
    words = _WORDS.get(table)
    if words is None:
        return ()
    pattern = re.compile(rf'(?:{words})"?:? ?"?(\d{{1,9}})\b')
    return (int(number) for text in texts for number in pattern.findall(text))


def _set(tables: Tables, table: str, number: int) -> None:
    tables.execute("DELETE FROM sqlite_sequence WHERE name = :table", {"table": table})
    tables.execute(
        "INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :number)",
        {"table": table, "number": number},
    )
