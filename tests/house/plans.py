"""Reads how SQLite goes about each statement that the program runs while tests are played, and
tells which of them read a table that grows from its first row to its last.

A plan here is that of a live file: drumbeat keeps no statistics (it never runs ANALYZE), so SQLite
knows tables and indexes alone, and a file of ten rows is read as one of twenty million is.
"""

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from threading import Lock
from types import FrameType
from typing import Any, NamedTuple

from bot.store import db
from bot.store.db import MEMORY, Database
from bot.store.schema import migrate

STEADY = {
    "account",
    "api_token",
    "audit_kept",
    "channel",
    "country_report",
    "desk_link",
    "desk_session",
    "event_said",
    "hold",
    "hook_endpoint",
    "hook_wanted",
    "lease",
    "member",
    "meta",
    "process",
    "rest",
    "sqlite_master",
    "sqlite_sequence",
    "staff_letter",
}
"""Tables with a row per thing that the operator has, members of staff, what these ask a country and
those who send now among them; all others grow with time or with people.
"""

OPEN = {
    "alert_open",
    "clearance_open",
    "contact_to_ask",
    "delivery_going",
    "entry_waiting",
    "delivery_waiting",
    "flag_not_taken",
    "flag_untold",
    "introduction_open",
    "notice_waiting",
    "occurrence_not_counted",
    "oneoff_open",
    "place_problem",
    "pledge_to_decide",
    "question_open",
    "rewording_open",
    "suggestion_open",
    "sweep_open",
    "wave_due",
    "wave_going",
}
"""Indexes of what has not ended: to read one of them whole is no look at the past."""

WIDE = {"delivery", "result"}
"""Tables of which one occurrence alone may have a million rows."""

_ASKED = "posts of a week that staff have not looked at, 500 at most"
_NIGHT = "once a night, retention looks at the age of each"
_NUMBERS = "a count over everybody, for whoever asks for it"
_LIST = "a list of all, for whoever asks for it"
_PLEDGES = "as many as have pledged, each of whom the loop looks at for their journey anyway"
_PICTURES = "a row per picture that posts want, and those that nobody has wanted lately"
_OWN_PICTURES = "a row per picture that staff give to drafts and posts of these weeks"
_BROADCASTS = "a row per wave on a channel whose pace may be paid for"
_LAST_OF_ALL = "how far a cancellation is: of its rows the last alone is read"
_STEP_BY_STEP = "a person decides about all of a wave: ten thousand of its rows at a time"
_WATCHED = "somebody watches a wave: five thousand of its rows at a time"
_REPORT = "the report at the end of a rehearsal, which sums up all that it made"

