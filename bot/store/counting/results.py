"""Results of posts of ours: what was read of them at each age, by the key of the delivery.

Counts alone: no name of who did something, and no text.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from bot.model import DeliveryKey, State
from bot.model.counting import REACTIONS, OwnPost, Reactions, Reading
from bot.store.topic import Topic


class Results(Topic):
    """What people did with posts of ours, as their networks told."""

    def due(self, age: int, after: int, until: int) -> list[OwnPost]:
        """Return the posts that left after one epoch second, and at another at the latest, and were
        not read at this age; the oldest first.
        """
        return self._database.select(
            _post,
            f"{_COLUMNS} FROM channel c CROSS JOIN result r CROSS JOIN delivery d CROSS JOIN"
            " occurrence o WHERE r.channel = c.id AND r.recipient = 0 AND r.at > :after AND r.at <="
            f" :until AND r.receipt <> '' {_SENT} AND o.id = r.occurrence AND NOT EXISTS (SELECT 1"
            " FROM reaction x WHERE x.occurrence = r.occurrence AND x.channel = r.channel AND x.age"
            " = :age) ORDER BY r.at, r.occurrence, r.channel",
            {"age": age, "after": after, "until": until, "sent": int(State.SENT)},
        )

    def add(self, key: DeliveryKey, reading: Reading) -> None:
        """Keep a reading; one of the same age that is there already stays as it is."""
        told = reading.reactions
        self._database.execute(
            f"INSERT INTO reaction (occurrence, channel, age, at, gone, {', '.join(REACTIONS)})"
            " VALUES (:occurrence, :channel, :age, :at, :gone,"
            f" {', '.join(f':{kind}' for kind in REACTIONS)}) ON CONFLICT (occurrence, channel,"
            " age) DO NOTHING",
            {
                "occurrence": key.occurrence,
                "channel": key.channel,
                "age": reading.age,
                "at": reading.at,
                "gone": int(told.gone),
                **{kind: getattr(told, kind) for kind in REACTIONS},
            },
        )

    def posts(self, campaign: str, first: date, last: date) -> list[OwnPost]:
        """Return a campaign's posts of these days that left and were not taken back, by day, with
        what was read of them.
        """
        params = {
            "campaign": campaign,
            "first": first.isoformat(),
            "last": last.isoformat(),
            "sent": int(State.SENT),
        }
        posts = self._database.select(
            _post, f"{_COLUMNS} {_OF_DAYS} {_SENT} ORDER BY o.day, r.at, o.id, c.id", params
        )
        rows = self._database.select(
            _read,
            f"SELECT x.occurrence, x.channel, x.age, x.at, x.gone, {_KINDS} FROM occurrence o CROSS"
            " JOIN reaction x WHERE o.campaign = :campaign AND o.day >= :first AND o.day <= :last"
            " AND x.occurrence = o.id ORDER BY x.occurrence, x.channel, x.age",
            {name: params[name] for name in ("campaign", "first", "last")},
        )
        return list(_with(posts, rows))

    def count(self, campaign: str, first: date, last: date) -> int:
        """Count the posts that `posts` returns."""
        params = {"campaign": campaign, "first": first.isoformat(), "last": last.isoformat()}
        counted = f"SELECT count(*) {_OF_DAYS} {_SENT}"
        return int(self._database.value(counted, {**params, "sent": int(State.SENT)}))

    def readings(self, campaign: str, first: date, last: date) -> tuple[int, int]:
        """Return how many readings there are of a campaign's posts of these days, and the epoch
        second of the last one; 0 without any.
        """
        row = self._database.row(
            "SELECT count(*), coalesce(max(x.at), 0) FROM occurrence o CROSS JOIN reaction x"
            " WHERE o.campaign = :campaign AND o.day >= :first AND o.day <= :last AND"
            " x.occurrence = o.id",
            {"campaign": campaign, "first": first.isoformat(), "last": last.isoformat()},
        )
        return (int(row[0]), int(row[1])) if row else (0, 0)

    def states(self, campaign: str, first: date, last: date) -> dict[State, int]:
        """Return how many of a campaign's posts of these days are in each state that has any."""
        rows = self._database.rows(
            "SELECT d.state, count(*) FROM occurrence o CROSS JOIN channel c CROSS JOIN delivery d"
            " WHERE o.campaign = :campaign AND o.day >= :first AND o.day <= :last AND d.occurrence"
            " = o.id AND d.channel = c.id AND d.recipient = 0 GROUP BY d.state ORDER BY d.state",
            {"campaign": campaign, "first": first.isoformat(), "last": last.isoformat()},
        )
        return {State(state): int(n) for state, n in rows}


_COLUMNS = (
    "SELECT o.id AS occurrence, c.id AS channel_id, o.campaign, o.action, o.day, c.name AS channel,"
    " c.network, coalesce(r.url, '') AS url, r.at AS sent, coalesce(r.receipt, '') AS receipt"
)

_OF_DAYS = (
    "FROM occurrence o CROSS JOIN channel c CROSS JOIN result r CROSS JOIN delivery d WHERE"
    " o.campaign = :campaign AND o.day >= :first AND o.day <= :last AND r.occurrence = o.id AND"
    " r.channel = c.id AND r.recipient = 0"
)

_SENT = (
    "AND d.occurrence = r.occurrence AND d.channel = r.channel AND d.recipient = 0 AND d.state ="
    " :sent"
)

_KINDS = ", ".join(f"x.{kind}" for kind in REACTIONS)


def _post(*, occurrence: int, channel_id: int, day: str, **columns: Any) -> OwnPost:
    key = DeliveryKey(occurrence, channel_id, 0)
    return OwnPost(key=key, day=date.fromisoformat(day), **columns)


def _read(
    *, occurrence: int, channel: int, age: int, at: int, gone: int, **counts: int | None
) -> tuple[DeliveryKey, Reading]:
    told = Reactions(gone=bool(gone), **counts)
    return DeliveryKey(occurrence, channel, 0), Reading(age=age, at=at, reactions=told)


def _with(
    posts: Iterable[OwnPost], rows: Iterable[tuple[DeliveryKey, Reading]]
) -> Iterable[OwnPost]:
    readings: dict[DeliveryKey, list[Reading]] = defaultdict(list)
    for key, reading in rows:
        readings[key].append(reading)
    return (replace(post, readings=tuple(readings[post.key])) for post in posts)
