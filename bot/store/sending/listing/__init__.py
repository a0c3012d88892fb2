"""Deliveries as people see them: lists, counts, and what is overdue (of posts to everyone in
`posts`). Reads only.
"""

from collections.abc import Collection, Iterator
from datetime import date
from itertools import count
from typing import Any

from typing_extensions import override

from bot.model import Audience, DeliveryKey, State
from bot.model.outbox import Entry, SentInMonth, UncertainGroup, Unmade
from bot.model.outbox.holds import Holds
from bot.model.outbox.waves import Upcoming
from bot.model.who import Who
from bot.store.planning.plan import as_upcoming
from bot.store.sending.listing.rows import BESIDE, COLUMNS, ENTRY, as_entry
from bot.store.sending.statements import longest_due_sql, longest_planned_sql
from bot.store.states import MOVING, RESTING, UNSENT
from bot.store.tally import NOT_COUNTED, Stage
from bot.store.topic import Export, Topic
from bot.times import iso


class Listing(Topic):
    """Reads the outbox without changing it."""

    def entries(self, state: State | None = None, *, page: int = 1000) -> Iterator[Entry]:
        """Yield all deliveries, or those in one state: first those that have not ended, by the
        instant at which they are due, then the others so; those of one instant by key.

        They are put in order once, in a table of this connection alone, and read page by page: a
        million rows take no memory, sending keeps no index for it, and nobody waits for a reader.
        """
        places, wanted = f"places_{next(_LISTS)}", {"state": int(state or 0)}
        self._database.execute(
            f"CREATE TEMPORARY TABLE {places} (place INTEGER PRIMARY KEY, occurrence INTEGER NOT"
            " NULL, channel INTEGER NOT NULL, recipient INTEGER NOT NULL)"
        )
        total = self._database.execute(f"INSERT INTO {places} {_IN_ORDER}", wanted)
        for after in range(0, total, page):
            yield from self._database.select(
                as_entry,
                f"{COLUMNS} FROM {places} l CROSS JOIN delivery d ON d.occurrence = l.occurrence"
                f" AND d.channel = l.channel AND d.recipient = l.recipient {BESIDE} WHERE l.place"
                " > :after AND l.place <= :end AND (:state = 0 OR d.state = :state) ORDER BY"
                " l.place",
                {"after": after, "end": after + page, **wanted},
            )
        self._database.execute(f"DROP TABLE {places}")

    def entry(self, key: DeliveryKey) -> Entry | None:
        """Return one delivery by its key, or None."""
        return self._database.first(
            as_entry,
            f"{ENTRY} WHERE d.occurrence = :o AND d.channel = :c AND d.recipient = :r",
            {"o": key.occurrence, "c": key.channel, "r": key.recipient},
        )

    def several(self, keys: Collection[DeliveryKey]) -> list[Entry]:
        """Return the deliveries with these keys that are there, in the order of the keys."""
        wanted = ", ".join(f"({o:d}, {c:d}, {r:d})" for o, c, r in keys)
        if not wanted:
            return []
        there = self._database.select(
            as_entry,
            f"WITH wanted (o, c, r) AS (VALUES {wanted}) {COLUMNS} FROM wanted w CROSS JOIN"
            f" delivery d {BESIDE} WHERE d.occurrence = w.o AND d.channel = w.c AND d.recipient ="
            " w.r",
        )
        by_key = {entry.key: entry for entry in there}
        return [by_key[key] for key in keys if key in by_key]

    def waiting(self, state: State, until: int) -> list[Entry]:
        """Return planned, awaiting or uncertain rows that are due up to `until`, by due."""
        return self._database.select(
            as_entry,
            f"{ENTRY} WHERE d.state IN ({RESTING}) AND d.state = :state AND d.due <= :until"
            " ORDER BY d.due, d.occurrence, d.channel, d.recipient",
            {"state": int(state), "until": until},
        )

    def uncertain_people(self) -> list[UncertainGroup]:
        """Return what went to people and is uncertain, counted per occurrence and channel, by
        due.
        """
        return self._database.select(
            _uncertain_group,
            "SELECT d.occurrence, d.channel AS channel_id, o.campaign, o.action, o.audience, o.day,"
            " c.name AS channel, c.network, d.due, d.count FROM (SELECT occurrence, channel,"
            f" min(due) AS due, count(*) AS count FROM delivery WHERE state IN ({RESTING}) AND"
            " state = :uncertain AND recipient > 0 GROUP BY occurrence, channel) d JOIN"
            " occurrence o ON o.id = d.occurrence JOIN channel c ON c.id = d.channel ORDER BY"
            " d.due, d.occurrence, d.channel",
            {"uncertain": State.UNCERTAIN},
        )

    def count_uncertain(self) -> int:
        """Return how many deliveries are uncertain."""
        return int(self._database.value(_UNCERTAIN))

    def counts(self) -> dict[State, int]:
        """Count the deliveries in each state that has any, those that were pruned too."""
        counts = self._database.rows(_COUNTS)[0]
        return {state: n for state, n in zip(State, counts, strict=True) if n}

    def sent_by(self, column: str) -> dict[str, int]:
        """Return how many deliveries were sent by `column`.

        That is 'network', 'month' (YYYY-MM of the day) or 'audience'.
        """
        group = {"network": "c.network", "month": "substr(o.day, 1, 7)", "audience": "o.audience"}[
            column
        ]
        rows = self._database.rows(
            f"SELECT {group}, sum(s.n) FROM ({_SENT}) s JOIN occurrence o ON o.id = s.occurrence"
            f" JOIN channel c ON c.id = s.channel GROUP BY {group} ORDER BY {group}"
        )
        return {Audience(key).word if column == "audience" else str(key): int(n) for key, n in rows}

    def sent_by_month(self) -> list[SentInMonth]:
        """Return what was sent in each month, oldest first."""
        return self._database.select(
            SentInMonth,
            "SELECT substr(o.day, 1, 7) AS month, sum(s.posts) AS posts, sum(s.n) - sum(s.posts) AS"
            f" nudges FROM ({_SENT}) s JOIN occurrence o ON o.id = s.occurrence GROUP BY"
            " substr(o.day, 1, 7) ORDER BY substr(o.day, 1, 7)",
        )

    def actions(self) -> list[str]:
        """Return the ids of all actions that were ever planned, sorted."""
        return self._database.column("SELECT DISTINCT action FROM occurrence ORDER BY action")

    def occurrences(self) -> int:
        """Return how many occurrences have, or had, at least one delivery."""
        return int(
            self._database.value(
                "SELECT count(*) FROM occurrence o WHERE EXISTS (SELECT 1 FROM delivery d WHERE"
                " d.occurrence = o.id) OR EXISTS (SELECT 1 FROM tally t WHERE t.occurrence = o.id)"
            )
        )

    def unmade(self, prefix: str) -> list[Unmade]:
        """Count per action the deliveries skipped with a reason that begins with `prefix`, by first
        day.

        The prefix may hold none of LIKE's wildcards.
        """
        return self._database.select(
            Unmade,
            # Count per occurrence first, in the order of the key, so that only actions are sorted.
            "SELECT o.campaign, o.action, sum(s.n) AS deliveries, substr(min(s.error),"
            " CAST(:length AS INTEGER) + 1)"
            " AS why FROM (SELECT d.occurrence, count(*) AS n, min(r.error) AS error FROM delivery"
            " d CROSS JOIN result r ON r.occurrence = d.occurrence AND r.channel = d.channel AND"
            " r.recipient = d.recipient WHERE d.state = :skipped AND r.error LIKE :prefix || '%'"
            " GROUP BY d.occurrence) s JOIN occurrence o ON o.id = s.occurrence GROUP BY"
            " o.campaign, o.action ORDER BY min(o.day), o.campaign, o.action",
            {"skipped": int(State.SKIPPED), "prefix": prefix, "length": len(prefix)},
        )

    @override
    def of(self, who: Who) -> Export:
        if who.person is None:
            return {}
        return {
            "messages": [
                {
                    "campaign": entry.campaign,
                    "action": entry.action,
                    "day": entry.day.isoformat(),
                    "state": entry.state.word,
                    "due": iso(entry.due),
                }
                for entry in self.of_person(who.person)
            ]
        }

    def of_person(self, person: int) -> list[Entry]:
        """Return all deliveries of one subscriber, past and to come, by due; none that was
        pruned.
        """
        # To their key from each occurrence with nudges and their one channel, in this order:
        # nothing is read but what is theirs. An index by person would double what a wave writes.
        return self._database.select(
            as_entry,
            f"{COLUMNS} FROM person me CROSS JOIN occurrence e CROSS JOIN delivery d ON"
            " d.occurrence = e.id AND d.channel = me.channel AND d.recipient = me.id"
            f" {BESIDE} WHERE me.id = :person AND e.stage < {int(Stage.PRUNED)} ORDER BY d.due,"
            " d.occurrence",
            {"person": person},
        )

    def next_due(self, now: int, limit: int) -> list[Upcoming]:
        """Return the next posts and nudges, by instant."""
        return self._database.select(as_upcoming, _NEXT_DUE, {"now": now, "limit": limit})

    def oldest_overdue(self, now: int, holds: Holds) -> Entry | None:
        """Return the row that has waited longest beyond its due instant, or None.

        It is queued, or still planned because no process runs. Held rows don't count.
        """
        if holds.everything:
            return None
        keys = [
            row
            for channel in self._database.column("SELECT id FROM channel ORDER BY id")
            if channel not in holds.channels
            for longest in (longest_due_sql, longest_planned_sql)
            for row in self._database.rows(
                longest(holds.rows),
                {"channel": channel, "now": now, **holds.params},
            )
        ]
        if not keys:
            return None
        _, *key = min(keys)
        return self.entry(DeliveryKey(*key))

    def wave(self, occurrence: int, channel: int, expires: int) -> tuple[str, str, date, str, str]:
        """Return what a wave is of: campaign, action, day, channel, and the zone of its people."""
        campaign, action, day, name, zone = self._database.rows(
            _WAVE, {"occurrence": occurrence, "channel": channel, "expires": expires}
        )[0]
        return campaign, action, date.fromisoformat(day), name, zone

    def has_queued(self, campaign: str, action: str, now: int) -> bool:
        """Return whether a queued delivery of this action is within its grace."""
        row = self._database.row(
            # among what waits on each channel: an occurrence may have a million that have ended
            "SELECT 1 FROM channel c CROSS JOIN delivery d WHERE d.channel = c.id AND d.state IN"
            f" ({MOVING}) AND d.state = {int(State.QUEUED)} AND +d.occurrence IN (SELECT id FROM"
            " occurrence WHERE campaign = :campaign AND action = :action AND closes > :now) LIMIT"
            " 1",
            {"campaign": campaign, "action": action, "now": now},
        )
        return row is not None