WHOLE = {
    ("Inbox.reports", "flag"): "messages about children, which are deleted after their days",
    ("Addressees._unsend", "delivery"): "an occurrence with one letter",
    ("Alerts.expire", "alert"): _NIGHT,
    ("Alerts.expire", "pledge"): _NIGHT,
    ("Amplify.forget_gone", "account_verified"): "a row per account that staff have verified",
    ("Amplify.forget_gone", "amplification"): "posts of pledge-makers, whose pledge may be gone",
    ("Amplify.sent_in", "milestone"): "milestones with a link, which may have been asked for again",
    ("Audit.expire", "audit_actor"): _NIGHT,
    ("Asked.count", "asked_post"): _ASKED,
    ("Asked.expire", "asked_once"): _NIGHT,
    ("Asked.forget", "asked_post"): _ASKED,
    ("Asked.waiting", "asked_post"): _ASKED,
    ("Broadcasts.current", "broadcast"): _BROADCASTS,
    ("Broadcasts.current", "delivery"): _LAST_OF_ALL,
    ("Broadcasts.find", "delivery"): _LAST_OF_ALL,
    ("Broadcasts.over", "broadcast"): _BROADCASTS,
    ("Broadcasts.over", "delivery"): _LAST_OF_ALL,
    ("Broadcasts.paying", "broadcast"): _BROADCASTS,
    ("Contacts.all", "contact"): _LIST,
    ("Conversations.expire", "conversation"): _NIGHT,
    ("Conversations.expire", "handled"): _NIGHT,
    ("Conversations.expire", "shown"): _NIGHT,
    ("Inbox.expire", "flag"): _NIGHT,
    ("Inbox.expire", "question"): _NIGHT,
    ("MailAnswers.expire", "question"): _NIGHT,
    ("Peers._drop", "question"): _NIGHT,
    ("Instances.known", "delivery"): "once a day; ends at the first row that has left",
    ("Instances.known", "instance"): "once a day; a row per day of an action",
    ("Instances.known", "occurrence"): "once a day; the days of all years are told apart",
    ("Journeys.drop_old_forms", "sheet"): _NIGHT,
    ("Listing.actions", "occurrence"): "the names that `hold` knows, when somebody holds an action",
    ("Listing.entries", "delivery"): _LIST,
    ("Listing.occurrences", "delivery"): _REPORT,
    ("Listing.occurrences", "occurrence"): _REPORT,
    ("Listing.sent_by", "delivery"): _REPORT,
    ("Listing.sent_by", "tally"): _REPORT,
    ("Listing.sent_by_month", "delivery"): _REPORT,
    ("Listing.sent_by_month", "tally"): _REPORT,
    ("Listing.unmade", "delivery"): _REPORT,
    ("Notices.expire", "notice"): _NIGHT,
    ("Numbers.away", "person"): _NUMBERS,
    ("Numbers.done", "tick"): _NUMBERS,
    ("Digests.any_agreed", "consent"): "the first row of an index of them alone",
    ("Digests.count", "consent"): "a page of the desk, before a month's letter is approved",
    ("Digests.approved", "digest"): "twelve a year",
    ("Digests.approved_since", "digest"): "twelve a year",
    ("Digests.forget_pledge", "digest"): "twelve a year",
    ("Digests.is_leaving", "delivery"): "of one letter that names what is gone",
    ("Openings.reached", "delivery"): "makers to whom a call goes, as many as have pledged",
    ("PublicPledges.newest", "pledge_event"): "from the newest on, until a feed is full",
    ("Numbers.pledges", "pledge"): _NUMBERS,
    ("Numbers.recipients", "person"): _NUMBERS,
    ("Numbers.stopped", "person"): _NUMBERS,
    ("Numbers.subscribers", "person"): _NUMBERS,
    ("Packs.made", "hand_post"): "a row per post that people made by hand",
    ("Introductions._unsend", "delivery"): "an occurrence with one question, or one answer to it",
    ("Peers._unsend", "delivery"): "what brings one question to its makers",
    ("Introductions.expire", "introduction_side"): _NIGHT,
    ("Introductions.newest", "introduction"): _LIST,
    ("Introductions.pairs", "introduction_side"): "pairs that staff have suggested, two rows each",
    ("Asking._drop", "invitation"): _NIGHT,
    ("People.count", "person"): _NUMBERS,
    ("People.countries", "person"): "the names that `hold` knows, where it was told another",
    ("People.countries_met", "person"): "`doctor` looks for help lines that lack",
    ("People.countries_met", "pledge"): "`doctor` looks for help lines that lack",
    ("Drafts.expire", "draft"): _NIGHT,
    ("OwnPictures.any", "own_picture"): _OWN_PICTURES,
    ("OwnPictures.tidy", "own_picture"): _OWN_PICTURES,
    ("Pictures.tidy", "picture"): _PICTURES,
    ("Pictures.tidy", "picture_ready"): _PICTURES,
    ("Plan._insert", "delivery"): "whether any of a step's people has a row; ends at the first",
    ("Plan._sweep", "delivery"): "whether anybody has a row; ends at the first",
    ("Plan.planned", "delivery"): "of what is not over; ends at the first row that has left",
    ("Played.by_subject", "delivery"): _REPORT,
    ("Played.by_subject", "tally"): _REPORT,
    ("Played.late", "delivery"): _REPORT,
    ("Played.entries", "entry"): _REPORT,
    ("Played.questions", "question"): _REPORT,
    ("Played.questions", "peer_question"): _REPORT,
    ("Pledges.all", "pledge"): _PLEDGES,
    ("Pledges.delete", "delivery"): "occurrences with news for the editors of one pledge",
    ("Pledges.old_drafts", "pledge"): _PLEDGES,
    ("Progress.steps", "delivery"): _WATCHED,
    ("Rewordings.had", "delivery"): _WATCHED,
    ("Pledges.to_moderate", "pledge"): _PLEDGES,
    ("Asking._drop", "proposal"): _NIGHT,
    ("Asking._drop", "signup"): _NIGHT,
    ("Asking.waiting", "proposal"): "at most `asking.FULL` wait; asked when a form is sent",
    ("Asking.waiting", "signup"): "at most `asking.FULL` wait; asked when a form is sent",
    ("Asking._by_domain", "proposal"): "at most `asking.FULL` wait; asked when a form is sent",
    ("Asking._by_domain", "signup"): "at most `asking.FULL` wait; asked when a form is sent",
    ("Restored.made", "result"): "a restore of a copy that was made by other means",
    ("Signups._end_guests", "contact"): _NIGHT,
    ("Sweeps._change", "delivery"): _STEP_BY_STEP,
    ("Sweeps._stretch", "delivery"): _STEP_BY_STEP,
    ("Sweeps.expire", "sweep"): _NIGHT,
    ("Waves.expire", "given_start"): _NIGHT,
    ("Tombstones.tombstones", "tombstone"): "an import or a restore keeps out who was forgotten",
    ("_take_over", "tombstone"): "an import or a restore keeps out who was forgotten",
    ("Topic._replace_all", "clearance"): "a restore takes over which links are over",
}
"""Who may read which table whole, or all rows of an occurrence, and why."""

