"""What staff decide about the waves of an occurrence on one channel."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from typing_extensions import override

from bot.model.outbox.waves import NewWave, Start
from bot.model.person import Place
from bot.model.staff import Actor
from bot.model.who import Keep, Purpose, Who
from bot.store.people.people import as_place
from bot.store.tally import reopen
from bot.store.topic import Personal, Topic
from bot.times import epoch, from_epoch


class Waves(Topic):
    """The waves of a broadcast, all at once, and before when none of it leaves."""

    PERSONAL: ClassVar[Personal] = {Purpose.STAFF: {"given_start": ("by_whom",)}}

    @override
    def forget(self, who: Who, now: int) -> int:
        # what was decided stays decided
        self._unsign(who, "given_start")
        return 0

    @override
    def expire(self, now: int, keep: Keep) -> int:
        return self._database.execute(
            "DELETE FROM given_start WHERE NOT EXISTS (SELECT 1 FROM occurrence o WHERE o.id ="
            " given_start.occurrence AND o.closes > :now)",
            {"now": now},
        )

    def fan_out_again(self, occurrence: int, channel: int, now: int) -> None:
        """Let an occurrence's waves on a channel fan out from their first person, but for those
        whose grace is over: who has their row already gets no other.
        """
        with self._database.transaction():
            self._database.execute(
                "UPDATE wave SET after = 0, done = 0 WHERE occurrence = :occurrence AND expires >"
                " :now AND place IN (SELECT id FROM place WHERE channel = :channel)",
                {"occurrence": occurrence, "channel": channel, "now": now},
            )
            reopen(self._database, [occurrence])

    def starts(self, occurrence: int) -> dict[int, Start]:
        """Return before when nothing of an occurrence leaves, by channel."""
        return dict(
            self._database.select(
                _start,
                "SELECT channel, clock, zone, latest, by_whom FROM given_start WHERE occurrence ="
                " :occurrence",
                {"occurrence": occurrence},
            )
        )

    def start(self, occurrence: int, channel: int, start: Start) -> None:
        """Write down before when nothing of a broadcast leaves, in place of what stood there."""
        self._database.execute(
            "INSERT INTO given_start (occurrence, channel, clock, zone, latest, by_whom) VALUES"
            " (:occurrence, :channel, :clock, :zone, :latest, :by) ON CONFLICT (occurrence,"
            " channel) DO UPDATE SET clock = excluded.clock, zone = excluded.zone, latest ="
            " excluded.latest, by_whom = excluded.by_whom",
            {
                "occurrence": occurrence,
                "channel": channel,
                "clock": start.clock.isoformat(timespec="minutes"),
                "zone": start.zone,
                "latest": epoch(start.latest),
                "by": start.by,
            },
        )

    def places(self, occurrence: int, channel: int) -> list[Place]:
        """Return the places of an occurrence's waves on a channel."""
        return self._database.select(
            as_place,
            "SELECT l.id, l.channel, l.audience, l.zone, l.minute FROM wave w JOIN place l ON l.id"
            " = w.place WHERE w.occurrence = :occurrence AND l.channel = :channel ORDER BY l.id",
            {"occurrence": occurrence, "channel": channel},
        )

    def move(self, occurrence: int, waves: Sequence[NewWave], closes: int) -> None:
        """Give waves of an occurrence other instants, at which they fan out from their first
        person; who has their row already gets no other. The occurrence is over at `closes`.
        """
        with self._database.transaction():
            self._database.many(
                "UPDATE wave SET due = :due, expires = :expires, after = 0, done = 0 WHERE"
                " occurrence = :occurrence AND place = :place",
                [
                    {
                        "occurrence": wave.occurrence,
                        "place": wave.place,
                        "due": wave.due,
                        "expires": wave.expires,
                    }
                    for wave in waves
                ],
            )
            self._database.execute(
                "UPDATE occurrence SET closes = :closes WHERE id = :id",
                {"closes": closes, "id": occurrence},
            )
            reopen(self._database, [occurrence])


def _start(*, channel: int, clock: str, zone: str, latest: int, by_whom: str) -> tuple[int, Start]:
    return channel, Start(
        clock=datetime.fromisoformat(clock),
        instant=from_epoch(latest) if zone else None,
        zone=zone,
        by=Actor(by_whom),
    )
