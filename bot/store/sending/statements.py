"""Statements of the outbox: what is due, claimed and ended, in SQL.

State numbers stand in the text where SQLite needs them to choose a partial index.
"""

from collections.abc import Sequence

from bot.model import PUBLIC, State
from bot.model.outbox import Result
from bot.model.outbox.broadcasts import Pace
from bot.store.db.dialect import AT_ONCE, chosen_once
from bot.store.states import MOVING, RESTING, listed
from bot.store.tally import Stage

CLAIM = 100
"""Most rows of one claim, and so of one group commit."""

LOOK = 500
"""Most rows of one step of those who look at all that is put off, for some 10 ms."""

TAKEN = -1
"""The claim of a row that was taken from its claimer: of no lease."""

OF_PERSON = (
    "channel = :channel AND recipient = :person AND occurrence IN (SELECT id FROM occurrence WHERE"
    f" stage < {int(Stage.PRUNED)})"
)

GOING = listed(
    (State.PLANNED, State.AWAITING_APPROVAL, State.QUEUED, State.SENDING, State.UNCERTAIN)
)

LEAVING = listed((State.SENDING, State.SENT))

ANY_DUE = (
    f"SELECT 1 FROM delivery WHERE channel = :channel AND due <= :now AND state IN ({MOVING}) AND"
    f" state = {int(State.QUEUED)} LIMIT 1"
)


_MOVES = f"channel = :channel AND due <= :now AND state IN ({MOVING})"

_ORDER = "due, expires, occurrence"

_BY_DEADLINE = "expires, due, occurrence"

_ALL = 2**62
"""A limit that is none."""

_NEXT_MOMENT = (
    f"FROM delivery WHERE {_MOVES} AND ({_ORDER}) >= (m.due, m.expires + 0, m.occurrence + 1) ORDER"
    f" BY {_ORDER} LIMIT 1"
)


# The rows of a wave share all three, so that these are few however many rows wait: one step in the
# index leads from each to the next. What is due later (retries, the end of quiet hours) is not
# looked at. The last one is null. `>=` and 1, since for `>` of several columns SQLite walks through
# all that are equal; 0, since it finds only the first of them in the index where the next is
# compared with a column; LIMIT keeps it from dropping the order.
def _moments(order: str) -> str:
    return (
        f"WITH RECURSIVE moment ({_ORDER}) AS (SELECT * FROM (SELECT {_ORDER} FROM delivery WHERE"
        f" {_MOVES} ORDER BY {_ORDER} LIMIT 1) a UNION ALL SELECT (SELECT due {_NEXT_MOMENT}),"
        f" (SELECT expires {_NEXT_MOMENT}), (SELECT occurrence {_NEXT_MOMENT}) FROM moment m WHERE"
        f" m.due IS NOT NULL), in_order AS (SELECT :channel AS channel, {_ORDER} FROM moment ORDER"
        f" BY {order} LIMIT {_ALL})"
    )


MOMENTS = f"{_moments(_ORDER)} SELECT {_ORDER} FROM in_order WHERE due IS NOT NULL"

DEADLINE = f"{_moments(_BY_DEADLINE)} SELECT expires FROM in_order WHERE due IS NOT NULL LIMIT 1"


LATE_POSTS = (
    f"{_moments(_ORDER)} SELECT d.occurrence, d.channel FROM in_order m CROSS JOIN delivery d WHERE"
    " m.due IS NOT NULL AND m.expires <= :now AND d.occurrence = m.occurrence AND d.channel ="
    f" m.channel AND d.recipient = {PUBLIC} AND d.due = m.due AND d.expires = m.expires AND d.state"
    f" = {int(State.QUEUED)}"
)
"""Posts of a channel that wait though their grace is over."""

_PLACE = "due, expires, occurrence, state, recipient"

_LATER = (
    f"channel = :channel AND state IN ({MOVING}) AND ({_PLACE}) > (:from0, :from1, :from2, :from3,"
    " :from4)"
)

LATER_END = (
    f"SELECT {_PLACE} FROM delivery WHERE {_LATER} ORDER BY {_PLACE} LIMIT 1 OFFSET :look - 1"
)
"""Where a step ends that goes on from a place in the index."""

