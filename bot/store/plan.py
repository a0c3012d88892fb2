"""Occurrences and waves, and the set-based fan-out that turns a wave into deliveries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot import planner
from bot.errors import StoreError
from bot.model import Audience, Occurrence, State
from bot.store.db import Database

STEP_ROWS = 10_000
"""Rows of one transaction: holds the write lock some 15 ms."""

STEP_WAVES = 500
"""Waves of one transaction, for places with few people."""


@dataclass(frozen=True, kw_only=True)
class Open:
    """An occurrence whose day is near or under way."""

    id: int
    day: date
    audience: Audience
    grace: int
    #: waves are made for places up to this id
    places: int


@dataclass(frozen=True, kw_only=True)
class NewWave:
    """An occurrence at a place; instants in epoch seconds."""

    occurrence: int
    place: int
    due: int
    expires: int


class Plan:
    """What is to come."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # occurrences

    def planned(self, now: datetime, end: date) -> list[planner.Planned]:
        """Occurrences that are not over at `now`, up to the day `end`."""
        moment = int(now.timestamp())
        rows = self._database.rows(
            "SELECT id, campaign, action, audience, slot, day, grace, nudge, post, named, cancelled, opens FROM occurrence "
            "WHERE closes > :now AND day <= :end ORDER BY id",
            {"now": moment, "end": end.isoformat()},
        )
        return [planner.Planned(id=r[0], occurrence=_occurrence(r[1:10]), cancelled=bool(r[10]), begun=r[11] <= moment) for r in rows]

    def add(self, occurrence: Occurrence) -> int:
        """Plan an occurrence; gives its id. Planning it twice changes nothing."""
        columns = _columns(occurrence)
        self._database.execute(_ADD, columns)
        found: int = self._database.value(
            "SELECT id FROM occurrence WHERE campaign = :campaign AND action = :action AND audience = :audience AND slot = :slot", columns
        )
        return found

    def move(self, occurrence_id: int, occurrence: Occurrence) -> None:
        """Set another day, grace or target; its waves are made anew. Only for what has not begun."""
        with self._database.transaction():
            self._database.execute(_MOVE, {**_columns(occurrence), "id": occurrence_id})
            self._database.execute("DELETE FROM wave WHERE occurrence = :id", {"id": occurrence_id})

    def cancel(self, occurrence_id: int) -> None:
        """Nothing of it goes out any more; rows that stand are cancelled."""
        with self._database.transaction():
            self._database.execute("UPDATE occurrence SET cancelled = 1 WHERE id = :id", {"id": occurrence_id})
            self._database.execute("UPDATE wave SET done = 1 WHERE occurrence = :id", {"id": occurrence_id})
            self._database.execute(
                "UPDATE delivery SET state = :cancelled WHERE occurrence = :id AND state IN (:planned, :awaiting, :queued)",
                {
                    "id": occurrence_id,
                    "cancelled": State.CANCELLED,
                    "planned": State.PLANNED,
                    "awaiting": State.AWAITING_APPROVAL,
                    "queued": State.QUEUED,
                },
            )

    def opened(self, until: datetime, now: datetime) -> list[Open]:
        """Occurrences with nudges whose day begins before `until` and is not over at `now`."""
        rows = self._database.rows(
            "SELECT id, day, audience, grace, places FROM occurrence "
            "WHERE closes > :now AND opens <= :until AND nudge = 1 AND cancelled = 0 ORDER BY id",
            {"now": int(now.timestamp()), "until": int(until.timestamp())},
        )
        return [Open(id=r[0], day=date.fromisoformat(r[1]), audience=Audience(r[2]), grace=r[3], places=r[4]) for r in rows]

    def occurrence(self, occurrence_id: int) -> Occurrence:
        """One occurrence as it is planned."""
        row = self._database.row(
            "SELECT campaign, action, audience, slot, day, grace, nudge, post, named FROM occurrence WHERE id = :id", {"id": occurrence_id}
        )
        if row is None:
            raise StoreError(f"{self._database.path}: no occurrence {occurrence_id}")
        return _occurrence(row)

    # waves

    def add_waves(self, occurrence: int, waves: Sequence[NewWave], places: int) -> None:
        """Make waves, and remember up to which place; one transaction."""
        with self._database.transaction():
            self._database.many(
                "INSERT INTO wave (occurrence, place, due, expires) VALUES (:occurrence, :place, :due, :expires) ON CONFLICT DO NOTHING",
                [{"occurrence": w.occurrence, "place": w.place, "due": w.due, "expires": w.expires} for w in waves],
            )
            self._database.execute("UPDATE occurrence SET places = :places WHERE id = :id", {"places": places, "id": occurrence})

    def fan_out(self, now: int) -> int:
        """One step: deliveries for people of the waves due at `now`, some 10,000 rows, with the cursor in the same transaction.

        Gives the number of rows made or met again; 0 with nothing left to do. A wave in the past its grace makes none.
        """
        touched = 0
        with self._database.transaction():
            waves = self._database.rows(_DUE, {"now": now, "limit": STEP_WAVES})
            done: list[dict[str, int]] = []
            for wave in waves:
                room = STEP_ROWS - touched
                if room <= 0:
                    break
                touched += self._fan_out_wave(wave, room, now, done)
            self._database.many("UPDATE wave SET done = 1 WHERE id = :id", done)
        return touched + len(done)

    def _fan_out_wave(self, wave: tuple[int, ...], room: int, now: int, done: list[dict[str, int]]) -> int:
        wave_id, occurrence, place, channel, due, expires, named, after = wave
        if expires <= now:
            done.append({"id": wave_id})
            return 0
        last = self._database.value(_BOUNDARY, {"place": place, "after": after, "skip": room - 1})
        params = {
            "occurrence": occurrence,
            "channel": channel,
            "place": place,
            "after": after,
            "last": last,
            "due": due,
            "expires": expires,
            "named": named,
        }
        if last is None:
            done.append({"id": wave_id})
            return self._database.execute(_INSERT_ALL, params)
        made = self._database.execute(_INSERT_TO, params)
        self._database.execute("UPDATE wave SET after = :last WHERE id = :id", {"last": last, "id": wave_id})
        return max(made, room)

    def is_pending(self, occurrence: int, place: int) -> bool:
        """Whether the wave at this place has not fanned out to its end."""
        found = self._database.value(
            "SELECT 1 FROM wave WHERE occurrence = :occurrence AND place = :place AND done = 0", {"occurrence": occurrence, "place": place}
        )
        return found is not None

    def oldest_wave(self, now: int) -> tuple[int, str, str] | None:
        """(due, action, channel) of the wave that has waited longest for its fan-out and is not past its grace, or None."""
        row = self._database.row(
            "SELECT w.due, o.action, c.name FROM wave w JOIN occurrence o ON o.id = w.occurrence JOIN place l ON l.id = w.place "
            "JOIN channel c ON c.id = l.channel WHERE w.done = 0 AND w.due <= :now AND w.expires > :now ORDER BY w.due, w.id LIMIT 1",
            {"now": now},
        )
        return (int(row[0]), str(row[1]), str(row[2])) if row else None

    def next_instant(self, now: int, lead: int) -> int | None:
        """The next epoch second after `now` at which something falls due: an occurrence nears, a wave, a post, a retry."""
        found = self._database.row(_NEXT, {"now": now, "lead": lead})
        instants = [instant for instant in found or () if instant is not None]
        return min(instants, default=None)


