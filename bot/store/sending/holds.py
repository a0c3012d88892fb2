"""Holds: everything, a channel, a country or an action stands still at once, also after a
restart.
"""

from datetime import date
from typing import Any

from bot.model import Audience, State
from bot.model.outbox import Hold, Late, Scope
from bot.model.subject import MARK
from bot.store.sending.outbox import Holds
from bot.store.states import listed
from bot.store.topic import Topic

LATE_STEP = 10_000
"""Rows that get a new grace in one transaction."""


class HoldRows(Topic):
    """The holds, which dispatch reads before each claim."""

    def put(self, scope: Scope, now: int) -> bool:
        """Hold a scope from now on; return False when it is held already.

        Raises `sqlite3.IntegrityError` for a channel that the database doesn't know.
        """
        made = self._database.execute(
            f"INSERT INTO hold (channel, country, action, since) VALUES ({_CHANNEL}, :country,"
            " :action, :now) ON CONFLICT DO NOTHING",
            {**scope.values, "now": now},
        )
        return made == 1

    def lift(self, scope: Scope) -> bool:
        """Lift the hold of exactly this scope; return False where there is none."""
        return self._database.execute(f"DELETE FROM hold WHERE {_JUST}", scope.values) == 1

    def is_held(self, scope: Scope) -> bool:
        """Return whether there is a hold of exactly this scope."""
        return self._database.row(f"SELECT 1 FROM hold WHERE {_JUST}", scope.values) is not None

    def all(self) -> list[Hold]:
        """Return all holds, oldest first."""
        return self._database.select(
            _hold,
            "SELECT coalesce(c.name, '') AS channel, h.country, h.action, h.since FROM hold h"
            " LEFT JOIN channel c ON c.id = h.channel ORDER BY h.since, h.id",
        )

    def late(self, scope: Scope, now: int) -> list[Late]:
        """Return what waits in this scope although its grace is over, oldest day first.

        It is counted per occurrence and channel.
        """
        return self._database.select(
            _late,
            "SELECT l.occurrence, l.channel AS channel_id, o.campaign, o.action, o.audience, o.day,"
            " c.name AS channel, l.count FROM (SELECT d.occurrence, d.channel, count(*) AS count"
            f" FROM delivery d WHERE {_LATE} GROUP BY d.occurrence, d.channel) l JOIN occurrence o"
            " ON o.id = l.occurrence JOIN channel c ON c.id = l.channel ORDER BY o.day, o.action,"
            " c.name, l.occurrence, l.channel",
            {**scope.values, "now": now},
        )

    def renew_one(self, occurrence: int, channel: int, *, country: str = "", now: int) -> int:
        """Give late deliveries of one occurrence on one channel a new grace, counted from `now`.

        Returns the number of rows.
        """
        return self._database.execute(
            "UPDATE delivery SET expires = :now + (SELECT o.grace FROM occurrence o WHERE o.id ="
            " delivery.occurrence) WHERE (occurrence, channel, recipient) IN (SELECT d.occurrence,"
            " d.channel, d.recipient FROM delivery d WHERE d.occurrence = :occurrence AND d.channel"
            f" = :number AND {_LATE})",
            {
                **Scope(country=country).values,
                "occurrence": occurrence,
                "number": channel,
                "now": now,
            },
        )

    def renew(self, scope: Scope, now: int) -> int:
        """Give all late deliveries in this scope a new grace, counted from `now`.

        This is done in steps that each hold the write lock shortly. Returns the number of rows.
        """
        renewed, last = 0, (0, 0, 0)
        params = {**scope.values, "now": now, "limit": LATE_STEP}
        while True:
            rows = self._database.rows(_RENEW, {**params, "o": last[0], "c": last[1], "r": last[2]})
            renewed += len(rows)
            if len(rows) < LATE_STEP:
                return renewed
            last = max(rows)

    def current(self, only: int | None = None) -> Holds:
        """Return all holds as a condition on the deliveries `d` of a claim.

        With `only`, everything is held that is not for this recipient.
        """
        everything, channels, clauses, params = False, set(), [], {}
        for n, (channel, country, action) in enumerate(
            self._database.rows("SELECT channel, country, action FROM hold ORDER BY id")
        ):
            if not (country or action):
                everything |= channel == 0
                channels |= {channel}
                continue
            tests = []
            if channel:
                tests.append(f"d.channel = :hold_channel{n}")
                params[f"hold_channel{n}"] = channel
            if country:
                tests.append(
                    "EXISTS (SELECT 1 FROM person p WHERE p.id = d.recipient AND p.country ="
                    f" :hold_country{n})"
                )
                params[f"hold_country{n}"] = country
            if action:
                tests.append(
                    "EXISTS (SELECT 1 FROM occurrence o WHERE o.id = d.occurrence AND"
                    f" {_of_action('o', f':hold_action{n}')})"
                )
                params[f"hold_action{n}"] = action
            clauses.append(f" AND NOT ({' AND '.join(tests)})")
        if only is not None:
            clauses.append(" AND d.recipient = :only")
            params["only"] = only
        return Holds(
            everything=everything,
            channels=frozenset(channels - {0}),
            sql="".join(clauses),
            params=params,
        )


def _of_action(occurrence: str, action: str) -> str:
    """Return a condition for an action and the notes that follow it.

    With 'prompt-may' that is also 'prompt-may:reminder'.
    """
    return (
        f"({occurrence}.action = {action} OR substr({occurrence}.action, 1, length({action}) + 1) ="
        f" {action} || '{MARK}')"
    )


_CHANNEL = "CASE WHEN :channel = '' THEN 0 ELSE (SELECT id FROM channel WHERE name = :channel) END"
"""A channel's number, 0 for every one; NULL for a name that nobody knows, which holds nothing."""

_JUST = f"channel = {_CHANNEL} AND country = :country AND action = :action"

_LATE = (
    f"d.state IN ({listed((State.PLANNED, State.QUEUED))}) AND d.due <= :now AND d.expires <="
    f" :now AND {_CHANNEL} IN (0, d.channel) AND (:country = '' OR EXISTS (SELECT 1 FROM person p"
    " WHERE p.id = d.recipient AND p.country = :country)) AND (:action = '' OR EXISTS (SELECT 1"
    f" FROM occurrence h WHERE h.id = d.occurrence AND {_of_action('h', ':action')}))"
)

_RENEW = (
    "UPDATE delivery SET expires = :now + (SELECT o.grace FROM occurrence o WHERE o.id ="
    " delivery.occurrence) WHERE (occurrence, channel, recipient) IN (SELECT d.occurrence,"
    " d.channel, d.recipient FROM delivery d WHERE (d.occurrence, d.channel, d.recipient) > (:o,"
    f" :c, :r) AND {_LATE} ORDER BY d.occurrence, d.channel, d.recipient LIMIT :limit) RETURNING"
    " occurrence, channel, recipient"
)


def _hold(*, since: int, **scope: str) -> Hold:
    return Hold(scope=Scope(**scope), since=since)


def _late(*, audience: int, day: str, **columns: Any) -> Late:
    return Late(audience=Audience(audience), day=date.fromisoformat(day), **columns)
