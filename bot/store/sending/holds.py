"""Holds: everything, a channel, a country or an action stands still at once, also after a
restart.
"""

from bot.model.outbox import Hold, Scope
from bot.model.outbox.broadcasts import SweepKind
from bot.model.outbox.holds import Holds
from bot.model.subject import MARK
from bot.store.sending.sweeps import STOPS
from bot.store.states import listed
from bot.store.topic import Topic


class HoldRows(Topic):
    """The holds, which dispatch reads before each claim."""

    def put(self, scope: Scope, now: int) -> int | None:
        """Hold a scope from now on; return the hold's number, None when it is held already.

        Raises `sqlite3.IntegrityError` for a channel that the database doesn't know.
        """
        made: list[int] = self._database.column(
            f"INSERT INTO hold (channel, country, action, since) VALUES ({_CHANNEL}, :country,"
            # one that was released and has not ended yet is held again
            " :action, :now) ON CONFLICT (channel, country, action) DO UPDATE SET since ="
            " excluded.since, lifting = 0 WHERE hold.lifting = 1 RETURNING id",
            {**scope.values, "now": now},
        )
        return made[0] if made else None

    def lift(self, scope: Scope) -> bool:
        """Lift the hold of exactly this scope; return False where there is none."""
        return self._database.execute(f"DELETE FROM hold WHERE {_JUST}", scope.values) == 1

    def lift_later(self, scope: Scope) -> bool:
        """Release a scope that ends once nothing is to be renewed any more (`lift_released`);
        return False where there is no such hold.
        """
        return (
            self._database.execute(f"UPDATE hold SET lifting = 1 WHERE {_JUST}", scope.values) == 1
        )

    def lift_released(self) -> None:
        """End the holds that are released, unless something late still waits for its new grace."""
        self._database.execute(
            "DELETE FROM hold WHERE lifting = 1 AND NOT EXISTS (SELECT 1 FROM sweep s WHERE s.done"
            f" = 0 AND s.kind = {int(SweepKind.RENEW)})"
        )

    def number(self, scope: Scope) -> int | None:
        """Return the number of the hold of exactly this scope; None where there is none."""
        number: int | None = self._database.value(
            f"SELECT id FROM hold WHERE {_JUST}", scope.values
        )
        return number

    def all(self) -> list[Hold]:
        """Return all holds, oldest first."""
        return self._database.select(
            _hold,
            "SELECT coalesce(c.name, '') AS channel, h.country, h.action, h.since, h.lifting FROM"
            " hold h LEFT JOIN channel c ON c.id = h.channel ORDER BY h.since, h.id",
        )

    def current(self, only: int | None = None) -> Holds:
        """Return all holds as conditions of a claim.

        With `only`, everything is held that is not for this recipient.
        """
        everything, channels, params = False, set(), {}
        waves: list[str] = []
        people: list[str] = []
        for n, (channel, country, action) in enumerate(
            self._database.rows("SELECT channel, country, action FROM hold ORDER BY id")
        ):
            if not (country or action):
                everything |= channel == 0
                channels |= {channel}
                continue
            row, tests = "d" if country else "m", []
            if channel:
                tests.append(f"{row}.channel = :hold_channel{n}")
                params[f"hold_channel{n}"] = channel
            if country:
                tests.append(
                    "EXISTS (SELECT 1 FROM person p WHERE p.id = d.recipient AND p.country ="
                    f" :hold_country{n})"
                )
                params[f"hold_country{n}"] = country
            if action:
                tests.append(
                    f"EXISTS (SELECT 1 FROM occurrence o WHERE o.id = {row}.occurrence AND"
                    f" {of_action('o', f':hold_action{n}')})"
                )
                params[f"hold_action{n}"] = action
            (people if country else waves).append(f" AND NOT ({' AND '.join(tests)})")
        if only is not None:
            people.append(" AND d.recipient = :only")
            params["only"] = only
        return Holds(
            everything=everything,
            channels=frozenset(channels - {0}),
            waves="".join(waves),
            people="".join(people),
            params=params,
            gone=tuple(
                self._database.rows(
                    "SELECT occurrence, channel FROM sweep WHERE done = 0 AND kind IN"
                    f" ({listed(STOPS)}) ORDER BY id"
                )
            ),
        )


def of_action(occurrence: str, action: str) -> str:
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


def _hold(*, since: int, lifting: int, **scope: str) -> Hold:
    return Hold(scope=Scope(**scope), since=since, lifting=bool(lifting))
