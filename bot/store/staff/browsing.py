"""The outbox as staff leaf through it: posts page by page, and counts of what went to people."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from bot.model import PUBLIC, Audience, DeliveryKey, State
from bot.model.outbox.browsing import LAST, Place, PostAt, Wanted
from bot.rules import planner
from bot.store.states import RESTING
from bot.store.topic import Topic
from bot.times import epoch

PAGE = 50
"""Posts of a page."""

LOOK = 5_000
"""Most posts that one page looks at, for some milliseconds, however few of them are wanted."""


class Browsing(Topic):
    """Reads the outbox in parts that are read soon, however large it is."""

    def posts(self, wanted: Wanted, before: Place = LAST) -> tuple[list[DeliveryKey], Place | None]:
        """Return a page of posts, those with the latest end of grace first, and where the next page
        begins; None after the last one. A page may have few posts, or none, and others follow.
        """
        params = dict(zip(("expires", "occurrence", "channel"), before, strict=True))
        end = self._database.row(
            f"SELECT d.expires, d.occurrence, d.channel {_BEFORE} LIMIT 1 OFFSET :look - 1",
            {**params, "look": LOOK},
        )
        sql, more = _wanted(wanted)
        upto = dict(zip(("end0", "end1", "end2"), end or (0, 0, 0), strict=True))
        rows: list[Place] = [
            (row[0], row[1], row[2])
            for row in self._database.rows(
                f"SELECT d.expires, d.occurrence, d.channel {_FROM} AND (d.expires, d.occurrence,"
                f" d.channel) >= (:end0, :end1, :end2){sql} {_ORDER} LIMIT :page",
                {**params, **upto, **more, "page": PAGE},
            )
        ]
        if len(rows) == PAGE:
            following: Place | None = rows[-1]
        else:
            following = (end[0], end[1], end[2]) if end is not None else None
        return [_key(row) for row in rows], following

    def posts_of(self, wanted: Wanted, day: date) -> list[DeliveryKey]:
        """Return the posts of a day, by the end of their grace."""
        sql, more = _wanted(wanted)
        # the day has no index, the instant at which it begins has one
        rows = self._database.rows(
            "SELECT d.expires, d.occurrence, d.channel FROM occurrence o CROSS JOIN channel c CROSS"
            " JOIN delivery d WHERE o.opens = :opens AND o.day = :day AND d.occurrence = o.id AND"
            f" d.channel = c.id AND d.recipient = {PUBLIC}{sql} ORDER BY d.expires, d.occurrence,"
            " d.channel",
            {**more, "opens": epoch(planner.opens(day)), "day": day.isoformat()},
        )
        return [_key((row[0], row[1], row[2])) for row in rows]

    def asking(self, now: int, until: int, after: Place | None, most: int) -> list[DeliveryKey]:
        """Return posts that await approval, whose grace has not ended and which are due up to
        `until`, by due: the first of them, or those behind a place, which begins with a due.
        """
        rows = self._database.rows(
            f"SELECT d.occurrence, d.channel, d.recipient FROM delivery d WHERE d.state IN"
            f" ({RESTING}) AND d.state = :state AND d.recipient = {PUBLIC} AND d.due <= :until AND"
            " d.due >= :due AND (d.due, d.occurrence, d.channel) > (:due, :occurrence, :channel)"
            " AND d.expires > :now ORDER BY d.due, d.occurrence, d.channel LIMIT :most",
            {
                "state": int(State.AWAITING_APPROVAL),
                "now": now,
                "until": until,
                "most": most,
                **dict(zip(("due", "occurrence", "channel"), after or (0, 0, 0), strict=True)),
            },
        )
        return [DeliveryKey(*row) for row in rows]

    def count_posts(self, since: int) -> dict[State, int]:
        """Count the posts whose grace ends after an epoch second, by state."""
        rows = self._database.rows(
            "SELECT state, count(*) FROM delivery WHERE recipient = 0 AND expires > :since GROUP BY"
            " state ORDER BY state",
            {"since": since},
        )
        return {State(state): int(number) for state, number in rows}

    def due(self, start: int, end: int, campaign: str = "", channel: str = "") -> list[Place]:
        """Return (due, occurrence, channel) of the posts in any state that are due from the epoch
        second `start` until before `end`, in this order; of one campaign or channel, by its name,
        or of all.
        """
        return [
            (row[0], row[1], row[2])
            for row in self._database.rows(
                "SELECT d.due, d.occurrence, d.channel FROM delivery d WHERE d.recipient ="
                f" {PUBLIC} AND d.due > 0 AND d.due >= :start AND d.due < :end AND (:campaign = ''"
                " OR EXISTS (SELECT 1 FROM occurrence o WHERE o.id = d.occurrence AND o.campaign ="
                " :campaign)) AND (:channel = '' OR EXISTS (SELECT 1 FROM channel c WHERE c.id ="
                " d.channel AND c.name = :channel)) ORDER BY d.due, d.occurrence, d.channel",
                {"start": start, "end": end, "campaign": campaign, "channel": channel},
            )
        ]

    def posts_at(self, places: Iterable[Place]) -> dict[Place, PostAt]:
        """Return the posts that stand at these places, as `due` gives them."""
        wanted = ", ".join(f"({occurrence:d}, {channel:d})" for _, occurrence, channel in places)
        if not wanted:
            return {}
        there = self._database.select(
            _post_at,
            f"WITH wanted (o, c) AS (VALUES {wanted}) SELECT d.occurrence, d.channel AS channel_id,"
            " d.state, d.due, o.campaign, o.action, o.audience, o.day, c.name AS channel FROM"
            " wanted w CROSS JOIN delivery d ON d.occurrence = w.o AND d.channel = w.c AND"
            f" d.recipient = {PUBLIC} CROSS JOIN occurrence o ON o.id = w.o CROSS JOIN channel c ON"
            " c.id = w.c",
        )
        return {(post.due, post.occurrence, post.channel_id): post for post in there}

    def went_to_people(self, occurrence: int) -> Mapping[tuple[int, State], int]:
        """Return how many messages to people of an occurrence that is over ended in which state, by
        channel and state; nothing before its day is counted.
        """
        return {
            (channel, State(state)): n
            for channel, state, n in self._database.rows(
                "SELECT channel, state, sum(n) - sum(posts) FROM tally WHERE occurrence ="
                " :occurrence GROUP BY channel, state HAVING sum(n) > sum(posts) ORDER BY channel,"
                " state",
                {"occurrence": occurrence},
            )
        }


def _post_at(*, audience: int, day: str, state: int, **columns: Any) -> PostAt:
    # all fields at once: a frozen class sets each by a call, and a month has a thousand posts
    post = object.__new__(PostAt)
    vars(post).update(columns, audience=_AUDIENCES[audience], day=_day(day), state=_STATES[state])
    return post


_AUDIENCES, _STATES = {int(each): each for each in Audience}, {int(each): each for each in State}
_day = lru_cache(date.fromisoformat)


_FROM = (
    "FROM delivery d CROSS JOIN occurrence o ON o.id = d.occurrence CROSS JOIN channel c ON c.id ="
    f" d.channel WHERE d.recipient = {PUBLIC} AND d.expires <= :expires AND (d.expires,"
    " d.occurrence, d.channel) < (:expires, :occurrence, :channel)"
)

_ORDER = "ORDER BY d.expires DESC, d.occurrence DESC, d.channel DESC"

_BEFORE = (
    f"FROM delivery d WHERE d.recipient = {PUBLIC} AND d.expires <= :expires AND (d.expires,"
    f" d.occurrence, d.channel) < (:expires, :occurrence, :channel) {_ORDER}"
)


def _wanted(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    sql = ""
    params: dict[str, Any] = {}
    if wanted.state is not None:
        sql += " AND d.state = :state"
        params["state"] = int(wanted.state)
    if wanted.channel:
        sql += " AND c.name = :name"
        params["name"] = wanted.channel
    if wanted.about is not None:
        actions = {f"action{n}": action for n, action in enumerate(wanted.about.actions)}
        # whether the words stand in it, said so that it is the same in every database
        sql += " AND (replace(lower(o.action), :words, '') <> lower(o.action)"
        # a list, since of a thousand tests with OR SQLite says that they are too deep
        sql += f" OR o.action IN ({', '.join(f':{name}' for name in actions)}))" if actions else ")"
        params |= {**actions, "words": wanted.about.words}
    return sql, params


def _key(place: Place) -> DeliveryKey:
    _, occurrence, channel = place
    return DeliveryKey(occurrence=occurrence, channel=channel, recipient=PUBLIC)
