"""Occurrences and waves, and the set-based fan-out that turns a wave into deliveries."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from bot.errors import StoreError
from bot.model import PUBLIC, Audience, Occurrence, State
from bot.model.outbox.broadcasts import Pace, SweepKind
from bot.model.outbox.waves import (
    ComingWave,
    NewWave,
    OpenOccurrence,
    PlannedOccurrence,
    ToPeople,
    Upcoming,
)
from bot.model.person import Status
from bot.model.staff import ANNOUNCEMENT, Actor
from bot.model.subject import MARK
from bot.rules import planner
from bot.store.db import Database
from bot.store.sending.sweeps import Sweeps
from bot.store.sequences import settled
from bot.store.states import DECIDED, MOVING, RESTING, UNSENT
from bot.store.tally import Stage, reopen
from bot.store.topic import Topic
from bot.times import epoch

STEP_ROWS = 10_000
"""Rows of one transaction, which holds the write lock for some 20 ms."""


class Plan(Topic):
    """The occurrences and waves that are planned."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._sweeps = Sweeps(database)
        #: ids of the last stretch: a guess for the next one, no more
        self._stride = STEP_ROWS
        self._dense = False

    # occurrences

    def planned(self, now: datetime, end: date) -> list[PlannedOccurrence]:
        """Return the occurrences that are not over at `now`, up to the day `end`."""
        return self._database.select(
            _planned,
            "SELECT id, campaign, action, audience, slot, day, grace, nudge, post, named,"
            f" cancelled, opens <= :now AS begun, EXISTS (SELECT 1 FROM delivery d WHERE"
            f" d.occurrence = occurrence.id AND {DECIDED}) AS decided FROM occurrence "
            # An action with the mark in it was never planned: it answers somebody.
            # For an order by `id` itself SQLite would read all that is over, too.
            f"WHERE closes > :now AND day <= :end AND action NOT LIKE '%{MARK}%' ORDER BY +id",
            {"now": epoch(now), "end": end.isoformat()},
        )

    def with_posts(self, now: datetime, end: date) -> list[tuple[int, Occurrence]]:
        """Return the number of each occurrence that has posts, is not cancelled and not over at
        `now`, up to the day `end`, with the occurrence.
        """
        return self._database.select(
            lambda number, **columns: (number, _occurrence(**columns)),
            "SELECT id AS number, campaign, action, audience, slot, day, grace, nudge, post, named"
            " FROM occurrence WHERE closes > :now AND day <= :end AND post = 1 AND cancelled = 0"
            f" AND action NOT LIKE '%{MARK}%' ORDER BY +id",
            {"now": epoch(now), "end": end.isoformat()},
        )

    def to_come(self, now: datetime, end: date) -> list[Occurrence]:
        """Return the first occurrence of each action that is not over at `now`, up to the day
        `end`.
        """
        return self._database.select(
            _occurrence,
            "SELECT campaign, action, audience, slot, day, grace, nudge, post, named FROM"
            " occurrence WHERE id IN (SELECT min(id) FROM occurrence WHERE closes > :now AND day <="
            # grouped by the action itself SQLite would read all that is over, too
            f" :end AND cancelled = 0 AND action NOT LIKE '%{MARK}%' GROUP BY action || '') ORDER"
            " BY id",
            {"now": epoch(now), "end": end.isoformat()},
        )

    def add(self, occurrence: Occurrence) -> int:
        """Plan an occurrence; return its id. Planning it twice changes nothing."""
        columns = _columns(occurrence)
        self._database.execute(_ADD, columns)
        number: int = self._database.value(
            "SELECT id FROM occurrence WHERE campaign = :campaign AND action = :action AND audience"
            " = :audience AND slot = :slot",
            columns,
        )
        return number

    def move(self, occurrence_id: int, occurrence: Occurrence, now: int) -> None:
        """Give an occurrence another day, grace or target.

        Its waves and nudges are made anew, and posts that planning had cancelled come back; what
        staff had decided about its pace was for the other day. Only for an occurrence of which
        nothing has left. Of many nudges that are dropped the job `sweeps` drops the others, and
        waves come after that.
        """
        with self._database.transaction():
            self._database.execute(_CLEAR, {"id": occurrence_id})
            self._database.execute(_NOT_YET, {"id": occurrence_id})
            self._database.execute(_MOVE, {**_columns(occurrence), "id": occurrence_id})
            for table in ("wave", "broadcast", "sweep", "given_start"):
                self._database.execute(
                    f"DELETE FROM {table} WHERE occurrence = :id", {"id": occurrence_id}
                )
            self._database.execute(
                "DELETE FROM tally WHERE occurrence = :id", {"id": occurrence_id}
            )
            self._sweep(SweepKind.CLEAR, occurrence_id, now)

    def cancel(self, occurrence_id: int, now: int) -> None:
        """Cancel an occurrence and all its deliveries that have not left; of many, the job
        `sweeps` goes on with the others, of which none leaves from now on.
        """
        with self._database.transaction():
            self._database.execute(
                "UPDATE occurrence SET cancelled = 1 WHERE id = :id", {"id": occurrence_id}
            )
            self._database.execute(
                "UPDATE wave SET done = 1 WHERE occurrence = :id", {"id": occurrence_id}
            )
            self._database.execute(
                f"UPDATE delivery SET state = :cancelled WHERE {_POSTS} AND state IN (:planned,"
                " :awaiting, :queued)",
                {
                    "id": occurrence_id,
                    "cancelled": State.CANCELLED,
                    "planned": State.PLANNED,
                    "awaiting": State.AWAITING_APPROVAL,
                    "queued": State.QUEUED,
                },
            )
            self._sweep(SweepKind.CALL_OFF, occurrence_id, now)

    def _sweep(self, kind: SweepKind, occurrence_id: int, now: int) -> None:
        for (channel,) in self._database.rows(_CHANNELS, {"id": occurrence_id}):
            self._sweeps.step(self._sweeps.put(kind, occurrence_id, channel, Actor(""), now))

    def opened(self, until: datetime, now: datetime) -> list[OpenOccurrence]:
        """Return occurrences with nudges whose day begins before `until` and is not over at
        `now`.
        """
        return self._database.select(
            _open,
            "SELECT id, day, audience, grace, places FROM occurrence WHERE closes > :now AND opens"
            f" <= :until AND nudge = 1 AND cancelled = 0 AND action NOT LIKE '%{MARK}%' AND NOT"
            # a row that is still to be dropped would keep its person from getting a new one
            " EXISTS (SELECT 1 FROM sweep s WHERE s.occurrence = occurrence.id AND s.done = 0 AND"
            f" s.kind = {int(SweepKind.CLEAR)}) ORDER BY +id",
            {"now": epoch(now), "until": epoch(until)},
        )

    def to_people(self, first: date, last: date) -> list[ToPeople]:
        """Return the occurrences of these days of which messages go to many people, by day; none
        that answers somebody.
        """
        return self._database.select(
            _to_people,
            # the day has no index, the instant at which it begins has one
            "SELECT id, campaign, action, audience, day, opens, closes, cancelled FROM occurrence"
            " WHERE opens >= :first AND opens <= :last AND nudge = 1 AND (action NOT LIKE"
            f" '%{MARK}%' OR action LIKE '{ANNOUNCEMENT}{MARK}%') ORDER BY opens, id",
            {"first": epoch(planner.opens(first)), "last": epoch(planner.opens(last))},
        )

    def find(self, occurrence_id: int) -> Occurrence | None:
        """Return one occurrence as it is planned, or None where no row has this number."""
        return self._database.first(
            _occurrence,
            "SELECT campaign, action, audience, slot, day, grace, nudge, post, named FROM"
            " occurrence WHERE id = :id",
            {"id": occurrence_id},
        )

    def occurrence(self, occurrence_id: int) -> Occurrence:
        """Return one occurrence that is there; raises `StoreError` where it is not."""
        occurrence = self.find(occurrence_id)
        if occurrence is None:
            raise StoreError(f"{self._database.where}: no occurrence {occurrence_id}")
        return occurrence

    def neighbours(self, occurrence_id: int, now: int) -> tuple[int, ...]:
        """Return other occurrences with nudges for the same audience that people may get in the
        same days.
        """
        others = self._database.column(
            "SELECT o.id FROM occurrence o JOIN occurrence mine ON mine.id = :id WHERE o.closes >"
            " :now - 86400 AND o.opens <= :now AND o.nudge = 1 AND o.audience = mine.audience AND"
            " o.id <> mine.id ORDER BY +o.id",
            {"id": occurrence_id, "now": now},
        )
        return tuple(others)

    # waves

    def add_waves(self, occurrence: int, waves: Sequence[NewWave], places: int) -> None:
        """Add an occurrence's waves, and record up to which place they are made, in one
        transaction.
        """
        with self._database.transaction():
            self._database.many(
                "INSERT INTO wave (occurrence, place, due, expires) VALUES (:occurrence, :place,"
                " :due, :expires) ON CONFLICT DO NOTHING",
                [
                    {
                        "occurrence": w.occurrence,
                        "place": w.place,
                        "due": w.due,
                        "expires": w.expires,
                    }
                    for w in waves
                ],
            )
            self._database.execute(
                "UPDATE occurrence SET places = :places WHERE id = :id",
                {"places": places, "id": occurrence},
            )
            if waves:
                reopen(self._database, [occurrence])

    def fan_out(self, now: int, *, end_late: bool = True) -> int | None:
        """Make one step of the fan-out: deliveries for at most 10,000 people of the waves due at
        `now`.

        The cursor moves in the same transaction. The waves of one occurrence go together, by
        ascending ids, so that each page of the table is written once, not once per wave. A wave
        that is past its grace makes no rows, but without `end_late`, where nobody knows whether it
        is. Returns the number of rows made, or None with nothing left to do.

        The wave with the earliest deadline comes first.
        """
        ended = end_late and self._end_late(now)
        group = self._database.row(_GROUP, {"now": now})
        if group is None:
            return 0 if ended else None
        last = settled(self._database, "person")
        occurrence, after, named = group
        params = {"now": now, "occurrence": occurrence, "after": after, "named": named}
        # Look up before taking the write lock; the statements below test the cursor again.
        params["upto"] = self._stretch(params, last)
        with self._database.transaction(beside=True):
            if not self._database.rows(_TAKEN, params):
                return 0  # another process has just made this step
            made = self._database.execute(self._insert(params), params)
            self._database.execute(_ADVANCE, {**params, "done": int(params["upto"] >= last)})
        return made

    def _end_late(self, now: int) -> bool:
        """End the waves whose grace is over; nobody is waited for where there is none."""
        late = "done = 0 AND due <= :now AND expires <= :now"
        params = {"now": now}
        return self._database.row(
            f"SELECT 1 FROM wave WHERE {late} LIMIT 1", params
        ) is not None and bool(
            self._database.execute(f"UPDATE wave SET done = 1 WHERE {late}", params)
        )

    def _insert(self, params: dict[str, int]) -> str:
        """Return the statement of a step, which looks for each person's row only where there is
        one of anybody.
        """
        insert = _INSERT_DENSE if self._dense else _INSERT_SPARSE
        return insert if self._database.row(_ANYBODY, params) is None else f"{insert} {_NOT_AGAIN}"

    def _stretch(self, params: dict[str, int], last: int) -> int:
        """Return the id up to which this step goes.

        That is the last one, or the end of a stretch with at most 10,000 of the waves' people.
        """
        after = params["after"]
        upto = min(last, after + self._stride) if after else last
        while upto - after > STEP_ROWS:
            values = {**params, "upto": upto, "most": 4 * STEP_ROWS}
            people = int(self._database.value(_COUNT, values))
            # Reading everybody in the stretch is cheaper than sorting, when at least a quarter of
            # them are meant.
            self._dense = people * 4 >= upto - after
            # Ids ahead are sparse: reach further next time.
            self._stride = (upto - after) * (2 if people < STEP_ROWS // 2 else 1)
            if people <= STEP_ROWS:
                return upto
            upto = after + max(STEP_ROWS, (upto - after) * STEP_ROWS * 9 // (people * 10))
            self._stride = upto - after
        return upto

    def is_pending(self, occurrence: int, place: int) -> bool:
        """Return whether the wave at this place has still to fan out, in part or whole."""
        waiting = self._database.value(
            "SELECT 1 FROM wave WHERE occurrence = :occurrence AND place = :place AND done = 0",
            {"occurrence": occurrence, "place": place},
        )
        return waiting is not None

    def oldest_wave(self, now: int) -> Upcoming | None:
        """Return the nudges that have waited longest for their fan-out and are within their grace,
        or None.
        """
        return self._database.first(
            as_upcoming,
            "SELECT w.due, o.campaign, o.action, o.day, c.name AS channel, 'nudges' AS state FROM"
            " wave w JOIN occurrence o ON o.id = w.occurrence JOIN place l ON l.id = w.place JOIN"
            " channel c ON c.id = l.channel WHERE w.done = 0 AND w.due <= :now AND w.expires > :now"
            " ORDER BY w.due, w.id LIMIT 1",
            {"now": now},
        )

    def coming(self, now: int) -> list[ComingWave]:
        """Return the open waves that have still to fan out, in part or whole, within their grace;
        earliest deadline first, and none of a broadcast that staff have cancelled.
        """
        return self._database.select(
            _coming,
            "SELECT o.campaign, o.action, o.day, c.name AS channel, l.zone, w.due, w.expires, o.id"
            " AS occurrence, c.id AS channel_id, w.place, w.after, o.named FROM wave w JOIN"
            " occurrence o ON o.id = w.occurrence JOIN place l ON l.id = w.place JOIN channel c ON"
            " c.id = l.channel WHERE w.done = 0 AND w.expires > :now AND NOT EXISTS (SELECT 1 FROM"
            " broadcast b WHERE b.occurrence = o.id AND b.channel = l.channel AND b.pace ="
            f" {int(Pace.CANCELLED)}) ORDER BY w.expires, w.due, w.id",
            {"now": now},
        )

    def next_instant(self, now: int, lead: int) -> int | None:
        """Return the next epoch second after `now` at which something falls due, or None.

        That is an occurrence coming near, a wave, a post, or a retry.
        """
        row = self._database.row(_NEXT, {"now": now, "lead": lead})
        return min((instant for instant in row or () if instant is not None), default=None)


_ADD = (
    "INSERT INTO occurrence (campaign, action, audience, slot, day, grace, nudge, post, named,"
    " opens, closes) VALUES (:campaign, :action, :audience, :slot, :day, :grace, :nudge, :post,"
    " :named, :opens, :closes) ON CONFLICT (campaign, action, audience, slot) DO NOTHING"
)

_MOVE = (
    "UPDATE occurrence SET day = :day, grace = :grace, nudge = :nudge, post = :post, named ="
    " :named, opens = :opens, closes = :closes, places = 0, cancelled = 0, decided = 0,"
    f" stage = {int(Stage.OPEN)} WHERE id = :id"
)

_POSTS = f"occurrence = :id AND channel IN (SELECT id FROM channel) AND recipient = {PUBLIC}"

_CLEAR = (
    f"DELETE FROM delivery AS d WHERE {_POSTS} AND NOT {DECIDED} AND state = {int(State.CANCELLED)}"
)

# a post that waits for its turn, held perhaps, is moved with its day
_NOT_YET = (
    f"UPDATE delivery SET state = {int(State.PLANNED)} WHERE {_POSTS} AND state ="
    f" {int(State.QUEUED)}"
)

_CHANNELS = (
    "SELECT c.id FROM channel c WHERE EXISTS (SELECT 1 FROM delivery d WHERE d.occurrence = :id AND"
    f" d.channel = c.id AND d.recipient <> {PUBLIC}) ORDER BY c.id"
)

_GROUP = (
    "SELECT w.occurrence, w.after, o.named FROM wave w JOIN occurrence o ON o.id = w.occurrence "
    "WHERE w.done = 0 AND w.due <= :now ORDER BY w.expires, w.due, w.id LIMIT 1"
)

_OF_GROUP = "done = 0 AND due <= :now AND occurrence = :occurrence AND after = :after"

# Of several processes that would make the same step, on a server, the others wait here, and then
# find the cursor elsewhere.
_TAKEN = f"SELECT id FROM wave WHERE {_OF_GROUP} ORDER BY id/*postgres: FOR UPDATE*/"

# Staff may decide that an occurrence isn't sent on a channel (`bot.store.sending.broadcasts`).
# The channel is joined here, since one looked up for each row is most of a step on PostgreSQL.
_WAVES = (
    "(SELECT g.occurrence, g.place, g.due, g.expires, l.channel FROM wave g JOIN place l ON l.id ="
    f" g.place WHERE {_OF_GROUP} AND NOT EXISTS (SELECT 1 FROM broadcast b WHERE b.occurrence ="
    f" :occurrence AND b.channel = l.channel AND b.pace = {int(Pace.CANCELLED)})) w"
)

_MEANT = (
    f"p.id > :after AND p.id <= :upto AND p.status = {int(Status.ACTIVE)} AND p.joined <= w.due AND"
    " p.named_only <= :named"
)

# no more than tell that there are far too many for a step
_COUNT = (
    f"SELECT count(*) FROM (SELECT 1 FROM {_WAVES} JOIN person p ON p.place = w.place WHERE"
    f" {_MEANT} LIMIT :most) meant"
)

# Who moved may have their row already. To look for that of each person is nearly half of a step on
# PostgreSQL.
_ANYBODY = (
    "SELECT 1 FROM channel c WHERE EXISTS (SELECT 1 FROM delivery d WHERE d.occurrence ="
    " :occurrence AND d.channel = c.id AND d.recipient > :after AND d.recipient <= :upto) LIMIT 1"
)

_NOT_AGAIN = "ON CONFLICT DO NOTHING"

_INSERT = (
    "INSERT INTO delivery (occurrence, channel, recipient, state, attempts, due, expires) SELECT"
    f" w.occurrence, w.channel, p.id, {int(State.QUEUED)}, 0, w.due, w.expires "
)

# Both give the same rows in the same order: from the people to their waves, or from the waves to
# their people.
_INSERT_DENSE = (
    f"{_INSERT} FROM person p CROSS JOIN {_WAVES} WHERE w.place = p.place AND {_MEANT} ORDER BY"
    " p.id"
)

_INSERT_SPARSE = (
    f"{_INSERT} FROM {_WAVES} JOIN person p ON p.place = w.place WHERE {_MEANT} ORDER BY p.id"
)

_ADVANCE = f"UPDATE wave SET after = :upto, done = :done WHERE {_OF_GROUP}"

# Each line is one look into an index. A queued row whose due has come is the dispatcher's, which
# says itself when it wants to be called.
_NEXT = (
    "SELECT (SELECT min(due) FROM wave WHERE done = 0 AND due > :now), (SELECT min(due) FROM"
    f" delivery WHERE state IN ({RESTING}) AND state IN ({UNSENT}) AND due > :now), (SELECT"
    " min(opens) - :lead FROM occurrence WHERE opens > :now + :lead), (SELECT min((SELECT"
    f" min(d.due) FROM delivery d WHERE d.channel = c.id AND d.state IN ({MOVING}) AND d.state ="
    f" {int(State.QUEUED)} AND d.due > :now)) FROM channel c)"
)


def _occurrence(
    *, audience: int, day: str, grace: int, nudge: int, post: int, named: int, **columns: Any
) -> Occurrence:
    return Occurrence(
        audience=Audience(audience),
        day=date.fromisoformat(day),
        grace=timedelta(seconds=grace),
        nudge=bool(nudge),
        post=bool(post),
        named=bool(named),
        **columns,
    )


def _to_people(*, audience: int, day: str, cancelled: int, **columns: Any) -> ToPeople:
    return ToPeople(
        audience=Audience(audience),
        day=date.fromisoformat(day),
        cancelled=bool(cancelled),
        **columns,
    )


def _planned(*, cancelled: int, begun: int, decided: int, **columns: Any) -> PlannedOccurrence:
    number = columns.pop("id")
    return PlannedOccurrence(
        id=number,
        occurrence=_occurrence(**columns),
        cancelled=bool(cancelled),
        begun=bool(begun),
        decided=bool(decided),
    )


def as_upcoming(*, day: str, channel: str | None, **columns: Any) -> Upcoming:
    """Return the post or nudge that a row of the columns of `Upcoming` is."""
    return Upcoming(day=date.fromisoformat(day), channel=channel or "", **columns)


def _coming(*, day: str, named: int, **columns: Any) -> ComingWave:
    return ComingWave(day=date.fromisoformat(day), named=bool(named), **columns)


def _open(*, day: str, audience: int, **columns: Any) -> OpenOccurrence:
    return OpenOccurrence(day=date.fromisoformat(day), audience=Audience(audience), **columns)


def _columns(occurrence: Occurrence) -> dict[str, object]:
    return {
        "campaign": occurrence.campaign,
        "action": occurrence.action,
        "audience": int(occurrence.audience),
        "slot": occurrence.slot,
        "day": occurrence.day.isoformat(),
        "grace": int(occurrence.grace.total_seconds()),
        "nudge": int(occurrence.nudge),
        "post": int(occurrence.post),
        "named": int(occurrence.named),
        "opens": epoch(planner.opens(occurrence.day)),
        "closes": epoch(planner.closes(occurrence.day, occurrence.grace)),
    }
