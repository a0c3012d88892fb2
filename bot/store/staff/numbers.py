"""Counts for staff: who is subscribed, what people say they did, where pledges and their journeys
stand. Reads only, and shows no single person.
"""

from datetime import date
from typing import Any

from bot.model import PUBLIC, Audience, DeliveryKey, State
from bot.model.counting import ActionCount, Subscribed
from bot.model.outbox import PostPage
from bot.model.person import Status
from bot.model.pledge import MadePublic, PledgeState
from bot.rules import planner
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

    def made_public(self, campaign: str, start: int, end: int) -> list[int]:
        """Return the numbers of the campaign's public pledges that became so for the first time
        from the epoch second `start` to before `end`, the newest first.
        """
        return self._database.column(
            _MADE_PUBLIC,
            {
                "campaign": campaign,
                "published": PledgeState.PUBLISHED,
                "start": start,
                "end": end,
            },
        )

    def newly_public(self, campaign: str, most: int) -> list[MadePublic]:
        """Return the public pledges of a campaign that became so last, the newest first."""
        return self._database.select(
            _newly_public,
            _NEWLY_PUBLIC,
            {"campaign": campaign, "published": PledgeState.PUBLISHED, "most": most},
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


# the word stands there itself, as in the index of these lines
_BECAME = f"kind = '{PledgeState.PUBLISHED.word}'"

_FIRST = (
    "p.id = e.pledge AND p.campaign = :campaign AND p.state = :published AND NOT EXISTS (SELECT 1"
    f" FROM pledge_event b WHERE b.pledge = e.pledge AND b.{_BECAME} AND b.id < e.id)"
)

_MADE_PUBLIC = (
    f"SELECT p.id FROM pledge_event e CROSS JOIN pledge p WHERE e.{_BECAME} AND e.at >= :start AND"
    f" e.at < :end AND {_FIRST} ORDER BY e.at DESC, p.id DESC"
)

# from the end of the index
_NEWLY_PUBLIC = (
    "SELECT p.id AS pledge, p.audience, p.organisation, e.at FROM pledge_event e CROSS JOIN pledge"
    f" p WHERE e.{_BECAME} AND {_FIRST} ORDER BY e.at DESC, e.id DESC LIMIT :most"
)


def _newly_public(*, audience: int, **columns: Any) -> MadePublic:
    return MadePublic(audience=Audience(audience), **columns)
