"""What calendar feeds said last of each event, and when each feed last changed (`bot.rules.ics`).

Kept is what lies in a feed's days; what has left them is deleted when something new is said.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from bot.model import Audience
from bot.rules.ics import Published
from bot.store.topic import Topic
from bot.times import epoch, from_epoch

_ALL = 0
"""Stands for all audiences in one feed."""


class Feeds(Topic):
    """The events of calendar feeds, by campaign and language."""

    def published(self, campaign: str, language: str) -> list[Published]:
        """Return what was last said of the campaign's events in this language."""
        return self._database.select(
            _published,
            "SELECT campaign, action, audience, slot, day, title, digest, sequence, modified,"
            " cancelled FROM feed_event WHERE campaign = :campaign AND language = :language ORDER"
            " BY action, audience, slot",
            {"campaign": campaign, "language": language},
        )

    def keep(self, language: str, said: Iterable[Published]) -> None:
        """Store what is now said of these events in this language."""
        self._database.many(
            "INSERT INTO feed_event (campaign, language, action, audience, slot, day, title,"
            " digest, sequence, modified, cancelled) VALUES (:campaign, :language, :action,"
            " :audience, :slot, :day, :title, :digest, :sequence, :modified, :cancelled) ON"
            " CONFLICT (campaign, language, action, audience, slot) DO UPDATE SET day ="
            " excluded.day, title = excluded.title, digest = excluded.digest, sequence ="
            " excluded.sequence, modified = excluded.modified, cancelled = excluded.cancelled",
            (
                {
                    "campaign": each.campaign,
                    "language": language,
                    "action": each.action,
                    "audience": int(each.audience),
                    "slot": each.slot,
                    "day": each.day.isoformat(),
                    "title": each.title,
                    "digest": each.digest,
                    "sequence": each.sequence,
                    "modified": epoch(each.modified),
                    "cancelled": int(each.cancelled),
                }
                for each in said
            ),
        )

    def drop_before(self, campaign: str, language: str, start: date) -> None:
        """Delete the events before this day, which no feed gives any more."""
        self._database.execute(
            "DELETE FROM feed_event WHERE campaign = :campaign AND language = :language AND day <"
            " :start",
            {"campaign": campaign, "language": language, "start": start.isoformat()},
        )

    def changed(
        self, campaign: str, language: str, audience: Audience | None
    ) -> tuple[str, datetime] | None:
        """Return the digest of what a feed said last, and since when it says that; None where it
        said nothing yet. Without `audience` it is the feed of all.
        """
        row = self._database.row(
            "SELECT digest, modified FROM feed WHERE campaign = :campaign AND language = :language"
            " AND audience = :audience",
            {"campaign": campaign, "language": language, "audience": int(audience or _ALL)},
        )
        return (str(row[0]), from_epoch(row[1])) if row else None

    def change(
        self,
        campaign: str,
        language: str,
        audience: Audience | None,
        digest: str,
        modified: datetime,
    ) -> None:
        """Store what a feed says, and since when."""
        self._database.execute(
            "INSERT INTO feed (campaign, language, audience, digest, modified) VALUES (:campaign,"
            " :language, :audience, :digest, :modified) ON CONFLICT (campaign, language, audience)"
            " DO UPDATE SET digest = excluded.digest, modified = excluded.modified",
            {
                "campaign": campaign,
                "language": language,
                "audience": int(audience or _ALL),
                "digest": digest,
                "modified": epoch(modified),
            },
        )


def _published(
    *, audience: int, day: str, modified: int, cancelled: int, **columns: Any
) -> Published:
    return Published(
        **columns,
        audience=Audience(audience),
        day=date.fromisoformat(day),
        modified=from_epoch(modified),
        cancelled=bool(cancelled),
    )