NO_LATER = (
    f"UPDATE delivery SET due = :now WHERE {_LATER} AND ({_PLACE}) <= (:upto0, :upto1, :upto2,"
    f" :upto3, :upto4) AND +state = {int(State.QUEUED)} AND EXISTS (SELECT 1 FROM result r WHERE"
    " r.occurrence = delivery.occurrence AND r.channel = delivery.channel AND r.recipient ="
    " delivery.recipient AND r.at > :now)"
)

LAST = (2**62,) * 5
"""After every place."""


# SQLite reads the first of each moment, in order, until it has as many as it wants. PostgreSQL
# would join all that is due and put it in order, a million rows for a claim of fifty; a subquery
# for each moment, of no more rows than are wanted, lets it do the same (`bot.store.db.dialect`).
# They come in the order of that index, which no other has where the state may be several (`<=`):
# along the primary key it would walk past all of the wave that has left.
_EACH = "/*postgres: LATERAL (SELECT d.* FROM */"
_OF_EACH = "/*postgres: ORDER BY d.state, d.recipient LIMIT {}{}) d */"


def claim_sql(held: str, skip: str = "") -> str:
    """Return the statement that claims due rows of a channel under the lease `:claim`, earliest
    deadline first; they come back in any order.

    `held` is what holds them back, as a condition on the delivery `d` or its wave `m`; `skip` is
    the database's own `Database.skip_locked`.
    """
    due = _due("occurrence", "channel", "recipient")
    first = f"{due}{held}{_OF_EACH.format(':limit', skip)} LIMIT :limit"
    return (
        f"UPDATE delivery SET state = {int(State.SENDING)}, attempts = attempts + 1, claim = :claim"
        f" WHERE (occurrence, channel, recipient) IN ({chosen_once(first)}) AND state ="
        f" {int(State.QUEUED)} RETURNING occurrence, recipient, attempts, due, expires"
    )


def in_order(taken: Sequence[int]) -> tuple[int, ...]:
    """Return by what the rows of a claim are sorted."""
    occurrence, recipient, _, due, expires = taken
    return expires, due, occurrence, recipient


GIVE_UP = (
    f"UPDATE delivery SET state = {int(State.UNCERTAIN)}, claim = {TAKEN} WHERE state IN ({MOVING})"
    f" AND state = {int(State.SENDING)}{{}} RETURNING occurrence, channel, recipient"
)
"""Takes from their claimers, for good, those of the rows in flight that a condition means."""

OF_LEASE = " AND claim = :token"

OF_NOBODY = " AND NOT EXISTS (SELECT 1 FROM lease l WHERE l.id = delivery.claim)"
"""Rows in flight whose lease is no more."""

IS_MINE = (
    "SELECT 1 FROM delivery WHERE occurrence = :occurrence AND channel = :channel AND recipient ="
    " :recipient AND claim = :claim"
)


def first_due_sql(held: str) -> str:
    """Return the query for the rows that a claim would take; `held` is what holds them back."""
    # their tries stand in no index: asked for with the keys, SQLite would walk through all of the
    # wave that has ended
    return (
        "SELECT d.occurrence, d.recipient, d.attempts FROM"
        f" ({_due('occurrence', 'channel', 'recipient')}{held}{_OF_EACH.format(':limit', '')}"
        " LIMIT :limit) first CROSS JOIN delivery d WHERE d.occurrence = first.occurrence AND"
        " d.channel = first.channel AND d.recipient = first.recipient"
    )


def longest_due_sql(held: str) -> str:
    """Return the query for the queued row of a channel that has been due longest; `held` is what
    holds rows back.
    """
    due = _due("due", "occurrence", "channel", "recipient", order=_ORDER)
    return f"{due}{held}{_OF_EACH.format(1, '')} LIMIT 1"


def longest_planned_sql(held: str) -> str:
    """Return the same of the channel's planned rows, which wait where no process runs."""
    return (
        "SELECT d.due, d.occurrence, d.channel, d.recipient FROM (SELECT occurrence, channel,"
        f" recipient FROM delivery WHERE state IN ({RESTING}) AND state = {int(State.PLANNED)} AND"
        " due <= :now AND channel = :channel) m JOIN delivery d ON d.occurrence = m.occurrence AND"
        f" d.channel = m.channel AND d.recipient = m.recipient{held} ORDER BY d.due, d.occurrence,"
        " d.recipient LIMIT 1"
    )