_PERSON = "seldom, and only for one person, who waits for it"

OF_ONE_PERSON = {
    ("Alerts.forget", "alert"): _PERSON,
    ("Alerts.forget", "amplification"): _PERSON,
    ("Amplify.forget", "amplification"): _PERSON,
    ("Forgotten.bury", "conversation"): _PERSON,
    ("Forgotten.bury", "flag"): _PERSON,
    ("Forgotten.bury", "person"): _PERSON,
    ("Forgotten.bury", "question"): _PERSON,
    ("Listing.of_person", "occurrence"): _PERSON,
    ("Notices.forget", "alert"): _PERSON,
    ("Notices.forget", "notice"): _PERSON,
    ("Outbox._unsign_decisions", "result"): _PERSON,
    ("Outbox.forget", "occurrence"): _PERSON,
    **dict.fromkeys(
        (
            ("Topic._unsign", table)
            for table in (
                "account_verified",
                "amplification_answer",
                "approval",
                "broadcast",
                "digest",
                "edit",
                "hand_post",
                "milestone",
                "oneoff",
                "pledge_event",
                "pledge_verification",
                "flag",
                "question",
                "sweep",
                "given_start",
                "rewording",
            )
        ),
        _PERSON,
    ),
}
"""The same for what `/export` and `/forget` read."""

_TALLY = "the past is counted, and these are its counts"

COUNTED = {
    ("History.count", "delivery"): "counts a day that is over, once",
    ("History.old", "occurrence"): "once an hour: the days that are counted and have rows still",
    ("History._prune", "delivery"): "some thousand rows at a time, once",
    ("History.prune", "delivery"): "whether any row of a day is left, once it was pruned",
    ("Listing.counts", "delivery"): "rows of days that are not counted yet",
    ("Listing.counts", "tally"): _TALLY,
}
"""The same for the counts of what was sent."""

ANSWERED = {**WHOLE, **OF_ONE_PERSON, **COUNTED}

_PLANNED = re.compile(r"\s*(?:SELECT|WITH|INSERT|UPDATE|DELETE)\b")

_NAMED = re.compile(
    r"\b(?:FROM|JOIN|INTO|UPDATE)\s+(?:temp\.)?([a-z_]\w*)(?:\s+(?:AS\s+)?([a-z]\w*))?"
)

_OF_SQLITE_ALONE = re.compile(
    r"\bIN \(\s*\)|\bOR (?:REPLACE|IGNORE|ABORT|FAIL|ROLLBACK)\b|\bON CONFLICT DO UPDATE\b"
)

_STEP = re.compile(r"(SCAN|SEARCH) (\S+)(?: USING (.*))?")


class Reading(NamedTuple):
    """A table that a method reads whole, or all that one occurrence has in it."""

    #: the method's qualified name
    method: str
    table: str
    #: as SQLite says it
    step: str
    sql: str