_LISTS = count()
"""Numbers for the names of ordered lists, of which several may be read at once."""

_IN_ORDER = (
    "(occurrence, channel, recipient) SELECT occurrence, channel, recipient FROM delivery WHERE"
    " :state = 0 OR state = :state"
    f" ORDER BY state NOT IN ({RESTING}, {MOVING}), due, occurrence, channel, recipient"
)

# The rows of occurrences that are not counted yet; CROSS JOIN keeps SQLite from reading all others.
_RECENT = f"FROM occurrence o CROSS JOIN delivery d ON d.occurrence = o.id WHERE o.{NOT_COUNTED}"

_UNCERTAIN = (
    f"SELECT count(*) FROM delivery WHERE state IN ({RESTING}) AND state = {int(State.UNCERTAIN)}"
)

# GROUP BY state would sort a copy of all rows, which aren't ordered by state. What is uncertain may
# stand in an occurrence that is counted.
_COUNTS = "SELECT {} {}".format(
    ", ".join(
        f"({_UNCERTAIN})"
        if state is State.UNCERTAIN
        else f"count(*) FILTER (WHERE d.state = {int(state)}) + (SELECT coalesce(sum(n), 0) FROM"
        f" tally WHERE state = {int(state)})"
        for state in State
    ),
    _RECENT,
)

