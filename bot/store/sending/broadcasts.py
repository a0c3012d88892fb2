"""Broadcasts whose pace may be paid for: how many messages, what staff decided, what was paid."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from typing_extensions import override

from bot.model import Audience
from bot.model.outbox.broadcasts import Broadcast, Pace, SweepKind
from bot.model.staff import Actor
from bot.model.who import Purpose, Who
from bot.store.states import MOVING, listed
from bot.store.topic import Personal, Topic


class Broadcasts(Topic):
    """One row for each occurrence on a channel that staff may pay for."""

    PERSONAL: ClassVar[Personal] = {Purpose.STAFF: {"broadcast": ("by_whom",)}}

    @override
    def forget(self, who: Who, now: int) -> int:
        # what was decided stays decided
        self._unsign(who, "broadcast")
        return 0

    def small(self, channel: int, now: int, until: int) -> list[int]:
        """Return the occurrences that are open by the epoch second `until`, not over at `now`, and
        about which nobody was asked on this channel, since so few messages waited of them or they
        were not looked at yet.
        """
        return self._database.column(
            "SELECT o.id FROM occurrence o WHERE o.closes > :now AND o.opens <= :until AND o.nudge"
            " = 1 AND o.cancelled = 0 AND NOT EXISTS (SELECT 1 FROM broadcast b WHERE b.occurrence"
            f" = o.id AND b.channel = :channel AND b.pace > {int(Pace.SMALL)}) ORDER BY +o.id",
            {"channel": channel, "now": now, "until": until},
        )

    def put(
        self, occurrence: int, channel: int, pace: Pace, messages: int, largest: int, now: int
    ) -> None:
        """Write down a broadcast that was counted, in place of a smaller count of before; one about
        which somebody was asked stays as it is.
        """
        self._database.execute(
            "INSERT INTO broadcast (occurrence, channel, pace, messages, largest, paid, by_whom,"
            " at) VALUES (:occurrence, :channel, :pace, :messages, :largest, 0, '', :now) ON"
            " CONFLICT (occurrence, channel) DO UPDATE SET pace = excluded.pace, messages ="
            " excluded.messages, largest = excluded.largest, at = excluded.at WHERE broadcast.pace"
            f" = {int(Pace.SMALL)} AND excluded.messages > broadcast.messages",
            {
                "occurrence": occurrence,
                "channel": channel,
                "pace": pace,
                "messages": messages,
                "largest": largest,
                "now": now,
            },
        )

    def find(self, occurrence: int, channel: int) -> Broadcast | None:
        """Return one broadcast, or None where nobody was asked about it."""
        return self._database.first(
            _broadcast,
            f"{_BROADCAST} WHERE b.occurrence = :occurrence AND b.channel = :channel AND b.pace >"
            f" {int(Pace.SMALL)}",
            {"occurrence": occurrence, "channel": channel},
        )

    def current(self, now: int) -> list[Broadcast]:
        """Return the broadcasts about which staff were asked and whose day is not over, by day."""
        return self._database.select(
            _broadcast,
            f"{_BROADCAST} WHERE o.closes > :now AND b.pace > {int(Pace.SMALL)} ORDER BY o.day,"
            " b.occurrence, b.channel",
            {"now": now},
        )

    def over(self, now: int) -> list[Broadcast]:
        """Return the broadcasts about which staff are asked still though nothing of them waits."""
        return self._database.select(
            _broadcast,
            f"{_BROADCAST} WHERE b.pace = {int(Pace.ASKED)} AND (o.closes <= :now OR o.cancelled ="
            " 1 OR NOT EXISTS (SELECT 1 FROM wave w JOIN place l ON l.id = w.place WHERE"
            " w.occurrence = b.occurrence AND w.done = 0 AND l.channel = b.channel) AND NOT EXISTS"
            # among what waits on the channel: of the occurrence a million may have left
            " (SELECT 1 FROM delivery d WHERE d.channel = b.channel AND d.state IN"
            f" ({MOVING}) AND +d.occurrence = b.occurrence AND d.recipient > 0)) ORDER BY"
            " b.occurrence, b.channel",
            {"now": now},
        )

    def decide(
        self,
        occurrence: int,
        channel: int,
        frm: Sequence[Pace],
        to: Pace,
        by: Actor,
        now: int,
    ) -> bool:
        """Give a broadcast another pace; return False where it has none of the paces `frm`."""
        return (
            self._database.execute(
                "UPDATE broadcast SET pace = :to, by_whom = :by, at = :now WHERE occurrence ="
                f" :occurrence AND channel = :channel AND pace IN ({listed(frm)})",
                {"to": to, "by": by, "now": now, "occurrence": occurrence, "channel": channel},
            )
            == 1
        )

    def skip(self, occurrence: int, channel: int, by: Actor, now: int) -> bool:
        """Decide that a broadcast isn't sent, also one about which nobody was asked; return False
        where that is decided already.
        """
        return (
            self._database.execute(
                "INSERT INTO broadcast (occurrence, channel, pace, messages, largest, paid,"
                f" by_whom, at) VALUES (:occurrence, :channel, {int(Pace.CANCELLED)}, 0, 0, 0, :by,"
                " :now) ON CONFLICT (occurrence, channel) DO UPDATE SET pace = excluded.pace,"
                " by_whom = excluded.by_whom, at = excluded.at WHERE broadcast.pace <>"
                " excluded.pace",
                {"occurrence": occurrence, "channel": channel, "by": by, "now": now},
            )
            == 1
        )

    def again(self, occurrence: int, channel: int, by: Actor, now: int) -> bool:
        """Decide that a broadcast is sent after all, at the free pace; return False where nobody
        had decided that it isn't.
        """
        return (
            self._database.execute(
                "UPDATE broadcast SET pace = CASE WHEN messages = 0 THEN"
                f" {int(Pace.SMALL)} ELSE {int(Pace.FREE)} END, by_whom = :by, at = :now WHERE"
                " occurrence = :occurrence AND channel = :channel AND pace ="
                f" {int(Pace.CANCELLED)}",
                {"occurrence": occurrence, "channel": channel, "by": by, "now": now},
            )
            == 1
        )

    def paying(self, channels: Sequence[int], now: int) -> list[tuple[int, int, int]]:
        """Return (channel, occurrence, how many more may be paid for) of the broadcasts that are
        paid for on these channels and not over at `now`.
        """
        numbers = ", ".join(str(int(channel)) for channel in channels) or "0"
        return self._database.rows(
            "SELECT b.channel, b.occurrence, b.messages - b.paid FROM broadcast b JOIN occurrence o"
            f" ON o.id = b.occurrence WHERE b.pace = {int(Pace.PAID)} AND b.paid < b.messages AND"
            f" o.closes > :now AND b.channel IN ({numbers}) ORDER BY b.occurrence, b.channel",
            {"now": now},
        )

    def pay(self, occurrence: int, channel: int, messages: int) -> None:
        """Count so many messages more as paid for; fewer where `messages` is below 0."""
        self._database.execute(
            "UPDATE broadcast SET paid = paid + :n WHERE occurrence = :occurrence AND channel ="
            " :channel",
            {"n": messages, "occurrence": occurrence, "channel": channel},
        )


_BROADCAST = (
    "SELECT o.campaign, o.action, o.audience, o.day, b.occurrence, b.channel AS channel_id, c.name"
    " AS channel, b.pace, b.messages, b.largest, b.paid, b.by_whom, b.at, s.changed AS cancelled,"
    " CASE WHEN s.done = 0 THEN 1.0 * s.after / (SELECT max(d.recipient) FROM delivery d WHERE"
    " d.occurrence = b.occurrence AND d.channel = b.channel) ELSE 1.0 END AS share FROM broadcast b"
    " JOIN occurrence o ON o.id = b.occurrence JOIN channel c ON c.id = b.channel LEFT JOIN sweep s"
    f" ON s.kind = {int(SweepKind.CANCEL)} AND s.occurrence = b.occurrence AND s.channel ="
    " b.channel AND s.country = '' AND s.language = '' AND s.stakeholder = ''"
)


def _broadcast(*, day: str, audience: int, pace: int, by_whom: str, **columns: Any) -> Broadcast:
    return Broadcast(
        day=date.fromisoformat(day),
        audience=Audience(audience),
        pace=Pace(pace),
        by=Actor(by_whom),
        **columns,
    )
