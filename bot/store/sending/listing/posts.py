"""Posts to everyone as people see them: lists of those that left and those to come. Reads only."""

from datetime import date
from typing import Any

from bot.model import State
from bot.model.message import PostOut
from bot.model.outbox import Entry, SentPost
from bot.store.sending.listing.rows import BESIDE, COLUMNS, ENTRY, as_entry
from bot.store.states import RESTING, listed
from bot.store.topic import Topic


class Posts(Topic):
    """Reads the posts of the outbox without changing them."""

    def uncertain(self) -> list[Entry]:
        """Return posts of which nobody knows whether they left, by due."""
        return self._database.select(
            as_entry,
            f"{ENTRY} WHERE d.state IN ({RESTING}) AND d.state = :uncertain AND d.recipient = 0"
            " ORDER BY d.due, d.occurrence, d.channel",
            {"uncertain": State.UNCERTAIN},
        )

    def sent(self, start: int, end: int) -> list[SentPost]:
        """Return the posts that left from the epoch second `start` until before `end`, in order."""
        return self._database.select(
            SentPost,
            "SELECT c.network, r.at, r.text FROM channel c CROSS JOIN result r CROSS JOIN delivery"
            " d WHERE r.channel = c.id AND r.recipient = 0 AND r.at >= :start AND r.at < :end AND"
            " r.text IS NOT NULL AND d.occurrence = r.occurrence AND d.channel = r.channel AND"
            " d.recipient = 0 AND d.state = :sent ORDER BY r.at, r.occurrence, r.channel",
            {"start": start, "end": end, "sent": int(State.SENT)},
        )

    def out(self, campaign: str, first: date, last: date) -> list[PostOut]:
        """Return a campaign's posts of these days that left and were not taken back, by day."""
        return self._database.select(
            _post_out,
            f"SELECT o.action, o.day, c.network, r.at, coalesce(r.url, '') AS url {_POSTS_OUT}"
            " ORDER BY o.day, r.at, o.id, c.id",
            _of_days(campaign, first, last),
        )

    def any_out(self, campaign: str, first: date, last: date) -> bool:
        """Return whether `out` has any."""
        params = _of_days(campaign, first, last)
        return self._database.row(f"SELECT 1 {_POSTS_OUT} LIMIT 1", params) is not None

    def between(self, now: int, until: int) -> list[Entry]:
        """Return posts in any state that are due up to `until` and within their grace at `now`, by
        due.
        """
        return self._database.select(
            as_entry,
            f"{ENTRY} WHERE d.recipient = 0 AND d.expires > :now AND d.due <= :until ORDER BY"
            " d.due, d.occurrence, d.channel",
            {"now": now, "until": until},
        )

    def about(self, action: str) -> list[Entry]:
        """Return the posts of an action, as `post:12` is one, by channel."""
        return self._database.select(
            as_entry,
            f"{COLUMNS} FROM occurrence e CROSS JOIN channel h CROSS JOIN delivery d ON"
            " d.occurrence = e.id AND d.channel = h.id AND d.recipient = 0"
            f" {BESIDE} WHERE e.action = :action ORDER BY d.occurrence, d.channel",
            {"action": action},
        )

    def after(
        self,
        after: tuple[int, int, int],
        until: int = 2**62,
        *,
        state: State | None = None,
        campaign: str = "",
        channel: str = "",
        most: int,
    ) -> list[Entry]:
        """Return posts by due, until before an epoch second, those behind one whose due, occurrence
        and channel are given: in a state, of a campaign, on a channel.
        """
        due, occurrence, number = after
        return self._database.select(
            as_entry,
            f"{ENTRY} WHERE d.recipient = 0 AND d.due > 0 AND d.due >= :due AND d.due < :until AND"
            " (d.due, d.occurrence, d.channel) > (:due, :occurrence, :number) AND (:state = 0 OR"
            " d.state = :state) AND (:campaign = '' OR o.campaign = :campaign) AND (:channel = ''"
            " OR c.name = :channel) ORDER BY d.due, d.occurrence, d.channel LIMIT :most",
            {
                "due": due,
                "occurrence": occurrence,
                "number": number,
                "until": until,
                "state": int(state or 0),
                "campaign": campaign,
                "channel": channel,
                "most": most,
            },
        )

    def due(self, start: int, end: int) -> list[Entry]:
        """Return posts in any state that are due from the epoch second `start` until before `end`,
        by due.
        """
        return self._database.select(
            as_entry,
            f"{ENTRY} WHERE d.recipient = 0 AND d.due > 0 AND d.due >= :start AND d.due < :end"
            " ORDER BY d.due, d.occurrence, d.channel",
            {"start": start, "end": end},
        )

    def named(self, now: int, until: int) -> list[Entry]:
        """Return posts that are still to leave and due by `until`, by due.

        Only those of observances, and of audiences that have no observances.
        """
        return self._database.select(
            as_entry,
            f"{ENTRY} WHERE d.recipient = 0 AND d.state IN ({_TO_COME}) AND d.expires > :now AND"
            " d.due <= :until AND o.named = 1 ORDER BY d.due, d.occurrence, d.channel",
            {"now": now, "until": until},
        )

    def newest_result(self) -> int | None:
        """Return the epoch second at which the last result of a post was written, or None."""
        instant: int | None = self._database.value(
            "SELECT max((SELECT max(r.at) FROM result r WHERE r.channel = c.id AND r.recipient ="
            " 0)) FROM channel c"
        )
        return instant


_TO_COME = listed((State.PLANNED, State.AWAITING_APPROVAL, State.QUEUED))

_POSTS_OUT = (
    "FROM occurrence o CROSS JOIN channel c CROSS JOIN delivery d CROSS JOIN result r WHERE"
    " o.campaign = :campaign AND o.day >= :first AND o.day <= :last AND d.occurrence = o.id AND"
    " d.channel = c.id AND d.recipient = 0 AND d.state = :sent AND r.occurrence = o.id AND"
    " r.channel = c.id AND r.recipient = 0"
)


def _of_days(campaign: str, first: date, last: date) -> dict[str, object]:
    return {
        "campaign": campaign,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "sent": int(State.SENT),
    }


def _post_out(*, day: str, **columns: Any) -> PostOut:
    return PostOut(day=date.fromisoformat(day), **columns)