_SENT = (
    "SELECT occurrence, channel, n, posts FROM tally WHERE state ="
    f" {int(State.SENT)} UNION ALL SELECT d.occurrence, d.channel, count(*) AS n, count(*) FILTER"
    f" (WHERE d.recipient = 0) AS posts {_RECENT} AND d.state = {int(State.SENT)} GROUP BY"
    " d.occurrence, d.channel"
)
"""What was sent, by occurrence and channel."""

_NEXT_DUE = (
    "SELECT due, campaign, action, day, name AS channel, state FROM ("
    "SELECT d.due AS due, o.campaign AS campaign, o.action AS action, o.day AS day, c.name AS name,"
    " d.recipient AS last, "
    f"CASE d.state WHEN {int(State.PLANNED)} THEN 'planned' WHEN {int(State.AWAITING_APPROVAL)}"
    " THEN 'awaiting_approval' ELSE 'queued' END AS state "
    "FROM delivery d JOIN occurrence o ON o.id = d.occurrence JOIN channel c ON c.id = d.channel "
    f"WHERE d.state IN ({RESTING}) AND d.state IN ({UNSENT}) AND d.due > :now "
    "UNION ALL "
    # one line for all audiences of an action
    "SELECT o.opens, o.campaign, o.action, o.day, NULL, min(o.id), 'nudges' FROM occurrence o "
    "WHERE o.opens > :now AND o.nudge = 1 AND o.cancelled = 0 GROUP BY o.opens, o.campaign,"
    " o.action, o.day "
    ") upcoming ORDER BY due, campaign, action, name, last LIMIT :limit"
)


def _uncertain_group(*, audience: int, day: str, **columns: Any) -> UncertainGroup:
    return UncertainGroup(audience=Audience(audience), day=date.fromisoformat(day), **columns)


_ZONES = (
    "SELECT min(l.zone) FROM wave w JOIN place l ON l.id = w.place WHERE w.occurrence ="
    " :occurrence AND l.channel = :channel"
)

# after a release its rows have another deadline, and the zone of any will do; what answers somebody
# has no wave
_WAVE = (
    f"SELECT o.campaign, o.action, o.day, c.name, coalesce(({_ZONES} AND w.expires = :expires),"
    f" ({_ZONES}), '') FROM occurrence o JOIN channel c ON c.id = :channel WHERE o.id = :occurrence"
)