def _due(*columns: str, order: str = _BY_DEADLINE) -> str:
    return (
        f"{_moments(order)} SELECT {', '.join(f'd.{column}' for column in columns)} FROM in_order m"
        f" CROSS JOIN{_EACH} delivery d WHERE d.channel = :channel AND d.due = m.due AND"
        " d.expires = m.expires AND d.occurrence = m.occurrence AND d.state IN"
        f" ({MOVING}) AND d.state /*postgres: <*/= {int(State.QUEUED)}"
    )


FIRST_TRY = (
    "INSERT INTO first_try (occurrence, channel, at) VALUES (:occurrence, :channel, :now) ON"
    " CONFLICT (occurrence, channel) DO UPDATE SET at = excluded.at"
)

_OF_POST = f"d.channel = {{0}}.channel AND d.recipient = {PUBLIC}"

SENT_SINCE = (
    "SELECT count(*) FROM result r JOIN delivery d ON d.occurrence = r.occurrence AND"
    f" {_OF_POST.format('r')} WHERE r.channel = :channel AND r.recipient = {PUBLIC} AND r.at >="
    f" :since AND d.state = {int(State.SENT)}"
)

PERHAPS_SINCE = (
    "SELECT count(*) FROM first_try f JOIN delivery d ON d.occurrence = f.occurrence AND"
    f" {_OF_POST.format('f')} WHERE f.channel = :channel AND f.at >= :since AND d.state IN"
    f" ({listed((State.SENDING, State.UNCERTAIN))})"
)
"""Posts that are under way, by whichever process, or uncertain."""

PEOPLE = (
    "SELECT p.id, p.address, p.language, p.pledge, p.status, l.zone FROM person p JOIN place l ON"
    " l.id = p.place WHERE p.id IN (SELECT CAST(value AS BIGINT) FROM json_each(:ids))"
)

# What was under way when its broadcast was cancelled gets no other try. The state has a sign, so
# that rows are found by their key, however many wait or are in flight.
SETTLE = (
    f"UPDATE delivery SET state = CASE WHEN :state = {int(State.QUEUED)} AND :recipient > 0 AND"
    " EXISTS (SELECT 1 FROM broadcast b WHERE b.occurrence = :occurrence AND b.channel = :channel"
    f" AND b.pace = {int(Pace.CANCELLED)}) THEN {int(State.CANCELLED)} ELSE :state END, due = :due,"
    f" attempts = :attempts{AT_ONCE} WHERE delivery.occurrence = :occurrence AND delivery.channel ="
    f" :channel AND delivery.recipient = :recipient AND +delivery.state = {int(State.SENDING)} AND"
    " delivery.claim = :claim"
)


def settling(result: Result) -> dict[str, int]:
    """Return what `SETTLE` and `IS_MINE` ask of a result."""
    row = result.row
    return {
        "state": int(result.state),
        "due": result.due or row.due,
        "attempts": row.attempts if result.counted else row.attempts - 1,
        "occurrence": row.occurrence,
        "channel": row.channel,
        "recipient": row.recipient,
        "claim": row.claim,
    }


# An answer may come in after its person was forgotten: of that nothing is written. PostgreSQL would
# read all people once for an EXISTS.
RESULT = (
    "INSERT INTO result (occurrence, channel, recipient, at, receipt, url, error, text) SELECT"
    f" :occurrence, :channel, :recipient, :at, :receipt, :url, :error, :text{AT_ONCE} WHERE"
    " :recipient <= 0 OR :recipient = (SELECT p.id FROM person p WHERE p.id = :recipient) ON"
    " CONFLICT (occurrence, channel, recipient) DO UPDATE SET at = excluded.at, receipt ="
    " coalesce(excluded.receipt, result.receipt), url = coalesce(excluded.url, result.url), error ="
    " excluded.error, text = coalesce(excluded.text, result.text)"
)


DECIDED = (
    "SELECT occurrence, channel, recipient, error FROM result WHERE error LIKE '% by %' OR error"
    " LIKE '% says %'"
)
"""Results whose words name the person who decided; an index holds exactly these rows."""
