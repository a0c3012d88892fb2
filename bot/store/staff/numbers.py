"""Counts for staff: who is subscribed, what they say they did, where pledges and their journeys
stand. Reads only; nobody can be told from them.
"""

from bot.model import Audience, State
from bot.model.person import Status
from bot.store.states import listed
from bot.store.topic import Topic


class Numbers(Topic):
    """Counts over everybody, from which nobody can be told."""

    def subscribers(self) -> list[tuple[str, str, str, int]]:
        """(audience, language, zone, number) of those who get messages."""
        rows = self._database.rows(
            "SELECT l.audience, p.language, l.zone, count(*) FROM person p JOIN place l ON l.id ="
            f" p.place WHERE p.status = {int(Status.ACTIVE)} GROUP BY l.audience, p.language,"
            " l.zone ORDER BY l.audience, p.language, l.zone"
        )
        return [
            (Audience(audience).word, language, zone, count)
            for audience, language, zone, count in rows
        ]

    def away(self) -> int:
        """How many have subscribed once and get no messages now."""
        return int(
            self._database.value(
                "SELECT count(*) FROM person WHERE status <> :active", {"active": Status.ACTIVE}
            )
        )

    def done(self) -> list[tuple[str, str, int]]:
        """(campaign, action, how many times it was ticked off), most first."""
        rows = self._database.rows(
            "SELECT campaign, action, count(*) FROM tick WHERE done = 1 GROUP BY campaign, action"
            " ORDER BY count(*) DESC, campaign, action"
        )
        return [(campaign, action, count) for campaign, action, count in rows]

    def pledges(self) -> list[tuple[int, int]]:
        """Count the pledges in each state."""
        return [
            (state, count)
            for state, count in self._database.rows(
                "SELECT state, count(*) FROM pledge GROUP BY state ORDER BY state"
            )
        ]

    def recipients(self, audiences: tuple[Audience, ...]) -> int:
        """How many get a nudge that is for these audiences."""
        chosen = listed(audiences) or "0"
        return int(
            self._database.value(
                "SELECT count(*) FROM person p JOIN place l ON l.id = p.place WHERE p.status ="
                f" {int(Status.ACTIVE)} AND l.audience IN ({chosen})"
            )
        )

    def posts_left(self, since: int) -> list[tuple[int, int, str, str | None]]:
        """(occurrence, channel, channel's name, page) of posts that left since this epoch second,
        oldest first.
        """
        rows = self._database.rows(
            "SELECT r.occurrence, r.channel, c.name, r.url FROM occurrence o JOIN channel c ON 1 ="
            " 1 JOIN result r ON r.occurrence = o.id AND r.channel = c.id AND r.recipient = 0 JOIN"
            " delivery d ON d.occurrence = o.id AND d.channel = c.id AND d.recipient = 0 WHERE"
            " o.closes > :since AND r.at >= :since AND d.state = :sent ORDER BY r.at, r.occurrence,"
            " r.channel",
            {"since": since, "sent": State.SENT},
        )
        return [(occurrence, channel, name, url) for occurrence, channel, name, url in rows]

    def posts_of(self, day: str) -> list[tuple[int, int]]:
        """(occurrence, channel) of the posts of a day that were not cancelled."""
        rows = self._database.rows(
            "SELECT d.occurrence, d.channel FROM occurrence o JOIN delivery d ON d.occurrence ="
            " o.id AND d.recipient = 0 WHERE o.day = :day AND d.state <> :cancelled ORDER BY d.due,"
            " d.occurrence, d.channel",
            {"day": day, "cancelled": State.CANCELLED},
        )
        return [(occurrence, channel) for occurrence, channel in rows]
