"""Channels and accounts as the database knows them: their ids, pauses, pacing and failures in a
row.
"""

from collections.abc import Iterable, Mapping

from bot.model import Channel
from bot.model.channel import Paused
from bot.store.topic import Topic


class Channels(Topic):
    """Which channels there are; integers stand for their names everywhere else."""

    def ensure(self, channels: Iterable[Channel]) -> Mapping[str, int]:
        """Give every channel its id, new ones a new one.

        A channel taken out of the config keeps its.
        """
        with self._database.transaction():
            self._database.many(
                "INSERT INTO channel (name, network) VALUES (:name, :network) ON CONFLICT (name) DO"
                " UPDATE SET network = excluded.network",
                [{"name": c.name, "network": c.network} for c in channels],
            )
            return self.ids()

    def ids(self) -> dict[str, int]:
        """Ids by name, of all channels that ever were."""
        return dict(self._database.rows("SELECT name, id FROM channel ORDER BY id"))

    def networks(self) -> dict[int, str]:
        """The networks' names by channel id."""
        return dict(self._database.rows("SELECT id, network FROM channel ORDER BY id"))

    def pause(self, name: str, reason: str, now: int) -> bool:
        """Stop a channel; False when it was stopped already."""
        return (
            self._database.execute(
                "UPDATE channel SET paused = :now, reason = :reason WHERE name = :name AND paused"
                " IS NULL",
                {"now": now, "reason": reason, "name": name},
            )
            == 1
        )

    def resume(self, name: str) -> bool:
        """Let a channel go on; False when it was not paused."""
        done = self._database.execute(
            "UPDATE channel SET paused = NULL, reason = NULL WHERE name = :name AND paused IS NOT"
            " NULL",
            {"name": name},
        )
        return done == 1

    def paused(self) -> list[Paused]:
        """All paused channels, by name."""
        return self._database.select(
            Paused,
            "SELECT name, paused AS since, reason FROM channel WHERE paused IS NOT NULL ORDER BY"
            " name",
        )

    def pacing(self, account: str) -> tuple[str | None, int]:
        """The stored pacing state (JSON, or None) and the number of failures in a row."""
        row = self._database.row(
            "SELECT pacing, failures FROM account WHERE name = :name", {"name": account}
        )
        pacing, failures = row or (None, 0)
        return pacing, failures

    def keep_pacing(self, account: str, pacing: str, failures: int) -> None:
        """Remember both over a restart."""
        self._database.execute(
            "INSERT INTO account (name, pacing, failures) VALUES (:name, :pacing, :failures) ON"
            " CONFLICT (name) DO UPDATE SET pacing = excluded.pacing, failures = excluded.failures",
            {"name": account, "pacing": pacing, "failures": failures},
        )
