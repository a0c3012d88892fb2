"""Counts for staff: who is subscribed, what people say they did, where pledges and their journeys
stand. Reads only, and shows no single person.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from bot.model import PUBLIC, Audience, DeliveryKey, State
from bot.model.counting import ActionCount, Subscribed
from bot.model.outbox import PostPage, Scope
from bot.model.person import Status
from bot.model.pledge import PledgeState
from bot.rules import planner
from bot.store.sending.scopes import in_groups, tag
from bot.store.states import listed
from bot.store.topic import Topic
from bot.times import epoch


class Numbers(Topic):
    """Counts over everybody, which show no single person."""

    def subscribers(self) -> list[Subscribed]:
        """Count those who get messages, by audience, language and zone."""
        return self._database.select(
            _subscribed,
            "SELECT l.audience, p.language, l.zone, count(*) AS count FROM person p JOIN place l ON"
            f" l.id = p.place WHERE p.status = {int(Status.ACTIVE)} GROUP BY l.audience,"
            " p.language, l.zone ORDER BY l.audience, p.language, l.zone",
        )

    def away(self) -> int:
        """Return how many people once subscribed and get no messages now."""
        return int(
            self._database.value(
                "SELECT count(*) FROM person WHERE status <> :active", {"active": Status.ACTIVE}
            )
        )

    def done(self) -> list[ActionCount]:
        """Count how many times each action was ticked off, most first."""
        return self._database.select(
            ActionCount,
            "SELECT campaign, action, count(*) AS count FROM tick WHERE done = 1 GROUP BY campaign,"
            " action ORDER BY count(*) DESC, campaign, action",
        )

    def done_between(self, campaign: str, start: int, end: int) -> int:
        """Return how many times an action of a campaign was ticked off, from the epoch second
        `start` to before `end`.
        """
        return int(
            self._database.value(
                "SELECT count(*) FROM tick WHERE done = 1 AND campaign = :campaign AND at >= :start"
                " AND at < :end",
                {"campaign": campaign, "start": start, "end": end},
            )
        )

    def pledges(self) -> dict[PledgeState, int]:
        """Count the pledges in each state that some are in."""
        return {
            PledgeState(state): count
            for state, count in self._database.rows(
                "SELECT state, count(*) FROM pledge GROUP BY state ORDER BY state"
            )
        }

    def recipients(self, audiences: tuple[Audience, ...]) -> int:
        """Return how many people get a nudge for these audiences."""
        chosen = listed(audiences) or "0"
        return int(
            self._database.value(
                "SELECT count(*) FROM person p JOIN place l ON l.id = p.place WHERE p.status ="
                f" {int(Status.ACTIVE)} AND l.audience IN ({chosen})"
            )
        )

    def stopped(self, scope: Scope, audiences: Iterable[Audience]) -> int:
        """Return how many people get nudges for these audiences that a hold of this scope stops; of
        its campaign and action nothing is asked.
        """
        chosen = listed(audiences) or "0"
        group = in_groups("p.id", (":group",))
        return int(
            self._database.value(
                "SELECT count(*) FROM person p JOIN place l ON l.id = p.place JOIN channel c ON"
                f" c.id = l.channel WHERE p.status = {int(Status.ACTIVE)} AND l.audience IN"
                f" ({chosen}) AND :channel IN ('', c.name) AND (:country = '' OR p.country ="
                " :country) AND"
                f" (:language = '' OR {tag('p.language', ':language')}) AND (:group = '' OR"
                f" {group})",
                {key: scope.values[key] for key in ("channel", "country", "language", "group")},
            )
        )

    def posts_left(self, since: int, until: int = 2**62) -> list[PostPage]:
        """Return the pages of posts that left since this epoch second and up to another, oldest
        first.
        """
        return self._database.select(
            _page,
            "SELECT r.occurrence, r.channel, c.name, r.url FROM channel c CROSS JOIN result r CROSS"
            " JOIN delivery d WHERE r.channel = c.id AND r.recipient = 0 AND r.at >= :since AND"
            " r.at <= :until AND d.occurrence = r.occurrence AND d.channel = c.id AND"
            " d.recipient = 0 AND d.state = :sent ORDER BY r.at, r.occurrence, r.channel",
            {"since": since, "until": until, "sent": State.SENT},
        )

    def posts_of(self, day: date) -> list[DeliveryKey]:
        """Return the posts of a day that were not cancelled, by due."""
        return self._database.select(
            DeliveryKey,
            "SELECT d.occurrence, d.channel, d.recipient FROM occurrence o CROSS JOIN channel c"
            " CROSS JOIN delivery d WHERE o.opens = :opens AND o.day = :day AND d.occurrence = o.id"
            " AND d.channel = c.id AND d.recipient = 0 AND d.state <> :cancelled ORDER BY d.due,"
            " d.occurrence, d.channel",
            {
                # the day has no index, the instant at which it begins has one
                "opens": epoch(planner.opens(day)),
                "day": day.isoformat(),
                "cancelled": State.CANCELLED,
            },
        )


def _subscribed(*, audience: int, **columns: Any) -> Subscribed:
    return Subscribed(audience=Audience(audience), **columns)


def _page(*, occurrence: int, channel: int, name: str, url: str | None) -> PostPage:
    key = DeliveryKey(occurrence=occurrence, channel=channel, recipient=PUBLIC)
    return PostPage(key=key, channel=name, url=url or "")