_ADD = (
    "INSERT INTO occurrence (campaign, action, audience, slot, day, grace, nudge, post, named, opens, closes) "
    "VALUES (:campaign, :action, :audience, :slot, :day, :grace, :nudge, :post, :named, :opens, :closes) "
    "ON CONFLICT (campaign, action, audience, slot) DO NOTHING"
)

_MOVE = (
    "UPDATE occurrence SET day = :day, grace = :grace, nudge = :nudge, post = :post, named = :named, opens = :opens, closes = :closes, "
    "places = 0, cancelled = 0 WHERE id = :id"
)

_DUE = (
    "SELECT w.id, w.occurrence, w.place, l.channel, w.due, w.expires, o.named, w.after FROM wave w "
    "JOIN place l ON l.id = w.place JOIN occurrence o ON o.id = w.occurrence "
    "WHERE w.done = 0 AND w.due <= :now ORDER BY w.due, w.id LIMIT :limit"
)

_BOUNDARY = "SELECT id FROM person WHERE place = :place AND id > :after ORDER BY id LIMIT 1 OFFSET :skip"

_INSERT_ALL = (
    "INSERT INTO delivery (occurrence, channel, recipient, state, attempts, due, expires) "
    f"SELECT :occurrence, :channel, id, {int(State.QUEUED)}, 0, :due, :expires FROM person "
    "WHERE place = :place AND id > :after AND status = 1 AND joined <= :due AND named_only <= :named "
    "ON CONFLICT DO NOTHING"
)

_INSERT_TO = _INSERT_ALL.replace("id > :after", "id > :after AND id <= :last")

# Each line is one look into an index. A queued row whose due has come is the dispatcher's, which says itself when it wants to be called.
_NEXT = (
    "SELECT (SELECT min(due) FROM wave WHERE done = 0 AND due > :now), "
    f"(SELECT min(due) FROM delivery WHERE state IN (1, 2, 9) AND state IN ({int(State.PLANNED)}, {int(State.AWAITING_APPROVAL)}) AND due > :now), "
    "(SELECT min(opens) - :lead FROM occurrence WHERE opens > :now + :lead), "
    "(SELECT min((SELECT min(d.due) FROM delivery d WHERE d.channel = c.id AND d.state IN (3, 4) "
    f"AND d.state = {int(State.QUEUED)} AND d.due > :now)) FROM channel c)"
)


def _occurrence(row: tuple[object, ...]) -> Occurrence:
    campaign, action, audience, slot, day, grace, nudge, post, named = row
    return Occurrence(
        campaign=str(campaign),
        action=str(action),
        audience=Audience(int(str(audience))),
        slot=int(str(slot)),
        day=date.fromisoformat(str(day)),
        grace=timedelta(seconds=int(str(grace))),
        nudge=bool(nudge),
        post=bool(post),
        named=bool(named),
    )


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
        "opens": int(planner.opens(occurrence.day).timestamp()),
        "closes": int(planner.closes(occurrence.day, occurrence.grace).timestamp()),
    }