class Plans:
    """Statements as SQLite would go about them in an empty file of this version."""

    def __init__(self) -> None:
        self._database = Database(MEMORY)
        migrate(self._database)
        self._tables = {name for name, _ in self.schema()} | {"sqlite_master"}
        self._explain = self._database.tables.conn.execute

    def schema(self) -> list[tuple[str, str]]:
        """Return tables and indexes with the SQL that makes them."""
        return [
            (name, sql)
            for name, sql in self._database.rows(
                "SELECT name, coalesce(sql, '') FROM sqlite_master ORDER BY name"
            )
        ]

    def make(self, sql: str) -> None:
        """Make a table of a connection's own here, too, since statements may read it."""
        self._explain(sql)

    def wide(self, method: str, sql: str) -> Iterator[Reading]:
        """Yield the tables that grow of which a statement reads more than it is asked for."""
        names = {name: name for name in self._tables}
        names |= {alias: name for name, alias in _NAMED.findall(sql) if alias and name in names}
        if _OF_SQLITE_ALONE.search(sql):
            yield Reading(method, "", "PostgreSQL takes no such statement", sql)
        blank = dict.fromkeys(re.findall(r":(\w+)", sql))
        for *_, step in self._explain(f"EXPLAIN QUERY PLAN {sql}", blank):
            parts = _STEP.match(step)
            table = names.get(parts[2]) if parts else None
            if table and table not in STEADY and _is_wide(parts[1], table, parts[3] or ""):
                yield Reading(method, table, step, sql)


def _is_wide(way: str, table: str, index: str) -> bool:
    if way == "SEARCH":
        whole_occurrence = index.startswith("PRIMARY KEY") and "recipient=?" not in index
        return "AUTOMATIC" in index or (table in WIDE and (whole_occurrence or not index))
    return not OPEN & set(index.split())


class Watch:
    """Sees each statement that the program runs, and keeps the wide readings that nobody answers
    for.
    """

    def __init__(self, answered: Mapping[tuple[str, str], str]) -> None:
        self._answered = answered
        self._plans = Plans()
        self._seen: set[tuple[object, str]] = set()
        self._faults: list[Reading] = []
        self._lock = Lock()

    def faults(self) -> list[Reading]:
        """Return, once, the readings since somebody last asked."""
        with self._lock:
            faults, self._faults = self._faults, []
        return faults

    def methods(self) -> dict[str, Callable[..., Any]]:
        """Return what stands in place of the methods of `Database` that run a statement."""
        names = ("rows", "select", "row", "execute", "many")
        return {name: self._watched(getattr(Database, name)) for name in names}

    def _watched(self, run: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(run)
        def watched(database: Database, *given: Any, **named: Any) -> Any:
            sql = next(each for each in (*given, *named.values()) if isinstance(each, str))
            if (caller := _caller(sys._getframe(1))) is not None:
                # a server's own way to end a claim says nothing of how SQLite reads
                self._look(caller, sql.replace(database.skip_locked or "\0", ""))
            return run(database, *given, **named)

        return watched

    def _look(self, caller: FrameType, sql: str) -> None:
        if (key := (caller.f_code, sql)) in self._seen:
            return
        with self._lock:
            self._seen.add(key)
            if sql.startswith("CREATE TEMPORARY TABLE "):
                self._plans.make(sql)
            elif _PLANNED.match(sql):
                method = caller.f_code.co_qualname.partition(".<locals>")[0]
                self._faults += [
                    reading
                    for reading in self._plans.wide(method, sql)
                    if (method, reading.table) not in self._answered
                ]


def _caller(frame: FrameType | None) -> FrameType | None:
    """Return the frame that asks the adapter, or None where it is none of the program's."""
    while frame is not None and frame.f_code.co_filename in (db.__file__, __file__):
        frame = frame.f_back
    name = frame.f_globals["__name__"] if frame else ""
    # the port of the search speaks each database's own language; a move reads all that there is;
    # the queue's tables are not ours, and no file has them
    known = name in ("bot.store.search", "bot.store.workers.queued")
    known = known or name.startswith("bot.store.moving.")
    return frame if name.startswith("bot.") and not known else None
